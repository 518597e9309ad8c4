-- The house's tables. Ids are TEXT, moments BIGINT microseconds since 1970 (UTC), JSON is TEXT.
-- The SQLite twin differs only in the type of bytes; a test compares the two.

CREATE TABLE tenant (
    id          TEXT    NOT NULL PRIMARY KEY,
    slug        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    search      TEXT    NOT NULL,               -- slug and name in lower case, one a line
    plan        TEXT    NOT NULL,
    site_url    TEXT    NOT NULL,
    admin       TEXT    NOT NULL,
    ordered_by  TEXT    NOT NULL,
    ordered_at  BIGINT  NOT NULL,
    order_key   TEXT    NOT NULL,               -- makes a double submit harmless; '' means none
    status      TEXT    NOT NULL,
    urgency     BIGINT  NOT NULL,               -- rank of the status in lists
    gone_at     BIGINT,
    now_text    TEXT    NOT NULL,
    stuck_step  TEXT,
    done        BIGINT  NOT NULL,
    steps       BIGINT  NOT NULL,
    wake_at     BIGINT,
    lease_owner TEXT,
    lease_until BIGINT
);
CREATE UNIQUE INDEX tenant_slug_living ON tenant (slug) WHERE gone_at IS NULL;
CREATE INDEX tenant_slug ON tenant (slug, gone_at);
CREATE UNIQUE INDEX tenant_order ON tenant (ordered_by, order_key) WHERE order_key <> '';
CREATE INDEX tenant_list ON tenant (urgency, ordered_at DESC, id);
CREATE INDEX tenant_wake ON tenant (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX tenant_lease ON tenant (lease_until) WHERE lease_until IS NOT NULL;

CREATE TABLE member (
    tenant  TEXT NOT NULL REFERENCES tenant (id),
    email   TEXT NOT NULL,
    subject TEXT,
    name    TEXT NOT NULL,
    role    TEXT NOT NULL,
    PRIMARY KEY (tenant, email)
);
CREATE INDEX member_subject ON member (subject) WHERE subject IS NOT NULL;
CREATE INDEX member_email ON member (email);

CREATE TABLE event (
    tenant TEXT   NOT NULL REFERENCES tenant (id),
    seq    BIGINT NOT NULL,
    flow   TEXT   NOT NULL,
    step   TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (tenant, seq)
);
CREATE INDEX event_recent ON event (at DESC);

CREATE TABLE site (
    tenant      TEXT NOT NULL PRIMARY KEY REFERENCES tenant (id),
    secret_hash TEXT NOT NULL,
    url         TEXT NOT NULL
);
CREATE UNIQUE INDEX site_secret ON site (secret_hash);

-- No reference to tenant in the two vault tables: the house itself has secrets, under the nil id.
CREATE TABLE vault_key (
    tenant TEXT NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);
CREATE TABLE vault (
    tenant  TEXT   NOT NULL,
    purpose TEXT   NOT NULL,
    version BIGINT NOT NULL,
    sealed  BYTEA  NOT NULL,
    PRIMARY KEY (tenant, purpose)
);

CREATE TABLE intent (
    id              TEXT   NOT NULL PRIMARY KEY,
    kind            TEXT   NOT NULL,
    tenant          TEXT   NOT NULL REFERENCES tenant (id),
    wp_user         BIGINT NOT NULL,
    wp_login        TEXT   NOT NULL,
    wp_email        TEXT   NOT NULL,
    state           TEXT   NOT NULL,
    challenge       TEXT   NOT NULL,
    asked_by        TEXT   NOT NULL,
    asked_at        BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL,
    answered        BOOLEAN,
    subject         TEXT,
    email           TEXT,
    name            TEXT,
    role            TEXT,
    pairing         TEXT,
    code_hash       TEXT,
    code_expires_at BIGINT,
    redeemed_at     BIGINT,
    target          TEXT   NOT NULL
);
CREATE UNIQUE INDEX intent_code ON intent (code_hash) WHERE code_hash IS NOT NULL;
CREATE INDEX intent_tenant ON intent (tenant, asked_at);
CREATE INDEX intent_expiry ON intent (expires_at);

CREATE TABLE pairing (
    id            TEXT   NOT NULL PRIMARY KEY,
    tenant        TEXT   NOT NULL REFERENCES tenant (id),
    subject       TEXT   NOT NULL,
    email         TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    wp_user       BIGINT NOT NULL,
    wp_login      TEXT   NOT NULL,
    password_uuid TEXT   NOT NULL,
    chat_user     TEXT,
    status        TEXT   NOT NULL,
    note          TEXT   NOT NULL,
    made_at       BIGINT NOT NULL,
    proof_at      BIGINT,
    proof_ms      BIGINT
);
CREATE INDEX pairing_chat_user ON pairing (tenant, chat_user);
CREATE INDEX pairing_newest ON pairing (tenant, made_at DESC);

CREATE TABLE session (
    id_hash    TEXT   NOT NULL PRIMARY KEY,
    subject    TEXT,
    agent      TEXT   NOT NULL,
    data       TEXT   NOT NULL,
    made_at    BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);
CREATE INDEX session_subject ON session (subject) WHERE subject IS NOT NULL;

-- No reference to tenant: the audit outlives everything.
CREATE TABLE audit (
    seq     BIGINT  NOT NULL PRIMARY KEY,
    at      BIGINT  NOT NULL,
    who     TEXT    NOT NULL,
    what    TEXT    NOT NULL,
    tenant  TEXT,
    slug    TEXT    NOT NULL,
    allowed BOOLEAN NOT NULL,
    detail  TEXT    NOT NULL,
    hash    TEXT    NOT NULL
);
CREATE INDEX audit_tenant ON audit (tenant, seq);
CREATE INDEX audit_slug ON audit (slug, seq);

-- One row: the end of the chain. Whoever adds an entry takes this row first, so there is one writer at a time.
CREATE TABLE audit_head (
    id   BIGINT NOT NULL PRIMARY KEY,
    seq  BIGINT NOT NULL,
    hash TEXT   NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE idempotency (
    id      TEXT   NOT NULL PRIMARY KEY,
    tenant  TEXT   NOT NULL REFERENCES tenant (id),
    made_at BIGINT NOT NULL,
    answer  TEXT
);
CREATE INDEX idempotency_age ON idempotency (made_at);
CREATE INDEX idempotency_tenant ON idempotency (tenant);

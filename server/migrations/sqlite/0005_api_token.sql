-- Tokens of programs: the hash only, whose they are, and what they may do.
CREATE TABLE api_token (
    id           TEXT   NOT NULL PRIMARY KEY,
    hash         TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    scope        TEXT   NOT NULL,               -- operator, auditor or tenant
    tenant       TEXT   REFERENCES tenant (id),  -- only for scope tenant
    grounds      TEXT   NOT NULL,               -- operator, admin or machine: the right of its maker it rests on
    subject      TEXT   NOT NULL,
    email        TEXT   NOT NULL,
    made_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,               -- its maker's last sign-in with that right
    used_at      BIGINT,
    ended_at     BIGINT
);
CREATE UNIQUE INDEX api_token_hash ON api_token (hash);
CREATE UNIQUE INDEX api_token_name ON api_token (subject, name) WHERE ended_at IS NULL;
CREATE INDEX api_token_tenant ON api_token (tenant) WHERE tenant IS NOT NULL;

-- What an entry of the audit changed. Entries from before have neither, and hash as they did.
ALTER TABLE audit ADD COLUMN before_text TEXT;
ALTER TABLE audit ADD COLUMN after_text TEXT;

-- Who is asked into a tenant and did not come yet; also the outbox of the letters that say so.
CREATE TABLE invitation (
    tenant     TEXT    NOT NULL REFERENCES tenant (id),
    email      TEXT    NOT NULL,
    role       TEXT    NOT NULL,
    invited_by TEXT    NOT NULL,
    invited_at BIGINT  NOT NULL,
    until      BIGINT  NOT NULL,
    over       BOOLEAN NOT NULL,               -- its time is over, and the member row went with it
    letter     BIGINT  NOT NULL,               -- how many letters were asked for; part of the letter's id
    wake_at    BIGINT,                         -- when the letter is due; none: nothing to send
    attempts   BIGINT  NOT NULL,
    sent_at    BIGINT,
    problem    TEXT    NOT NULL,
    PRIMARY KEY (tenant, email)
);
CREATE INDEX invitation_due ON invitation (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX invitation_until ON invitation (until) WHERE NOT over;
CREATE INDEX invitation_email ON invitation (email);

-- What a person chose for themselves, on the account page.
CREATE TABLE preference (
    subject  TEXT NOT NULL PRIMARY KEY,
    email    TEXT NOT NULL,
    language TEXT NOT NULL
);
CREATE INDEX preference_email ON preference (email);

-- The account page lists a person's pairings over all tenants.
CREATE INDEX pairing_subject ON pairing (subject);

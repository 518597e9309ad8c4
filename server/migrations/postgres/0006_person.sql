-- Looks that people asked for, and how many of them were done: counted, so that none is lost while an engine works, or
-- dies at work. Two that were asked for at the same moment are two.
ALTER TABLE tenant ADD COLUMN look_asked BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tenant ADD COLUMN look_done BIGINT NOT NULL DEFAULT 0;

-- A person is the provider's subject, and a subject is one only together with its issuer. Rows from before get the issuer
-- that is configured when the portal starts.
ALTER TABLE member ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE pairing ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE api_token ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
-- Another account signed in with this verified address while the place was somebody's.
ALTER TABLE member ADD COLUMN contested BOOLEAN NOT NULL DEFAULT FALSE;

DROP INDEX api_token_name;
CREATE UNIQUE INDEX api_token_name ON api_token (issuer, subject, name) WHERE ended_at IS NULL;

-- People whose account at the sign-in service was replaced: who they were, and who they are once that is known. Also the
-- outbox of the letters that say so.
CREATE TABLE rebind (
    issuer      TEXT   NOT NULL,               -- with the subject: who they were
    subject     TEXT   NOT NULL,
    email       TEXT   NOT NULL,               -- until they are bound, a verified sign-in with it binds them
    asked_by    TEXT   NOT NULL,
    asked_at    BIGINT NOT NULL,
    until       BIGINT NOT NULL,               -- afterwards no sign-in binds any more
    new_issuer  TEXT,                          -- with the new subject: who they are
    new_subject TEXT,
    letter      BIGINT NOT NULL,               -- how many letters were asked for; part of the letter's id
    wake_at     BIGINT,                        -- when the letter is due; none: nothing to send
    attempts    BIGINT NOT NULL,
    sent_at     BIGINT,
    problem     TEXT   NOT NULL,
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX rebind_due ON rebind (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX rebind_email ON rebind (email) WHERE new_subject IS NULL;
CREATE INDEX rebind_new ON rebind (new_subject) WHERE new_subject IS NOT NULL;

-- The fence: a lease has a number that goes up with each claim, and an engine's entry in the log carries the number it was
-- written under. Entries of people, sites and older versions have none.
ALTER TABLE tenant ADD COLUMN lease_epoch BIGINT NOT NULL DEFAULT 0;
ALTER TABLE event ADD COLUMN epoch BIGINT;

-- Turns at what all portals share outside: who has it, for whom, and until when. A turn that nobody gave back ends by itself.
CREATE TABLE turn (
    name  TEXT   NOT NULL PRIMARY KEY,
    owner TEXT   NOT NULL,
    whom  TEXT   NOT NULL,
    until BIGINT NOT NULL
);

-- How often something may happen, counted for all portals on this database together: one row for each rule and each of those
-- it holds for. `full_at` is when their allowance is whole again; a row whose moment has passed says nothing any more.
CREATE TABLE pace (
    id      TEXT   NOT NULL PRIMARY KEY,
    full_at BIGINT NOT NULL
);

-- One row, written to see that the database takes changes: a full disk is read without a complaint.
CREATE TABLE pulse (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- Whose a session is, in columns: so that those who look after the portal see who is signed in. Sessions from before fill
-- them in at their next write, five minutes of use later at most.
ALTER TABLE session ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN email TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN standing BIGINT NOT NULL DEFAULT 0; -- 2 operator, 1 auditor, 0 neither

-- The provider's own name for its session (`sid`), so that a sign-out there can end exactly the one here.
-- Sessions from before do not know it, and hold id tokens in plain text: their people sign in once more.
DELETE FROM session;
ALTER TABLE session ADD COLUMN sid TEXT;
CREATE INDEX session_sid ON session (sid) WHERE sid IS NOT NULL;

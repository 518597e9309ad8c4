-- The address that the provider gives somebody now, while a colleague's row still has it: two people who swapped theirs
-- exchange their rows once both were seen.
ALTER TABLE member ADD COLUMN moving_to TEXT;

-- Language (a key of the order form) and time zone (IANA) that a site was ordered with. Sites from before have these.
ALTER TABLE tenant ADD COLUMN language TEXT NOT NULL DEFAULT 'en';
ALTER TABLE tenant ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'UTC';

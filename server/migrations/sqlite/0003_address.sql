-- The book of private addresses of managed databases: the provider keeps none. A LAN has eight that its DHCP never gives
-- away, and each belongs to one tenant from before the first call until absence was seen.
CREATE TABLE address (
    lan        TEXT   NOT NULL,
    host       BIGINT NOT NULL CHECK (host BETWEEN 3 AND 10),
    tenant     TEXT   NOT NULL REFERENCES tenant (id),
    generation BIGINT NOT NULL,               -- counts up when a cluster that failed is made anew
    cluster    TEXT,                          -- the provider's own id, where it chooses one
    stage      TEXT   NOT NULL,
    since      BIGINT NOT NULL,               -- when the stage began
    PRIMARY KEY (lan, host)
);
CREATE UNIQUE INDEX address_tenant ON address (tenant);

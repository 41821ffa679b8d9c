-- Communities have sources of their own. Community 0 is everybody; the same source may be one of several.

ALTER TABLE added_sources DROP CONSTRAINT added_sources_pkey, ADD PRIMARY KEY (community, id);

ALTER TABLE pages ADD COLUMN community BIGINT NOT NULL DEFAULT 0;
ALTER TABLE pages ALTER COLUMN community DROP DEFAULT, DROP CONSTRAINT pages_pkey, ADD PRIMARY KEY (community, source);

-- Each community counts its generations from 1.
ALTER TABLE generations ADD COLUMN community BIGINT NOT NULL DEFAULT 0;
ALTER TABLE generations ALTER COLUMN community DROP DEFAULT, ALTER COLUMN number DROP IDENTITY,
    DROP CONSTRAINT generations_pkey, ADD PRIMARY KEY (community, number);

ALTER TABLE served DROP CONSTRAINT served_only_one_check;
ALTER TABLE served RENAME COLUMN only_one TO community;
UPDATE served SET community = 0;

ALTER TABLE reports ADD COLUMN community BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN community BIGINT NOT NULL DEFAULT 0;

-- When a text was last asked to be kept: one that is new is not yet named by a page or a generation.
ALTER TABLE texts ADD COLUMN kept_at BIGINT NOT NULL DEFAULT 0;

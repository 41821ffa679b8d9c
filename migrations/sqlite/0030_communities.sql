-- Communities have sources of their own. Community 0 is everybody; the same source may be one of several.

CREATE TABLE sources_of (
    community BIGINT NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (community, id)
);
INSERT INTO sources_of SELECT community, id, body, added_at FROM added_sources;
DROP TABLE added_sources;
ALTER TABLE sources_of RENAME TO added_sources;

CREATE TABLE pages_of (
    community BIGINT NOT NULL,
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    text TEXT REFERENCES texts (hash),
    held TEXT REFERENCES texts (hash),
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    since BIGINT NOT NULL,
    checked_at BIGINT NOT NULL,
    misses BIGINT NOT NULL,
    missed_at BIGINT NOT NULL,
    PRIMARY KEY (community, source)
);
INSERT INTO pages_of SELECT 0, source, url, etag, last_modified, text, held, state, reason, since, checked_at, misses,
    missed_at FROM pages;
DROP TABLE pages;
ALTER TABLE pages_of RENAME TO pages;

-- Each community counts its generations from 1.
CREATE TABLE generations_of (
    community BIGINT NOT NULL,
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    cause TEXT NOT NULL,
    manifest TEXT NOT NULL,
    documents BIGINT NOT NULL,
    passages BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (community, number)
);
INSERT INTO generations_of SELECT 0, number, state, cause, manifest, documents, passages, made_at FROM generations;
DROP TABLE generations;
ALTER TABLE generations_of RENAME TO generations;

CREATE TABLE served_to (
    community BIGINT PRIMARY KEY,
    state TEXT NOT NULL
);
INSERT INTO served_to SELECT 0, state FROM served;
DROP TABLE served;
ALTER TABLE served_to RENAME TO served;

ALTER TABLE reports ADD COLUMN community BIGINT NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN community BIGINT NOT NULL DEFAULT 0;

-- When a text was last asked to be kept: one that is new is not yet named by a page or a generation.
ALTER TABLE texts ADD COLUMN kept_at BIGINT NOT NULL DEFAULT 0;

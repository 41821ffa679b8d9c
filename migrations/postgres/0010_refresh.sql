-- What a refresh must remember. Times are seconds since 1970.

-- Sources that moderators added; all others stand in the corpus folder. Community 0 is everybody.
CREATE TABLE added_sources (
    id TEXT PRIMARY KEY,
    community BIGINT NOT NULL,
    body TEXT NOT NULL,
    added_at BIGINT NOT NULL
);

-- Texts of pages, by the hash of what they say; never changed.
CREATE TABLE texts (
    hash TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    copied_at BIGINT NOT NULL
);

-- What is known of each source's page: its last good text, how it fared since, and a text that waits for a
-- moderator's yes.
CREATE TABLE pages (
    source TEXT PRIMARY KEY,
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
    missed_at BIGINT NOT NULL
);

-- Which texts a generation quotes. The files that are compiled from them can be thrown away.
CREATE TABLE generations (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    state TEXT NOT NULL,
    cause TEXT NOT NULL,
    manifest TEXT NOT NULL,
    documents BIGINT NOT NULL,
    passages BIGINT NOT NULL,
    made_at BIGINT NOT NULL
);

-- What came of each refresh, so that one that waited for it can tell.
CREATE TABLE reports (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);

-- Who changed what; lines are added, never changed or removed.
CREATE TABLE audit (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    result TEXT NOT NULL
);

CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is not changed or removed';
END;
$$;

CREATE TRIGGER audit_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
EXECUTE FUNCTION audit_only_grows();

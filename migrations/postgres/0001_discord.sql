-- What the bot must remember. No message, no name; times are seconds since 1970.

-- How a community wants it; JSON, so that a setting can be added without a migration.
CREATE TABLE settings (
    community BIGINT PRIMARY KEY,
    body TEXT NOT NULL
);

-- What stood in an answer, so that its buttons work after a restart. Not tied to a person or a message,
-- except where a helper has yet to post it (target).
CREATE TABLE answers (
    id TEXT PRIMARY KEY,
    community BIGINT NOT NULL,
    body TEXT NOT NULL,
    target TEXT,
    at BIGINT NOT NULL
);

-- One vote a person, changeable. The person is a hash with a key that is not in this database, and
-- another one for each answer.
CREATE TABLE votes (
    answer TEXT NOT NULL REFERENCES answers (id) ON DELETE CASCADE,
    person TEXT NOT NULL,
    helpful BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (answer, person)
);

-- What was asked in vain, never by whom.
CREATE TABLE gaps (
    community BIGINT NOT NULL,
    question TEXT NOT NULL,
    asked BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (community, question)
);

-- Which reply goes with which question, to be removed with it. The question is a keyed hash of its id.
CREATE TABLE replies (
    question TEXT PRIMARY KEY,
    channel BIGINT NOT NULL,
    reply BIGINT NOT NULL,
    at BIGINT NOT NULL
);

-- What a moderator has been told once.
CREATE TABLE told (
    community BIGINT NOT NULL,
    what TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (community, what)
);

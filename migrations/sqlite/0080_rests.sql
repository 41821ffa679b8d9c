-- Until when a host wants to be left alone (Retry-After), so that the next process does so too.
CREATE TABLE rests (
    host TEXT PRIMARY KEY,
    until BIGINT NOT NULL
);

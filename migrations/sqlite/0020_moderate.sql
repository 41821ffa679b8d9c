-- What moderators need beside a refresh.

-- Which originals are served, for every process that shares this database.
CREATE TABLE served (
    only_one BIGINT PRIMARY KEY CHECK (only_one = 1),
    state TEXT NOT NULL
);

-- A question that a moderator dealt with is not shown again.
ALTER TABLE gaps ADD COLUMN dismissed BIGINT NOT NULL DEFAULT 0;

-- The words of a question whose answer was marked unhelpful; never who asked.
CREATE TABLE feedback (
    answer TEXT PRIMARY KEY REFERENCES answers (id) ON DELETE CASCADE,
    question TEXT NOT NULL
);

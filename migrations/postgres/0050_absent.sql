-- Communities that have removed the bot, and since when that is known. What they have of their own is kept a while.
CREATE TABLE absent (
    community BIGINT PRIMARY KEY,
    since BIGINT NOT NULL
);

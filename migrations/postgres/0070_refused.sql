-- A text that a moderator said no to: as long as a page says it, the one before is quoted.
ALTER TABLE pages ADD COLUMN refused TEXT;

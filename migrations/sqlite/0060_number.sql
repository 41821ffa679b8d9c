-- Which generation is served: the same originals may have been served before under another number.
ALTER TABLE served ADD COLUMN number BIGINT;

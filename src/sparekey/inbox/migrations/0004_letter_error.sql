-- By what reading a letter failed last: a person decides by it whether to have it read again.
ALTER TABLE inbox.letter ADD COLUMN last_error_code text;

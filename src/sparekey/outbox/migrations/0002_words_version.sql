-- In which version of its brand's words a message is rendered; 0 is ours.
ALTER TABLE outbox.message ADD COLUMN words_version integer NOT NULL DEFAULT 0;

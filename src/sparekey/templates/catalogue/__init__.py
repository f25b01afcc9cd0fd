"""One file per message; the file's name is the message's."""

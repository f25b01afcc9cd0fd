"""One file per language: how it says times, and the words its messages are checked by."""

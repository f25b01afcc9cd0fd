"""The verbs of accounts, one file each."""

"""The verbs of the inbox, a file each."""

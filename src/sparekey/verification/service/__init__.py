"""The verbs of verification, a file each."""

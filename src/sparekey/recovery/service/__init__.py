"""The verbs of recovery, a file each."""

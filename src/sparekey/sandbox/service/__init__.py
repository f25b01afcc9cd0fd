"""The verbs of the sandbox, a file each."""

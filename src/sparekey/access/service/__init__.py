"""The verbs of access: keys, and the rate at which they may be used."""

"""The verbs of flows."""

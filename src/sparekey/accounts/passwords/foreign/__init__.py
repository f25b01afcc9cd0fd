"""Stored passwords of other software: one file for each family of hashes."""

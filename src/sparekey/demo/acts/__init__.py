"""The acts of the play, a file each; `play.py` has them in order."""

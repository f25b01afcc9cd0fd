"""The demonstration: a trial installation, and a play on it through the public API.

It knows the product from outside only. Whatever it shows was answered over HTTP, and whatever it
claims was checked; a claim that fails ends the play.
"""

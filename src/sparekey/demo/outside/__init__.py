"""The outside world of `--wires real`: an SMSC and a mail server that nobody here wrote.

Both are programs of other people, started on loopback for the length of the demo and ended with it.
Nothing but the demo knows them, and they know nothing of us but what comes over the wire.
"""

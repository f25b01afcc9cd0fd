"""The kinds of nodes that a flow is drawn of: one file each, found by its name.

A file declares what the node is set with, which exits it has, and a pure step; what it does
besides, it does in the transaction that moves the run. Files that begin with an underscore are
what several of them share.
"""

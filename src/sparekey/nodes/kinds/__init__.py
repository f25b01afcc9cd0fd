"""The kinds of nodes that a flow is drawn of: one file each, found by its name."""

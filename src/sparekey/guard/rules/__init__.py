"""One file per rule. Each declares `limits(asked)`: the limits it sets on a request, as data."""

"""One file per kind of gateway. Each declares `wire`, a `gateways.Kind`."""

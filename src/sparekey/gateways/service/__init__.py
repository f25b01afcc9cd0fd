"""The verbs of gateways: configuring them, and choosing one for a message."""

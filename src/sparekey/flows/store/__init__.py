"""The SQL of flows: what is drawn and published, and the queue of runs."""

from sparekey.flows.store import drawings, runs

__all__ = ["drawings", "runs"]

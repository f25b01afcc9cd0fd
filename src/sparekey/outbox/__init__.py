"""What we send: messages, sealed until they are handed to a gateway, and what became of them."""

from sparekey.outbox.model import ARCHIVES, Envelope, State, seal_envelope

__all__ = ["ARCHIVES", "Envelope", "State", "seal_envelope"]

"""What became of what we sent: receipts of gateways, and mail that came back."""

from sparekey.receipts.bounces import Bounce, read_bounce
from sparekey.receipts.service import bounced, take

__all__ = ["Bounce", "bounced", "read_bounce", "take"]

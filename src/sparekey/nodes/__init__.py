"""The kinds of nodes that a flow is drawn of, and what several of them share.

A file in `kinds` declares what the node is set with, which exits it has, and a pure step; what it
does besides, it does in the transaction that moves the run.
"""

from sparekey.nodes.posting import Posting
from sparekey.nodes.sending import Post, Send, use_post

__all__ = ["Post", "Posting", "Send", "use_post"]

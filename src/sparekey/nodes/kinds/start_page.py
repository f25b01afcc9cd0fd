"""Starts when somebody asks for a recovery, on a page or over the API.

>>> from sparekey.nodes.example import run
>>> run(node, {})
goes on by then
"""

from sparekey.flows import Node, NoSettings, go_on, then

node = Node(
    about="Somebody says that they cannot sign in.",
    settings=NoSettings,
    exits=then,
    step=go_on,
    is_start=True,
    is_only=True,
)

"""Starts when the company asks for it over the API.

>>> from sparekey.nodes.example import run
>>> run(node, {})
goes on by then
"""

from sparekey.flows import Node, NoSettings, go_on, then

node = Node(
    about="The company's own system starts it: POST /v1/flows/{name}/runs.",
    settings=NoSettings,
    exits=then,
    step=go_on,
    is_start=True,
)

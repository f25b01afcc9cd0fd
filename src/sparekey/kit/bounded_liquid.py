"""Liquid for words that people edit: conditions and output only, and an end to everything.

No loop, no filter, no include, no assignment; a value that is missing is an error. Heavy: import it
when rendering.
"""

from liquid import Environment, StrictUndefined
from liquid.builtin import content, if_tag, illegal, output, unless_tag


class BoundedLiquid(Environment):
    """60 kB of output unless a subclass sets `output_stream_limit`; `escapes` values for HTML."""

    block_nesting_limit = 6
    context_depth_limit = 6
    loop_iteration_limit = 1
    local_namespace_limit = 1_000
    output_stream_limit = 60_000

    def __init__(self, *, escapes: bool = False) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=escapes)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002
        self.add_tag(content.Literal)
        self.add_tag(output.Output)
        self.add_tag(illegal.Illegal)
        self.add_tag(if_tag.IfTag)
        self.add_tag(unless_tag.UnlessTag)

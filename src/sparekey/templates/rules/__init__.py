"""What every message must and must not say, one function per rule.

Each rule looks at one reading of a message, rendered with the longest values it must hold, and
yields what it finds. Words that depend on the language come from its file.
"""

from collections.abc import Callable, Iterator

from sparekey.templates.rules import avoiding, leading, saying, wording
from sparekey.templates.rules.reading import Finding, Reading

RULES: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    *(saying.brand, saying.purpose, saying.validity, saying.not_me, saying.one_proof),
    *(saying.code_first, saying.bound_line, saying.whole_text, saying.own_script),
    *(leading.link_host, leading.link_text, leading.remote_content, leading.one_action),
    *(avoiding.placeholder, avoiding.carrier_words, avoiding.no_reply, avoiding.secrets),
    *(avoiding.private, avoiding.login_with_code),
    *(wording.segments, wording.length, wording.tone, wording.ease),
)

__all__ = ["RULES", "Finding", "Reading"]

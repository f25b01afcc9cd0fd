"""The reference page of the settings, written from their declaration so that it cannot drift."""

from sparekey.settings.model import Variable, variables

_HEAD = """# Settings

Written by `sparekey settings`; edit the declarations, not this page.

Every setting is an environment variable, read once at start. An unknown `SPAREKEY_` variable, or
a value that cannot be used, stops the start with a sentence that says what the variable takes.
"""


def document() -> str:
    """`docs/reference/settings.md`."""
    return _HEAD + "".join(_entry(variable) for variable in variables().values())


def _entry(variable: Variable) -> str:
    return (
        f"\n## {variable.name}\n\n{variable.about}\n\n"
        f"- Takes: {variable.form.takes}\n- Default: {variable.default}\n"
    )

"""The edges of every email: MJML head, one narrow white column, system fonts, nothing remote.

A brand is recognised by its name and its colour, never by a picture that would have to be fetched.
"""

_LAYOUT = """\
<mjml lang="{locale}" dir="{direction}">
<mj-head>
<mj-title>{{{{ brand }}}}</mj-title>
<mj-attributes>
<mj-all font-family="-apple-system, 'Segoe UI', Roboto, Arial, sans-serif" />
<mj-text font-size="16px" line-height="1.5" color="#1b1f24" padding="0 24px" align="{start}" />
<mj-button font-size="16px" font-weight="600" color="{{{{ button_ink }}}}"
 background-color="{{{{ button_fill }}}}" border="1px solid {{{{ button_edge }}}}"
 border-radius="8px" padding="8px 24px 16px" inner-padding="14px 24px" align="{start}" />
</mj-attributes>
<mj-style>a {{ color: {{{{ link_colour }}}} }}</mj-style>
</mj-head>
<mj-body background-color="#f3f4f6" width="520px">
<mj-section background-color="#ffffff" padding="16px 0" direction="{direction}">
<mj-column direction="{direction}">
{body}
</mj-column>
</mj-section>
</mj-body>
</mjml>
"""

#: The colours of the edges, where a brand has none of its own.
COLOURS = {
    "button_fill": "#1b4fd1",
    "button_ink": "#ffffff",
    "button_edge": "#1b4fd1",
    "link_colour": "#1b4fd1",
}


def whole_mjml(body: str, *, locale: str, direction: str) -> str:
    """A complete MJML document around one message's elements."""
    start = "left" if direction == "ltr" else "right"
    return _LAYOUT.format(locale=locale, direction=direction, start=start, body=body)


def blocks(*parts: str) -> str:
    """Parts of a plain text or of MJML, one empty line between them."""
    return "\n\n".join(parts)


def paragraph(words: str) -> str:
    """One paragraph of an HTML part."""
    return f"<mj-text><p>{words}</p></mj-text>"


def button(words: str, *, link: str) -> str:
    """A button, and under it the whole address that the variable `link` holds.

    The address is shown because a link's host has to be visible before it is followed.
    """
    address = "{{ " + link + " }}"
    return (
        f'<mj-button href="{address}">{words}</mj-button>\n'
        f'<mj-text font-size="14px"><p><a href="{address}">{address}</a></p></mj-text>'
    )

"""Where a message may lead: to hosts that are ours or the company's, openly, to one thing."""

from collections.abc import Iterator

from sparekey.templates.links import HOST_LIKE, host_of, without_path
from sparekey.templates.rules.reading import Finding, Reading

_SHORTENERS = frozenset((
    "bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "lnkd.in", "ow.ly", "qrco.de", "rb.gy",
    "rebrand.ly", "s.id", "shorturl.at", "snip.ly", "t.co", "t.ly", "t2m.io", "tiny.cc",
    "tinyurl.com", "v.gd",
))  # fmt: skip


def link_host(reading: Reading) -> Iterator[Finding]:
    """Links lead to us or to a host the company allowed, over nobody's shortener."""
    for place in reading.parts:
        for url in reading.links(place):
            host = host_of(url)
            if host in _SHORTENERS:
                message = f"{host} hides where a link leads"
                yield Finding("shortener", "error", message, place)
            elif host not in reading.allowed_hosts:
                message = f"a link leads to {host or 'no host'}"
                yield Finding("link_host", "error", message, place)


def link_text(reading: Reading) -> Iterator[Finding]:
    """A link shows the host it leads to, there or as its whole address close by."""
    if reading.markup is None:
        return
    for anchor in reading.markup.anchors:
        host = host_of(anchor.href)
        others = {seen.lower() for seen in HOST_LIKE.findall(without_path(anchor.visible))}
        others.discard(host)
        if others:
            message = f"a link shows {others.pop()}, leads to {host}"
            yield Finding("link_text", "error", message, "html")
        if anchor.href not in reading.markup.words:
            message = f"the address behind “{anchor.visible}” is hidden"
            yield Finding("link_text", "error", message, "html")


def remote_content(reading: Reading) -> Iterator[Finding]:
    """Opening the email fetches nothing: no picture, font, style or script."""
    for thing in reading.markup.remote if reading.markup else ():
        message = f"the html fetches something: {thing}"
        yield Finding("remote_content", "error", message, "html")


def one_action(reading: Reading) -> Iterator[Finding]:
    """One thing to do, beside the way out for whoever it was not."""
    for place in reading.parts:
        leading = {*reading.links(place)} - {reading.shown.get("not_me_url")}
        if len(leading) > 1:
            message = f"the {place} leads to {len(leading)} things to do; leave one"
            yield Finding("one_action", "error", message, place)

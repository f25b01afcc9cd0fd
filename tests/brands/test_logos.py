"""A logo is built anew from what draws it: nothing else of a file survives."""

import struct
import zlib

import pytest

from sparekey.brands.logos import read_logo
from sparekey.kit.problem import Problem

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}<path d="M0 0h9v9z"/></svg>'

HOSTILE = (
    "<script>alert(1)</script>",
    '<script href="https://evil.example/x.js"/>',
    "<g onload='alert(1)'/>",
    '<image href="https://evil.example/x.png"/>',
    '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
    '<a href="javascript:alert(1)"><circle r="1"/></a>',
    "<foreignObject><body onload='alert(1)'/></foreignObject>",
    "<style>@import url(https://evil.example/x.css)</style>",
    '<circle r="1" style="fill:url(https://evil.example/x#a)"/>',
    '<circle r="1" fill="url(https://evil.example/x#a)"/>',
    '<circle r="1" fill="UR\\4c(evil)"/>',
    '<use href="https://evil.example/x.svg#a"/>',
    '<animate attributeName="href" values="javascript:alert(1)"/>',
    '<set attributeName="onclick" to="alert(1)"/>',
    '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    '<g xmlns:x="http://www.w3.org/1999/xlink" x:href="javascript:alert(1)"/>',
    "<!-- <script>alert(1)</script> -->",
    "<?xml-stylesheet href='https://evil.example/x.css'?>",
    "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>",
    "<handler type='text/javascript'>alert(1)</handler>",
)
FORBIDDEN = ("script", "onload", "javascript", "evil", "<style", "<image", "<use", "data:", "<?")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_acts_or_loads_survives(hostile: str):
    made = read_logo(SVG.format(hostile).encode())

    shown = made.content.decode().replace("&lt;script&gt;alert(1)&lt;/script&gt;", "")
    assert not [word for word in FORBIDDEN if word in shown.lower()]
    assert '<path d="M0 0h9v9z"' in shown


def test_what_draws_survives():
    inner = (
        '<defs><linearGradient id="a"><stop offset="0" stop-color="#f00"/></linearGradient></defs>'
        '<g transform="scale(2)"><rect width="4" height="4" fill="url(#a)"/></g>'
        '<circle r="1" style="fill:#0f0; stroke-width:2"/>'
    )

    made = read_logo(SVG.format(inner).encode()).content.decode()

    assert all(part in made for part in ('fill="url(#a)"', "scale(2)", 'stop-color="#f00"'))
    assert 'fill="#0f0"' in made
    assert 'stroke-width="2"' in made


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "neither"),
        (b"GIF89a", "neither"),
        (b"<svg", "neither"),
        (b"\xff\xfe<\x00s\x00v\x00g\x00", "neither"),
        (b"<html xmlns='http://www.w3.org/2000/svg'/>", "not an SVG"),
        (b"<svg viewBox='0 0 1 1'><path d='M0'/></svg>", "not an SVG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0'/></svg>", "viewBox"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>", "nothing left"),
        (b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg/>", "entities"),
        (b"<!DOCTYPE svg SYSTEM 'file:///etc/passwd'><svg/>", "entities"),
        (b"x" * 262_145, "256 KiB"),
        (b"\x89PNG\r\n\x1a\nrubbish", "broken PNG"),
    ],
)
def test_what_is_no_logo_is_refused_with_a_reason(raw: bytes, why: str):
    with pytest.raises(Problem) as caught:
        read_logo(raw)

    assert (caught.value.code, caught.value.extra["field"]) == ("brand.unusable", "logo")
    assert why in caught.value.detail


def test_the_usual_document_type_does_no_harm():
    doctype = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    )

    assert b"DOCTYPE" not in read_logo((doctype + SVG.format("")).encode()).content


def png(width: int = 2, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG of grey pixels, with further chunks before its end."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, 2, 8, 0, 0, 0, 0)),
        *more,
        (b"IDAT", zlib.compress(b"\x00\x80\x80" * 2)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I4s", len(content), kind) + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )  # fmt: skip


def test_a_png_keeps_only_what_draws_it():
    made = read_logo(png(2, (b"tEXt", b"Comment\x00<script>"), (b"eXIf", b"where it was taken")))

    assert made.media_type == "image/png"
    assert made.content == png(2)


@pytest.mark.parametrize("broken", [png()[:-6], png(2000), png()[:40] + b"x" + png()[41:]])
def test_a_png_that_is_broken_or_too_large_is_refused(broken: bytes):
    with pytest.raises(Problem):
        read_logo(broken)


def test_a_logo_is_light_enough_for_an_old_phone():
    noise = "".join(f"M{n * n * 7919 % 99991} {n * n * 104729 % 99989}" for n in range(4000))

    with pytest.raises(Problem) as caught:
        read_logo(SVG.format(f'<path d="{noise}"/>').encode())

    assert "12 KiB" in caught.value.detail

"""No address we send is made of a request: links come from the configured base URL alone.

Hosts taken from Host, Forwarded or X-Forwarded-Host led reset links to attackers in Zitadel
(CVE-2023-49097), Supabase (GHSA-3529-5m8x-rpv3) and hashview (CVE-2025-43930).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "sparekey"
_MADE_OF_A_REQUEST = re.compile(
    r"url_for|request\.(url|base_url)\b|scope\[.(server|scheme).\]"
    r"|(x-|[\"'])forwarded-(host|proto|server)|b[\"']host[\"']|headers(\[|\.get\()[\"']host",
    re.IGNORECASE,
)

#: Compares Host with addresses that are configured; it builds nothing of it.
_COMPARES_ONLY = Path("http/addressed.py")


def lines_made_of_a_request(text: str) -> Iterator[str]:
    """Lines that could build an address from what a request says of itself."""
    return (line for line in text.splitlines() if _MADE_OF_A_REQUEST.search(line))


def test_no_module_builds_an_address_from_a_request():
    found = {
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in SOURCE.rglob("*.py")
        if path.relative_to(SOURCE) != _COMPARES_ONLY
        for line in lines_made_of_a_request(path.read_text())
    }

    assert found == set()


@pytest.mark.parametrize(
    "line",
    [
        'request.url_for("reset")',
        "link = str(request.url)",
        'request.headers["host"]',
        'http.header(request, b"x-forwarded-host")',
    ],
)
def test_a_line_that_would_is_seen(line: str):
    assert list(lines_made_of_a_request(line))

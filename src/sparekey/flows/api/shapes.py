"""What the routes of flows take and answer."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from sparekey import access, flows, http
from sparekey.flows.model import MOST_BYTES, Finding
from sparekey.flows.service.drafting import read_document
from sparekey.http import Body, NoFields, Request
from sparekey.kit.ids import show
from sparekey.kit.problem import Problem

#: Where people may write lines.
LINES = ("about", "note", "reason")
Reason = Annotated[str, Meta(min_length=3, max_length=500)]


class Drawn(Body, frozen=True, kw_only=True):
    """A draft as it shall be."""

    document: flows.Document


class MaybeDrawn(NoFields, frozen=True, kw_only=True):
    """A document to look at, else the draft that is kept."""

    document: flows.Document | None = None


class FlowShown(msgspec.Struct, frozen=True):
    """A flow: what is drafted, and which versions people start."""

    id: str
    name: str
    revision: int
    changed_at: datetime
    changed_by: str | None
    live_version: int | None
    trial_version: int | None
    trial_share: int | None


class FlowWithDraft(msgspec.Struct, frozen=True):
    """A flow with its draft."""

    flow: FlowShown
    document: flows.Document


class VersionShown(msgspec.Struct, frozen=True):
    """A published version; `pins` are the versions of other things that it keeps."""

    number: int
    published_at: datetime
    published_by: str | None
    reason: str
    pins: dict[str, int]
    ended_at: datetime | None
    ended_for: str | None


class FindingShown(msgspec.Struct, frozen=True):
    """What is wrong, at which node, and what to do."""

    code: str
    message: str
    node: str | None
    severity: str


async def read_body(request: Request, into: type[Any]) -> Any:
    """A body that holds a document, which may be larger than others."""
    content_type = (http.header(request, b"content-type") or "").partition(";")[0].strip()
    body = await http.read_body(request, most=2 * MOST_BYTES)
    if not body and issubclass(into, NoFields):
        return into()
    if content_type != "application/json":
        raise Problem("request.unsupported_media_type", 415, "Send the body as application/json.")
    return http.decode(body, into, multiline=LINES)


def if_match(request: Request) -> int:
    """The revision in `If-Match`; Problem 428 without one, 400 for what is none of ours."""
    text = http.header(request, b"if-match")
    if text is None:
        raise Problem(
            "flow.revision_required", 428, 'Send the revision that you read: If-Match: "3".'
        )
    number = text.strip().removeprefix("W/").strip('"')
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Problem("flow.revision_unreadable", 400, 'If-Match is a revision such as "3".')
    return int(number)


async def find(request: Request, name: str) -> flows.FlowRow:
    """The caller's flow of this name; Problem 404."""
    return await flows.find(http.context(request).db, access.caller(request).brand_id, name)


def tag(request: Request, row: flows.FlowRow) -> None:
    """Name the draft's revision in the answer."""
    http.add_headers(request, {"ETag": f'"{row.revision}"'})


def draft_of(row: flows.FlowRow) -> flows.Document:
    """The document that is drafted."""
    return read_document(row.draft)


def flow_shown(row: flows.FlowRow, numbers: dict[int, int]) -> FlowShown:
    """A flow for an answer; `numbers` are the numbers of versions by their ids."""
    return FlowShown(
        id=show("flw", row.id),
        name=row.name,
        revision=row.revision,
        changed_at=row.changed_at,
        changed_by=None if row.changed_by is None else show("key", row.changed_by),
        live_version=numbers.get(row.live_version or 0),
        trial_version=numbers.get(row.trial_version or 0),
        trial_share=row.trial_share,
    )


def version_shown(row: flows.VersionRow) -> VersionShown:
    """A version for an answer."""
    return VersionShown(
        number=row.number,
        published_at=row.published_at,
        published_by=None if row.published_by is None else show("key", row.published_by),
        reason=row.reason,
        pins=msgspec.json.decode(row.pins, type=dict[str, int]),
        ended_at=row.ended_at,
        ended_for=row.ended_for,
    )


def findings_shown(found: Iterable[Finding]) -> list[FindingShown]:
    """Findings for an answer."""
    return [FindingShown(one.code, one.message, one.node, one.severity) for one in found]

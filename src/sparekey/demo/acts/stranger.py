"""Somebody asks for an address that Acme does not know, and learns nothing from it."""

import json
from statistics import median

from sparekey.demo import steps
from sparekey.demo.cast import Cast
from sparekey.demo.client import Answer
from sparekey.demo.stage import Inbox, Stage
from sparekey.demo.transcript import milliseconds

TITLE = "Mallory looks for customers, and finds nobody"
_PAIRS = 6
_OWN_IN_EVERY_ANSWER = ("date", "x-request-id")
#: Two requests differ by this much on a busy machine; `make test-timing` measures properly.
_SLACK_SECONDS = 0.01


async def play(stage: Stage, cast: Cast) -> None:
    """The same bytes and about the same time for a stranger and for a customer."""
    stage.transcript.says(
        "Mallory", f"asks for {cast.stranger.shown}, which is nobody’s, and for Bob’s, in turn."
    )
    strangers: list[Answer] = []
    members: list[Answer] = []
    for _ in range(_PAIRS):
        strangers.append(await _request(stage, cast.stranger))
        members.append(await _request(stage, cast.bob.email))
    times = [median(one.seconds for one in answers) for answers in (strangers, members)]
    stage.transcript.call("POST", f"/v1/recoveries for nobody, {_PAIRS} times", 202, times[0])
    stage.transcript.call("POST", f"/v1/recoveries for Bob, {_PAIRS} times", 202, times[1])
    shapes = {_shape(answer) for answer in strangers + members}
    stage.check(
        len(shapes) == 1,
        "The answers are the same byte for byte, but for the ids and times in them.",
    )
    stage.check(
        abs(times[0] - times[1]) < _SLACK_SECONDS,
        f"They take about the same time: {milliseconds(times[0])} and {milliseconds(times[1])}.",
    )
    await steps.fail_to_prove(
        stage,
        strangers[0].json["id"],
        "A guess at nobody’s code reads like a wrong one.",
        code="12345678",
    )
    stage.transcript.note("`make test-timing` measures this with thousands of requests.")


async def _request(stage: Stage, inbox: Inbox) -> Answer:
    body = {"identifier": inbox.address}
    return await stage.acme.call("POST", "/v1/recoveries", body)


def _shape(answer: Answer) -> str:
    """An answer without what is new in every one: the id, the time it ends, its own headers."""
    text = answer.text
    for name in ("id", "expires_at"):
        text = text.replace(json.dumps(answer.json[name]), "…")
    headers = [
        f"{name}: {value}"
        for name, value in answer.headers.items()
        if name.lower() not in _OWN_IN_EVERY_ANSWER
    ]
    return "\n".join([str(answer.status), *headers, str(len(answer.text)), text])

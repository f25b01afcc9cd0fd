"""Somebody asks for an address that Acme does not know, and learns nothing from it."""

import json

from sparekey.demo import steps
from sparekey.demo.cast import Cast
from sparekey.demo.client import Answer
from sparekey.demo.stage import Stage, require_status

TITLE = "Mallory looks for customers, and finds nobody"
_PAIRS = 16
_OWN_IN_EVERY_ANSWER = ("date", "x-request-id")
#: Wide, for a busy machine shall not fail it: it would still show a look-up that waits for mail.
_SLACK_SECONDS = 0.02


async def play(stage: Stage, cast: Cast) -> None:
    """The same bytes and about the same time for a stranger and for a customer."""
    stage.transcript.says(
        "Mallory", f"asks for {cast.stranger.shown}, which is nobody’s, and for Bob’s, in turn."
    )
    strangers: list[Answer] = []
    members: list[Answer] = []
    for number in range(_PAIRS):
        spelled = str.upper if number % 2 else str.lower
        strangers.append(await _request(stage, spelled(cast.stranger.address)))
        members.append(await _request(stage, spelled(cast.bob.email.address)))
    times = [min(one.seconds for one in answers) for answers in (strangers, members)]
    for who, seconds in zip(("nobody", "Bob"), times, strict=True):
        which = f"/v1/recoveries for {who}, {_PAIRS} times, the fastest"
        stage.transcript.call("POST", which, 202, seconds)
    shapes = {_shape(answer) for answer in strangers + members}
    stage.check(
        len(shapes) == 1,
        "The answers are the same byte for byte, but for the ids and times in them.",
    )
    stage.check(
        abs(times[0] - times[1]) < _SLACK_SECONDS,
        f"They take about as long: {times[0] * 1000:.1f} ms and {times[1] * 1000:.1f} ms.",
    )
    await steps.fail_to_prove(
        stage,
        strangers[0].json["id"],
        "A guess at nobody’s code is refused in the words of any wrong one.",
        code="12345678",
    )
    stage.transcript.note("`make test-timing` compares far more requests, and what follows each.")


async def _request(stage: Stage, identifier: str) -> Answer:
    body = {"identifier": identifier}
    answer = await stage.acme.call("POST", "/v1/recoveries", body)
    return require_status(answer, "POST", "/v1/recoveries", 202)


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

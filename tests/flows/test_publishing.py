"""Drafts, versions, trials and the way back: nobody's work is lost, and nobody's run is changed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from sparekey import flows
from sparekey.db import Db
from sparekey.flows import Event, Signal
from sparekey.flows.service.cases import keep
from sparekey.kit.ids import new_id
from sparekey.kit.keyring import Keyring
from sparekey.kit.problem import Problem
from tests.flows.drawing import (
    ASKING,
    Drawn,
    begun,
    drawn,
    new_brand,
    outcome,
    published,
    wake_all,
)
from tests.jobs.conftest import work_off
from tests.world.basics import START, MovableClock

LONGER: Drawn = {**ASKING, "good": ("finish", {"outcome": "very_well"}, {})}


async def change(db: Db, brand: int, nodes: Drawn, revision: int) -> flows.FlowRow:
    """Put another draft in its place."""
    return await flows.change(db, brand, drawn(nodes), revision=revision, by=None, at=START)


async def test_of_two_who_change_the_same_draft_one_is_told_who_was_faster(db: Db) -> None:
    brand, by = await new_brand(db), new_id(START)
    await flows.create(db, brand, drawn(ASKING), by=None, at=START)
    await flows.change(db, brand, drawn(LONGER), revision=1, by=by, at=START)

    with pytest.raises(Problem) as refused:
        await change(db, brand, ASKING, 1)

    assert refused.value.code == "flow.changed"
    assert refused.value.status == 409
    assert refused.value.extra["revision"] == 2
    assert str(refused.value.extra["changed_by"]).startswith("key_")
    assert refused.value.extra["nodes"] == ["good"]


async def test_what_is_wrong_is_not_published(db: Db) -> None:
    brand = await new_brand(db)
    wrong: Drawn = {**ASKING, "later": ("wait", {"seconds": 60}, {})}
    await flows.create(db, brand, drawn(wrong), by=None, at=START)

    with pytest.raises(Problem) as refused:
        await flows.publish(db, brand, "asking", flows.Wish(reason="why"), by=None, at=START)

    assert refused.value.code == "flow.refused"
    assert (await flows.find(db, brand, "asking")).live_version is None


async def test_two_publishers_at_once_make_two_versions_or_one(db: Db) -> None:
    brand = await new_brand(db)
    await flows.create(db, brand, drawn(ASKING), by=None, at=START)

    async def publish(reason: str) -> int:
        wish = flows.Wish(reason=reason)
        made = await flows.publish(db, brand, "asking", wish, by=None, at=START)
        return made.number

    numbers = await asyncio.gather(*(publish(f"try {n}") for n in range(5)))

    assert sorted(numbers) == [1, 2, 3, 4, 5]


async def test_whoever_is_under_way_stays_on_their_version(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    brand = await new_brand(db)
    old = begun(clock)
    before = await published(db, brand, ASKING)
    async with db.transaction() as tx:
        await flows.begin(tx, before, old, keyring=keyring, at=clock())
    after = await published(db, brand, LONGER)
    new = begun(clock)
    async with db.transaction() as tx:
        await flows.begin(tx, after, new, keyring=keyring, at=clock())

    for run in (old, new):
        await flows.hear(db, run.id, Event(Signal.REPLY, "well"), at=clock())
    await work_off(flows.waker(db, keyring, clock))

    assert await outcome(db, old.id) == "well"
    assert await outcome(db, new.id) == "very_well"


_INSIDE = """
INSERT INTO flows.run (id, wake_at, version_id, brand_id, node, waits, path)
SELECT id, $2, $3, $4, 1, 3, '\\x0000'::bytea FROM unnest($1::uuid[]) AS id
"""


async def test_a_draft_published_while_10_000_are_inside_changes_nothing_for_them(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    brand = await new_brand(db)
    old = await published(db, brand, ASKING)
    inside = [new_id(clock()) for _ in range(10_000)]
    await db.execute(_INSIDE, inside, clock() + timedelta(hours=1), old.version_id, brand)

    other: Drawn = {**ASKING, "bad": ("finish", {"outcome": "changed"}, {})}
    await published(db, brand, {name: other[name] for name in reversed(other)})
    for passed in (3600, 60):
        clock.advance(timedelta(seconds=passed))
        await wake_all(flows.waker(db, keyring, clock))
    row = await flows.find(db, brand, "asking")
    found = await flows.counts(db, await flows.numbered(db, row, 1))

    assert found.outcomes == {"unknown": 10_000}


async def test_a_published_version_keeps_the_words_it_was_published_with(db: Db) -> None:
    nodes: Drawn = {
        "begin": ("start_api", {}, {"then": "tell"}),
        "tell": ("send", {"template": "help", "to": "account"}, {"sent": "end"}),
        "end": ("finish", {"outcome": "told"}, {}),
    }
    ready = await published(db, await new_brand(db), nodes)

    assert ready.graph.pins == {"words": 0}


async def test_a_kept_try_that_now_ends_otherwise_stops_the_publish(db: Db) -> None:
    brand = await new_brand(db)
    row = await flows.create(db, brand, drawn(ASKING), by=None, at=START)
    script = flows.Script(moves=[flows.Move(reply="Fine.")])
    played = await keep(db, row, "polite", script)
    wish = flows.Wish(reason="why")
    await flows.publish(db, brand, "asking", wish, by=None, at=START)
    await change(db, brand, LONGER, 1)

    with pytest.raises(Problem) as refused:
        await flows.publish(db, brand, "asking", wish, by=None, at=START)

    assert played.outcome == "well"
    assert refused.value.code == "flow.refused"
    assert "polite" in str(refused.value.extra["findings"])


async def test_a_trial_takes_its_share_and_the_same_account_always_takes_part(db: Db) -> None:
    brand = await new_brand(db)
    live = await published(db, brand, ASKING)
    await change(db, brand, LONGER, 1)
    wish = flows.Wish(reason="better words", share=30)
    trial = await flows.publish(db, brand, "asking", wish, by=None, at=START)

    async def version(key: Any) -> int:
        ready = await flows.prepare(db, brand, kind="start_api", key=key)
        assert ready is not None
        return ready.version_id

    keys = [new_id(START) for _ in range(400)]
    first, second = [await version(key) for key in keys], [await version(key) for key in keys]

    assert first == second
    assert set(first) == {live.version_id, trial.id}
    assert 0.2 < first.count(trial.id) / len(first) < 0.4


async def test_a_start_that_the_trial_lacks_is_left_to_the_live_version(db: Db) -> None:
    brand = await new_brand(db)
    both: Drawn = {**ASKING, "page": ("start_page", {}, {"then": "ask"})}
    live = await published(db, brand, both)
    await change(db, brand, ASKING, 1)
    wish = flows.Wish(reason="no page", share=99)
    await flows.publish(db, brand, "asking", wish, by=None, at=START)

    found = [
        await flows.prepare(db, brand, kind="start_page", key=new_id(START)) for _ in range(20)
    ]

    assert {ready.version_id for ready in found if ready} == {live.version_id}
    assert None not in found


@pytest.mark.parametrize(
    ("tried", "live", "fallen"),
    [
        ((10, 40), (90, 100), True),
        ((36, 40), (90, 100), False),
        ((0, 29), (90, 100), False),
        ((0, 40), (9, 29), False),
        ((40, 40), (100, 100), False),
        ((96, 100), (90, 100), False),
    ],
)
def test_a_trial_has_fallen_when_chance_does_not_explain_it(
    tried: tuple[int, int], live: tuple[int, int], fallen: bool
) -> None:
    assert flows.has_fallen(tried, live) is fallen


async def test_a_trial_whose_outcome_falls_is_taken_back(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    brand = await new_brand(db)
    live = await published(db, brand, ASKING)
    await change(db, brand, LONGER, 1)
    wish = flows.Wish(reason="worse words", share=50)
    trial = await flows.publish(db, brand, "asking", wish, by=None, at=START)
    graphs = {live.version_id: live}
    while len(graphs) < 2:
        found = await flows.prepare(db, brand, kind="start_api", key=new_id(START))
        assert found is not None
        graphs[found.version_id] = found
    for version, word in ((live.version_id, "well"), (trial.id, "other")):
        for _ in range(40):
            start = begun(clock)
            async with db.transaction() as tx:
                await flows.begin(tx, graphs[version], start, keyring=keyring, at=clock())
            await flows.hear(db, start.id, Event(Signal.REPLY, word), at=clock())
    await work_off(flows.waker(db, keyring, clock))

    assert await flows.judge_trials(db, at=clock()) == [trial.id]
    assert await flows.judge_trials(db, at=clock()) == []
    row = await flows.find(db, brand, "asking")
    assert (row.live_version, row.trial_version) == (live.version_id, None)


async def test_an_earlier_version_goes_live_again(db: Db) -> None:
    brand = await new_brand(db)
    first = await published(db, brand, ASKING)
    await published(db, brand, LONGER)

    await flows.take_live(db, brand, "asking", 1, "the new one is worse", at=START)
    again = await flows.prepare(db, brand, kind="start_api", key=new_id(START))

    assert again is not None
    assert again.version_id == first.version_id


async def test_counts_tell_who_is_where_and_which_way_people_took(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    brand = await new_brand(db)
    ready = await published(db, brand, ASKING)
    starts = [begun(clock) for _ in range(5)]
    for start in starts:
        async with db.transaction() as tx:
            await flows.begin(tx, ready, start, keyring=keyring, at=clock())
    for start in starts[:2]:
        await flows.hear(db, start.id, Event(Signal.REPLY, "well"), at=clock())
    await work_off(flows.waker(db, keyring, clock))

    row = await flows.find(db, brand, "asking")
    found = await flows.counts(db, await flows.numbered(db, row, 1))
    nodes = {one.node: one for one in found.nodes}

    assert nodes["begin"].exits == {"then": 5}
    assert nodes["ask"].exits == {"well": 2, "other": 0, "no_reply": 0}
    assert nodes["ask"].waiting == 3
    assert found.outcomes == {"well": 2}


async def test_a_jump_goes_on_in_the_other_flow(
    db: Db, keyring: Keyring, clock: MovableClock
) -> None:
    brand = await new_brand(db)
    away: Drawn = {
        "begin": ("start_api", {}, {"then": "wait"}),
        "wait": ("wait", {"seconds": 5}, {"then": "away"}),
        "away": ("jump", {"flow": "asking"}, {}),
        "end": ("finish", {"outcome": "over"}, {}),
    }
    with pytest.raises(Problem, match="refused"):
        await published(db, brand, away, "leaving")
    await published(db, brand, ASKING)
    away = {key: node for key, node in away.items() if key != "end"}
    ready = await published(db, brand, away, "leaving")
    start = begun(clock)
    async with db.transaction() as tx:
        await flows.begin(tx, ready, start, keyring=keyring, at=clock())
    for passed in (5, 0, 3600, 60):
        clock.advance(timedelta(seconds=passed))
        await work_off(flows.waker(db, keyring, clock))

    assert await outcome(db, start.id) == "unknown"


async def test_no_two_live_flows_answer_to_the_same_word(db: Db) -> None:
    brand = await new_brand(db)
    nodes: Drawn = {
        "begin": ("start_keyword", {"words": ["Reset", "help me"]}, {"then": "end"}),
        "end": ("finish", {"outcome": "over"}, {}),
    }
    wish = flows.Wish(reason="why")
    for name in ("first", "second"):
        await flows.create(db, brand, drawn(nodes, name), by=None, at=START)

    async def publish(name: str) -> str:
        try:
            await flows.publish(db, brand, name, wish, by=None, at=START)
        except Problem as refused:
            return refused.code
        return "published"

    assert sorted(await asyncio.gather(publish("first"), publish("second"))) == [
        "flow.start_taken",
        "published",
    ]
    started = await flows.prepare(db, brand, kind="start_keyword", word="reset", key=new_id(START))
    assert started is not None

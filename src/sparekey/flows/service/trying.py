"""Trying a drawing: the real engine on a played world, with a clock that jumps to what is next.

Nothing is stored and nothing is sent. The played person has a phone and a mailbox; a script says
what they do and what goes wrong. Once the script is over, time passes until the run ends.
"""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID

import msgspec

from sparekey.flows.contract import Instead, Stuck
from sparekey.flows.engine import Done, Moved, advance
from sparekey.flows.graph import Graph
from sparekey.flows.model import Event, Finding, Memory, Run, Signal
from sparekey.flows.script import Fault, Line, Move, Passed, Played, Script
from sparekey.flows.store.drawings import Tried
from sparekey.kit.ids import new_id

#: A try ends here, whatever is still to come.
MOST_EVENTS = 1000
_NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
#: The start by a text: codes come back the same way.
BY_TEXT = "start_keyword"
_RECEIPT, _LATE_RECEIPT = timedelta(seconds=2), timedelta(minutes=5)
_ATTEMPTS = 3
#: What somebody may do twice; a text or an answer that comes twice is known, and is one.
_PRESSED = Signal.CODE_CHECKED | Signal.LINK_OPENED
_CODE_LIFE, _LINK_LIFE = timedelta(minutes=10), timedelta(minutes=30)


def play(graph: Graph, script: Script) -> Played:
    """What happens in this flow when somebody does this.

    The same script comes to the same, to the letter: nothing is drawn by chance.
    """
    return _Play(graph, script).run()


def failing(graph: Graph, tried: Sequence[Tried]) -> list[Finding]:
    """A finding for each tried way that now ends otherwise, or with other messages."""
    found: list[Finding] = []
    for case in tried:
        played = play(graph, msgspec.json.decode(case.script, type=Script))
        if (played.outcome or "", list(played.messages)) != (case.outcome, case.messages):
            ends = played.outcome or played.stuck or f"at {played.stands_at}"
            found.append(
                Finding(
                    "flow.tried",
                    f"The tried way {case.name} came to {case.outcome} with "
                    f"{len(case.messages)} messages, and now comes to {ends} with "
                    f"{len(played.messages)}; look at it, or save it anew.",
                )
            )
    return found


class _Play:
    """One try under way; it is the stage of its effects, too."""

    def __init__(self, graph: Graph, script: Script) -> None:
        self.graph = graph
        self.script = script
        self.begun_at = self.at = script.begins_at or _NOON
        self.ahead: list[tuple[datetime, int, Event | Move]] = []
        self.order = count()
        self.lines: list[Line] = []
        self.path: list[Passed] = []
        self.messages: list[str] = []
        self.node: str | None = None
        self.begun_by = ""
        self.carried: str | None = None
        self.attempts = _ATTEMPTS
        self.proof_ends_at = self.at
        self.codes_typed = 0

    def run(self) -> Played:
        """Play to the end."""
        self._plan()
        moved, stuck = None, None
        try:
            moved = self._move(self._begun(), None)
            for _ in range(MOST_EVENTS):
                if moved.end is not None or moved.jump is not None:
                    break
                moved = self._next(moved)
        except Stuck as error:
            stuck = error.code
        return self._played(moved, stuck)

    # --- the stage --------------------------------------------------------------------------------

    def show(self, channel: str, template: str, *, to: str, carries: str | None, text: str) -> None:
        self.messages.append(f"{channel} {template} to {to}")
        by = "text" if channel == "sms" else channel
        self._say("us", f"by {by}, {template}: {text.strip()}")
        if carries is not None:
            if self.carried is None:
                self.attempts = _ATTEMPTS
            self.carried = carries
            self.proof_ends_at = self.at + (_CODE_LIFE if carries == "code" else _LINK_LIFE)
        if Fault.NO_RECEIPT not in self.script.faults:
            is_late = Fault.LATE_RECEIPT in self.script.faults
            word = "undelivered" if Fault.UNDELIVERED in self.script.faults else "delivered"
            told = Event(Signal.RECEIPT, word, self._last_message)
            self._happen(_LATE_RECEIPT if is_late else _RECEIPT, told)

    def note(self, what: str) -> None:
        self._say("us", what)

    @property
    def is_over(self) -> bool:
        is_used_up = not self.attempts or self.at >= self.proof_ends_at
        return self.carried is not None and is_used_up

    # --- what happens -----------------------------------------------------------------------------

    def _plan(self) -> None:
        at = self.at
        moves = list(self.script.moves)
        if Fault.WHO_IS_THIS in self.script.faults:
            moves.insert(0, Move(after=1, reply="Who is this?"))
        for move in moves:
            at += timedelta(seconds=move.after)
            heapq.heappush(self.ahead, (at, next(self.order), move))

    def _begun(self) -> Run:
        wanted = self.script.start
        node = self.graph.start(wanted, self.script.word) if wanted else None
        if wanted is None and self.graph.starts:
            node = self.graph.starts[0]
        if node is None:
            raise Stuck("flow.no_start")
        self.begun_by = self.graph.points[node].kind
        if self.script.word:
            self._say("the person", f'texts "{self.script.word}"')
        drawn = Random(0)  # noqa: S311  # a try is the same each time, and its id names nothing
        return Run(
            id=new_id(self.at, random_bytes=drawn.randbytes),
            brand_id=0,
            version_id=0,
            account_id=None,
            node=node,
            wake_at=self.at,
            memory=Memory(facts=dict(self.script.facts)),
        )

    def _next(self, moved: Moved) -> Moved:
        """Let the next thing happen: one of the script, of the carrier, or the run's own timer."""
        if not self.ahead or moved.run.wake_at < self.ahead[0][0]:
            self.at = max(self.at, moved.run.wake_at)
            point = self.graph.points[moved.run.node]
            self._say("the clock", f'the time of "{point.id}" is over')
            return self._move(moved.run, Event(Signal.TIME))
        self.at, _, thing = heapq.heappop(self.ahead)
        if isinstance(thing, Event):
            self._say("the carrier", f"says: {thing.word}")
            event: Event | None = thing
        else:
            event = self._done(thing, moved.run)
            if event is not None and self._times > 1 and event.signal & _PRESSED:
                heapq.heappush(self.ahead, (self.at, next(self.order), event))
        if event is None or not moved.run.hears(event):
            return moved
        return self._move(moved.run, event)

    def _done(self, move: Move, run: Run) -> Event | None:
        point = self.graph.points[run.node]
        if move.reply is not None:
            self._say("the person", f'answers "{move.reply}"')
            word = point.node.hears(point.settings, move.reply)
            return None if word is None else Event(Signal.REPLY, word)
        if move.opens_link:
            self._say("the person", "opens the link")
            return Event(Signal.LINK_OPENED, "proven") if self.carried == "link" else None
        if move.answer is not None:
            self._say("the other system", f"answers {move.answer}")
            return Event(Signal.ANSWERED, move.answer)
        return self._typed(move.code) if move.code else None

    def _typed(self, code: str) -> Event | None:
        """Three attempts on what was sent last, as the challenge has them."""
        if self.carried != "code" or not self.attempts:
            self._say("the person", "types a code where there is none to check")
            return None
        self.codes_typed += 1
        is_first = self.codes_typed == 1
        if Fault.WRONG_CODE in self.script.faults and is_first:
            code = "wrong"
        does = "texts" if self.begun_by == BY_TEXT else "types"
        self._say("the person", f"{does} the {code} code")
        self.attempts -= 1
        if code == "right":
            self.carried = None
            return Event(Signal.CODE_CHECKED, "proven")
        return Event(Signal.CODE_CHECKED, "wrong" if self.attempts else "exhausted")

    def _move(self, run: Run, event: Event | None) -> Moved:
        instead: dict[str, str] = {}
        shown = 0
        while True:
            moved = advance(self.graph, run, event, at=self.at, instead=instead)
            try:
                for done in moved.effects[shown:]:
                    self._show(done)
                    shown += 1
                break
            except Instead as turn:  # up to here the breath stays as it was
                instead[moved.effects[shown].node] = turn.exit
        for node, number in moved.left:
            point = self.graph.points[node]
            self.path.append(Passed(self._seconds, point.id, point.exits[number]))
        return replace(moved, run=replace(moved.run, receipt_of=self._last_message))

    def _show(self, done: Done) -> None:
        self.node = done.node
        done.effect.play(self)
        self.node = None

    def _happen(self, after: timedelta, event: Event) -> None:
        for _ in range(self._times):
            heapq.heappush(self.ahead, (self.at + after, next(self.order), event))

    # --- what it came to --------------------------------------------------------------------------

    @property
    def _last_message(self) -> UUID:
        """What names the message that was shown last; of no other is a receipt ever waited for."""
        return UUID(int=len(self.messages))

    @property
    def _times(self) -> int:
        """How often each thing that happens is told."""
        return 2 if Fault.DUPLICATE in self.script.faults else 1

    @property
    def _seconds(self) -> float:
        return (self.at - self.begun_at).total_seconds()

    def _say(self, who: str, what: str) -> None:
        self.lines.append(Line(self._seconds, who, what, self.node))

    def _played(self, moved: Moved | None, stuck: str | None) -> Played:
        outcome = stands_at = None
        if moved is not None and moved.end is not None:
            outcome = moved.end.outcome
        elif moved is not None and moved.jump is not None:
            outcome = f"jump_{moved.jump}"
        elif moved is not None:
            stands_at = self.graph.points[moved.run.node].id
        return Played(
            self.path, self.lines, self.messages, outcome, stands_at, stuck, self._seconds
        )

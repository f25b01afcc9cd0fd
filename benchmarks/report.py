"""The figures as people and programs read them, and the bars they are held against."""

from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.phases import Run

_RESULTS = Path(__file__).parent / "results"
_LEAST_SHARE = 0.99


class NotCounted(Exception):
    """The load was not what it claims to be, so its figures mean nothing."""


@dataclass(slots=True)
class Found:
    """Everything that was measured."""

    starts: list[Run] = field(default_factory=list[Run])
    checks: list[Run] = field(default_factory=list[Run])
    few: list[Run] = field(default_factory=list[Run])
    pairs: list[Run] = field(default_factory=list[Run])
    moderate: list[Run] = field(default_factory=list[Run])
    busy_hand_over_ms: list[float] = field(default_factory=list[float])
    hand_over_ms: float = 0.0
    server_mb: float = 0.0
    ready_s: list[float] = field(default_factory=list[float])
    handing: dict[str, float] = field(default_factory=dict[str, float])

    def require_counted(self) -> None:
        """NotCounted when fewer than 99 % of the starts were admitted or of the guesses looked at,
        or when an answer was not a success."""
        for name in ("starts", "checks", "few", "pairs", "moderate"):
            for run in getattr(self, name):
                wrong = run.load.refused + run.load.broken
                if run.share < _LEAST_SHARE or wrong > 0.01 * run.load.requests:
                    raise NotCounted(
                        f"{name}: {run.share:.1%} of the calls did what they are measured for, and"
                        f" {wrong} of {run.load.requests} answers were no success."
                    )


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure that must hold."""

    key: str
    bound: float
    is_least: bool = True

    def holds(self, figure: float) -> bool:
        return figure >= self.bound if self.is_least else figure <= self.bound


_BARS = (
    Bar("start.ratio", 0.40),
    Bar("check.ratio", 0.30),
    Bar("start.p99_ms_c8", 30, is_least=False),
    Bar("pairs.per_s", 1000),
    Bar("server.rss_mb", 150, is_least=False),
    Bar("handover.p95_ms", 50, is_least=False),
    Bar("server.ready_s", 3, is_least=False),
    Bar("dispatch.per_s", 5000),
    Bar("dispatch.start_drop", 0.30, is_least=False),
    Bar("lanes.added_p95_ms", 1000, is_least=False),
    Bar("receipts.per_s", 1500),
    Bar("smpp.submit_per_s", 800),
    Bar("flows.bytes_per_waiting_run", 400, is_least=False),
    Bar("flows.waiting_slowdown", 0.10, is_least=False),
    Bar("flows.wake_per_s", 2000),
    Bar("flows.lateness_p99_ms", 250, is_least=False),
    Bar("flows.handover_ratio", 1.5, is_least=False),
    Bar("flows.validate_ms", 50, is_least=False),
    Bar("flows.try_ms", 200, is_least=False),
)


def figures(found: Found) -> dict[str, float]:
    """Medians of the rounds by key; the bars first."""
    made = {
        "start.ratio": median(run.ratio for run in found.starts),
        "check.ratio": median(run.ratio for run in found.checks),
        "start.p99_ms_c8": median(run.load.p99 for run in found.few) / 1000,
        "pairs.per_s": median(run.load.per_s for run in found.pairs) / 2,
        "server.rss_mb": found.server_mb,
        "handover.p95_ms": found.hand_over_ms,
        "server.ready_s": median(found.ready_s),
        **found.handing,
    }
    phases = {"start": found.starts, "check": found.checks, "start_c8": found.few}
    for name, runs in {**phases, "pair": found.pairs, "moderate": found.moderate}.items():
        made |= {f"{name}.{key}": figure for key, figure in _of_runs(runs).items()}
    made["start.handover_p95_ms"] = median(found.busy_hand_over_ms)
    return {key: round(figure, 4) for key, figure in made.items()}


def _of_runs(runs: list[Run]) -> dict[str, float]:
    made = {
        "per_s": median(run.load.per_s for run in runs),
        "p50_ms": median(run.load.p50 for run in runs) / 1000,
        "p95_ms": median(run.load.p95 for run in runs) / 1000,
        "p99_ms": median(run.load.p99 for run in runs) / 1000,
        "server_us": median(run.cpu.server / run.load.requests for run in runs) * 1e6,
        "postgres_us": median(run.cpu.postgres / run.load.requests for run in runs) * 1e6,
        "others_cores": median(run.cpu.others / run.load.microseconds for run in runs) * 1e6,
        "counted_share": min(run.share for run in runs),
    }
    if runs[0].rival:
        made["pgbench_per_s"] = median(run.rival_per_s for run in runs)
        made["work_ratio"] = median(run.work_ratio for run in runs)
    return made


def show(numbers: dict[str, float]) -> None:
    """Print a table of the phases and the bars."""
    head = ("req/s", "pgbench/s", "p50", "p95", "p99 ms", "server", "postgres us", "others")
    keys = ("per_s", "pgbench_per_s", "p50_ms", "p95_ms", "p99_ms", "server_us", "postgres_us")
    print(f"{'':<26}" + "".join(f"{title:>12}" for title in head))
    for name, title in _TITLES.items():
        cells = [numbers.get(f"{name}.{key}") for key in (*keys, "others_cores")]
        print(f"{title:<26}" + "".join(f"{_cell(figure):>12}" for figure in cells))
    works = [f"{name} {numbers[f'{name}.work_ratio']:.2f}" for name in ("start", "check")]
    print(f"\nratios by processor time, which neighbours disturb less: {', '.join(works)}")
    print(f"hand-over under that load, 95 %: {numbers['start.handover_p95_ms']:.0f} ms\n")
    if "smpp.smsc_per_s" in numbers:
        print(
            f"one SMPP bind: {numbers['smpp.ratio_to_smsc']:.2f} of what the SMSC's own client"
            f" reaches, {numbers['smpp.smsc_per_s']:.0f}/s\n"
        )
    for bar in _BARS:
        if bar.key not in numbers:
            continue
        sign, figure = ">=" if bar.is_least else "<=", numbers[bar.key]
        mark = "holds" if bar.holds(figure) else "MISSED"
        print(f"{bar.key:<27}{figure:>9.2f}   {sign} {bar.bound:<6g} {mark}")


_TITLES = {
    "start": "start, 16 connections",
    "check": "check, 16 connections",
    "start_c8": "start, 8 connections",
    "pair": "half starts, half checks",
    "moderate": "start, about 200/s",
}


def _cell(figure: float | None) -> str:
    if figure is None:
        return ""
    return f"{figure:.0f}" if figure >= 100 else f"{figure:.2f}"


def write(numbers: dict[str, float]) -> Path:
    """Write `latest.json`; where it is."""
    _RESULTS.mkdir(exist_ok=True)
    path = _RESULTS / "latest.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(numbers), indent=2) + b"\n")
    return path

"""Small logs made by hand, and small random lives that obey every rule of a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cxsim import events as ev
from cxsim.eventlog import Certificate, EventLog
from cxsim.parameters import by_path

SEGMENTS = ("small", "mid")


def value(path: str, segment: str | None = None, /) -> float:
    """Declared defaults, as a scenario without changes would give them."""
    return by_path()[path].default


def certificate(horizon: float = 24.0, start_date: str = "2025-01-31") -> Certificate:
    return Certificate(
        version="0.1.0", scenario_name="by hand", scenario_hash="0", scenario_toml="", segments=SEGMENTS, seed=0,
        replication=0, branch=0, engine="hand", history_months=0.0, horizon_months=horizon, currency="USD",
        start_date=start_date,
    )  # fmt: skip


def roster(n: int, term: int = 1, referred: Sequence[int] = (), sign_up_at: Sequence[float] = ()) -> dict[str, Any]:
    return {
        "account": np.arange(n), "segment": np.arange(n) % 2,
        "referred": np.isin(np.arange(n), list(referred)).astype(int),
        "sign_up_at": np.array(sign_up_at) if len(sign_up_at) else np.zeros(n), "mrr": np.full(n, 10000),
        "term": np.full(n, term), "touch": np.zeros(n, int), "fit": np.ones(n), "promise": np.ones(n),
        "frailty": np.ones(n),
    }  # fmt: skip


def row(
    time: float, kind: int, account: int = 0, item: int = 0, value: float = 0.0, mrr: int = 0, *, team: int = 0,
    cause: int = -1, emotion: int = -1, stage: int = 1, sponsor: float = 6.0, user: float = 6.0, outcome: float = 6.0,
    usage: float = 0.5, health: float = 12.0, observed: float = 13.0,
) -> tuple[Any, ...]:  # fmt: skip
    if account < 0:
        sponsor = user = outcome = usage = health = observed = 0.0
    return (time, kind, account, item, team, value, cause, emotion, stage, sponsor, user, outcome, usage, health,
            observed, mrr)  # fmt: skip


def ordered(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda r: (r[0], r[1], r[2], r[3]))


def log_of(
    rows: Sequence[tuple[Any, ...]], n: int, horizon: float = 24.0, term: int = 1, referred: Sequence[int] = (),
    sign_up_at: Sequence[float] = (),
) -> EventLog:  # fmt: skip
    return EventLog.from_rows(ordered(rows), roster(n, term, referred, sign_up_at), certificate(horizon))


def opening(account: int, mrr: int) -> tuple[Any, ...]:
    return row(0.0, ev.OPENING, account, 0, mrr, mrr)


def random_log(seed: int, n: int = 12, horizon: int = 26) -> EventLog:
    """Lives with every movement of money, tickets, reviews and losses, drawn at random."""
    rng = np.random.default_rng(seed)
    rows = [row(-12.0, ev.HEADCOUNT, -1, team, float(2 + team), team=team, stage=0) for team in (1, 2, 3)]
    rows.append(row(7.25, ev.HEADCOUNT, -1, 4, 4.0, team=2, stage=0))
    rows.append(row(3.0, ev.CHARGE, -1, 0, 12345.0, stage=0))
    signs = []
    for account in range(n):
        begun = float(np.round(rng.uniform(-12, horizon - 4), 3))
        signs.append(begun)
        rows += _life(rng, account, begun, horizon)
    return log_of(rows, n, horizon, term=12 if seed % 2 else 1, referred=(1, 4), sign_up_at=signs)


def _life(rng: np.random.Generator, account: int, begun: float, horizon: int) -> list[tuple[Any, ...]]:
    mrr = int(rng.integers(100, 100000))
    state = {"stage": 0}
    out: list[tuple[Any, ...]] = []
    opened = begun >= 0

    def add(time: float, kind: int, item: int = 0, value: float = 0.0, team: int = 0, cause: int = -1) -> None:
        nonlocal opened
        if time >= horizon:
            return
        if time >= 0 and not opened:
            out.append(row(0.0, ev.OPENING, account, 0, before, before, stage=state["stage"]))
            opened = True
        out.append(
            row(time, kind, account, item, value, mrr, team=team, cause=cause, stage=state["stage"],
                emotion=int(rng.integers(0, 5)), sponsor=rng.uniform(0, 10), user=rng.uniform(0, 10),
                outcome=rng.uniform(0, 10), health=rng.uniform(0, 20), observed=rng.uniform(0, 20))
        )  # fmt: skip

    before = mrr
    add(begun, ev.SIGNED_UP, 0, mrr)
    add(begun, ev.BUYING, 0, 7.0)
    add(begun, ev.TREATED, 0, 500.0)
    add(begun, ev.ONBOARDING_ASKED)
    add(begun + 0.2, ev.KICKED_OFF, 0, 6.0, team=1)
    state["stage"] = 1
    add(begun + 0.2 + rng.uniform(0, 0.7), ev.WENT_LIVE, int(rng.integers(0, 3)), 6.0, team=1)
    for month in range(1, horizon + 13):
        time, before = begun + month, mrr
        add(time, ev.REVIEW, month, rng.uniform(0, 10))
        move = rng.uniform()
        if move < 0.05:
            gone = mrr
            mrr, state["stage"] = 0, 3
            add(time, ev.CANCELLED, month, -gone, cause=int(rng.integers(-1, 7)))
            before = 0
            if rng.uniform() < 0.5:
                opened = opened or time + 2 >= 0
                add(time + 2, ev.WIN_BACK_TRIED)
                mrr, state["stage"] = gone // 2, 1
                add(time + 2, ev.RETURNED, 1, mrr)
                if time + 2 < 0:
                    out.append(row(0.0, ev.OPENING, account, 1, mrr, mrr, stage=1))
            return out
        if move < 0.2:
            change = int(rng.integers(1, 1000))
            mrr += change
            add(time, ev.EXPANDED, month, change)
        elif move < 0.3:
            change = mrr // 10
            mrr -= change
            add(time, ev.CONTRACTED, month, -change)
        elif move < 0.4:
            change = int(rng.integers(-50, 50))
            mrr += change
            add(time, ev.RENEWED, month, change)
        elif move < 0.5:
            add(time, ev.PURCHASED, month, 777.0)
        elif move < 0.6:
            add(time, ev.INTENT, month, 0.01, cause=3)
        before = mrr
        add(time + 0.1, ev.TICKET_OPENED, month)
        add(time + 0.2, ev.TICKET_ANSWERED, month, float(rng.integers(0, 2)), team=3)
        add(time + 0.3, ev.TICKET_SOLVED, month, 8.0, team=3)
    return out

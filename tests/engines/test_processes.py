"""Processes of the user's own: beside the others, after them in ties, with luck of their own."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stories import of_kind, rows_of

import cxsim
from cxsim import events, streams
from cxsim.engines import simulate
from cxsim.engines.reference import leaving, treatment
from cxsim.engines.seen import COLUMNS
from cxsim.errors import InputError
from cxsim.interventions import ADD, REVIEW, Edit, Intervention
from cxsim.parameters import experience as names
from cxsim.rules import contract
from cxsim.scenario import Scenario

PAGE = Path(__file__).resolve().parents[2] / "docs" / "extending.md"
Company = Any
Story = Iterator[Any]


def _blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("number", range(5))
def test_a_block_of_the_page_runs_by_itself(number: int) -> None:
    blocks = _blocks()
    assert len(blocks) == 5
    exec(compile(blocks[number], f"{PAGE.name}, block {number + 1}", "exec"), {"__name__": "extending"})


def test_the_blocks_of_the_page_ask_for_public_names_only() -> None:
    used = {
        node.attr
        for block in _blocks()
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cx"
    }
    assert {"simulate", "Orders", "Fork"} <= used <= set(cxsim.__all__)


def test_the_table_of_the_page_is_that_of_the_code() -> None:
    table = "\n".join([
        "| column | type | meaning |",
        "|---|---|---|",
        *(f"| `{name}` | {column.type} | {column.meaning} |" for name, column in COLUMNS.items()),
    ])  # fmt: skip
    assert f"<!-- seen -->\n{table}\n<!-- end of seen -->" in PAGE.read_text(encoding="utf-8")


def _run(world: Scenario, *processes: Callable[[Company], Story]) -> Any:
    return simulate(world, seed=5, engine="reference", processes=processes)


def test_a_process_that_touches_nothing_changes_no_row(small_world: Scenario) -> None:
    def idle(company: Company) -> Story:
        n = 0
        while True:
            yield company.clock.at(float(n), events.OWN, -1, n)
            for a in company.accounts:
                company.u(a, streams.OWN_1, n)
                yield company.clock.after(0.0, events.OWN, a.account, n)
            n += 1

    assert _run(small_world, idle, idle).digest() == simulate(small_world, seed=5, engine="reference").digest()


def test_a_process_writes_rows_that_come_last_among_those_of_their_time(small_world: Scenario) -> None:
    def diary(company: Company) -> Story:
        for n in range(10):
            yield company.clock.at(float(n), events.OWN, -1, n)
            for a in company.accounts:
                if a.active:
                    # at the time of its next review, which is appointed already
                    company.start(remember(company, a, contract.review_at(a.stay_at, a.month + 1), n))

    def remember(company: Company, a: Any, time: float, n: int) -> Story:
        stay = a.life
        yield company.clock.at(time, events.OWN, a.account, n)
        if a.active and a.life == stay:
            company.write(a, events.OWN, n, value=a.month)

    log, base = _run(small_world, diary), simulate(small_world, seed=5, engine="reference")
    own = of_kind(log, events.OWN)
    assert own.sum() > 100
    assert all(np.array_equal(log.columns[name][~own], base.columns[name]) for name in log.columns)
    for k in np.flatnonzero(own):
        mine = (log.columns["account"] == log.columns["account"][k]) & (log.columns["time"] == log.columns["time"][k])
        (reviewed,) = np.flatnonzero(mine & of_kind(log, events.REVIEW))
        assert reviewed < k
        assert log.columns["value"][k] == log.columns["item"][reviewed]
        assert log.columns["mrr"][k] > 0
    assert "own" in set(log.frame()["kind"])
    assert "own" in log.story(int(log.columns["account"][np.flatnonzero(own)[0]]))["happening"].tolist()


def test_a_jump_wakes_an_intent_and_a_gift_treats(small_world: Scenario) -> None:
    call = Intervention(
        "call", trigger=REVIEW, coverage=0.0, outreach=True, edits=(Edit(names.SUPPORT_QUALITY, ADD, 1.0),)
    )
    chosen: list[int] = []

    def push(company: Company) -> Story:
        (programme,) = company.plan.programmes
        yield company.clock.at(6.5, events.OWN, -1, 0)
        for a in company.accounts:
            if a.active and a.pending == events.NO_CAUSE and not a.confirmed:
                chosen.append(a.account)
                if len(chosen) % 2:
                    leaving.jump(company, a, events.BY_PRICE, -1000.0)
                else:
                    treatment.give(company, a, programme)

    log = _run(small_world.with_(call), push)
    c, then = log.columns, log.columns["time"] == 6.5
    assert c["account"][then & of_kind(log, events.INTENT)].tolist() == chosen[::2]
    assert set(c["cause"][then & of_kind(log, events.INTENT)].tolist()) == {events.BY_PRICE}
    assert c["account"][of_kind(log, events.TREATED)].tolist() == chosen[1::2]
    assert c["account"][then & of_kind(log, events.OUTREACH_ASKED)].tolist() == chosen[1::2]
    # nobody has heard of it before
    base = simulate(small_world, seed=5, engine="reference")
    early = base.columns["time"] < 6.5
    assert all(np.array_equal(c[name][: early.sum()], base.columns[name][early]) for name in c)
    assert rows_of(log, chosen) != rows_of(base, chosen)


def test_nothing_in_the_package_draws_for_a_users_own_purposes() -> None:
    users = {"OWN_1", "OWN_2", "OWN_3"}
    assert [getattr(streams, name) for name in sorted(users)] == list(range(len(streams.PURPOSES)))[-3:]
    root = Path(cxsim.__file__).parent
    naming = {
        path.name
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if users & {getattr(node, "attr", ""), getattr(node, "id", ""), getattr(node, "name", "")}
    }
    assert naming == {"streams.py"}


def test_own_is_the_last_kind() -> None:
    assert max(events.KINDS) == events.OWN == 90


def test_processes_choose_the_reference_with_a_warning(small_world: Scenario) -> None:
    def once(company: Company) -> Story:
        yield company.clock.at(1.0, events.OWN, -1, 0)

    with pytest.warns(UserWarning, match="own processes run on the reference engine only, which is slower"):
        log = simulate(small_world, seed=5, horizon=2, processes=(once,))
    assert log.certificate.engine == "reference"


def test_what_is_no_process_is_refused(small_world: Scenario) -> None:
    def once(company: Company) -> Story:
        yield company.clock.at(1.0, events.OWN, -1, 0)

    with pytest.raises(InputError, match=r'engine: .compiled. runs no processes of your own; "reference" does'):
        simulate(small_world, seed=5, engine="compiled", processes=(once,))
    with pytest.raises(InputError, match="processes: 3 is not a function of the company"):
        simulate(small_world, seed=5, engine="reference", processes=(3,))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="does not yield, so that it is no story"):
        simulate(small_world, seed=5, engine="reference", processes=(lambda company: None,))


def test_a_row_of_an_account_that_is_not_there_is_refused(small_world: Scenario) -> None:
    def ghost(company: Company) -> Story:
        yield company.clock.at(8.0, events.OWN, -1, 0)
        company.write(next(a for a in company.accounts if a.stage == events.GONE), events.OWN)

    with pytest.raises(InputError, match="own: after the account had left and before it returned"):
        _run(small_world, ghost)

"""Studies with a store: the same numbers to the last bit, found again, gone on with, done anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from small import SEED, same, study, world

import cxsim as cx
from cxsim.store import Store, StoreWarning, origin, schema, units
from cxsim.store.blocks import Unit, in_place
from cxsim.store.runs import digests as kept_digests
from cxsim.studies import Comparison, kept, replications
from cxsim.studies.contents import content_of
from cxsim.studies.precision import PrecisionWarning

N = 5


@pytest.fixture(scope="module")
def alone() -> Comparison:
    return study(N)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Every replication that is simulated in this process: scenario and number."""
    found: list[tuple[str, int]] = []
    replicate = replications.Arm.replicate

    def told(arm: replications.Arm, seed: int, number: int, fork: cx.Fork | None = None) -> replications.Replication:
        found.append((arm.scenario.hash, number))
        return replicate(arm, seed, number, fork)

    monkeypatch.setattr(replications.Arm, "replicate", told)
    return found


def all_same(one: Comparison, other: Comparison) -> bool:
    arms = zip((one.baseline, *one.alternatives), (other.baseline, *other.alternatives), strict=True)
    return all(same(a, b) for mine, theirs in arms for a, b in zip(mine.replications, theirs.replications, strict=True))


def test_an_answer_is_the_same_without_a_store_into_one_and_out_of_one(alone: Comparison, store: Store) -> None:
    into, out = study(N, store), study(N, store)
    assert all_same(alone, into)
    assert all_same(alone, out)
    assert out.effects().equals(alone.effects())
    assert out.reached_row() == alone.reached_row()
    assert out.baseline.experience_by_owner() == alone.baseline.experience_by_owner()
    assert (alone.run_id, into.run_id) == ("", out.run_id)


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_the_number_of_workers_leaves_the_same_units(alone: Comparison, store: Store, workers: int) -> None:
    assert all_same(alone, study(N, store, workers=workers))
    assert all_same(alone, study(N, store))


def test_any_executor_gives_the_same(alone: Comparison, tmp_path: Path) -> None:
    import multiprocessing

    base = world()
    makers: list[Callable[[], Executor]] = [
        lambda: ThreadPoolExecutor(3),
        lambda: ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")),
    ]
    for number, make in enumerate(makers):
        store = Store.open(tmp_path / str(number))
        with make() as executor:
            found = cx.compare(
                base,
                base.with_("formal-onboarding", start=3),
                replications=N,
                seed=SEED,
                executor=executor,
                store=store,
            )
        assert all_same(alone, found)
        assert all_same(alone, study(N, store))


def test_what_is_kept_is_not_run_again(store: Store, ran: list[tuple[str, int]]) -> None:
    base = world()
    formal, outreach = base.with_("formal-onboarding", start=3), base.with_("proactive-outreach", start=3)
    study(N, store)
    assert len(ran) == 2 * N
    ran.clear()
    study(N, store)
    assert ran == []
    cx.compare(base, formal, outreach, replications=N, seed=SEED, store=store, workers=1)
    assert ran == [(outreach.hash, number) for number in range(N)]
    ran.clear()
    study(N + 2, store)
    assert {number for _, number in ran} == {N, N + 1}
    ran.clear()
    cx.run(formal, replications=N + 2, seed=SEED, store=store)
    assert ran == []
    cx.run(formal, replications=1, seed=SEED + 1, store=store)
    assert len(ran) == 1


def test_the_kept_units_of_other_laws_are_not_found(
    store: Store, ran: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = study(2, store)
    ran.clear()
    monkeypatch.setattr(origin, "laws", lambda: "other")
    after = study(2, store)
    assert len(ran) == 4
    assert after.run_id != before.run_id
    assert [run.laws for run in store.runs()].count("other") == 1


def test_both_clocks_keep_units_of_their_own_with_the_same_digests(store: Store) -> None:
    base = world()
    fast = cx.run(base, replications=1, seed=SEED, store=store)
    slow = cx.run(base, replications=1, seed=SEED, store=store, engine="reference", workers=1)
    runs = [store.run(each.run_id) for each in (fast, slow)]
    assert runs[0].id != runs[1].id
    digests = [list(kept_digests(store.path, run.id).values()) for run in runs]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 1


def test_arms_that_are_the_same_share_their_units(store: Store) -> None:
    base = world()
    found = cx.compare(base, base, replications=2, seed=SEED, store=store)
    run = store.run(found.run_id)
    assert (run.state, run.done, run.units) == ("finished", 2, 2)
    assert found.effect("nrr").difference == 0.0
    (block,) = in_place(store.path)
    with schema.connected(store.path) as db:
        (numbers,) = db.execute("SELECT sum(numbers) FROM units").fetchone()
    assert duckdb.execute(f"SELECT count(*) FROM read_parquet('{block}')").fetchall() == [(numbers,)]


def test_a_precision_is_reached_with_the_same_replications(
    store: Store, ran: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cxsim.studies import precision

    monkeypatch.setattr(precision, "PILOT", 4)
    monkeypatch.setattr(precision, "SPARSE_PILOT", 6)
    asked: dict[str, Any] = {"precision": {"arr": 3000.0}, "replications": 14, "seed": SEED, "workers": 1}
    base = world()
    arms = (base, base.with_("formal-onboarding"))
    with pytest.warns(PrecisionWarning):
        alone = cx.compare(*arms, **asked)
    with pytest.warns(PrecisionWarning):
        into = cx.compare(*arms, **asked, store=store)
    ran.clear()
    with pytest.warns(PrecisionWarning):
        again = cx.resume(into.run_id, store=store)
    assert ran == []
    assert isinstance(again, Comparison)
    assert alone.n > 4
    assert all_same(alone, into)
    assert all_same(alone, again)
    assert again.precision == alone.precision
    assert store.run(into.run_id).asked == alone.n


def test_a_policy_and_a_store_are_refused_together(store: Store) -> None:
    with pytest.raises(cx.InputError, match="store: a policy is a function"):
        cx.run(world(), replications=1, seed=1, store=store, policy=lambda seen, orders: None)
    with pytest.raises(cx.InputError, match="engine"):
        cx.run(world(), replications=1, seed=1, store=store, engine="steam")
    assert store.runs() == []


def interrupted(store: Store, after: int) -> str:
    """Have a study stopped by its user; the note that goes with it."""
    base = world()

    def stop(done: int, total: int) -> None:
        if done >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as stopped:
        cx.compare(
            base, base.with_("formal-onboarding", start=3), replications=N, seed=SEED, store=store, workers=1,
            progress=stop,
        )  # fmt: skip
    (note,) = stopped.value.__notes__
    return str(note)


def test_an_interrupted_study_keeps_what_is_finished_and_says_how_to_go_on(
    alone: Comparison, store: Store, ran: list[tuple[str, int]]
) -> None:
    note = interrupted(store, after=3)
    (run,) = store.runs()
    assert note == f"cxsim resume {run.id}"
    assert (run.state, run.done, run.units, run.digest) == ("unfinished", 3, 2 * N, "")
    ran.clear()
    found = cx.resume(run.id, store=store)
    assert isinstance(found, Comparison)
    assert len(ran) == 2 * N - 3
    assert all_same(alone, found)
    (run,) = store.runs()
    assert (run.state, run.done) == ("finished", 2 * N)


def test_a_unit_waits_a_second_at_most(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "DELAY", 0.05)
    committed = threading.Event()
    commit = units.commit
    monkeypatch.setattr(units, "commit", lambda *given: (commit(*given), committed.set()))

    def look(done: int, total: int) -> None:
        if done == 1:  # the study stands still, and the unit is committed all the same
            assert committed.wait(20.0)

    cx.run(world(), replications=2, seed=SEED, store=store, workers=1, progress=look)


def test_a_store_that_cannot_be_written_any_more_stops_the_study(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device", "blocks")

    monkeypatch.setattr(units, "commit", full)
    with pytest.raises(OSError, match="No space left"):
        study(2, store)
    assert store.runs()[0].state == "unfinished"


def test_an_interrupt_in_the_middle_of_a_commit_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    commit, interrupts = units.commit, iter([True, False])

    def stopped(*given: Any) -> None:
        if next(interrupts):
            raise KeyboardInterrupt
        commit(*given)

    monkeypatch.setattr(kept, "DELAY", 60.0)
    monkeypatch.setattr(units, "commit", stopped)
    with pytest.raises(KeyboardInterrupt):
        study(2, store)
    (run,) = store.runs()
    assert (run.state, run.done) == ("unfinished", 4)


def test_a_damaged_block_is_run_again_and_the_answer_stays(alone: Comparison, store: Store) -> None:
    study(N, store)
    (block,) = in_place(store.path)
    block.write_bytes(block.read_bytes()[:-1])
    with pytest.warns(StoreWarning, match="its 10 units are run again"):
        found = study(N, store)
    assert all_same(alone, found)
    assert store.run(found.run_id).done == 2 * N


@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_is_reproduced_bit_for_bit_without_its_units(
    store: Store, ran: list[tuple[str, int]], workers: int
) -> None:
    run_id = study(N, store).run_id
    ran.clear()
    found = cx.reproduce(run_id, store=store, workers=workers)
    assert len(ran) == 2 * N
    assert found.is_same
    assert (found.units, found.same, found.first, found.changes) == (2 * N, 2 * N, None, ())
    assert found.lines() == [f"{run_id}: the same, bit for bit (10 units run anew)."]


def test_a_difference_is_named_by_unit_column_and_month(store: Store) -> None:
    made = study(N, store)
    address = store.run(made.run_id).addresses[1]
    (there,) = (each for each in units.find(store.path, [(address, 3, 4)]).values())
    content = content_of(made.alternatives[0].replications[3], made.alternatives[0].scenario)
    start = 0
    for name, length in content.columns:
        if name == "series.arr":
            break
        start += length
    before = float(content.numbers[start + 7])
    content.numbers[start + 7] = np.nextafter(before, np.inf)
    with schema.writing(store.path) as db:
        db.execute("DELETE FROM units WHERE digest = ?", (there.digest,))
    units.commit(store.path, [(address, Unit(address.scenario, SEED, 3, content))], {})
    found = cx.reproduce(made.run_id, store=store)
    assert not found.is_same
    assert found.same == 2 * N - 1
    assert found.first is not None
    assert (found.first.replication, found.first.column, found.first.place) == (3, "series.arr", 7)
    assert found.first.anew == before
    lines = found.lines()
    assert (
        f"formal-onboarding, replication 3: series.arr, month 7: {float(np.nextafter(before, np.inf))!r} is kept"
        in lines[1]
    )
    assert "this must not happen" in lines[2]


def test_a_reproduction_says_whether_the_laws_changed_since(store: Store) -> None:
    run_id = study(2, store).run_id
    with schema.writing(store.path) as db:
        db.execute("UPDATE runs SET ground = json_set(ground, '$.sources', 'former', '$.cxsim', '0.0.9')")
    found = cx.reproduce(run_id, store=store)
    assert found.is_same
    assert found.lines()[1] == f"Changed since: the laws from version 0.0.9 to {cx.__version__}. It made no difference."
    with schema.writing(store.path) as db:
        db.execute("UPDATE units SET digest = 'x' WHERE replication = 1")
        db.execute("UPDATE runs SET digest = 'x'")
    lines = cx.reproduce(run_id, store=store).lines()
    assert "2 of 4 units differ" in lines[0]
    assert "b2b-saas, replication 1" in lines[1]
    assert lines[2].startswith("Changed since: the laws")


def test_a_run_of_which_units_are_gone_is_still_held_against_its_digest(store: Store) -> None:
    run_id = study(2, store).run_id
    with schema.writing(store.path) as db:
        db.execute("DELETE FROM units WHERE replication = 1")
    found = cx.reproduce(run_id, store=store)
    assert found.is_same
    assert (found.same, found.gone, found.first) == (2, 2, None)
    assert "4 units run anew; 2 are not kept any more" in found.lines()[0]
    with schema.writing(store.path) as db:
        db.execute("UPDATE runs SET digest = 'x'")
    assert not cx.reproduce(run_id, store=store).is_same


def test_only_a_finished_run_is_reproduced(store: Store) -> None:
    interrupted(store, after=2)
    (run,) = store.runs()
    with pytest.raises(cx.InputError, match=f"{run.id}: is not finished: 2 units are kept; first: cxsim resume"):
        cx.reproduce(run.id, store=store)


def test_doses_and_waiting_find_what_a_comparison_left(store: Store, ran: list[tuple[str, int]]) -> None:
    base = world()
    compared = {"replications": 2, "seed": SEED, "workers": 1, "store": store}
    cx.compare(base, base.with_("formal-onboarding", coverage=0.5), **compared)
    ran.clear()
    curve = cx.dose(base, lever="formal-onboarding", setting="coverage", values=(0.5, 1.0), **compared)
    assert len(ran) == 2  # two replications of full coverage
    again = cx.dose(base, lever="formal-onboarding", setting="coverage", values=(0.5, 1.0), replications=2, seed=SEED)
    assert curve.frame("arr").equals(again.frame("arr"))
    ran.clear()
    cx.waiting(base, alternative=base.with_("formal-onboarding"), months=(3,), **compared)
    assert {number for _, number in ran} == {0, 1}
    assert len(ran) == 2  # what begins later; the baseline and full coverage are there

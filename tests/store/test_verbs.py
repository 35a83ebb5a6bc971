"""Every study without a policy keeps its units: found again, gone on with, done anew, to the last bit the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small import SEED, world

import cxsim as cx
from cxsim.cli import main
from cxsim.engines.compiled import futures
from cxsim.store import Store, schema
from cxsim.store.blocks import in_place
from cxsim.studies import contents, discovery, pieces, replications, uncertainty
from cxsim.studies.claims import figures
from cxsim.studies.coalitions import needed, orders_of
from cxsim.studies.contents import PATHS, Wanted
from cxsim.studies.kept import ranges_of
from cxsim.studies.points import TRIED

N = 3
CHURN = ["churn.value_base", "churn.service_base", "churn.involuntary_base"]
Ask = Callable[..., Any]


def two() -> tuple[cx.Scenario, cx.Scenario, cx.Scenario]:
    """The small world, and two measures for it."""
    base = world()
    return base, base.with_("formal-onboarding", start=3), base.with_("proactive-outreach", start=3)


def attributed(**given: Any) -> Any:
    base, formal, _ = two()
    return cx.attribute(
        base, alternative=formal.with_("proactive-outreach", start=3), replications=N, seed=SEED, **given
    )


def combined(**given: Any) -> Any:
    return cx.combine(*two(), replications=N, seed=SEED, **given)


def forked(**given: Any) -> Any:
    return cx.fork(*two(), at=3, branches=4, seed=SEED, common=False, **given)


def drawn(draws: int = 4, **given: Any) -> Any:
    base, formal, _ = two()
    spread = {"formal-onboarding": 0.3}
    return cx.uncertain(
        base, formal, draws=draws, replications=2, seed=SEED, parameters=CHURN, effect_spread=spread, **given
    )


def sensed(outcome: str = "arr", **given: Any) -> Any:
    base, formal, _ = two()
    groups = {"pains": CHURN[:2]}
    return cx.sensitivity(
        base, outcome=outcome, alternative=formal, parameters=CHURN, groups=groups, correlations={"pains": 0.5},
        rows=8, replications=2, every=True, seed=SEED, **given,
    )  # fmt: skip


def discovered(**given: Any) -> Any:
    return cx.discover(world(), outcome="arr", threshold=5e5, parameters=CHURN, rows=64, seed=SEED, **given)


def branched(**given: Any) -> Any:
    return cx.branches(world(), seed=SEED, at=4.5, number=5, months=6, **given)


def ledgered(**given: Any) -> Any:
    base, formal, _ = two()
    given.pop("workers", None)
    return cx.ledger(base, alternative=formal, replications=N, seed=SEED, **given)


def shared_among_seven(**given: Any) -> Any:
    base, many, _ = two()
    given.pop("workers", None)
    for month in range(4, 10):
        many = many.with_("formal-onboarding", start=month)
    return cx.ledger(base, alternative=many, replications=N, seed=SEED, shared=True, orders=4, **given)


def audited(letters: str = "f", **given: Any) -> Any:
    return cx.audit(list(letters), seed=SEED, fast=True, **given)


VERBS: dict[str, Ask] = {
    "attribute": attributed, "combine": combined, "fork": forked, "uncertain": drawn, "sensitivity": sensed,
    "discover": discovered, "branches": branched, "ledger": ledgered, "claims": audited,
    "ledger among seven": shared_among_seven,
}  # fmt: skip
UNITS = {
    "attribute": 4 * N, "combine": 4 * N, "fork": 3 * 4, "uncertain": 4 * 2 * 2,
    "sensitivity": 2 * (2 * (2 + 2) * 8 + (1 + 2 * 3) * 2), "discover": 64, "branches": 5, "ledger": 2 * N,
    "claims": 4 * 4,
    "ledger among seven": sum(len(needed(7, orders_of(7, seed=SEED, number=n, count=4))) for n in range(N)),
}  # fmt: skip
# without a store the first runs, by which it is seen whether there is an answer at all, are not found again
RUNS = {**UNITS, "sensitivity": UNITS["sensitivity"] + TRIED}


def told(answer: Any) -> Any:
    """All that an answer says, to the last bit, but for the run's id."""
    if isinstance(answer, np.ndarray):
        return (answer.dtype.str, answer.shape, answer.tobytes())
    if isinstance(answer, list | tuple):
        return [told(one) for one in answer]
    if isinstance(answer, dict):
        return {key: told(one) for key, one in answer.items()}
    if isinstance(answer, cx.Scenario):
        return answer.hash
    if isinstance(answer, cx.Audited):
        return repr(answer.row())
    if dataclasses.is_dataclass(answer):
        fields = (field.name for field in dataclasses.fields(answer) if field.name != "run_id")
        return {name: told(getattr(answer, name)) for name in fields}
    return repr(answer)


def run_id_of(answer: Any) -> str:
    return str(answer[0].run_id if isinstance(answer, list) else answer.run_id)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "store")


class Engine:
    """Counts what is simulated; may break after so many."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ran, self.most = 0, 10**9
        table = replications.Arm.table

        def counted(*given: Any) -> Any:
            self.count()
            return table(*given)

        monkeypatch.setattr(replications.Arm, "table", counted)
        for room in (contents, figures):
            monkeypatch.setattr(room, "simulate", self.logged(room.simulate))
        monkeypatch.setattr(futures, "future", self.logged(futures.future))

    def logged(self, simulate: Any) -> Any:
        def counted(*given: Any, **named: Any) -> Any:
            self.count()
            return simulate(*given, **named)

        return counted

    def count(self) -> None:
        if self.ran >= self.most:
            raise KeyboardInterrupt
        self.ran += 1


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    return Engine(monkeypatch)


@pytest.mark.parametrize("verb", VERBS)
def test_a_study_is_the_same_without_a_store_into_one_and_out_of_one(verb: str, store: Store, engine: Engine) -> None:
    alone = VERBS[verb]()
    into = VERBS[verb](store=store, workers=2)
    assert engine.ran == UNITS[verb] + RUNS[verb]
    engine.most = engine.ran  # nothing is run any more
    out = VERBS[verb](store=store)
    again = cx.resume(run_id_of(into), store=store)
    assert told(alone) == told(into) == told(out) == told(again)
    assert (run_id_of(alone), run_id_of(into), run_id_of(again)) == ("", run_id_of(out), run_id_of(out))
    (run,) = store.runs()
    assert (run.id, run.state, run.done, run.units) == (run_id_of(out), "finished", UNITS[verb], UNITS[verb])
    assert run.question["verb"] == verb.split()[0]


@pytest.mark.parametrize("verb", VERBS)
def test_a_study_that_is_stopped_goes_on_without_loss_or_repetition(verb: str, store: Store, engine: Engine) -> None:
    alone = VERBS[verb]()
    kept = UNITS[verb] // 2
    engine.ran, engine.most = 0, kept
    with pytest.raises(KeyboardInterrupt) as stopped:
        VERBS[verb](store=store, workers=1)
    (run,) = store.runs()
    assert stopped.value.__notes__ == [f"cxsim resume {run.id}"]
    assert (run.state, run.done, run.digest) == ("unfinished", kept, "")
    engine.ran, engine.most = 0, 10**9
    found = cx.resume(run.id, store=store)
    assert engine.ran == UNITS[verb] - kept
    assert told(found) == told(alone)
    assert store.run(run.id).state == "finished"


@pytest.mark.parametrize("verb", VERBS)
def test_a_study_is_reproduced_bit_for_bit(verb: str, store: Store, engine: Engine) -> None:
    run_id = run_id_of(VERBS[verb](store=store))
    engine.ran = 0
    for workers in (1, 2):
        found = cx.reproduce(run_id, store=store, workers=workers)
        assert found.is_same
        assert (found.units, found.same, found.gone, found.other) == (UNITS[verb], UNITS[verb], 0, 0)
    assert engine.ran == 2 * RUNS[verb]
    with schema.writing(store.path) as db:
        one = "SELECT address, replication FROM units ORDER BY address DESC LIMIT 1"
        db.execute(f"UPDATE units SET digest = 'x' WHERE (address, replication) = ({one})")
    found = cx.reproduce(run_id, store=store)
    assert (found.is_same, found.same) == (False, UNITS[verb] - 1)
    assert found.first is not None
    assert found.first.arm in found.lines()[1]


def test_nested_studies_of_a_claim_belong_to_the_audit(store: Store, engine: Engine) -> None:
    into = audited("e", store=store)  # in which worlds come again that have been run
    (run,) = store.runs()
    assert (run.question["verb"], run.state, run.done, run.units) == ("claims", "finished", engine.ran, engine.ran)
    engine.most = engine.ran
    assert told(audited("e", store=store)) == told(into)


def test_studies_share_the_units_of_worlds_that_are_the_same(store: Store, engine: Engine) -> None:
    cx.compare(*two(), replications=N, seed=SEED, store=store)
    assert engine.ran == 3 * N
    combined(store=store)
    assert engine.ran == 4 * N  # both together
    attributed(store=store)
    assert engine.ran == 4 * N


def test_another_outcome_of_the_same_worlds_is_answered_from_the_store(store: Store, engine: Engine) -> None:
    sensed(store=store)
    engine.most = engine.ran
    other = sensed("nrr", store=store)
    engine.most = 10**9
    assert told(other) == told(sensed("nrr"))
    assert len(store.runs()) == 2


def test_more_draws_run_only_what_is_new(store: Store, engine: Engine) -> None:
    drawn(4, store=store)
    engine.ran = 0
    drawn(8, store=store)
    assert engine.ran == 4 * 2 * 2


def test_forked_units_do_not_mix_with_unforked_ones(store: Store, engine: Engine) -> None:
    import duckdb

    base, formal, _ = two()
    plain = cx.compare(base, formal, replications=1, seed=SEED, store=store)
    engine.ran = 0
    futures = {at: cx.fork(base, formal, at=at, branches=3, seed=SEED, store=store) for at in (0, 2, 2.5)}
    assert engine.ran == 3 * 3 * 2
    assert len({told(one.values)[2] for one in futures.values()}) == 3
    more = cx.fork(base, formal, at=2, branches=4, seed=SEED, store=store)
    assert engine.ran == 3 * 3 * 2 + 2
    assert more.values[:, :3].tobytes() == futures[2].values.tobytes()
    cx.fork(base, formal, at=2, branches=3, seed=SEED, replication=1, store=store)
    assert engine.ran == 3 * 3 * 2 + 2 + 6
    blocks = [str(place) for place in in_place(store.path)]
    mean = "SELECT avg(value) FROM read_parquet(?) WHERE name = 'outcome.arr' AND place = 0 AND scenario = ?"
    assert duckdb.execute(mean, [blocks, base.hash]).fetchall() == [(plain.baseline.values("arr")[0],)]
    months = "SELECT DISTINCT value FROM read_parquet(?) WHERE name = 'forked.month' ORDER BY 1"
    assert duckdb.execute(months, [blocks]).fetchall() == [(0.0,), (2.0,), (2.5,)]


def test_what_is_kept_of_two_kinds_does_not_mix(store: Store, engine: Engine) -> None:
    base, formal, _ = two()
    cx.compare(base, formal, replications=N, seed=SEED, store=store)
    engine.ran = 0
    ledgered(store=store)
    assert engine.ran == 2 * N
    assert told(ledgered(store=store)) == told(ledgered())


def test_paths_come_back_to_the_last_bit() -> None:
    one = Wanted(world(), SEED, 1, kind=PATHS)
    made = PATHS.ready(one.scenario, None)(SEED, 1, None)
    content = one.content(made)
    assert np.isinf(made.lost_at).any()
    from cxsim.store.units import Kept

    assert told(one.read(Kept(content.numbers, "", ""))) == told(made)


def test_the_figures_of_a_claim_are_run_anew_when_its_text_changes(
    store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from cxsim.studies.claims import acquisition

    audited("f", store=store)
    ran = engine.ran
    copy = tmp_path / "acquisition.py"
    copy.write_text(Path(acquisition.__file__).read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    monkeypatch.setattr(acquisition, "__file__", str(copy))
    figures.of_table.cache_clear()
    audited("f", store=store)
    figures.of_table.cache_clear()
    assert engine.ran == 2 * ran


def test_a_reproduction_says_that_worlds_are_drawn_otherwise_now(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = drawn(store=store).run_id
    before = uncertainty.changed
    monkeypatch.setattr(
        uncertainty, "changed", lambda it, chosen, point: before(it, chosen, np.clip(point + 0.01, 0.0, 1.0))
    )
    found = cx.reproduce(run_id, store=store)
    assert not found.is_same
    assert (found.other, found.same) == (UNITS["uncertain"], 0)
    assert "its worlds are drawn otherwise now" in found.lines()[1]


def test_deleting_a_drawn_study_leaves_what_others_asked_for(store: Store, engine: Engine) -> None:
    compared = cx.compare(*two(), replications=N, seed=SEED, store=store)
    mine = combined(store=store).run_id
    store.delete([mine])
    assert [run.done for run in store.runs()] == [3 * N]
    engine.most = engine.ran
    cx.resume(compared.run_id, store=store)
    store.delete([compared.run_id])
    assert in_place(store.path) == []
    with schema.connected(store.path) as db:
        for table in ("addresses", "asked", "units", "texts", "arms"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_two_seeds_are_two_runs(store: Store) -> None:
    ids = {cx.run(world(), replications=1, seed=seed, store=store).run_id for seed in (1, 2)}
    assert len(ids) == 2
    assert {run.seed for run in store.runs()} == {1, 2}
    assert all(cx.reproduce(each, store=store).is_same for each in ids)


def test_what_takes_no_executor_says_so(store: Store) -> None:
    run_id = combined(store=store).run_id
    with ThreadPoolExecutor(1) as pool, pytest.raises(cx.InputError, match="runs on threads of this process"):
        cx.resume(run_id, store=store, executor=pool)


def test_a_verb_that_this_version_does_not_know_is_one_line(store: Store) -> None:
    run_id = combined(store=store).run_id
    with schema.writing(store.path) as db:
        db.execute("UPDATE runs SET question = json_set(question, '$.verb', 'divine')")
    with pytest.raises(cx.InputError, match="divine: was asked by another version"):
        cx.resume(run_id, store=store)


def test_a_study_of_python_is_finished_from_the_command_line_too(
    store: Store, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    engine.most = 5
    with pytest.raises(KeyboardInterrupt):
        drawn(store=store, workers=1)
    engine.most = 10**9
    (run,) = store.runs()
    assert main(["resume", run.id, "--store", str(store.path)]) == 0
    assert f'cx.resume("{run.id}", store=' in capsys.readouterr().out
    assert store.run(run.id).state == "finished"


def test_ranges_hold_each_number_once() -> None:
    one, other = (Wanted(each, SEED, 0).key[0] for each in two()[:2])
    keys = [(one, 4), (other, 1), (one, 5), (one, 0), (one, 4), (other, 3)]
    assert ranges_of(keys) == [(one, 0, 1), (one, 4, 6), (other, 1, 2), (other, 3, 4)]
    assert ranges_of([]) == []


def test_the_search_for_a_box_has_the_units_of_its_futures(store: Store) -> None:
    found = discovered(store=store)
    assert found.run_id
    assert isinstance(found, discovery.Discovery)
    assert store.run(found.run_id).question["when"] == "below"


@pytest.mark.parametrize("verb", ["uncertain", "attribute", "fork"])
def test_looking_units_up_a_few_at_a_time_changes_nothing(
    verb: str, store: Store, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = VERBS[verb]()
    monkeypatch.setattr(pieces, "AT_ONCE", 5)
    engine.ran, engine.most = 0, UNITS[verb] // 2
    with pytest.raises(KeyboardInterrupt):
        VERBS[verb](store=store, workers=2)
    (run,) = store.runs()
    assert 0 < run.done <= run.units <= UNITS[verb]
    engine.ran, engine.most = 0, UNITS[verb] - run.done
    seen: list[tuple[int, int]] = []
    found = VERBS[verb](store=store, workers=2, progress=lambda *given: seen.append(given))
    assert told(found) == told(alone)
    assert seen == [(done, len(seen)) for done in range(1, len(seen) + 1)]
    assert store.run(run.id).digest == digest_at_once(store, verb, monkeypatch)


def digest_at_once(store: Store, verb: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Digest of the same answer in a store in which everything is looked up at once."""
    monkeypatch.undo()
    whole = Store.open(store.path.parent / "whole")
    return whole.run(run_id_of(VERBS[verb](store=whole))).digest


def test_two_that_ask_the_same_at_the_same_time_both_get_the_answer(store: Store) -> None:
    alone = told(drawn(8))
    with ThreadPoolExecutor(3) as pool:
        futures = [pool.submit(drawn, 8, store=store, workers=1) for _ in range(3)]
        answers = [one.result() for one in futures]
    assert [told(one) for one in answers] == [alone] * 3
    (run,) = store.runs()
    assert (run.state, run.done, run.units) == ("finished", 32, 32)

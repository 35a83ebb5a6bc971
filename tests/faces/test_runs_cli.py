"""The store from the command line: kept without being asked, listed, gone on with, checked, deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import cxsim as cx
from cxsim.cli import main, sizes
from cxsim.store import Store, origin, runs, schema
from cxsim.studies import contents, replications

SMALL = ["--accounts", "40", "--set", "arrivals.history_months=6", "--set", "horizon_months=24", "--workers", "1"]
COMPARE = ["compare", "b2b-saas", "--with", "formal-onboarding:start=3", *SMALL, "--replications", "3"]
RUN = ["run", "b2b-saas", *SMALL, "--replications", "2"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("CXSIM_FAST", raising=False)
    monkeypatch.setenv("CXSIM_STORE", str(tmp_path / "store"))
    return tmp_path


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    caught = capsys.readouterr()
    return code, caught.out, caught.err


def stopped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: list[str], after: int
) -> tuple[str, str]:
    """Type a line and stop it after so many replications; the run's id and what was said."""
    count = iter(range(1000))
    table, simulate = replications.Arm.table, contents.simulate

    def some(*given: Any) -> Any:
        if next(count) >= after:
            raise KeyboardInterrupt
        return table(*given)

    def log(scenario: cx.Scenario, **given: Any) -> cx.EventLog:
        if next(count) >= after:
            raise KeyboardInterrupt
        return simulate(scenario, **given)

    with monkeypatch.context() as patch:
        patch.setattr(replications.Arm, "table", some)
        patch.setattr(contents, "simulate", log)
        code, out, err = call(capsys, *line)
    assert (code, out) == (130, "")
    return Store.open().runs()[0].id, err


def without_ids(text: str) -> str:
    """A screen but for the paragraph about what is kept."""
    return "\n\n".join(part.split("Kept as run")[0].rstrip() for part in text.split("\n\n"))


def test_a_study_is_kept_without_being_asked_and_prints_the_same(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = call(capsys, *COMPARE)
    monkeypatch.setattr(replications.Arm, "replicate", None)  # nothing is run any more
    assert call(capsys, *COMPARE) == first
    monkeypatch.undo()
    monkeypatch.chdir(here)
    monkeypatch.setenv("COLUMNS", "100")
    code, out, err = call(capsys, *COMPARE, "--no-store")
    assert (code, err) == (0, "")
    assert "Kept as run" in first[1]
    assert "Kept as run" not in out
    assert without_ids(first[1]).split("Next:")[0] == without_ids(out).split("Next:")[0]


@pytest.mark.parametrize("line", [COMPARE, RUN])
def test_json_is_the_same_with_and_without_a_store(
    here: Path, capsys: pytest.CaptureFixture[str], line: list[str]
) -> None:
    said = [call(capsys, *line, "--json", *more)[1] for more in ([], [], ["--no-store"], ["--store", "elsewhere"])]
    assert said[0] == said[1] == said[2] == said[3]
    assert (here / "elsewhere" / schema.CATALOGUE).is_file()


def test_runs_lists_what_is_kept(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "No run is kept" in call(capsys, "runs")[1]
    call(capsys, *COMPARE)
    call(capsys, *RUN)
    code, out, err = call(capsys, "runs")
    assert (code, err) == (0, "")
    assert "compare b2b-saas" in out
    assert "run b2b-saas, seed 7" in out
    assert max(map(len, out.splitlines())) <= 100
    found = json.loads(call(capsys, "runs", "--json")[1])["runs"]
    assert {(each["verb"], each["state"], each["units_done"], each["units_asked"]) for each in found} == {
        ("compare", "finished", 6, 6), ("run", "finished", 2, 2),
    }  # fmt: skip
    (compared,) = (each for each in found if each["verb"] == "compare")
    assert compared["command"] == ["cxsim", *COMPARE]
    assert compared["version"]
    assert len(compared["digest"]) == 64


@pytest.mark.parametrize("more", [[], ["--json"], ["--all", "--by", "segment", "--target", "nrr=0.9"]])
def test_resume_prints_what_the_command_would_have(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    run_id, err = stopped(monkeypatch, capsys, [*COMPARE, *more], after=3)
    assert err == f"stopped; nothing was written; to go on: cxsim resume {run_id}\n"
    assert f"cxsim resume {run_id}" in call(capsys, "runs")[1]
    (listed,) = json.loads(call(capsys, "runs", "--json")[1])["runs"]
    assert (listed["state"], listed["units_done"], listed["units_asked"]) == ("unfinished", 3, 6)
    resumed = call(capsys, "resume", run_id[:6])
    assert resumed == call(capsys, *COMPARE, *more, "--store", "another")[:1] + resumed[1:]
    assert call(capsys, *COMPARE, *more) == resumed


def test_any_command_that_is_stopped_says_so(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cxsim.cli.simulate.world_of", stop)
    assert call(capsys, "simulate", "b2b-saas", "--seed", "1") == (130, "", "stopped; nothing was written\n")


SENSITIVITY = ["sensitivity", "b2b-saas", "--outcome", "arr", "--only", "churn.value_base,churn.service_base",
               "--set", "arrivals.history_months=6", "--set", "horizon_months=13", "--workers", "1"]  # fmt: skip
VARY = ["compare", "b2b-saas", "--vary", "formal-onboarding:coverage=0.5,1", *SMALL, "--replications", "2"]
# what is asked, after how many runs it is stopped, what is listed then, how many runs it takes
STOPPED = {
    "sensitivity": (SENSITIVITY, 50, [("sensitivity", "unfinished")], 4 * 16 * 2 + 5 * 2),
    "its box": (
        [*SENSITIVITY, "--with", "price-rise", "--discover"], 2 * (4 * 16 * 2 + 5 * 2) + 9,
        [("discover", "unfinished"), ("sensitivity", "finished")], 2 * (4 * 16 * 2 + 5 * 2 + 64),
    ),
    "values": (VARY, 3, [("compare", "unfinished")], 6),
    "waiting": ([*COMPARE, "--waiting", "3"], 8, [("compare", "finished"), ("compare", "unfinished")], 9),
    "ledger": (
        [*COMPARE, "--ledger", "--out", "made"], 8, [("compare", "finished"), ("ledger", "unfinished")], 12,
    ),
    "claims": (["claims", "--only", "f", "--workers", "1"], 5, [("claims", "unfinished")], 16),
}  # fmt: skip


@pytest.mark.parametrize("what", STOPPED)
def test_every_command_that_simulates_is_gone_on_with(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    line, after, listed, units = STOPPED[what]
    monkeypatch.setenv("CXSIM_FAST", "1")
    fast = [*line, "--json"]
    never = call(capsys, *fast, "--no-store")
    assert Store.open().runs() == []
    count = Counter(monkeypatch)
    with monkeypatch.context() as patch:
        _, err = stopped(patch, capsys, fast, after)
    there = {each.id: each for each in Store.open().runs()}
    assert sorted((each.question["verb"], each.state) for each in there.values()) == listed
    assert sum(each.done for each in there.values() if not each.finished) > 0
    (open_,) = (each.id for each in there.values() if not each.finished)
    assert err == f"stopped; nothing was written; to go on: cxsim resume {open_}\n"
    monkeypatch.delenv("CXSIM_FAST")  # the line is asked as it was
    before = count.ran
    assert call(capsys, "resume", open_) == never
    assert {each.state for each in Store.open().runs()} == {"finished"}
    assert count.ran - before == units - after, "a unit was run twice, or lost"
    monkeypatch.setenv("CXSIM_FAST", "1")
    monkeypatch.setattr(replications.Arm, "table", None)  # nothing is run any more
    monkeypatch.setattr(contents, "simulate", None)
    assert call(capsys, *fast) == never
    if what == "ledger":  # which draws many figures
        assert (here / "made" / "ledger.csv").is_file()
        return
    for each in Store.open().runs():
        assert call(capsys, "resume", each.id) == never


class Counter:
    """Counts what is simulated."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ran = 0
        table, simulate = replications.Arm.table, contents.simulate

        def counted(*given: Any) -> Any:
            self.ran += 1
            return table(*given)

        def logged(scenario: cx.Scenario, **given: Any) -> cx.EventLog:
            self.ran += 1
            return simulate(scenario, **given)

        monkeypatch.setattr(replications.Arm, "table", counted)
        monkeypatch.setattr(contents, "simulate", logged)


@pytest.mark.parametrize("what", ["sensitivity", "values", "claims"])
def test_a_screen_says_where_it_is_kept(here: Path, capsys: pytest.CaptureFixture[str], what: str,
                                        monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setenv("CXSIM_FAST", "1")
    code, out, err = call(capsys, *STOPPED[what][0])
    (run,) = Store.open().runs()
    assert (code, err) == (0, "")
    assert f"Kept as run {run.id}" in out
    assert STOPPED[what][0][0] in call(capsys, "runs")[1]
    assert call(capsys, "reproduce", run.id)[0] == 0


def test_a_part_of_what_a_command_asked_is_listed_as_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, *COMPARE, "--waiting", "3")
    rows = json.loads(call(capsys, "runs", "--json")[1])["runs"]
    (whole,) = (row["id"] for row in rows if row["part_of"] is None)
    assert [row["part_of"] for row in rows if row["part_of"]] == [whole]
    assert f"(part of {whole})" in " ".join(call(capsys, "runs")[1].split())


def test_resume_writes_where_the_command_would_have(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, _ = stopped(monkeypatch, capsys, [*RUN, "--out", "made"], after=1)
    assert list((here / "made").iterdir()) == []
    (here / "off").mkdir()
    monkeypatch.chdir(here / "off")
    assert call(capsys, "resume", run_id)[0] == 0
    written = json.loads((here / "made" / "outcomes.json").read_text(encoding="utf-8"))
    assert written["command"].startswith("cxsim run b2b-saas")
    assert sizes.remembered() == ["resume", run_id]


def test_resume_needs_no_file_of_the_scenario_any_more(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "mine.toml").write_text('extends = "b2b-saas"\nname = "mine"\n[churn]\nvalue_base = 0.004\n')
    line = ["mine.toml" if word == "b2b-saas" else word for word in RUN]
    run_id, _ = stopped(monkeypatch, capsys, [*line, "--json"], after=1)
    (here / "mine.toml").unlink()
    code, out, _ = call(capsys, "resume", run_id)
    assert (code, json.loads(out)["world"]) == (0, "mine")


def test_resume_under_other_laws_says_that_nothing_is_mixed(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, _ = stopped(monkeypatch, capsys, RUN, after=1)
    with schema.writing(here / "store") as db:
        db.execute("UPDATE runs SET ground = json_set(ground, '$.sources', 'former')")
    monkeypatch.setattr(origin, "laws", lambda: "others")
    code, _, err = call(capsys, "resume", run_id)
    assert code == 0
    assert "the laws within" in err
    assert "its 1 units are not mixed" in err
    found = json.loads(call(capsys, "runs", "--json")[1])["runs"]
    assert {each["laws"]: each["state"] for each in found}["others"] == "finished"
    assert "since changed" in call(capsys, "runs")[1].replace("\n", " ")
    assert call(capsys, "runs", "--prune", "--yes")[0] == 0
    assert [each.laws for each in Store.open().runs()] == ["others"]


def test_an_unknown_run_is_one_line_with_the_nearest(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, *RUN)
    (run,) = Store.open().runs()
    wrong = run.id[:-1] + ("0" if run.id[-1] != "0" else "1")
    for command in ("resume", "reproduce"):
        code, out, err = call(capsys, command, wrong)
        assert (code, out) == (2, "")
        assert err == f'{wrong}: no such run. Did you mean "{run.id}"? See: cxsim runs\n'


def test_reproduce_is_zero_for_the_same_and_one_for_another(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call(capsys, *RUN)
    (run,) = Store.open().runs()
    code, out, err = call(capsys, "reproduce", run.id, "--workers", "2")
    assert (code, err) == (0, "")
    assert out.strip() == f"{run.id}: the same, bit for bit (2 units run anew)."
    with schema.writing(here / "store") as db:
        db.execute("UPDATE units SET digest = 'x' WHERE replication = 1")
    code, out, _ = call(capsys, "reproduce", run.id, "--json")
    said = json.loads(out)
    assert (code, said["same"], said["units"], said["units_same"]) == (1, False, 2, 1)
    assert "replication 1" in said["first_difference"]


def test_a_folder_that_was_asked_for_must_do_and_the_usual_one_may_fail(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "file").write_text("no folder")
    code, out, err = call(capsys, *RUN, "--store", "file/below")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "file/below: cannot be made the folder of a store" in err
    monkeypatch.delenv("CXSIM_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(here / "file"))
    monkeypatch.setattr("sys.platform", "linux")
    code, out, err = call(capsys, *RUN)
    assert code == 0
    assert len(err.splitlines()) == 1
    assert err.startswith("warning: ")
    assert err.endswith("; nothing is kept\n")
    assert "Kept as run" not in out
    code, _, err = call(capsys, *RUN, "--no-store", "--store", "x")
    assert (code, err) == (2, "--no-store: goes with no --store; leave out one of the two\n")


def test_a_damaged_block_is_one_line(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = call(capsys, *RUN)
    (block,) = (here / "store" / "blocks").glob("??/*.parquet")
    block.unlink()
    code, out, err = call(capsys, *RUN)
    assert (code, out) == before[:2]
    assert len(err.splitlines()) == 1
    assert "its 2 units are run again" in err


def test_deleting_asks_first(here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    call(capsys, *RUN)
    (run,) = Store.open().runs()
    answers = iter([False, True])
    monkeypatch.setattr("typer.confirm", _confirm(answers))
    assert call(capsys, "runs", "--delete", run.id)[0] == 130
    assert len(Store.open().runs()) == 1
    code, out, _ = call(capsys, "runs", "--delete", run.id)
    assert code == 0
    assert "deleted 1 run;" in out
    assert runs.listed(here / "store") == []
    assert list((here / "store" / "blocks").glob("??/*.parquet")) == []


def _confirm(answers: object) -> object:
    import typer

    def confirm(text: str, abort: bool = False) -> bool:
        if not next(answers):  # type: ignore[call-overload]
            raise typer.Abort
        return True

    return confirm

"""Tables of cohorts as people have them: which way they lie, what their numbers are, what their ages mean."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cxsim as cx
from cxsim.cli import main
from cxsim.forecast.cohort_tables import read_triangle
from cxsim.scenario import Scenario

# each cohort smaller than the one before, so that rows and columns fall alike
SHRINKING = {"a": [1000.0, 800, 600, 500], "b": [950.0, 700, 550], "c": [900.0, 650]}
GROWING = {"a": [1000.0, 800, 600, 500], "b": [1200.0, 900, 700], "c": [1500.0, 1100]}


def padded(cohorts: dict[str, list[float]]) -> np.ndarray:
    return np.array([counts + [np.nan] * (4 - len(counts)) for counts in cohorts.values()])


def same(found: cx.forecast.Triangle, cohorts: dict[str, list[float]]) -> bool:
    return [counts.tolist() for counts in found.counts] == list(cohorts.values())


@pytest.mark.parametrize("cohorts", [SHRINKING, GROWING])
@pytest.mark.parametrize("head", ["cohort", "Vintage", "signup_month", "month", "", "Segment"])
@pytest.mark.parametrize(
    "ages", [["0", "1", "2", "3"], ["1", "2", "3", "4"], ["month 0", "month 1", "month 2", "month 3"]]
)
def test_a_row_a_cohort_and_a_column_an_age_is_read_as_it_lies(
    cohorts: dict[str, list[float]], head: str, ages: list[str], tmp_path: Path
) -> None:
    wide = pd.DataFrame(padded(cohorts), columns=ages)
    wide.insert(0, head, ["2024-01", "2024-02", "2024-03"])
    found = cx.forecast.triangle(wide)
    assert same(found, cohorts)
    assert found.names == ("2024-01", "2024-02", "2024-03")
    wide.to_csv(tmp_path / "a.csv", index=False)
    assert same(read_triangle(tmp_path / "a.csv"), cohorts)


@pytest.mark.parametrize("cohorts", [SHRINKING, GROWING])
@pytest.mark.parametrize(
    ("head", "labels", "names"),
    [
        ("age", ["0", "1", "2", "3"], ["2024-01", "2024-02", "2024-03"]),
        ("month", ["0", "1", "2", "3"], ["2021", "2022", "2023"]),
        ("tenure", ["1", "2", "3", "4"], ["1", "2", "3"]),
        ("date", ["2024-01", "2024-02", "2024-03", "2024-04"], ["north", "south", "west"]),
    ],
)
def test_a_column_a_cohort_is_still_read_as_it_lies(
    cohorts: dict[str, list[float]], head: str, labels: list[str], names: list[str], tmp_path: Path
) -> None:
    wide = pd.DataFrame(padded(cohorts).T, columns=names)
    wide.insert(0, head, labels)
    assert same(cx.forecast.triangle(wide), cohorts)
    wide.to_csv(tmp_path / "a.csv", index=False)
    assert same(read_triangle(tmp_path / "a.csv"), cohorts)


@pytest.mark.parametrize("cohorts", [SHRINKING, GROWING])
@pytest.mark.parametrize("turned", [False, True])
def test_calendar_periods_on_both_sides_are_told_by_the_missing_corner(
    cohorts: dict[str, list[float]], turned: bool
) -> None:
    corner = np.array([[np.nan] * (4 - len(counts)) + counts for counts in cohorts.values()])
    years = ["2021", "2022", "2023", "2024"]
    wide = pd.DataFrame(corner if turned else corner.T, columns=years if turned else years[:3])
    wide.insert(0, "year", years[:3] if turned else years)
    assert same(cx.forecast.triangle(wide), cohorts)


def test_what_can_be_read_both_ways_is_refused_until_somebody_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = pd.DataFrame(padded(SHRINKING))
    with pytest.raises(cx.InputError, match='say rows="cohorts"'):
        cx.forecast.triangle(bare)
    assert same(cx.forecast.triangle(bare, rows="cohorts"), SHRINKING)
    assert len(cx.forecast.triangle(bare, rows="ages").counts) == 4
    assert same(cx.forecast.triangle(pd.DataFrame(padded(GROWING))), GROWING)
    with pytest.raises(cx.InputError, match=r'rows "cohort": .*Did you mean "cohorts"'):
        cx.forecast.triangle(bare, rows="cohort")
    (tmp_path / "a.csv").write_text("period,0,1,2,3\n0,1000,800,600,500\n1,950,700,550,\n2,900,650,,\n")
    line = ["forecast", str(tmp_path / "a.csv"), "--cohorts", "--horizon", "6", "--model", "sbg"]
    assert main(line) == 2
    assert "--rows: the table can be read" in capsys.readouterr().err
    assert same(read_triangle(tmp_path / "a.csv", rows="cohorts"), SHRINKING)


def test_a_column_called_cohort_1_is_a_cohort_and_no_label() -> None:
    wide = pd.DataFrame(padded(SHRINKING).T, columns=["cohort 1", "cohort 2", "cohort 3"])
    assert same(cx.forecast.triangle(wide), SHRINKING)


def test_a_triangles_own_frame_and_a_pivot_of_cohorts_are_read_back() -> None:
    found = cx.forecast.triangle(pd.DataFrame(padded(SHRINKING)), rows="cohorts")
    assert same(cx.forecast.triangle(found.frame()), SHRINKING)
    assert same(cx.forecast.triangle(found.frame().T), SHRINKING)


@pytest.mark.parametrize(("scale", "kind"), [(100.0, "percent"), (1.0, "share")])
def test_a_triangle_of_per_cent_or_shares_stands_for_so_many_customers(scale: float, kind: str) -> None:
    curves = {"2021": [1.0, 0.815, 0.604, 0.5], "2022": [1.0, 0.82, 0.63, np.nan]}
    wide = pd.DataFrame({name: scale * np.array(values) for name, values in curves.items()})
    wide.insert(0, "age", range(4))
    found = cx.forecast.triangle(wide)
    assert found.kind == kind
    assert found.counts[0] == pytest.approx([1000.0, 815.0, 604.0, 500.0])
    assert any("1,000 customers in each cohort" in note for note in found.notes)
    told = cx.forecast.triangle(wide, customers=500)
    assert told.counts[1] == pytest.approx([500.0, 410.0, 315.0])
    assert not told.notes


def test_per_cent_signs_and_mixtures_in_a_triangle(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("age,2021,2022\n0,100%,100%\n1,81%,82%\n2,60%,63%\n3,50%,\n")
    assert read_triangle(tmp_path / "a.csv").kind == "percent"
    assert read_triangle(tmp_path / "a.csv").counts[0].tolist() == [1000.0, 810.0, 600.0, 500.0]
    for text, said in (
        ("age,2021,2022\n0,100,1\n1,81.5,0.82\n2,60,0.63\n3,50,\n", "cohort 2022: starts at 1"),
        ("age,2021,2022\n0,100,100\n1,0.815,82\n2,0.60,63\n3,.50,\n", "per cent and shares"),
        ("age,2021,2022\n0,1000,1000\n1,801.5,820\n2,60,63\n3,50,\n", "counts are whole"),
    ):
        with pytest.raises(cx.InputError, match=said):
            cx.forecast.triangle(pd.read_csv(StringIO(text)))
    hundred = cx.forecast.triangle(pd.DataFrame({"age": range(3), "x": [100, 81, 60], "y": [100, 82, 63]}))
    assert hundred.kind == "count"
    assert any("if they are per cent" in note for note in hundred.notes)


def test_the_screen_says_what_a_table_of_cohorts_was_taken_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        "cohort,0,1,2,3,4",
        "2021,100,81.5,60.4,50,44",
        "2022,100,82,63,52,",
        "2023,100,80,61,,",
        "2024,100,83.5,,,",
    ]
    (tmp_path / "a.csv").write_text("\n".join([*rows, "2025,100,,,,", ""]))
    line = ["forecast", str(tmp_path / "a.csv"), "--cohorts", "--horizon", "6", "--model", "sbg"]
    assert main([*line, "--backtest"]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Taken for per cent of cohorts 2021 to 2025." in out
    assert "last rate and chain ladder are baselines" in out
    assert "1,000 customers in each cohort" in out


@pytest.mark.parametrize("columns", [None, ["cohort", "age", "joined", "active"]])
def test_cohorts_of_a_log_have_the_survival_that_its_stays_have(columns: list[str] | None, tmp_path: Path) -> None:
    world = Scenario.load("smb-monthly").set("arrivals.history_months", 12).set("horizon_months", 12)
    log = cx.simulate(world, seed=1)
    table = cx.readings.cohorts(log)
    found = cx.forecast.triangle(table if columns is None else table[columns])
    stays, ages = cx.forecast.fit(cx.readings.survival(log), model="sbg").seen, range(1, 7)
    pooled = found.pooled()
    # who comes back counts as there in the one and not in the other, and the base is in the one alone
    assert [pooled.survival[k] for k in ages] == pytest.approx([stays.survival[k] for k in ages], abs=0.03)
    assert pooled.survival[1] < 0.95
    assert found.totals[-1] == table.groupby("cohort")["active"].last().sum()
    assert any("full months" in note for note in found.notes)
    if columns is None:
        table.to_csv(tmp_path / "a.csv", index=False)
        assert [c.tolist() for c in read_triangle(tmp_path / "a.csv").counts] == [c.tolist() for c in found.counts]

"""What is taken for a cohort, and what is refused: one plain line and exit code 2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from retention_series import HIGH_END

import cxsim as cx
from cxsim.cli import main
from cxsim.forecast.tables import read_cohort

GOOD = "year,regular,high_end\n" + "".join(f"{year},{100 - 9 * year},{value}\n" for year, value in enumerate(HIGH_END))


def test_per_cent_shares_and_counts_are_the_same_cohort() -> None:
    percent = cx.forecast.fit(HIGH_END[:6], customers=1000)
    share = cx.forecast.fit(HIGH_END[:6] / 100.0)
    count = cx.forecast.fit((10.0 * HIGH_END[:6]).round().astype(int))
    for other in (share, count):
        assert other.parameters["bdw"]["c"] == pytest.approx(percent.parameters["bdw"]["c"], rel=1e-4)
    assert any("1,000" in note for note in share.notes)
    assert not count.notes


def test_whole_numbers_that_start_at_100_are_counts_in_python_and_in_a_table_alike(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("year,a\n0,100\n1,80\n2,66\n3,55\n4,47\n")
    for seen in (
        cx.forecast.fit([100, 80, 66, 55, 47]).seen,
        cx.forecast.fit([100.0, 80, 66, 55, 47]).seen,
        read_cohort(tmp_path / "a.csv", "a"),
    ):
        assert (seen.kind, seen.customers) == ("count", 100)
        assert any("if they are per cent" in note for note in seen.notes)
    for seen in (
        cx.forecast.fit([100, 80, 66, 55, 47], customers=400).seen,
        read_cohort(tmp_path / "a.csv", "a", customers=400),
    ):
        assert (seen.kind, seen.customers) == ("percent", 400)
        assert not seen.notes


def test_more_customers_make_narrower_bounds() -> None:
    few, many = (cx.forecast.fit(HIGH_END[:7], customers=n).project(12).iloc[-1] for n in (100, 10_000))
    assert many["high"] - many["low"] < few["high"] - few["low"]


def test_a_small_rise_of_a_chart_is_evened_out_and_said() -> None:
    fit = cx.forecast.fit([100.0, 80.0, 70.0, 70.3, 60.0, 55.0])
    assert fit.seen.survival[2] == pytest.approx(fit.seen.survival[3])
    assert any("rises" in note and "period 3" in note for note in fit.notes)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([100.0, 80.0, 90.0, 70.0], "period 2: 90 rises from 80"),
        ([100.0, 80.5, 90.0, 70.0], "period 2: 90 % rises from 80.5 %"),
        ([100.0, 0.869, 0.743, 0.653], "per cent and shares"),
        ([1.0, 86.9, 74.3, 65.3], "per cent and shares"),
        ([100.0, 120.0, 90.0, 70.0], "above 100 %"),
        ([120.5, 80.0, 60.0, 50.0], "above 100 %"),
        ([100.0, -5.0, -6.0, -7.0], "negative"),
        ([100.0, 80.0, float("nan"), 60.0], "period 2: the value is missing"),
        ([float("nan")] * 5, "every value is missing"),
        ([None] * 5, "every value is missing"),
        ([10**19, 10**18, 10**17, 10**16], "more than 1e+12 customers"),
        ([1000.0, 800.5, 700.0, 650.0], "neither 100 % nor a whole count"),
        ([100.0, "many", 60.0, 50.0], "is not a number"),
        ([100.0, 80.0, 60.0], "too few"),
        ([0.0, 0.0, 0.0, 0.0], "0 customers"),
        ([500, 400, 410, 300], "period 2: 410 rises from 400"),
    ],
)
def test_a_bad_series_is_refused_by_its_place(values: list[object], said: str) -> None:
    with pytest.raises(cx.InputError) as refused:
        cx.forecast.fit(values)  # type: ignore[arg-type]
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"model": "sgb"}, 'Did you mean "sbg"?'), ({"customers": 0}, "customers 0"), ({"periods": 2}, "periods 2"),
        ({"periods": 99}, "periods 99"),
    ],
)  # fmt: skip
def test_a_bad_argument_is_refused_by_name(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(cx.InputError) as refused:
        cx.forecast.fit(HIGH_END, **arguments)  # type: ignore[arg-type]
    assert said in str(refused.value)


@pytest.mark.parametrize("horizon", [4, 0, -1, 100_000])
def test_a_horizon_that_is_not_ahead_is_refused(horizon: int) -> None:
    with pytest.raises(cx.InputError, match="horizon"):
        cx.forecast.fit(HIGH_END[:5], model="sbg").project(horizon)


BAD = {
    "missing column": (GOOD, "hgh_end", 'Did you mean "high_end"?'),
    "all missing": ("year,a\n0,\n1,\n2,\n3,\n4,\n", "a", "every value is missing"),
    "three rows": ("year,a\n0,100\n1,80\n2,70\n", "a", "3 rows are too few"),
    "rises": ("year,a\n0,100\n1,80\n2,85\n3,70\n", "a", "rises"),
    "negative": ("year,a\n0,100\n1,80\n2,-3\n3,70\n", "a", "negative"),
    "above 100": ("year,a\n0,100\n1,180\n2,80\n3,70\n", "a", "above 100 %"),
    "starts above 100": ("year,survival\n0,130\n1,80\n2,75\n3,70\n", "survival", "above 100 %"),
    "text": ("year,a\n0,100\n1,eighty\n2,75\n3,70\n", "a", '"eighty" is not a number'),
    "hole": ("year,a\n0,100\n1,80\n2,\n3,70\n", "a", "missing between"),
    "cut off": (GOOD[:-7], "high_end", "seems cut off"),
    "cut off in quotes": ('year,a\n0,100\n1,80\n2,75\n3,"70', "a", "cut off"),
    "formula": ("year,=1+1,a\n0,1,100\n1,1,80\n2,1,75\n3,1,70\n", "a", "formula"),
    "formula asked for": ("year,=1+1\n0,100\n1,80\n2,75\n3,70\n", "=1+1", "formula"),
    "twice": ("year,a,a\n0,1,100\n1,1,80\n2,1,75\n3,1,70\n", "a", "taken already"),
    "gap": ("year,a\n0,100\n1,80\n3,75\n4,70\n", "a", "period 3 after 1"),
    "words for periods": ("year,a\nJan,100\nFeb,80\nMar,75\nApr,70\n", "a", "is not a period"),
    "goes back": ("year,a\n4,59.3\n3,65.3\n2,74.3\n1,86.9\n0,100\n", "a", "from the oldest to the newest"),
    "uneven steps": ("month,a\n0,100\n3,80\n6,75\n10,70\n", "a", "period 10 after 6"),
    "a month left out": ("month,a\n2020-01,900\n2020-02,80\n2020-04,75\n2020-05,7\n", "a", "2020-04 after 2020-02"),
    "two kinds of labels": ("month,a\n2020-01,900\n2,80\n3,75\n4,7\n", "a", "2 is not a period"),
    "per cent and shares": ("year,a\n0,100\n1,0.869\n2,0.743\n3,0.653\n", "a", "per cent and shares"),
    "shares before per cent": ("year,a\n0,1\n1,86.9\n2,74.3\n3,65.3\n", "a", "per cent and shares"),
    "two ways to read": ("year;a\n0;100,000\n1;86,900\n2;74,300\n3;65,300\n", "a", "can be read in two ways"),
    "points two ways": ("year;a\n0;10.000\n1;8.700\n2;7.400\n3;6.500\n", "a", "can be read in two ways"),
    "empty": ("", "a", "is empty"),
    "one column": ("a\n100\n80\n75\n70\n", "a", "one column"),
    "first column": (GOOD, "year", "holds the periods"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_table_gives_plain_lines_and_two(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text, column, said = BAD[case]
    place = tmp_path / "table.csv"
    place.write_text(text, encoding="utf-8")
    out = tmp_path / "fan.png"
    code = main(["forecast", str(place), "--column", column, "--horizon", "12", "--out", str(out)])
    caught = capsys.readouterr()
    assert code == 2
    assert caught.out == ""
    assert said in caught.err
    assert len(caught.err.splitlines()) == 1
    assert "Traceback" not in caught.err
    assert "table.csv" in caught.err
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and then nothing")
    for name, said in (
        ("a.csv", "UTF-8"),
        ("a.parquet", "Parquet"),
        ("no.csv", "no such file"),
        ("no.parquet", "no such"),
    ):
        with pytest.raises(cx.InputError, match=said):
            read_cohort(tmp_path / name, "a")
    with pytest.raises(cx.InputError, match="cannot be read"):
        read_cohort(tmp_path, "a")


def test_tables_with_other_separators_marks_and_blanks_are_read(tmp_path: Path) -> None:
    place = tmp_path / "a.csv"
    place.write_text("\ufeffYear;one;two\n2003;10000;\n2004;6334;10000\n2005;4367;6334\n2006;3264;4367\n2007;;3264\n")
    one, two = read_cohort(place, "one"), read_cohort(place, "two")
    assert one.survival.tolist() == two.survival.tolist() == [1.0, 0.6334, 0.4367, 0.3264]
    assert (one.unit, one.kind) == ("year", "count")
    assert any("ends before the table" in note for note in one.notes)
    place.write_text("month,left\n1,80 %\n2,70 %\n3,62.5 %\n4,60 %\n")
    late = read_cohort(place, "left")
    assert late.survival.tolist() == [1.0, 0.8, 0.7, 0.625, 0.6]
    assert any("100 % is taken for month 0" in note for note in late.notes)


def test_parquet_tables_are_read(tmp_path: Path) -> None:
    import duckdb

    frame = pd.DataFrame({"year": range(13), "high_end": HIGH_END})
    with duckdb.connect() as connection:
        connection.register("frame", frame)
        connection.execute(f"COPY frame TO '{tmp_path / 'a.parquet'}' (FORMAT parquet)")
    assert read_cohort(tmp_path / "a.parquet", "high_end").survival == pytest.approx(HIGH_END / 100.0)


def test_a_chart_read_as_numbers_is_a_series_too() -> None:
    series = pd.Series(HIGH_END[:6], index=range(6), name="high_end")
    assert cx.forecast.fit(series, model="sbg").parameters == cx.forecast.fit(HIGH_END[:6], model="sbg").parameters
    assert np.isfinite(cx.forecast.fit(series, model="km").project(9)["survival"]).all()


def table(place: Path, labels: list[object], values: list[object], head: str = "year") -> Path:
    """A table on disk with a column a."""
    rows = [f"{label},{value}" for label, value in zip(labels, values, strict=True)]
    place.write_text("\n".join([f"{head},a", *rows, ""]), encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("labels", "values", "kind"),
    [
        (range(5), [1, 0.869, 0.743, 0.653, 0.593], "share"),
        (range(1, 5), [0.869, 0.743, 0.653, 0.593], "share"),
        (range(1, 6), [1, 0.869, 0.743, 0.653, 0.593], "share"),
        (range(1, 5), [86.9, 74.3, 65.3, 59.3], "percent"),
        (range(5), ["100 %", "87 %", "74 %", "65 %", "59 %"], "percent"),
        (range(1, 6), [1000, 869, 743, 653, 593], "count"),
    ],
)
def test_a_column_is_taken_for_what_it_plainly_is(
    labels: list[object], values: list[object], kind: str, tmp_path: Path
) -> None:
    seen = read_cohort(table(tmp_path / "a.csv", labels, values), "a")
    assert seen.kind == kind
    assert seen.customers == 1000
    assert seen.periods == 4
    assert seen.survival[1:] == pytest.approx([0.869, 0.743, 0.653, 0.593], abs=0.0031)
    assert {"share": "shares", "percent": "per cent", "count": "counts"}[kind] in seen.taken


@pytest.mark.parametrize(
    ("labels", "head", "unit", "start", "last", "later"),
    [
        (range(1, 6), "year", "year", "year 1", "year 5", "year 9"),
        (range(2003, 2008), "Years", "year", "year 2003", "year 2007", "year 2011"),
        (["2020-01", "2020-02", "2020-03", "2020-04", "2020-05"], "s", "month", "2020-01", "2020-05", "2020-09"),
        (["2020-11-30", "2020-12-31", "2021-01-31", "2021-02-28", "2021-03-31"], "day", "month",
         "2020-11", "2021-03", "2021-07"),
        (["2020Q1", "2020Q2", "2020Q3", "2020Q4", "2021Q1"], "q", "quarter", "2020Q1", "2021Q1", "2022Q1"),
        (["Q1 2020", "Q2 2020", "Q3 2020", "Q4 2020", "Q1 2021"], "q", "quarter", "2020Q1", "2021Q1", "2022Q1"),
        (["2020-01-06", "2020-01-13", "2020-01-20", "2020-01-27", "2020-02-03"], "d", "week",
         "2020-01-06", "2020-02-03", "2020-03-02"),
        ([0, 3, 6, 9, 12], "month", "month", "month 0", "month 12", "month 24"),
    ],
)  # fmt: skip
def test_periods_keep_the_names_that_the_table_gives_them(
    labels: list[object], head: str, unit: str, start: str, last: str, later: str, tmp_path: Path
) -> None:
    seen = read_cohort(table(tmp_path / "a.csv", labels, [869, 743, 653, 593, 551], head), "a")
    assert seen.unit == unit
    assert [seen.labels.named(k) for k in (0, 4, 8)] == [start, last, later]
    assert f"the start is {start} with 869 customers" in seen.taken


def test_the_screen_and_the_json_speak_of_the_tables_own_years(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = table(tmp_path / "a.csv", range(1, 6), [869, 743, 653, 593, 551])
    line = ["forecast", str(place), "--column", "a", "--horizon", "6", "--model", "sbg"]
    assert main([*line, "--out", str(tmp_path / "a.svg")]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Taken for counts of customers; the start is year 1 with 869 customers. Fitted on years 2–5" in out
    assert "after 6 years (year 7)" in out
    assert main([*line, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["periods"], told["labels"]) == (list(range(7)), [str(k) for k in range(1, 8)])
    assert (told["taken_for"], told["fitted_periods"], told["unit"]) == ("count", 4, "year")
    assert "fitted on years 2–5" in told["provenance"]


def test_a_table_by_threes_is_asked_and_answered_in_its_own_months(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = table(tmp_path / "a.csv", [0, 3, 6, 9, 12], [1000, 900, 850, 820, 800], "month")
    line = ["forecast", str(place), "--column", "a", "--model", "sbg", "--json"]
    assert main([*line, "--fit", "9", "--horizon", "18"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["periods"] == [0, 3, 6, 9, 12, 15, 18]
    assert told["fitted_periods"] == 9
    assert told["survival"] == pytest.approx(
        cx.forecast.fit([1000, 900, 850, 820], model="sbg").project(6)["survival"].tolist()
    )
    assert main([*line, "--horizon", "20"]) == 2
    assert "--horizon 20: the table goes by steps of 3 months; 18 or 21" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("year;a\n0;100,0\n1;86,9\n2;74,3\n3;65,3\n", 1000, 0.869),
        ("year;a\n0;1\n1;0,869\n2;0,743\n3;0,653\n", 1000, 0.869),
        ('year,a\n0,"100,0"\n1,"86,9"\n2,"74,3"\n3,"65,3"\n', 1000, 0.869),
        ('year,a\n0,"10,000"\n1,"8,700"\n2,"7,400"\n3,650\n', 10_000, 0.87),
        ("year;a\n0;1.234.000\n1;1.000.000\n2;900.000\n3;800.000\n", 1_234_000, 0.8104),
        ("year;a;b\n0;10.000;1,5\n1;8.700;1,25\n2;7.400;1,2\n3;6.500;1\n", 10_000, 0.87),
        ("year;a\n0;10 000\n1;8 700\n2;7 400\n3;950\n", 10_000, 0.87),
        ("year\ta\n0\t10'000\n1\t8'700\n2\t7'400\n3\t6'500\n", 10_000, 0.87),
        ("year;a\n0;100,0 %\n1;86,9 %\n2;74,3%\n3;65,3 %\n", 1000, 0.869),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, first: float, second: float, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    seen = read_cohort(tmp_path / "a.csv", "a")
    assert seen.customers == first
    assert seen.survival[1] == pytest.approx(second, abs=1e-4)

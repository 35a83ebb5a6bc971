"""What is taken for a cohort, and what is refused: one plain line and exit code 2."""

from __future__ import annotations

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


def test_whole_numbers_that_start_at_100_are_counts_in_python() -> None:
    assert cx.forecast.fit([100, 80, 66, 55, 47]).seen.customers == 100
    assert cx.forecast.fit([100.0, 80, 66, 55, 47]).seen.customers == 1000


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
        ([100.0, 80.0, 90.0, 70.0], "period 2: 90 % rises from 80 %"),
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
    assert any("period 0" in note for note in late.notes)


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

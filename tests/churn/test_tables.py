"""A company's own table: what is made of it, and what is refused in a line."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

import cxsim as cx
from cxsim.churn import prepared, read
from cxsim.churn.tables import typed
from cxsim.cli import main


def test_blanks_in_a_column_of_numbers_are_missing_and_words_stay(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("id,total charges,plan,flag,odd\n1,3.5,a,true,007\n2, ,b,false,1e3\n3,NA,,true,2\n")
    table = read(tmp_path / "t.csv")
    assert table["total charges"].tolist()[0] == 3.5
    assert table["total charges"].isna().tolist() == [False, True, True]
    assert table["plan"].tolist()[:2] == ["a", "b"]
    assert table["plan"].isna().tolist() == [False, False, True]
    assert table["odd"].tolist() == [7.0, 1000.0, 2.0]


def test_csv_and_parquet_hold_the_same(tmp_path: Path, own_table: pd.DataFrame) -> None:
    own_table.to_csv(tmp_path / "t.csv", index=False)
    duckdb.from_df(own_table).write_parquet(str(tmp_path / "t.parquet"))
    pd.testing.assert_frame_equal(read(tmp_path / "t.csv"), read(tmp_path / "t.parquet"))


@pytest.mark.parametrize(("words", "lost"), [
    (("Yes", "No"), "Yes"), (("1", "0"), "1"), (("True", "False"), "True"), (("churned", "retained"), "churned"),
    (("Attrited Customer", "Existing Customer"), "Attrited Customer"), (("gone", "here"), "gone"),
])  # fmt: skip
def test_words_for_lost_are_known(words: tuple[str, str], lost: str) -> None:
    column = [words[k % 2] for k in range(60)]
    found = prepared(typed(pd.DataFrame({"x": range(60), "y": column})), target="y")
    assert found.target.tolist() == [int(word == lost) for word in column]


def _write(folder: Path, name: str) -> tuple[Path, list[str]]:
    n = 60
    random = np.random.default_rng(0)
    table = pd.DataFrame({"id": [f"c{k}" for k in range(n)], "x": random.random(n), "left": [k % 2 for k in range(n)]})
    target = ["--target", "left", "--id", "id"]
    path = folder / "t.csv"
    if name == "no target":
        target = []
    elif name == "unknown target":
        target = ["--target", "lft"]
    elif name == "unknown id":
        target = ["--target", "left", "--id", "idd"]
    elif name == "one class":
        table["left"] = 1
    elif name == "three classes":
        table["left"] = [k % 3 for k in range(n)]
    elif name == "unclear classes":
        table["left"] = ["red" if k % 2 else "blue" for k in range(n)]
    elif name == "target missing":
        table["left"] = None
    elif name == "target with holes":
        table["left"] = [None if k == 7 else k % 2 for k in range(n)]
    elif name == "all missing":
        table["x"] = None
    elif name == "all the same":
        table["x"] = 3
    elif name == "3 rows":
        table = table.head(3)
    elif name == "no rows":
        table = table.head(0)
    elif name == "dates as text":
        table["since"] = [f"2024-{1 + k % 12:02d}-0{1 + k % 9}" for k in range(n)]
    elif name == "formulas in names":
        table["=HYPERLINK(1)"] = 1.0
    elif name == "endless numbers":
        table["x"] = [float("inf") if k == 3 else k for k in range(n)]
    elif name == "truncated":
        path = folder / "t.parquet"
        duckdb.from_df(pd.concat([table] * 400)).write_parquet(str(path))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return path, target
    elif name == "declared larger than it is":
        # a footer that says there are two billion bytes before it
        path = folder / "t.parquet"
        path.write_bytes(b"PAR1" + b"\x15\x04" * 20 + (2_000_000_000).to_bytes(4, "little") + b"PAR1")
        return path, target
    elif name == "not text":
        path.write_bytes(bytes(range(256)) * 50)
        return path, target
    elif name == "empty":
        path.write_text("")
        return path, target
    elif name == "ragged":
        path.write_text("id,x,left\n" + "".join(f"{k},1,{k % 2}\n" for k in range(40)) + '"a,b\n')
        return path, target
    elif name == "dates":
        path = folder / "t.parquet"
        table["since"] = pd.Timestamp("2024-01-01")
        duckdb.from_df(table).write_parquet(str(path))
        return path, target
    elif name == "missing file":
        return folder / "none.csv", target
    elif name == "folder":
        path.mkdir()
        return path, target
    table.to_csv(path, index=False)
    return path, target


BAD = {
    "no target": "--target", "unknown target": 'Did you mean "left"', "unknown id": 'Did you mean "id"',
    "one class": "both kinds are needed", "three classes": "two are needed", "unclear classes": "which of",
    "target missing": "every row is empty", "target with holes": "row 8", "all missing": "nothing is left",
    "all the same": "the same in every row", "3 rows": "too few", "no rows": "has no rows",
    "dates as text": 'column "since" holds dates as text', "formulas in names": "begins as a formula",
    "endless numbers": "row 4", "truncated": "cannot be read", "declared larger than it is": "cannot be read",
    "not text": "t.csv", "empty": "t.csv", "ragged": "t.csv", "dates": "holds dates", "missing file": "no such file",
    "folder": "t.csv",
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_table_gives_a_plain_error_and_exit_code_2(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, options = _write(tmp_path, name)
    before = sorted(tmp_path.rglob("*"))
    for command in (["evaluate", str(path)], ["fit", str(path), "--out", str(tmp_path / "m.skops")]):
        assert main(["churn", *command, *options]) == 2
        caught = capsys.readouterr()
        assert BAD[name] in caught.err
        assert "Traceback" not in caught.err
        assert caught.out == ""
    assert sorted(tmp_path.rglob("*")) == before


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(cx.InputError, match='two columns are named "x"'):
        typed(pd.DataFrame([[1, 2]], columns=["x", "x"]))


def test_columns_that_say_nothing_are_left_out_and_named(own_table: pd.DataFrame) -> None:
    model = cx.churn.fit(own_table, target="left", method="logistic")
    assert [column.name for column in model.columns_] == ["usage per day", "plan", "noise"]
    assert set(model.left_out_) == {"name of account", "always", "usage again"}
    assert "says the same as usage per day" in model.left_out_["usage again"]

"""docs/money.md against the code: its block runs, its columns and outcomes are those that exist."""

from __future__ import annotations

import re
from pathlib import Path

from cxsim.parameters import declared
from cxsim.readings import lifetime_value
from cxsim.readings.lifetime import CONVENTIONS
from cxsim.readings.money import money_frame, money_lines
from cxsim.readings.registry import OUTCOMES, PAYBACK
from cxsim.tally import empty_table

PAGE = Path(__file__).resolve().parents[2] / "docs" / "money.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_block_of_the_page_runs() -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
    exec(compile(block, PAGE.name, "exec"), {"__name__": "money"})


def test_the_page_names_each_column_of_the_ledger_and_no_other() -> None:
    value = {parameter.path: parameter.default for parameter in declared()}.__getitem__
    lines = money_lines(empty_table(("one",), 3), lambda path, segment=None, /: value(path))
    columns = set(money_frame(lines, "2026-01-01", 0.12).columns) - {"month", "date"}
    rows = TEXT.split("| column | what it is |")[1].split("\n\n")[0].splitlines()[2:]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert named == columns


def test_the_page_names_each_outcome_of_an_alternative_and_parameters_that_exist() -> None:
    for name in (*PAYBACK, "cac", "cac_payback", "ltv_to_cac", "clv", "net_benefit"):
        assert f"`{name}`" in TEXT
        assert name in {**OUTCOMES, **PAYBACK}
    paths = {parameter.path for parameter in declared()}
    named = set(re.findall(r"`(economics\.\w+)`", TEXT))
    assert named
    assert named <= paths


def test_the_table_of_conventions_is_right() -> None:
    rows = re.findall(r"^\| `([a-z ]+)`.*\| ([\d.]+) \|$", TEXT, flags=re.MULTILINE)
    assert [name for name, _ in rows] == list(CONVENTIONS)
    for name, said in rows:
        found = lifetime_value(100, retention=0.8, discount_rate=0.12, convention=name)
        assert abs(found - float(said)) < 1e-9

"""The page about the store: its Python runs, its tables name what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from small import study, world

from cxsim.store import Store
from cxsim.streams import Fork
from cxsim.studies.contents import FUTURES, PATHS, Wanted, content_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "store.md"


def test_the_python_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    exec(compile(block, PAGE.name, "exec"), {"__name__": "page"})
    kept = Store.open("my-study").runs()
    assert {run.state for run in kept} == {"finished"}
    assert sorted(run.question["verb"] for run in kept) == ["compare", "uncertain", "uncertain"]


def test_the_query_of_the_page_gives_the_mean_of_an_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import duckdb

    monkeypatch.chdir(tmp_path)
    found = study(3, Store.open("my-study"))
    (query,) = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    means = dict(duckdb.execute(query).fetchall())
    assert means[found.baseline.scenario.hash] == pytest.approx(found.baseline.values("nrr").mean())


def test_the_page_names_each_kind_of_column() -> None:
    found = study(1)
    content = content_of(found.baseline.replications[0], found.baseline.scenario)
    kinds = {name.split(".")[0] for name, _ in content.columns}
    base, fork = world(), Fork(2.0, 1)
    for one in (Wanted(base, 1, 0, kind=PATHS), Wanted(base, 1, 0, kind=FUTURES, fork=fork)):
        made = one.kind.ready(base, None)(1, 0, one.fork)
        kinds |= {name.removeprefix("forked.").split(".")[0] for name, _ in one.content(made).columns}
    kinds -= {"month", "branch"}  # of the fork
    assert {"paths", "future"} < kinds
    text = PAGE.read_text(encoding="utf-8")
    assert {kind for kind in kinds if f"`{kind}.…`" not in text and f"`{kind}`" not in text} == set()

"""The documents against the code: what they name exists, and what exists they name.

`python tests/faces/test_docs.py` writes the tables of docs/events.md anew.
"""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import cxsim
from cxsim import events
from cxsim.eventlog import COLUMNS, ROSTER
from cxsim.interventions import Intervention
from cxsim.parameters import declared
from cxsim.readings import OUTCOMES
from cxsim.rules import LAWS
from cxsim.scenario import Scenario, parse_with

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = (
    "README.md", "CHANGELOG.md", "docs/model.md", "docs/design.md", "docs/events.md", "docs/extending.md",
    "docs/churn.md", "docs/forecasting.md", "docs/money.md", "docs/sensitivity.md", "docs/store.md", "docs/studies.md",
    "experiments/README.md",
)  # fmt: skip
MODULES = sorted(path.stem for path in (ROOT / "cxsim" / "rules").glob("*.py") if path.stem != "__init__")
TABLES = tuple(dict.fromkeys(parameter.path.split(".")[0] for parameter in declared()))
SHELLS = ("sh", "bash", "console", "shell")

WORDS = {
    "stage": (events.STAGES, 0),
    "team": (events.TEAMS, 0),
    "cause": (events.CAUSES, 0),
    "emotion": (events.EMOTIONS, 0),
    "band (not a column)": (events.BANDS, 0),
    "quadrant (not a column)": (events.QUADRANTS, 0),
    "touch (roster)": (events.TOUCHES, 0),
    "punctuality (item of went_live)": (events.PUNCTUALITY, 0),
    "owner (of a kind)": (events.OWNERS, 0),
}


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def kinds_table() -> str:
    """The kinds of happenings, as they are in `cxsim.events`."""
    lines = [
        "| code | kind | value | item | owner | voice | ends the wait since | moves MRR |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for code, kind in events.KINDS.items():
        owner = events.OWNERS[kind.owner] if kind.owner != events.NOBODY else ""
        waits = f"`{events.KINDS[kind.waits].name}`" if kind.waits >= 0 else ""
        money = "yes" if kind.moves_money else ""
        cells = (str(code), f"`{kind.name}`", kind.value, kind.item, owner, kind.voice, waits, money)
        lines.append("|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|")
    return "\n".join(lines)


def codes_table() -> str:
    """The words for codes, as they are in `cxsim.events`."""
    lines = ["| code of | words |", "|---|---|"]
    for name, (words, first) in WORDS.items():
        told = ", ".join(f"{code} {word}" for code, word in enumerate(words, start=first))
        lines.append(f"| {name} | {told} |")
    return "\n".join(lines)


GENERATED = {"kinds": kinds_table, "codes": codes_table}


def generated(name: str, text: str) -> str:
    """What stands between a table's marks."""
    return text.split(f"<!-- {name} -->\n")[1].split(f"\n<!-- end of {name} -->")[0]


def blocks(text: str, *languages: str) -> list[str]:
    """Fenced blocks in these languages, in order."""
    found = re.findall(r"^```(\w*)[ \t]*\n(.*?)^```[ \t]*$", text, flags=re.MULTILINE | re.DOTALL)
    return [body for language, body in found if language in languages]


def section_of(module: str) -> str:
    """The part of docs/model.md about one module of laws."""
    parts = re.split(r"^#{2,4} ", read("docs/model.md"), flags=re.MULTILINE)
    found = [part for part in parts if f"`rules/{module}.py`" in part.splitlines()[0]]
    assert len(found) == 1, f"docs/model.md has {len(found)} sections about rules/{module}.py"
    return found[0]


def law_rows(module: str) -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", section_of(module), flags=re.MULTILINE)


@pytest.mark.parametrize("module", MODULES)
def test_the_model_page_names_each_law_of_a_module_once_and_no_other(module: str) -> None:
    laws = [name for name, law in LAWS.items() if law.__module__ == f"cxsim.rules.{module}"]
    assert sorted(law_rows(module)) == sorted(laws)


@pytest.mark.parametrize("page", PAGES)
def test_a_parameter_that_a_page_names_exists(page: str) -> None:
    paths = {parameter.path for parameter in declared()}
    named = re.findall(rf"`((?:{'|'.join(TABLES)})\.[\w…]+)`", read(page))
    for name in named:
        if name.endswith(".py"):
            continue
        pattern = re.escape(name).replace("…", r"\w+")
        assert any(re.fullmatch(pattern, path) for path in paths), f"{page}: there is no parameter {name}"


@pytest.mark.parametrize("table", TABLES)
def test_the_model_page_mentions_each_table_of_parameters(table: str) -> None:
    assert re.search(rf"^\| `{table}` \|", read("docs/model.md"), flags=re.MULTILINE)


def test_the_model_page_names_each_outcome() -> None:
    text = read("docs/model.md")
    by_cause = {f"{cause}_churn_share" for cause in events.CAUSES}
    assert [name for name in OUTCOMES if name not in by_cause and f"`{name}`" not in text] == []


def test_the_model_page_follows_the_order_of_stress_des() -> None:
    heads = re.findall(r"^## (.+)$", read("docs/model.md"), flags=re.MULTILINE)
    assert heads[:6] == [
        "1 Objectives", "2 Logic", "3 Data", "4 Experimentation", "5 Implementation", "6 Code access",
    ]  # fmt: skip


@pytest.mark.parametrize("name", GENERATED)
def test_the_tables_of_the_events_page_are_those_of_the_code(name: str) -> None:
    assert generated(name, read("docs/events.md")) == GENERATED[name](), "run: python tests/faces/test_docs.py"


@pytest.mark.parametrize(("heading", "columns"), [("Columns of the log", COLUMNS), ("Columns of the roster", ROSTER)])
def test_the_events_page_has_each_column_with_its_type(heading: str, columns: dict[str, str]) -> None:
    part = read("docs/events.md").split(f"## {heading}\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \| (\w+) \|", part, flags=re.MULTILINE) == list(columns.items())


@pytest.mark.parametrize("page", PAGES)
def test_relative_links_lead_somewhere(page: str) -> None:
    here = (ROOT / page).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", read(page)):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        goal = here / path if path else ROOT / page
        assert goal.exists(), f"{page}: {target} leads nowhere"
        if anchor:
            assert anchor in anchors(goal.read_text(encoding="utf-8")), f"{page}: {target} has no such heading"


def anchors(text: str) -> set[str]:
    """Anchors that a reader of Markdown makes of headings."""
    heads = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_holds_no_path_of_a_machine(page: str) -> None:
    assert re.search(r"(?<![\w.<])/(?:home|root|work|tmp|Users)/", read(page)) is None


def test_the_first_shell_block_of_the_readme_runs_the_demo_and_the_second_the_tests() -> None:
    first, second = blocks(read("README.md"), *SHELLS)[:2]
    for block in (first, second):
        lines = block.splitlines()
        assert lines[:2] == ["python3 -m venv .venv", ". .venv/bin/activate"]
        assert lines[2].startswith("pip install")
        assert len(lines) == 4
    assert first.splitlines()[3] == "cxsim demo"
    assert second.splitlines()[3] == "python -m pytest"


def test_the_python_of_the_readme_asks_for_public_names_only() -> None:
    used = [
        node.attr
        for block in blocks(read("README.md"), "python")
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "cx"
    ]
    assert used
    assert set(used) <= set(cxsim.__all__)


def test_the_scenario_of_the_readme_is_sound(tmp_path: Path) -> None:
    world, lever = blocks(read("README.md"), "toml")
    (tmp_path / "mine.toml").write_text(world, encoding="utf-8")
    (tmp_path / "welcome-call.toml").write_text(lever, encoding="utf-8")
    scenario = Scenario.load(tmp_path / "mine.toml")
    assert set(tomllib.loads(world)) >= {"extends", "name"}
    treated = scenario.with_(tmp_path / "welcome-call.toml", start=3)
    assert isinstance(treated.interventions[-1], Intervention)


def test_the_levers_of_the_readme_exist() -> None:
    given = re.findall(r"--with (\S+)", " ".join(blocks(read("README.md"), *SHELLS)))
    assert given
    base = Scenario.load("b2b-saas")
    for text in given:
        if ".toml" in text:
            continue
        scenario = base
        for lever, settings in parse_with(text):
            scenario = scenario.with_(lever, **settings)


def test_the_map_in_the_readme_shows_rooms_that_exist() -> None:
    (house,) = (block for block in blocks(read("README.md"), "text") if block.startswith("cxsim/"))
    rooms = re.findall(r"[\w*]+(?:\.py|/)", house.split("\n", 1)[1])
    assert len(rooms) > 10
    assert [room for room in rooms if not list((ROOT / "cxsim").rglob(room.rstrip("/")))] == []


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert project["version"] == cxsim.__version__
    assert f"version: {cxsim.__version__}" in read("CITATION.cff")
    assert f"[{cxsim.__version__}]" in read("CHANGELOG.md")


if __name__ == "__main__":
    page = DOCS / "events.md"
    text = page.read_text(encoding="utf-8")
    for name, table in GENERATED.items():
        text = text.replace(generated(name, text), table())
    page.write_text(text, encoding="utf-8")

"""`cxsim.__all__` is the truth: what is named is there, documented, and costs nothing until it is used."""

from __future__ import annotations

import importlib
import inspect
import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

import cxsim as cx

HEAVY = ("simpy", "numba", "pandas", "scipy", "sklearn", "matplotlib", "numpy", "pydantic", "duckdb", "typer")
# what faces.md promises, and the module in which each stands once it is built
PROMISED = {
    "Scenario": "cxsim.scenario", "simulate": "cxsim.engines", "EventLog": "cxsim.eventlog",
    "health": "cxsim.scorecard", "readings": "cxsim.readings", "compare": "cxsim.studies.experiment",
    "plots": "cxsim.plots", "churn": "cxsim.churn", "forecast": "cxsim.forecast", "diff": "cxsim.eventlog.diff",
}  # fmt: skip


def _built(name: str) -> bool:
    """Is the module behind a public name there?"""
    room = PROMISED.get(name) or getattr(cx, "_ROOMS", {}).get(name, "")
    try:
        return not room or find_spec(room) is not None
    except ModuleNotFoundError:
        return False


def test_all_is_sorted_without_doubles() -> None:
    names = [name for name in cx.__all__ if not name.startswith("__")]
    assert len(set(cx.__all__)) == len(cx.__all__)
    assert names == sorted(names, key=lambda n: (not n[0].isupper(), n)) or names == sorted(names)


@pytest.mark.parametrize("name", cx.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    if not _built(name):
        pytest.skip(f"{name} is not built yet")
    thing = getattr(cx, name)
    if name == "__version__":
        assert re.fullmatch(r"\d+\.\d+\.\d+\S*", thing)
        return
    assert (inspect.getdoc(thing) or "").strip()
    if inspect.isfunction(thing):
        doc = inspect.getdoc(thing) or ""
        for argument in inspect.signature(thing).parameters:
            assert argument in doc, f"{name} does not say what {argument} is"


@pytest.mark.parametrize("name", [n for n in PROMISED if n not in ("churn", "forecast")])
def test_names_that_faces_promise_are_exported(name: str) -> None:
    assert name in cx.__all__


@pytest.mark.parametrize("name", ["churn", "forecast"])
def test_names_still_to_come_are_exported_once_they_are_built(name: str) -> None:
    assert (name in cx.__all__) or not _built(name)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        cx.nonsense  # noqa: B018


def test_dir_shows_the_face() -> None:
    assert set(cx.__all__) <= set(dir(cx))


def test_importing_cxsim_loads_nothing_heavy() -> None:
    code = f"import sys; import cxsim; print([m for m in {HEAVY!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_loading_and_editing_a_scenario_loads_no_engine() -> None:
    code = (
        "import sys; import cxsim as cx; cx.Scenario.load('b2b-saas').set('churn.value_base', 0.002);"
        "print([m for m in ('simpy', 'numba', 'pandas', 'scipy', 'sklearn', 'matplotlib') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_verbs_take_keywords_after_their_first_argument() -> None:
    for name in ("simulate", "compare", "run"):
        if name not in cx.__all__ or not _built(name):
            continue
        kinds = [p.kind for p in inspect.signature(getattr(cx, name)).parameters.values()]
        assert kinds[0] in (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.POSITIONAL_ONLY)
        assert set(kinds[1:]) <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_POSITIONAL}


def test_the_worked_example() -> None:
    h = cx.health(client_outcome=6.5, experience=8.2)
    assert h.score == pytest.approx(14.7, abs=1e-12)
    assert (h.band, h.quadrant) == ("amber", "happy and successful")


@pytest.mark.parametrize(
    "bad", [{"client_outcome": 10.1}, {"experience": -0.1}, {"experience": float("nan")}, {"stage": "x"}]
)
def test_a_bad_score_is_refused_by_name(bad: dict[str, object]) -> None:
    with pytest.raises(cx.InputError, match=next(iter(bad))):
        cx.health(**{"client_outcome": 5.0, "experience": 5.0, **bad})  # type: ignore[arg-type]


def test_the_package_is_typed() -> None:
    assert (importlib.resources.files("cxsim") / "py.typed").is_file()


def test_the_readings_that_faces_name_are_there_once_built() -> None:
    if not _built("readings"):
        pytest.skip("readings are not built yet")
    named = {n for n in ("retention", "survival", "revenue", "journey", "valuation") if hasattr(cx.readings, n)}
    assert named in (set(), {"retention", "survival", "revenue", "journey", "valuation"})

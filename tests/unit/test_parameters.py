"""Every number of the model: in range, with unit, meaning and source."""

from __future__ import annotations

import importlib
import math
import pkgutil
import re

import pytest

import cxsim.parameters
from cxsim.parameters import Parameter, Source, by_path, declared
from cxsim.parameters.declaration import declare

ALL = declared()
PATHS = [parameter.path for parameter in ALL]


@pytest.mark.parametrize("parameter", ALL, ids=PATHS)
def test_a_parameter_is_declared_in_full(parameter: Parameter) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z][a-z0-9_]*", parameter.path)
    assert parameter.unit.strip()
    assert parameter.meaning.strip()
    assert not parameter.meaning.endswith(".")
    assert -math.inf < parameter.low < parameter.high < math.inf
    assert parameter.low <= parameter.default <= parameter.high
    assert 0.0 <= parameter.spread < parameter.high - parameter.low
    assert not (parameter.per_account and parameter.per_company)
    if parameter.whole:
        assert parameter.default == round(parameter.default)


@pytest.mark.parametrize("parameter", ALL, ids=PATHS)
def test_a_parameter_has_a_source_or_says_why_it_is_assumed(parameter: Parameter) -> None:
    source = parameter.source
    assert source.text.strip()
    if source.is_assumption:
        assert re.fullmatch(r"assumption: .{3,}", source.text)
    assert not source.url or source.url.startswith("https://")
    assert set(source.claims) <= set("abcdefghij")


def test_places_in_the_row_are_the_order_of_declaration_and_paths_are_unique() -> None:
    assert [parameter.index for parameter in ALL] == list(range(len(ALL)))
    assert len(set(PATHS)) == len(PATHS)
    assert {path: parameter.index for path, parameter in by_path().items()} == dict(
        zip(PATHS, range(len(ALL)), strict=True)
    )


def test_each_constant_names_its_own_place() -> None:
    places: dict[int, str] = {}
    for info in pkgutil.iter_modules(cxsim.parameters.__path__):
        module = importlib.import_module(f"cxsim.parameters.{info.name}")
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, int):
                assert value not in places, f"{name} and {places.get(value)} name one place"
                places[value] = name
    assert sorted(places) == list(range(len(ALL)))


def test_every_parameter_is_read_somewhere_outside_its_declaration() -> None:
    from pathlib import Path

    root = Path(cxsim.parameters.__file__).parents[1]
    code = "\n".join(
        path.read_text(encoding="utf-8") for path in root.rglob("*.py") if path.parent.name != "parameters"
    )
    unread = []
    for info in pkgutil.iter_modules(cxsim.parameters.__path__):
        module = importlib.import_module(f"cxsim.parameters.{info.name}")
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, int):
                path = ALL[value].path
                # those of economics are the fields of one object
                ways = (rf"\b{name}\b", re.escape(path), rf"^    {path.removeprefix('economics.')}: float$")
                if not any(re.search(way, code, re.MULTILINE) for way in ways):
                    unread.append(path)
    assert unread == []


@pytest.mark.parametrize(
    ("default", "low", "high", "spread"),
    [
        (2.0, 0.0, 1.0, 0.0),
        (-1.0, 0.0, 1.0, 0.0),
        (math.nan, 0.0, 1.0, 0.0),
        (0.5, 0.0, math.inf, 0.0),
        (0.5, 0.0, 1.0, -1.0),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(default: float, low: float, high: float, spread: float) -> None:
    with pytest.raises(ValueError, match=r"test\.nonsense"):
        declare("test.nonsense", default, "unit", low, high, spread, "assumption: a test", "nothing")
    assert "test.nonsense" not in by_path()


def test_a_second_declaration_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        declare("churn.value_base", 0.5, "unit", 0.0, 1.0, 0.0, "assumption: a test", "nothing")


def test_declared_numbers_are_handed_out_as_copies() -> None:
    by_path().clear()
    assert by_path()
    assert Source("assumption: a test").is_assumption
    assert not Source("Cox 1972").is_assumption

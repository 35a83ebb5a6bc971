"""Ten claims are registered, each with all that it takes to judge it, and judged by one rule."""

from __future__ import annotations

import math

import pytest

from cxsim.errors import InputError
from cxsim.studies.claims import CLAIMS, Answer, Axis, Cell, Claim
from cxsim.studies.claims.provenance import statuses
from cxsim.studies.claims.region import where
from cxsim.studies.claims.registry import chosen

LETTERS = "abcdefghij"
STATUS = {
    "a": "assumed", "b": "assumed", "c": "calibrated", "d": "emergent", "e": "assumed",
    "f": "assumed", "g": "emergent", "h": "emergent", "i": "emergent", "j": "emergent",
}  # fmt: skip


def answer(*cells: Cell) -> Answer:
    return Answer(cells[0], cells, "")


def cell(low: float, high: float, plausible: bool = True, **at: float | str) -> Cell:
    return Cell(at, (low + high) / 2, low, high, plausible)


def test_the_ten_claims_stand_in_the_order_of_their_letters() -> None:
    assert "".join(CLAIMS) == LETTERS
    assert all(claim.id == letter for letter, claim in CLAIMS.items())


@pytest.mark.parametrize("letter", LETTERS)
def test_a_claim_says_what_is_measured_of_whom_against_what_and_what_was_put_in(letter: str) -> None:
    claim = CLAIMS[letter]
    for text in (
        claim.words, claim.short, claim.quoted, claim.rule, claim.population, claim.put_in, claim.source.text,
        claim.estimand.words, claim.estimand.unit,
    ):  # fmt: skip
        assert text.strip()
    assert len(claim.short) <= 45
    assert claim.quoted_low <= claim.quoted_high
    assert 0.0 <= claim.tolerance < math.inf
    assert claim.horizon_months > 0
    assert claim.estimand.worlds
    assert len({axis.name for axis in claim.axes}) == len(claim.axes)


@pytest.mark.parametrize("letter", LETTERS)
def test_the_status_of_each_claim_is_what_its_sources_say(letter: str) -> None:
    claim = CLAIMS[letter]
    found = statuses(claim)
    assert found[claim.estimand.words] == STATUS[letter]


def test_shares_of_causes_are_calibrated_but_what_comes_of_removing_a_cause_is_emergent() -> None:
    claim = CLAIMS["c"]
    assert list(statuses(claim).values()) == ["calibrated", "emergent"]
    assert claim.others[0].apart


def test_unknown_letters_are_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match=r"claim 'z': there is none; there are a, b, c"):
        chosen(["a", "z"])
    with pytest.raises(InputError, match="none was named"):
        chosen([])
    assert [claim.id for claim in chosen(["d", "a"])] == ["a", "d"]


def test_a_claim_holds_only_if_it_does_at_every_plausible_setting() -> None:
    claim = CLAIMS["f"]  # 5 to 25, without tolerance
    assert claim.verdict(answer(cell(6, 7), cell(8, 20))) == "holds"
    assert claim.verdict(answer(cell(6, 7), cell(30, 40, plausible=False))) == "holds"
    assert claim.verdict(answer(cell(6, 7), cell(24, 26))) == "depends"
    assert claim.verdict(answer(cell(1, 2), cell(6, 7))) == "depends"


def test_a_claim_fails_only_if_it_does_at_every_setting_plausible_or_not() -> None:
    claim = CLAIMS["f"]
    assert claim.verdict(answer(cell(1, 2), cell(26, 30))) == "fails"
    assert claim.verdict(answer(cell(1, 2), cell(6, 7, plausible=False))) == "depends"
    assert claim.verdict(answer(cell(1, 2), cell(4, 6))) == "depends"


def test_a_claim_that_something_can_happen_holds_if_it_does_at_one_plausible_setting() -> None:
    claim = CLAIMS["g"]  # over 50 %
    assert claim.says_can
    assert claim.verdict(answer(cell(0.1, 0.2), cell(0.58, 0.60))) == "holds"
    assert claim.verdict(answer(cell(0.1, 0.2), cell(0.58, 0.60, plausible=False))) == "depends"
    assert claim.verdict(answer(cell(0.1, 0.2), cell(0.48, 0.60))) == "depends"
    assert claim.verdict(answer(cell(0.1, 0.2), cell(0.3, 0.4))) == "fails"
    assert [one.id for one in CLAIMS.values() if one.says_can] == ["g"]


def part(cause: str, quoted: float | None, value: float) -> Cell:
    return Cell({"cause": cause, "world": "here"}, value, value - 0.01, value + 0.01, quoted=quoted)


def test_each_part_of_a_claim_is_held_to_its_own_number_and_one_that_misses_is_named() -> None:
    claim = CLAIMS["c"]
    whole, right = part("all three together", None, 0.54), part("onboarding", 0.23, 0.24)
    good = answer(whole, right, part("relationship", 0.16, 0.15), part("service", 0.14, 0.14))
    assert claim.verdict(good) == "holds"
    # their sum is as quoted, and yet two of them are not
    swapped = answer(
        whole, part("onboarding", 0.23, 0.31), part("relationship", 0.16, 0.08), part("service", 0.14, 0.14)
    )
    assert claim.verdict(swapped) == "depends"
    said = where(claim, swapped.cells)
    assert "Fails at cause: onboarding or relationship (2 of 4 settings)." in said
    assert claim.verdict(answer(part("all three together", None, 0.58), right)) == "depends"
    assert claim.verdict_at(part("onboarding", 0.23, 0.27)) == "undecided"


def test_an_interval_that_crosses_an_end_of_the_range_decides_nothing() -> None:
    claim = CLAIMS["a"]  # 12 %, give or take a point
    assert claim.verdict_at(cell(0.115, 0.125)) == "holds"
    assert claim.verdict_at(cell(0.105, 0.125)) == "undecided"
    assert claim.verdict_at(cell(0.10, 0.109)) == "fails"
    assert claim.verdict_at(Cell({}, math.nan, math.nan, math.nan)) == "undecided"


SIZE, PLACE = Axis("size", "share"), Axis("place")


def swept(claim: Claim, good: set[tuple[float, str]]) -> str:
    """Where a claim of range 5 to 25 holds, if it does at these settings of a sweep of twelve."""
    cells = [
        cell(*((6.0, 7.0) if (size, place) in good else (1.0, 2.0)), size=size, place=place)
        for size in (0.1, 0.2, 0.3, 0.4)
        for place in ("here", "there", "elsewhere")
    ]
    from dataclasses import replace

    return where(replace(claim, axes=(SIZE, PLACE)), cells)


def test_a_region_is_told_by_the_axis_that_tells_it_shortest() -> None:
    claim = CLAIMS["f"]
    everywhere = {(size, place) for size in (0.1, 0.2, 0.3, 0.4) for place in ("here", "there", "elsewhere")}
    assert swept(claim, everywhere) == "Holds at all 12 settings swept."
    assert swept(claim, set()) == "Fails at all 12 settings swept."
    large = {one for one in everywhere if one[0] > 0.15}
    assert swept(claim, large) == "Holds at size 20 % to 40 % (9 of 12 settings). Fails at the other 3."
    near = {one for one in everywhere if one[1] != "elsewhere"}
    assert swept(claim, near) == "Holds at place: here or there (8 of 12 settings). Fails at the other 4."
    corner = {one for one in near if one[0] > 0.25}
    assert (
        swept(claim, corner)
        == "Holds at size 30 % or 40 %, place: here or there (4 of 12 settings). Fails at the other 8."
    )


def test_numbers_that_fare_alike_are_not_told_as_a_run_across_one_that_does_not() -> None:
    ends = {(size, place) for size in (0.1, 0.4) for place in ("here", "there", "elsewhere")}
    said = swept(CLAIMS["f"], ends)
    assert said == "Holds at size 10 %; size 40 % (6 of 12 settings). Fails at the other 6."


def test_what_the_axes_do_not_tell_apart_is_not_decided() -> None:
    from dataclasses import replace

    claim = replace(CLAIMS["f"], axes=(PLACE,))
    assert "Not decided" in where(claim, [cell(6, 7, place="here"), cell(1, 2, place="here")])

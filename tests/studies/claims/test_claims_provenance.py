"""What went in is never called emergent: letters are planted where numbers enter, and the audit must refuse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cxsim.errors import InputError
from cxsim.levers import load_lever
from cxsim.parameters import Source, by_path, declaration
from cxsim.scenario import Scenario
from cxsim.studies.claims import CLAIMS, audit, registry
from cxsim.studies.claims.claim import Answer, Beside, Cell
from cxsim.studies.claims.provenance import check_beside, leaning, status_of, statuses, touches


def world_with(folder: Path, text: str) -> Scenario:
    path = folder / "planted.toml"
    path.write_text(f'extends = "b2b-saas"\n{text}', encoding="utf-8")
    return Scenario.load(path)


@pytest.mark.parametrize("letter", "dghij")
def test_a_number_of_the_world_that_carries_the_letter_is_refused_as_emergent(letter: str, tmp_path: Path) -> None:
    world = world_with(tmp_path, f'[outcome]\nspeed = {{ value = 0.3, source = "as quoted", claims = ["{letter}"] }}\n')
    found = touches(letter, (world,))
    assert "outcome.speed" in [touch.place for touch in found]
    with pytest.raises(InputError, match=r"declared emergent, but is assumed: outcome.speed of planted carries"):
        status_of(letter, CLAIMS[letter].estimand, found)


def test_a_target_that_carries_the_letter_is_refused_as_emergent(tmp_path: Path) -> None:
    world = world_with(
        tmp_path,
        '[[calibration]]\noutcome = "logo_churn_12m"\nlow = 0.5\nhigh = 0.6\nsource = "as quoted"\nclaims = ["g"]\n',
    )
    with pytest.raises(InputError, match=r"declared emergent, but is calibrated: target logo_churn_12m"):
        status_of("g", CLAIMS["g"].estimand, touches("g", (world,)))


def test_a_number_of_one_segment_that_carries_the_letter_is_found(tmp_path: Path) -> None:
    world = world_with(
        tmp_path, '[segments.mid.outcome]\nspeed = { value = 0.3, source = "as quoted", claims = ["h"] }\n'
    )
    assert [touch.place for touch in touches("h", (world,))] == ["segments.mid.outcome.speed"]


def test_a_declared_number_that_carries_the_letter_is_refused_in_every_world(monkeypatch: pytest.MonkeyPatch) -> None:
    known = by_path()["experience.negativity"]
    planted = replace(known, source=replace(known.source, claims=("i",)))
    monkeypatch.setitem(declaration._BY_PATH, known.path, planted)
    monkeypatch.setattr(declaration, "_DECLARED", [planted if p == known else p for p in declaration._DECLARED])
    with pytest.raises(InputError, match=r"claim i: .* is declared emergent, but is assumed: experience.negativity"):
        statuses(CLAIMS["i"])


def test_a_lever_that_carries_the_letter_is_refused_as_emergent() -> None:
    lever = replace(load_lever("adoption-campaign"), sources=(Source("as quoted", claims=("j",)),))
    found = touches("j", (Scenario.load("b2b-saas"),), (lever,))
    with pytest.raises(InputError, match="lever adoption-campaign"):
        status_of("j", CLAIMS["j"].estimand, found)


def test_an_intervention_inside_a_world_counts_as_its_lever() -> None:
    world = Scenario.load("b2b-saas").with_("proactive-outreach")
    assert "lever proactive-outreach" in [touch.place for touch in touches("e", (world,))]


@pytest.mark.parametrize("letter", ["a", "b", "c", "e", "f"])
def test_what_went_in_cannot_be_declared_emergent(letter: str) -> None:
    claim = CLAIMS[letter]
    sold = replace(claim, estimand=replace(claim.estimand, status="emergent"))
    with pytest.raises(InputError, match=f"claim {letter}: .* is declared emergent, but is"):
        statuses(sold)


def test_the_world_set_to_the_retention_that_a_claim_is_quoted_with_cannot_carry_it_as_emergent() -> None:
    claim = CLAIMS["g"]
    world = Scenario.load("membership")
    (target,) = [one for one in world.targets if one.outcome == "logo_churn_annual"]
    assert target.source.claims == ("g",)
    with_it = replace(claim.estimand, worlds=(*claim.estimand.worlds, "membership"))
    with pytest.raises(InputError, match="target logo_churn_annual of membership carries"):
        statuses(replace(claim, estimand=with_it))
    assert list(statuses(claim).values()) == ["emergent", "calibrated"]


def test_nor_is_modesty_accepted_where_nothing_went_in() -> None:
    claim = CLAIMS["h"]
    with pytest.raises(InputError, match="declared assumed, but is emergent"):
        statuses(replace(claim, estimand=replace(claim.estimand, status="assumed")))


def test_an_audit_refuses_before_anything_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(ask: object) -> None:
        raise AssertionError("it ran")

    claim = CLAIMS["f"]
    sold = replace(claim, estimand=replace(claim.estimand, status="emergent"), measure=never)  # type: ignore[arg-type]
    monkeypatch.setattr(registry, "CLAIMS", {"f": sold})
    with pytest.raises(InputError, match="declared emergent"):
        audit(["f"], fast=True)


def test_what_the_paper_of_claim_a_puts_in_is_in_each_of_its_quantities() -> None:
    claim = CLAIMS["a"]
    assert list(statuses(claim).values()) == ["assumed"] * 3
    places = {line.partition(":")[0] for line in leaning(claim)}
    assert {"arrivals.per_month", "churn.involuntary_base", "economics.multiple_slope"} <= places
    assert not {"economics.gross_margin", "economics.acquisition_cost"} & places
    cash, slope = claim.others
    assert ("economics.gross_margin" in cash.apart, "economics.gross_margin" in slope.apart) == (False, True)
    for other in claim.others:
        sold = replace(other, status="emergent")
        with pytest.raises(InputError, match=r"declared emergent, but is assumed: .*churn.involuntary_base of retains"):
            statuses(replace(claim, others=(sold,)))


def test_a_figure_beside_the_estimand_is_no_more_emergent_than_what_is_measured() -> None:
    claim = CLAIMS["a"]
    cell = Cell({}, 0.1, 0.0, 0.2)
    figure = Beside("value of a point at a flat multiple", 0.1, 0.0, 0.2, "share", "assumed")
    check_beside(claim, Answer(cell, (cell,), "", (figure,)), statuses(claim))
    sold = replace(figure, status="emergent")
    with pytest.raises(InputError, match="claim a: “value of a point at a flat multiple” is declared emergent, but "):
        check_beside(claim, Answer(cell, (cell,), "", (sold,)), statuses(claim))
    check_beside(CLAIMS["c"], Answer(cell, (cell,), "", (sold,)), statuses(CLAIMS["c"]))


def test_an_audit_refuses_figures_beside_that_are_sold_as_emergent(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = Cell({}, 0.1, 0.0, 0.2)
    sold = Answer(cell, (cell,), "", (Beside("what was put in", 0.1, 0.0, 0.2, "share", "emergent"),))
    monkeypatch.setattr(registry, "CLAIMS", {"f": replace(CLAIMS["f"], measure=lambda ask: sold)})
    with pytest.raises(InputError, match=r"claim f: “what was put in” is declared emergent, but .* is assumed"):
        audit(["f"], fast=True)


@pytest.mark.parametrize("letter", CLAIMS)
def test_what_is_set_apart_carries_the_letter_and_has_a_reason(letter: str) -> None:
    claim = CLAIMS[letter]
    for estimand in (claim.estimand, *claim.others):
        bare = replace(claim, estimand=replace(estimand, apart={}), others=())
        places = {line.partition(":")[0] for line in _all(bare)}
        for place, why in estimand.apart.items():
            assert len(why) > 20
            assert place in places, f"{place} does not carry ({letter})"


def _all(claim: object) -> list[str]:
    return leaning(claim)  # type: ignore[arg-type]


def test_the_claims_of_parameters_and_levers_are_those_of_the_studies_behind_them() -> None:
    known = by_path()
    assert known["economics.acquisition_cost"].source.claims == ("f",)
    assert known["economics.multiple_slope"].source.claims == ("a",)
    assert known["contract.rescue_service"].source.claims == ("e",)
    assert known["adoption.outreach_wake"].source.claims == ("e",)
    assert known["outcome.usage_ceiling"].source.claims == ("d",)
    assert known["churn.service_base"].source.claims == ("c",)

"""Did it go in, or did it come out? The status of a quantity, worked out from the sources of the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from cxsim import catalogue
from cxsim.errors import InputError
from cxsim.levers import Lever, load_lever
from cxsim.parameters import Source, declared
from cxsim.scenario import Scenario
from cxsim.scenario.fields import place_of
from cxsim.studies.claims.claim import ASSUMED, CALIBRATED, EMERGENT, STATUSES, Answer, Claim, Estimand


@dataclass(frozen=True, slots=True)
class Touch:
    """A number that carries a claim's letter.

    Attributes
    ----------
    place : str
        "churn.value_base", "lever formal-onboarding" or "target grr".
    where : str
        Name of the world or lever.
    source : Source
    is_calibrated : bool
        True for a target, and for a number set so that the output meets one.
    """

    place: str
    where: str
    source: Source
    is_calibrated: bool


def touches(letter: str, worlds: tuple[Scenario, ...], levers: tuple[Lever, ...] = ()) -> list[Touch]:
    """Every number of these worlds and levers whose source carries a claim's letter.

    Parameters
    ----------
    letter : str
    worlds : tuple of Scenario
    levers : tuple of Lever
    """
    found = []
    for world in worlds:
        for parameter in declared():
            for segment in (None, *world.segments):
                own = segment is not None and parameter.path in world.segment_values.get(segment, ())
                source = world.citation(parameter.path, segment)
                if letter in source.claims and (segment is None or own):
                    place = place_of(parameter.path, segment or "")
                    found.append(Touch(place, world.name, source, source.text.startswith("calibrated")))
        found += [
            Touch(f"target {target.outcome}", world.name, target.source, True)
            for target in world.targets
            if letter in target.source.claims
        ]
        found += [
            Touch(f"lever {it.name}", world.name, source, False)
            for it in world.interventions
            for source in it.sources
            if letter in source.claims
        ]
    found += [
        Touch(f"lever {lever.name}", lever.name, source, False)
        for lever in levers
        for source in lever.sources
        if letter in source.claims
    ]
    return found


def met(estimand: Estimand, found: list[Touch]) -> list[Touch]:
    """Those of the numbers that are this quantity itself: all but those that the estimand sets apart with a reason."""
    return [touch for touch in found if touch.place not in estimand.apart]


def status_of(letter: str, estimand: Estimand, found: list[Touch]) -> str:
    """Status of a quantity.

    Parameters
    ----------
    letter : str
        The claim's.
    estimand : Estimand
    found : list of Touch
        What `touches` gives for its worlds and levers.

    Returns
    -------
    str
        "assumed" if a number that carries the letter meets the estimand; "calibrated" if only targets, and numbers set
        to meet them, do; "emergent" if none does.

    Raises
    ------
    InputError
        If the estimand declares another status: an input is never called a finding.
    """
    meeting = met(estimand, found)
    status = EMERGENT
    if meeting:
        status = CALIBRATED if all(touch.is_calibrated for touch in meeting) else ASSUMED
    if estimand.status not in STATUSES:
        raise InputError(f"claim {letter}: {estimand.status!r} is not one of {', '.join(STATUSES)}")
    if estimand.status != status:
        why = "; ".join(dict.fromkeys(f"{touch.place} of {touch.where} carries ({letter})" for touch in meeting))
        raise InputError(
            f"claim {letter}: “{estimand.words}” is declared {estimand.status}, but is {status}: "
            + (why or "no number of its worlds and levers carries the letter")
        )
    return status


def statuses(claim: Claim) -> dict[str, str]:
    """Status of each estimand of a claim, by its words, checked against the sources of its worlds and levers.

    Raises
    ------
    InputError
        If one is declared otherwise than it is.
    """
    found = {}
    for estimand in (claim.estimand, *claim.others):
        worlds = tuple(_world(name) for name in estimand.worlds)
        levers = tuple(load_lever(name) for name in estimand.levers)
        found[estimand.words] = status_of(claim.id, estimand, touches(claim.id, worlds, levers))
    return found


def check_beside(claim: Claim, answer: Answer, known: Mapping[str, str]) -> None:
    """Refuse a figure beside the estimand whose status none of the claim's quantities has.

    Parameters
    ----------
    claim : Claim
    answer : Answer
    known : mapping
        What `statuses` gives for the claim.

    Raises
    ------
    InputError
        If there is one: what follows from numbers that were put in is no more emergent than they are.
    """
    for one in answer.beside:
        if one.status not in known.values():
            raise InputError(
                f"claim {claim.id}: “{one.what}” is declared {one.status}, but what is measured for it is "
                + " or ".join(dict.fromkeys(known.values()))
            )


def leaning(claim: Claim) -> list[str]:
    """What carries the claim's letter and meets its estimand, one line each, with the source."""
    estimand = claim.estimand
    worlds = tuple(_world(name) for name in estimand.worlds)
    found = met(estimand, touches(claim.id, worlds, tuple(load_lever(name) for name in estimand.levers)))
    return list(dict.fromkeys(f"{touch.place}: {touch.source.text}" for touch in found))


@cache
def _world(name: str) -> Scenario:
    return Scenario.load(catalogue.case(name) if name in catalogue.cases() else name)

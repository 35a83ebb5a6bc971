"""Run the registered claims and say of each whether it holds, where, and whether it went in or came out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxsim.studies.claims.ask import Ask, ask_of
from cxsim.studies.claims.claim import Answer, Cell, Claim
from cxsim.studies.claims.provenance import check_beside, leaning, statuses
from cxsim.studies.claims.region import setting_in_words, where
from cxsim.studies.claims.registry import chosen
from cxsim.studies.kept import for_part, kept_in, run_id_of
from cxsim.studies.replications import Progress

if TYPE_CHECKING:
    from cxsim.store import Store

SEED = 2026
STEPS = 1000  # of one claim, for the bar


@dataclass(frozen=True, slots=True)
class Audited:
    """A claim and what came of it.

    Attributes
    ----------
    claim : Claim
    answer : Answer
    status : str
        Of the claim's estimand: "assumed", "calibrated" or "emergent".
    verdict : str
        "holds", "fails" or "depends", see `Claim.verdict`.
    where : str
        The part of the sweep in which it holds, in words.
    seed : int
    fast : bool
        Whether sizes were small.
    run_id : str
        Of the audit in the store; "" where nothing is kept.
    """

    claim: Claim
    answer: Answer
    status: str
    verdict: str
    where: str
    seed: int
    fast: bool
    run_id: str = ""

    def row(self) -> dict[str, Any]:
        """Everything as plain values, in the order in which `cxsim claims --json` prints it."""
        claim, head = self.claim, self.answer.headline
        return {
            "id": claim.id,
            "claim": claim.words,
            "quoted": claim.quoted,
            "quoted_low": claim.quoted_low,
            "quoted_high": claim.quoted_high,
            "simulated": _number(head.value),
            "low": _number(head.low),
            "high": _number(head.high),
            "status": self.status,
            "verdict": self.verdict,
            "where": self.where,
            "finding": self.answer.finding,
            "put_in": claim.put_in,
            "short": claim.short,
            "estimand": claim.estimand.words,
            "unit": claim.estimand.unit,
            "at": dict(head.at),
            "at_words": setting_in_words(claim, head),
            "population": claim.population,
            "horizon_months": claim.horizon_months,
            "tolerance": claim.tolerance,
            "rule": claim.rule,
            "says_can": claim.says_can,
            "at_least": claim.at_least,
            "near": claim.near,
            "source": claim.source.text,
            "url": claim.source.url,
            "leans_on": leaning(claim),
            "set_apart": dict(claim.estimand.apart),
            "sweep": [self._cell(cell) for cell in self.answer.cells],
            "beside": [
                {
                    "what": one.what,
                    "simulated": _number(one.value),
                    "low": _number(one.low),
                    "high": _number(one.high),
                    "unit": one.unit,
                    "status": one.status,
                }
                for one in self.answer.beside
            ],
            "seed": self.seed,
            "fast": self.fast,
        }

    def _cell(self, cell: Cell) -> dict[str, Any]:
        return {
            "at": dict(cell.at),
            "at_words": setting_in_words(self.claim, cell),
            "simulated": _number(cell.value),
            "low": _number(cell.low),
            "high": _number(cell.high),
            "plausible": cell.plausible,
            "quoted": cell.quoted,
            "verdict": self.claim.verdict_at(cell),
        }


def audit(
    claims: Sequence[str] | None = None,
    *,
    seed: int = SEED,
    fast: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
    begun: Callable[[Claim], None] | None = None,
    store: Store | None = None,
) -> list[Audited]:
    """Test quoted claims by simulation.

    Parameters
    ----------
    claims : sequence of str, optional
        Letters, a to j; all unless given.
    seed : int
    fast : bool
        Whether to run few replications: the same formulas and settings, wider intervals.
    workers : int, optional
        Threads; all cores unless given. They change no number.
    progress : callable, optional
        Called with (done, total), in thousandths of a claim.
    begun : callable, optional
        Called with each claim before it is tested.
    store : Store, optional
        Where units are kept, and found instead of run again, to the last bit the same; `cxsim.Store.open()`.

    Returns
    -------
    list of Audited
        In the order of the letters.

    Raises
    ------
    InputError
        If there is no such claim, or one is declared to have another status than the sources of its numbers allow.
    """
    wanted = chosen(claims)
    known = {claim.id: statuses(claim) for claim in wanted}  # before anything is run
    found = []
    question = {"verb": "claims", "names": [claim.id for claim in wanted], "fast": fast}
    with kept_in(store, (), question, seed=seed) as shelf:
        inner = for_part(store, shelf)
        for place, claim in enumerate(wanted):
            if begun is not None:
                begun(claim)
            ask = ask_of(seed, fast, workers, _part(progress, place, len(wanted)), shelf, inner)
            answer = claim.measure(ask)
            check_beside(claim, answer, known[claim.id])
            found.append(_judged(claim, answer, known[claim.id][claim.estimand.words], ask))
            if progress is not None:
                progress((place + 1) * STEPS, len(wanted) * STEPS)
    return found


def _judged(claim: Claim, answer: Answer, status: str, ask: Ask) -> Audited:
    said = where(claim, answer.cells)
    return Audited(claim, answer, status, claim.verdict(answer), said, ask.seed, ask.fast, run_id_of(ask.shelf))


def _part(progress: Progress | None, place: int, n: int) -> Progress | None:
    """A claim's own batches as thousandths of it, never going back."""
    if progress is None:
        return None
    furthest = 0.0

    def moved(done: int, total: int) -> None:
        nonlocal furthest
        # nobody knows how many batches are to come: each takes half of what is left
        furthest = min(furthest + (1.0 - furthest) * 0.5 / max(total, 1), 0.999)
        progress(int((place + furthest) * STEPS), n * STEPS)

    return moved


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None

"""Many alternatives on one page: what each does to the few outcomes that decide, and how probable it is the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cxsim.errors import InputError
from cxsim.readings.registry import OUTCOMES
from cxsim.studies.answers import Comparison
from cxsim.studies.best import Best, best
from cxsim.studies.verdicts import VALUE, verdict

if TYPE_CHECKING:
    import pandas as pd

DECIDE: Final = ("logo_churn_annual", "arr", VALUE, "net_benefit")


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """The alternatives of a comparison, the highest company value first; the baseline stands where its 0 does.

    Attributes
    ----------
    comparison : Comparison
    best : Best or None
        By company value; None with fewer than two replications.
    """

    comparison: Comparison
    best: Best | None

    def rows(self) -> list[dict[str, Any]]:
        """One row an alternative, and one for the baseline.

        Returns
        -------
        list of dict
            `name`, `is_baseline`; `probability_best` with its 95 % interval `probability_best_low` and `_high`: the
            share of replications in which its company value is the highest, None where it cannot be told; `effects`,
            for each outcome of `DECIDE` its `outcome`, `unit`, `difference` from the baseline with the 95 % interval of
            the mean, `low` and `high` (None where it does not exist), and `verdict`.
        """
        found = []
        for place, run in enumerate((self.comparison.baseline, *self.comparison.alternatives)):
            row: dict[str, Any] = {"name": run.name, "is_baseline": place == 0, **self._chance(place)}
            row["effects"] = [self._cell(run.name, outcome) if place else _nothing(outcome) for outcome in DECIDE]
            found.append(row)
        worth = DECIDE.index(VALUE)
        return sorted(found, key=lambda row: -(row["effects"][worth]["difference"] or 0.0))

    def frame(self) -> pd.DataFrame:
        """The rows as a table: for each of `DECIDE` its difference, and `_low`, `_high`, `_verdict`."""
        import pandas as pd

        table = []
        for row in self.rows():
            line = {key: value for key, value in row.items() if key != "effects"}
            for cell in row["effects"]:
                name = cell["outcome"]
                line |= {name: cell["difference"], **{f"{name}_{key}": cell[key] for key in ("low", "high", "verdict")}}
            table.append(line)
        return pd.DataFrame(table)

    def summary(self) -> str:
        """Say which alternative has the highest company value, and how sure that is."""
        if self.best is None:
            return "Which alternative is best cannot be told from so few replications."
        said = self.best.summary()
        return said[0].upper() + said[1:]

    def _chance(self, place: int) -> dict[str, float | None]:
        keys = ("probability_best", "probability_best_low", "probability_best_high")
        if self.best is None:
            return dict.fromkeys(keys)
        told = (self.best.probability, self.best.probability_low, self.best.probability_high)
        return {key: float(values[place]) for key, values in zip(keys, told, strict=True)}

    def _cell(self, name: str, outcome: str) -> dict[str, Any]:
        effect = self.comparison.effect(outcome, name)
        told = {"difference": effect.difference, "low": effect.low, "high": effect.high}
        return {"outcome": outcome, "unit": OUTCOMES[outcome].unit, **told, "verdict": verdict(effect, outcome)}


def overview(comparison: Comparison) -> Overview:
    """Line up the alternatives of a comparison."""
    try:
        return Overview(comparison, best(comparison, outcome=VALUE))
    except InputError:  # fewer than two futures in which every alternative has a value
        return Overview(comparison, None)


def _nothing(outcome: str) -> dict[str, Any]:
    """The baseline against itself."""
    told = dict.fromkeys(("difference", "low", "high"), 0.0)
    return {"outcome": outcome, "unit": OUTCOMES[outcome].unit, **told, "verdict": "same"}

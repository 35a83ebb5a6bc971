"""What can be expected of a forecast from four years in per cent: errors on simulated cohorts of mixed kinds.

    python experiments/forecast_weights/four_years.py

Median error over the three to eight years that follow, and the share of cohorts with an error under 3 %: of the
combination, of sBG and BdW, and of that family which in hindsight was the best. No real series is read.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from cohorts import draw

import cxsim as cx

SEED, COHORTS, KNOWN, NOBODY = 901, 330, 4, 0.01

Reals = npt.NDArray[np.float64]


def errors(number: int) -> list[float] | None:
    """Of the combination, sBG, BdW and the best family; None if the cohort is not one of four years."""
    cohort = draw(np.random.default_rng([SEED, number]), counted=False, most_known=KNOWN)
    if cohort.monthly or cohort.known != KNOWN:
        return None
    made = cx.forecast.fit(cohort.counts[: KNOWN + 1] / 10.0)
    ages = np.arange(KNOWN + 1.0, len(cohort.curve))
    truth = cohort.curve[KNOWN + 1 :] / cohort.curve[KNOWN]
    left = made.seen.survival[-1]

    def error(share: Reals) -> float:
        return float(np.mean(np.abs(share[truth > NOBODY] / truth[truth > NOBODY] - 1.0)))

    alone = {name: one.survival(ages) for name, one in made.fitted.items()}
    joined = [
        one.survival(ages) / one.survival(np.array([float(KNOWN)]))[0] for one in made.fitted.values()
    ]  # fmt: skip
    return [
        error(made.curve(ages) / left), error(alone["sbg"] / left), error(alone["bdw"] / left),
        min(error(share) for share in joined),
    ]  # fmt: skip


if __name__ == "__main__":
    rows: list[list[float]] = []
    number = 0
    while len(rows) < COHORTS:
        number += 1
        found = errors(number)
        if found is not None:
            rows.append(found)
    for name, column in zip(("auto", "sbg", "bdw", "best in hindsight"), np.array(rows).T, strict=True):
        print(f"{name:18} median {100 * np.median(column):.1f} %, under 3 %: {100 * np.mean(column < 0.03):.0f} %")

"""A retention curve of a table without cohorts, and what becomes of losses, customers and revenue along it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from cxsim.errors import InputError, shown
from cxsim.forecast.additions import path, wandering
from cxsim.forecast.ages import Ints, ages, deviations
from cxsim.forecast.curves import FAMILIES, Reals
from cxsim.forecast.flows import Flows
from cxsim.forecast.intervals import Plausible
from cxsim.forecast.shocks import Shocks

if TYPE_CHECKING:
    import pandas as pd

DRAWS: Final = 2000
LEVEL: Final = 0.9
BOUNDS: Final = ("low", "high", "low_50", "high_50")
ENDS: Final = (0.05, 0.95, 0.25, 0.75)
MOST_PERIODS: Final = 400


@dataclass(frozen=True, slots=True, eq=False)
class FlowFit:
    """Retention curves fitted to a table without cohorts.

    Attributes
    ----------
    model : str
        As asked for.
    table : Flows
    possible : mapping of str to Plausible
        Of each family, the curves that the table leaves possible.
    weights : mapping of str to float
        How far each family is believed; they sum to 1.
    kinds : Shocks
        Kinds of shocks that count.
    seed : int
    """

    model: str
    table: Flows
    possible: Mapping[str, Plausible]
    weights: Mapping[str, float]
    kinds: Shocks
    seed: int

    @property
    def provenance(self) -> str:
        """What made it, on one line."""
        from cxsim import __version__

        told = np.concatenate(([self.table.base], self.table.additions, self.table.losses, self.table.ends))
        return (
            f"cxsim {__version__} · forecast {self.model} of a table without cohorts · fitted on periods "
            f"1–{self.table.periods} · data {hashlib.sha256(told.tobytes()).hexdigest()[:12]} · seed {self.seed}"
        )

    def __repr__(self) -> str:
        ranked = sorted(self.weights.items(), key=lambda pair: -pair[1])
        believed = ", ".join(f"{name} {100 * weight:.0f} %" for name, weight in ranked if weight >= 0.005)
        return f"<FlowFit {self.model} ({believed}) of {self.table!r}>"

    @property
    def parameters(self) -> dict[str, dict[str, float]]:
        """Parameters of each family that counts, at the mean of its possible curves' free coordinates."""
        found = {}
        for name in self.weights:
            one, family = self.possible[name], FAMILIES[name]
            found[name] = dict(
                zip(family.parameters, map(float, family.natural(one.weights @ one.points)), strict=True)
            )
        return found

    def curve(self, ages: Reals) -> Reals:
        """Share of those who join together expected to be there at ages, shape (n,): the mean of possible curves."""
        total = np.zeros(len(ages))
        for name, weight in self.weights.items():
            one = self.possible[name]
            total += weight * (one.weights @ np.exp(FAMILIES[name].log_survival(one.points, ages)))
        return total

    def bounds(self, ages: Reals, *, level: float = LEVEL) -> tuple[Reals, Reals]:
        """Interval of the curve itself at ages: shapes (n,), (n,)."""
        rng = np.random.default_rng([self.seed, 5])
        logs = np.concatenate([FAMILIES[name].log_survival(x, ages) for name, x in self._drawn(DRAWS, rng)])
        low, high = np.quantile(np.exp(logs), (0.5 - 0.5 * level, 0.5 + 0.5 * level), axis=0)
        return np.asarray(low), np.asarray(high)

    @property
    def dispersion(self) -> tuple[float, float, float]:
        """How a period's losses spread round their expectation: relative, beside luck; memory; seasons' share of it."""
        rng = np.random.default_rng([self.seed, 5])
        parts = [
            np.asarray(self.kinds.kinds)[self._kinds(self._off(name, x), rng)] for name, x in self._drawn(DRAWS, rng)
        ]
        spread, memory, seasonal = np.concatenate(parts).mean(axis=0)
        return float(spread), float(memory), float(seasonal)

    def _drawn(self, n: int, rng: np.random.Generator) -> list[tuple[str, Reals]]:
        edges = np.round(n * np.cumsum([0.0, *self.weights.values()])).astype(int)
        return [
            (name, self.possible[name].drawn(int(number), rng))
            for name, number in zip(self.weights, np.diff(edges), strict=True)
            if number > 0
        ]

    def _off(self, name: str, x: Reals) -> Reals:
        return deviations(self.table, ages(FAMILIES[name], x, self.table).rates(self.table.additions))[0]

    def _kinds(self, off: Reals, rng: np.random.Generator) -> Ints:
        """A kind of shock for each curve, as likely as the table makes it."""
        logs = self.kinds.densities(off)
        heaps = np.cumsum(np.exp(logs - logs.max(axis=1, keepdims=True)), axis=1)
        return np.asarray((heaps < rng.random((len(off), 1)) * heaps[:, -1:]).sum(axis=1))

    def draws(self, additions: Reals, draws: int = DRAWS) -> dict[str, Reals]:
        """Possible futures.

        Parameters
        ----------
        additions : float array, shape (H,) or (draws, H)
            Who joins in each period to come, in the table's own numbers.
        draws : int

        Returns
        -------
        dict of str to float array, shape (draws, H)
            "losses", "ends", "of_today" (of the ends, those who are customers today), "starts".

        Notes
        -----
        Each draw has its own curve, kind of shocks and luck. It goes on from the last end; today's customers and those
        who join later meet the same shocks. Who joins in a period is counted at its end.
        """
        table, unit = self.table, self.table.unit
        additions = np.broadcast_to(np.asarray(additions, dtype=np.float64), (draws, np.shape(additions)[-1]))
        periods = additions.shape[1]
        rng = np.random.default_rng([self.seed, 4])
        used = 0
        parts: list[tuple[Reals, Reals]] = []
        for name, x in self._drawn(draws, rng):
            one = ages(FAMILIES[name], x, table, periods)
            off, seen = deviations(table, one.rates(table.additions))
            kind = self._kinds(off, rng)
            factor = np.zeros((len(x), periods))
            places = np.flatnonzero(seen).astype(np.float64)
            later = table.periods + np.arange(periods, dtype=np.float64)
            for k in np.unique(kind):
                factor[kind == k] = self.kinds.ahead(int(k), off[kind == k], places, later, rng)
            factor = np.maximum(1.0 + factor, 0.0)
            old = one.there[:, table.periods :]
            stays = old[:, 1:] / np.maximum(old[:, :-1], 1e-300)
            today = _lived(np.full(len(x), table.ends[-1] * unit), 1.0 - (1.0 - stays) * factor, None, rng)
            joining = additions[used : used + len(x)] * unit
            parts.append((today, _lived(np.zeros(len(x)), _young(one.survival, joining, factor), joining, rng)))
            used += len(x)
        today, young = (np.concatenate(column) / unit for column in zip(*parts, strict=True))
        joined = np.rint(additions * unit) / unit
        total = np.column_stack((np.full(draws, table.ends[-1]), today + young))
        losses = total[:, :-1] + joined - total[:, 1:]
        return {"losses": losses, "ends": total[:, 1:], "of_today": today, "starts": total[:, :-1]}

    def project(
        self,
        horizon: int,
        *,
        additions: float | Sequence[float] | None = None,
        uncertain: bool = False,
        arpa: float | None = None,
        growth: float = 0.0,
    ) -> pd.DataFrame:
        """Project losses, customers and revenue.

        Parameters
        ----------
        horizon : int
            H, periods after the last known one.
        additions : float or sequence of float, optional
            Who joins in each period to come, as the asker assumes. Without it, the naive rule of `rule`.
        uncertain : bool
            Let additions leave their path as they did from year to year.
        arpa : float, optional
            Revenue of a customer in the last known period [currency], as the asker assumes.
        growth : float
            Of that, per period: 0.01 for 1 %.

        Returns
        -------
        pandas.DataFrame, one row a period ahead from 1
            `period`, `additions`, then `losses`, `ends` and `of_today` (of those who are customers now), each with
            `_low`, `_high` (90 %), `_low_50`, `_high_50`; with `arpa` also `arpa` and `revenue` (currency in the
            period). Customers in the table's own numbers; `attrs` holds provenance and assumptions.

        Raises
        ------
        InputError
            If a number is not allowed.

        Notes
        -----
        Revenue of a period: arpa·(1 + growth)^h × the mean of customers at its start and end × unit.
        """
        import pandas as pd

        if not isinstance(horizon, int | np.integer) or not 1 <= horizon <= MOST_PERIODS:
            raise InputError(f"horizon {shown(horizon)}: must be a whole number of periods ahead, 1 to {MOST_PERIODS}")
        ahead, said = path(self.table, int(horizon), additions)
        joining = np.broadcast_to(ahead, (DRAWS, horizon))
        if uncertain:
            joining = ahead * wandering(self.table, int(horizon), DRAWS, np.random.default_rng([self.seed, 6]))
            said += ", uncertain as from year to year"
        drawn = self.draws(joining)
        columns: dict[str, Reals] = {"additions": np.asarray(joining.mean(axis=0), dtype=np.float64)}
        assumed = [said]
        if arpa is not None:
            if not (np.isfinite(arpa) and arpa >= 0) or not (np.isfinite(growth) and -1.0 < growth <= 1.0):
                raise InputError(
                    f"arpa {shown(arpa)}, growth {shown(growth)}: arpa must be 0 or more [currency per customer and "
                    "period], growth per period above −1 and at most 1"
                )
            each = arpa * (1.0 + growth) ** np.arange(1, horizon + 1)
            paid = 0.5 * (drawn["starts"] + drawn["ends"]) * self.table.unit * each
            drawn["revenue"] = np.asarray(paid, dtype=np.float64)
            columns["arpa"] = np.asarray(each, dtype=np.float64)
            assumed.append(f"arpa {arpa:.10g}, growing {100 * growth:.10g} % a period")
        for name in ("losses", "ends", "of_today", *(("revenue",) if arpa is not None else ())):
            columns[name] = np.asarray(drawn[name].mean(axis=0))
            ends = np.asarray(np.quantile(drawn[name], ENDS, axis=0), dtype=np.float64)
            columns |= {f"{name}_{end}": v for end, v in zip(BOUNDS, ends, strict=True)}
        frame = pd.DataFrame({"period": np.arange(1, horizon + 1), **columns})
        frame.attrs |= {"provenance": self.provenance, "assumptions": tuple(assumed)}
        return frame

    def base_value(self, *, margin: float, discount: float) -> dict[str, float]:
        """What today's customers are still worth, all together.

        Parameters
        ----------
        margin : float
            Of a customer in a period [currency].
        discount : float
            d, rate per period, above 0 and at most 1.

        Returns
        -------
        dict of str to float
            "value", "low", "high" (90 %) [currency], "periods" that are summed.

        Raises
        ------
        InputError
            If a number is not allowed.

        Notes
        -----
        Σ margin·E[customers of today still there after h periods]/(1 + d)^h, h from 1: the convention "end of period"
        of `cxsim.forecast.value`. The sum ends where discounting leaves less than 1 %, or after 400 periods.
        """
        if not (np.isfinite(margin) and margin >= 0):
            raise InputError(f"margin {shown(margin)}: must be 0 or more [currency per customer and period]")
        if not (np.isfinite(discount) and 0.0 < discount <= 1.0):
            raise InputError(f"discount {shown(discount)}: must be a rate per period above 0, at most 1")
        last = min(MOST_PERIODS, int(np.ceil(np.log(100.0) / np.log1p(discount))))
        there = self.draws(np.zeros(last), 500)["of_today"] * self.table.unit
        worth = margin * there @ (1.0 + discount) ** -np.arange(1.0, last + 1.0)
        low, high = np.quantile(worth, (0.05, 0.95))
        return {"value": float(worth.mean()), "low": float(low), "high": float(high), "periods": float(last)}


def _young(survival: Reals, joining: Reals, factor: Reals) -> Reals:
    """Chance of staying through each period to come of those who joined after today, shape (n, H)."""
    stays = np.ones(factor.shape)
    for h in range(1, factor.shape[1]):
        before = (joining[:, :h] * survival[:, h - 1 :: -1][:, :h]).sum(axis=1)
        after = (joining[:, :h] * survival[:, h:0:-1][:, :h]).sum(axis=1)
        stays[:, h] = after / np.maximum(before, 1e-300)
    return np.asarray(1.0 - (1.0 - stays) * factor)


def _lived(now: Reals, stays: Reals, joining: Reals | None, rng: np.random.Generator) -> Reals:
    """Customers at the end of each period, with the luck of single ones: who joins is counted at its end."""
    there = np.empty(stays.shape)
    number = np.rint(now).astype(np.int64)
    for h in range(stays.shape[1]):
        number = rng.binomial(number, np.clip(stays[:, h], 0.0, 1.0))
        if joining is not None:
            number = number + np.rint(joining[:, h]).astype(np.int64)
        there[:, h] = number
    return there

"""Figures of a comparison: effects, the path of a series, the life of new accounts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from cxsim.plots import style
from cxsim.readings.outcomes import OUTCOMES
from cxsim.studies import findings
from cxsim.studies import quantities as q
from cxsim.studies.answers import Comparison, Run
from cxsim.studies.pairs import Effect
from cxsim.studies.replications import Reals

HEADLINES = (
    "logo_churn_12m", "logo_churn_annual", "grr", "nrr", "accounts", "arr", "company_value_multiple",
    "company_value_dcf", "clv", "net_benefit", "time_to_value", "health_mean", "green_share", "trapped_share",
)  # fmt: skip
FAR, MOST_CUT = 3.0, 3


def provenance(run: Run) -> str:
    """Which run a figure shows, for its footer."""
    from cxsim import __version__

    return (
        f"cxsim {__version__} · world {run.scenario.name} · scenario {run.scenario.hash[:12]} · seed {run.seed} · "
        f"{len(run.replications)} replication{'s' if len(run.replications) > 1 else ''} · {run.horizon} months"
    )


def effects(comparison: Comparison, alternative: str | None = None, outcomes: Sequence[str] = HEADLINES) -> Figure:
    """Each outcome's relative change as a dot with its intervals, against a zero line.

    Parameters
    ----------
    comparison : Comparison
    alternative : str, optional
        The first unless named.
    outcomes : sequence of str
        Those without an effect, or with a baseline of zero, are left out.
    """
    run = comparison.named(alternative)
    rows = []
    for name in outcomes:
        effect = comparison.effect(name, run.name)
        if effect.difference is not None and effect.low is not None and effect.baseline:
            rows.append((name, effect))
    figure, bottom, top = style.sheet(
        findings.headline(comparison, run.name),
        "Change against the baseline, in % of it. Dot and thick line: mean and its 95 % interval; thin line: "
        "5–95 % of single companies. Blue is better, orange worse, grey unclear"
        + ("; arrows: beyond the scale." if _is_cut(rows) else "."),
        provenance(comparison.baseline),
        height=1.6 + 0.3 * max(len(rows), 2),
    )
    ax = style.axes(figure, 0.27, bottom + 0.08, 0.70, top)
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", color="#ececec", linewidth=0.8)
    ax.axvline(0.0, color=style.INK, linewidth=1.0)
    edges = _edges([effect for _, effect in rows])
    ax.set_xlim(*edges)
    for height, (name, effect) in enumerate(reversed(rows)):
        colour = style.VERDICTS[findings.verdict(effect, name)]
        assert effect.baseline is not None
        assert effect.difference is not None
        assert effect.low is not None
        assert effect.high is not None
        scale = 100.0 / abs(effect.baseline)
        if _beyond(ax, height, effect.difference * scale, edges, colour):
            said = q.change_with_interval(effect.difference, effect.low, effect.high, OUTCOMES[name].unit)
            beside(ax, height, said, colour, "right")
            continue
        if effect.future_low is not None and effect.future_high is not None:
            ax.plot(
                [effect.future_low * scale, effect.future_high * scale], [height] * 2, color=colour, lw=1, alpha=0.5
            )
        style.dot(ax, height, effect.difference * scale, effect.low * scale, effect.high * scale, colour)
        said = q.change_with_interval(effect.difference, effect.low, effect.high, OUTCOMES[name].unit)
        beside(ax, height, said, colour, "right")
    ax.set_ylim(-0.6, max(len(rows), 1) - 0.4)
    ax.set_yticks(range(len(rows)))
    ax.set_yticklabels([q.title(name) for name, _ in reversed(rows)], size=style.BODY, color=style.INK)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{q.tick(x, '', signed=True)}{' %' if x else ''}"))
    ax.locator_params(axis="x", nbins=5)
    return figure


def _edges(effects: Sequence[Effect]) -> tuple[float, float]:
    """Ends of the scale, in % of the baseline: those of all rows, but for a few that would press the others to zero.

    A row reaches as far as its thin line. Where at most `MOST_CUT` rows each reach more than `FAR` times as far as all
    the others, the scale is made for the others.
    """
    reach = []
    for effect in effects:
        ends = (effect.difference, effect.low, effect.high, effect.future_low, effect.future_high)
        reach.append([100.0 * one / abs(effect.baseline or 1.0) for one in ends if one is not None])
    # what does not move at all says nothing of how far the others should reach
    far = sorted(most for ends in reach if (most := max(map(abs, ends))) > 0.0)
    every = [end for ends in reach for end in ends]
    most = far[-1] if far else 0.0
    for n_cut in range(1, min(MOST_CUT, len(far) // 2) + 1):
        if far[-n_cut] > FAR * far[-n_cut - 1]:
            most = far[-n_cut - 1]
    within = [end for end in every if abs(end) <= most] + [0.0]
    # where a row is cut, the scale ends as far out as the others do on either side
    low = -most if min(every, default=0.0) < -most else min(within)
    high = most if max(every, default=0.0) > most else max(within)
    room = 0.05 * (high - low) or 1.0
    return low - room, high + room


def _is_cut(rows: Sequence[tuple[str, Effect]]) -> bool:
    """Whether a row's dot lies beyond the scale."""
    low, high = _edges([effect for _, effect in rows])
    return any(not low <= 100.0 * (one.difference or 0.0) / abs(one.baseline or 1.0) <= high for _, one in rows)


def _beyond(ax: Axes, height: float, value: float, edges: tuple[float, float], colour: str) -> bool:
    """Mark a row whose dot lies beyond the scale with an arrow at the edge and its number; say whether it does."""
    if edges[0] <= value <= edges[1]:
        return False
    right = value > edges[1]
    ax.plot(
        [edges[1] if right else edges[0]], [height], ">" if right else "<", color=colour, ms=7, mew=0, clip_on=False
    )
    ax.annotate(
        f"{q.tick(round(value), '', signed=True)} %",
        (edges[1] if right else edges[0], height),
        xytext=(-8 if right else 8, 0),
        textcoords="offset points",
        size=style.SMALL,
        color=colour,
        va="center",
        ha="right" if right else "left",
    )
    return True


def beside(ax: Axes, height: float, text: str, colour: str, side: str) -> None:
    """Write a text beside the axes at a height of theirs."""
    ax.annotate(
        text,
        (1.0 if side == "right" else 0.0, height),
        xycoords=("axes fraction", "data"),
        xytext=(8 if side == "right" else -8, 0),
        textcoords="offset points",
        size=style.BODY,
        color=colour,
        va="center",
        ha="left" if side == "right" else "right",
        annotation_clip=False,
    )


def fan(comparison: Comparison, series: str = "arr", alternative: str | None = None) -> Figure:
    """A series month by month: both arms above, their paired difference below.

    Parameters
    ----------
    comparison : Comparison
    series : str
        "arr" or "accounts".
    alternative : str, optional
        The first unless named.
    """
    run = comparison.named(alternative)
    before, after = comparison.baseline.series(series), run.series(series)
    unit = OUTCOMES[series].unit
    currency = comparison.baseline.scenario.currency
    effect = comparison.effect(series, run.name)
    at = comparison.shows_at(series, run.name)
    name = "ARR" if series == "arr" else "Accounts"
    months, what = comparison.baseline.horizon, f"{name} after {comparison.baseline.horizon} months"
    said = q.change(effect.difference, unit) + (f" {currency} a year" if series == "arr" else "")
    found = findings.verdict(effect, series)
    title = {
        "same": f"{what} is the same with and without {run.name}",
        "unclear": f"{what}: no clear effect of {run.name}",
    }.get(found, f"{what}: {said} with {run.name}" + (f", visible from month {at}" if at else ""))
    figure, bottom, top = style.sheet(
        title,
        "Above: median company, with 50 % and 90 % of companies shaded. Below: difference between the same company "
        "with and without, mean with its 95 % interval (dark) and 90 % of companies (pale).",
        provenance(comparison.baseline),
        height=5.8,
    )
    split = bottom + 0.08 + (top - bottom - 0.08) * 0.38
    upper = style.axes(figure, 0.10, split + 0.035, 0.78, top)
    lower = style.axes(figure, 0.10, bottom + 0.08, 0.78, split - 0.025)
    _levels(upper, before, after, run.name, unit)
    _difference(lower, after - before, unit)
    style.month_axis(upper, months, labelled=False)
    style.month_axis(lower, months)
    for it in comparison.interventions(run.name):
        if 0 < it.start < months:
            style.marker(upper, it.start, f"{it.name} begins")
            break
    if found in ("better", "worse"):
        end = float((after - before)[:, -1].mean())
        style.label_ends(lower, [(end, q.change(effect.difference, unit), style.BLUE)])
    return figure


def _levels(ax: Axes, before: Reals, after: Reals, name: str, unit: str) -> None:
    months = np.arange(before.shape[1])
    for low, high, alpha in ((5, 95, 0.12), (25, 75, 0.22)):
        ax.fill_between(months, *np.percentile(after, (low, high), axis=0), color=style.BLUE, alpha=alpha, lw=0)
    base, other = np.median(before, axis=0), np.median(after, axis=0)
    ax.plot(months, base, color=style.GREY, lw=1.6, ls="--")
    ax.plot(months, other, color=style.BLUE, lw=2.2)
    ax.set_ylim(bottom=0.0)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: q.tick(float(y), unit)))
    ends = [
        (float(other[-1]), f"{_folded(name)} {q.level(float(other[-1]), unit)}", style.BLUE),
        (float(base[-1]), f"baseline {q.level(float(base[-1]), unit)}", style.GREY),
    ]
    style.label_ends(ax, ends)


def _folded(name: str) -> str:
    """A long name on one line: what it begins with."""
    return name if len(name) <= 12 else "with it"


def _difference(ax: Axes, difference: Reals, unit: str) -> None:
    from cxsim.studies.pairs import mean_interval

    months = np.arange(difference.shape[1])
    ax.axhline(0.0, color=style.GREY, lw=1.0, ls="--")
    ax.fill_between(months, *np.percentile(difference, (5, 95), axis=0), color=style.BLUE, alpha=0.12, lw=0)
    if len(difference) > 1:
        low, high, _ = np.array([mean_interval(difference[:, month]) for month in months]).T
        ax.fill_between(months, low, high, color=style.BLUE, alpha=0.4, lw=0)
    ax.plot(months, difference.mean(axis=0), color=style.BLUE, lw=2.0)
    if not difference.any():
        ax.set_ylim(-1.0, 1.0)
        ax.set_yticks([0.0])
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: q.tick(float(y), unit, signed=True)))
    if difference.any():
        ax.locator_params(axis="y", nbins=5)


def retention(comparison: Comparison, alternative: str | None = None) -> Figure:
    """Share of new accounts still there by months since they signed up, in both arms.

    Parameters
    ----------
    comparison : Comparison
    alternative : str, optional
        The first unless named.
    """
    run = comparison.named(alternative)
    base, other = comparison.baseline.survival(), run.survival()
    months = np.arange(len(base))
    shown = np.isfinite(base) & np.isfinite(other)
    year = min(12, int(np.flatnonzero(shown)[-1]))
    said = (f"{100 * other[year]:.1f} %", f"{100 * base[year]:.1f} %")
    found = findings.verdict(comparison.effect(findings.FIRST_YEAR_CHURN, run.name), findings.FIRST_YEAR_CHURN)
    if found in ("better", "worse"):
        title = f"A year on, {said[0]} of new accounts are still there with {run.name}, {said[1]} without"
    else:
        title = f"A year on, no clear difference: {said[0]} of new accounts stay with {run.name}, {said[1]} without"
    figure, bottom, top = style.sheet(
        title,
        "Share of accounts that signed up during the run, by months since sign-up; all replications together. "
        "Dashed grey: baseline.",
        provenance(comparison.baseline),
    )
    ax = style.axes(figure, 0.10, bottom + 0.09, 0.78, top)
    ax.step(months[shown], 100 * base[shown], where="post", color=style.GREY, lw=1.6, ls="--")
    ax.step(months[shown], 100 * other[shown], where="post", color=style.BLUE, lw=2.2)
    ax.set_ylim(0, 100)
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:.0f} %"))
    style.month_axis(ax, int(months[shown][-1]))
    ax.set_xlabel("months since sign-up", size=style.SMALL, color=style.GREY)
    last = int(np.flatnonzero(shown)[-1])
    style.label_ends(
        ax,
        [
            (100 * float(other[last]), f"{_folded(run.name)} {100 * other[last]:.0f} %", style.BLUE),
            (100 * float(base[last]), f"baseline {100 * base[last]:.0f} %", style.GREY),
        ],
    )
    return figure

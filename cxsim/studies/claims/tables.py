"""An audit in words: the table of ten lines, and a page with a paragraph for each claim."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cxsim.studies.quantities import MINUS, NONE, level
from cxsim.studies.quantities import interval as interval_of

Row = Mapping[str, Any]

BEGINS, ENDS = "<!-- claims -->", "<!-- end of claims -->"
_DIGITS: Final = {"correlation": 2, "slope": 1, "times": 2}
_PAGE: Final = """# The claims people quote, and what comes of them here

Written by `cxsim claims --out DIR` (claims.md); every number on this page is simulated, and the same command gives it
again. `cxsim claims --only a,d` tests some of them, `--json` prints everything, the whole sweep included.

**How a verdict is found.** Each claim is registered before it is run: what is measured (the estimand), of whom, over
which time, against which range, and with what tolerance. It is measured at every setting of a sweep, each with a 95 %
interval. At a setting it *holds* if the interval lies within the quoted range, widened by the tolerance; it *fails*
if it lies outside; else it is not decided there. The claim *holds* if it does at every plausible setting (one that says
that something *can* happen, if it does at one of them), *fails* if it fails at every setting, and else *depends*; then
`where` says on what, in words made from the sweep. A claim that holds because its numbers were put in, or because the
worlds were set to meet them, *holds as put in*: that confirms nothing.

**What a status says.** *Assumed*: a number that carries the claim's letter in its source is part of what is measured.
*Calibrated*: the worlds were set so that the output meets the quoted number. *Emergent*: neither; it came out. The
status is worked out from the sources of all numbers of the worlds and levers used, and an estimand that is declared
emergent where one of them meets it is refused. An emergent number is still a number of this model: it follows from
its laws, which are assumptions of form ([model.md](model.md#34-assumptions)).
"""


def said(value: float | None, unit: str) -> str:
    """A value in its unit: 2.9 %, 0.74, 19.50 times."""
    if value is None:
        return NONE
    if unit in _DIGITS:
        return f"{value:.{_DIGITS[unit]}f}{' times' if unit == 'times' else ''}".replace("-", MINUS)
    return level(value, unit)


def interval_said(row: Row) -> str:
    """A value with its interval: 2.9 % [2.9 to 3.0 %]."""
    value, low, high, unit = row["simulated"], row["low"], row["high"], row["unit"]
    if value is None or low is None or high is None or low == high:
        return said(value, unit)
    if unit in _DIGITS:
        digits = _DIGITS[unit]
        inside = f"{low:.{digits}f} to {high:.{digits}f}".replace("-", MINUS)
    else:
        inside = interval_of(low, high, unit, signed=False)
    return f"{said(value, unit)} [{inside}]"


def verdict_said(row: Row) -> str:
    """The verdict of one claim; what went in and comes out again is no success, and is not called one."""
    return (
        f"{row['verdict']} as put in" if row["verdict"] == "holds" and row["status"] != "emergent" else row["verdict"]
    )


def verdicts_said(rows: Sequence[Row]) -> str:
    """The finding: what holds and came out is confirmed; what holds because it was put in is not."""

    def number(verdict: str, *statuses: str) -> int:
        return sum(row["verdict"] == verdict and row["status"] in statuses for row in rows)

    put_in = ("assumed", "calibrated")
    n = number("holds", "emergent")
    counted = [
        (number("depends", "emergent", *put_in), "depends on circumstances", "depend on circumstances"),
        (number("fails", "emergent", *put_in), "fails", "fail"),
        (number("holds", *put_in), "holds because it was put in", "hold because they were put in"),
    ]
    others = ", ".join(f"{many} {one if many == 1 else more}" for many, one, more in counted if many)
    if len(rows) == 1:
        return f"Claim ({rows[0]['id']}) " + (others.removeprefix("1 ") or "is confirmed")
    head = f"{n or 'None'} of {len(rows)} quoted claims {'are' if n > 1 else 'is'} confirmed"
    return f"{head}: {others}" if others else head


def markdown(rows: Sequence[Row]) -> str:
    """The table of a README: one line a claim, between marks by which it is found again."""
    lines = [
        BEGINS,
        "| | claim | quoted | simulated [95 %] | status | verdict | put in |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {row['id']} | {row['short']} | {row['quoted']} | {interval_said(row)} | {row['status']} "
            f"| {verdict_said(row)} | {row['put_in']} |"
            for row in rows
        ),
        ENDS,
    ]
    return "\n".join(line.replace("  ", " ") for line in lines) + "\n"


def page(rows: Sequence[Row]) -> str:
    """A page about the claims: how they are judged, the table, and a section for each.

    Parameters
    ----------
    rows : sequence of mapping
        As `Audited.row` gives them, or as `claims.json` holds them.
    """
    small = "\n**Sizes were small (CXSIM_FAST): intervals are wide.**\n" if any(row["fast"] for row in rows) else ""
    return "\n".join([_PAGE + small, markdown(rows), *(_section(row) for row in rows)])


def _section(row: Row) -> str:
    paragraphs = [
        f"**{verdict_said(row).capitalize()}; {row['status']}.** {row['finding']}",
        f"**Where.** {row['where']}",
        f"**Put in.** {_sentence(row['put_in'])}",
        f"**Measured.** {_sentence(row['estimand'])} Population: {_sentence(row['population'])} "
        f"Horizon: {row['horizon_months']} months. The table shows {interval_said(row)}, at {row['at_words']}. "
        f"Against {row['quoted']}: {_sentence(row['rule'])}",
        f"**Quoted by.** {_sentence(row['source'])}" + (f" <{row['url']}>" if row["url"] else ""),
    ]
    if row["near"]:
        paragraphs.append(f"**Near it.** {_sentence(row['near'])}")
    if row["leans_on"]:
        paragraphs.append(f"Numbers that carry ({row['id']}) and are part of it: {_places(row['leans_on'])}.")
    if row["set_apart"]:
        apart: dict[str, list[str]] = {}
        for place, why in row["set_apart"].items():
            apart.setdefault(why, []).append(f"`{place}`")
        told = "; ".join(f"{', '.join(places)} ({why})" for why, places in apart.items())
        paragraphs.append(f"Numbers that carry ({row['id']}) and are not what is measured: {told}.")
    lines = [f"## ({row['id']}) {row['claim']}", "", *(f"{_filled(text)}\n" for text in paragraphs)]
    if row["beside"]:
        lines += ["| beside it | simulated [95 %] | status |", "|---|---|---|"]
        lines += [f"| {one['what']} | {interval_said(one)} | {one['status']} |" for one in row["beside"]]
        lines.append("")
    return "\n".join(lines)


def _filled(text: str) -> str:
    """A paragraph in lines of a width that is read with ease; names keep their hyphens."""
    return textwrap.fill(text, 118, break_on_hyphens=False, break_long_words=False)


def _places(leans_on: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(f"`{line.partition(':')[0]}`" for line in leans_on))


def _sentence(text: str) -> str:
    """A text as a sentence: with a capital, where it does not begin with a sign, and a full stop."""
    return text[0].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")

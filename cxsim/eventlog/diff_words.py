"""A difference of two logs as a page of plain text."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cxsim import events
from cxsim.eventlog.draws import UNKNOWN

if TYPE_CHECKING:
    from cxsim.eventlog.diff import Difference
    from cxsim.eventlog.origins import Pair

LINES: Final = 40
WIDTH: Final = 98
_COLUMNS, _DRAWS, _STORIES, _BRIEF = 6, 6, 3, 3
_HAPPENING: Final = 56
_NEAR: Final = 4096  # units in the last place up to which two numbers are called neighbours

_HOW: Final = {
    "values": "The same happening, with other values.",
    "more in a": "Log a has a row here that log b has not; then the account's story goes on.",
    "more in b": "Log b has a row here that log a has not; then the account's story goes on.",
    "other": "Another happening.",
    "two": "The stories of two accounts part at the same row.",
    "order": "The same rows in another order: each account's own story goes on unchanged here.",
    "a ends": "Log a ends here, log b goes on.",
    "b ends": "Log b ends here, log a goes on.",
}
_WORDS: Final = {
    "kind": {code: kind.name for code, kind in events.KINDS.items()},
    "team": dict(enumerate(events.TEAMS)),
    "cause": {-1: "none", **dict(enumerate(events.CAUSES))},
    "emotion": {-1: "none", **dict(enumerate(events.EMOTIONS))},
    "stage": dict(enumerate(events.STAGES)),
}


def told(d: Difference) -> str:
    """The text of a `Difference`: at most 40 lines of fewer than 100 characters."""
    if d.equal:
        lines = [f"The logs are equal, bit for bit: {d.rows[0]:,} rows, and the same candidates.", *_origins(d)]
        return "\n".join(_clipped(line) for line in lines)
    above = [*_head(d), *_values(d), "", *_origins(d), *_spread(d)]
    below = _draws(d)
    lines = [*above, *_story(d, LINES - len(above) - len(below)), *below]
    return "\n".join(_clipped(line) for line in lines)


def _clipped(line: str) -> str:
    return line if len(line) <= WIDTH else line[: WIDTH - 1] + "…"


def _head(d: Difference) -> list[str]:
    a, b = d.rows
    if d.row is None:
        return [f"The rows are equal, all {a:,}; the rosters are not."]
    lines = [f"The logs part at row {d.row:,}, month {d.time:.6g} (a has {a:,} rows, b {b:,}).", _HOW[d.how], ""]
    return [*lines, f"  a  {d.happening_a or 'has ended'}", f"  b  {d.happening_b or 'has ended'}", *_later(d)]


def _later(d: Difference) -> list[str]:
    """How accounts go on that part here, in the log that has another account's row here."""
    import pandas as pd

    lines = []
    for _, one in d.accounts[d.accounts["account"].isin(d.parting)].iterrows():
        for log in ("a", "b"):
            row, happening = one[f"row_{log}"], one[f"happening_{log}"]
            if pd.isna(row) and d.how != f"{log} ends":
                lines.append(f"  In {log} there is nothing more of {_who(one['account'])}.")
            elif not pd.isna(row) and row != d.row:
                lines.append(f"  In {log} {_who(one['account'])} goes on with row {row:,}: {happening}.")
    return lines


def _who(account: int) -> str:
    return f"account {account}" if account >= 0 else "the company"


def _values(d: Difference) -> list[str]:
    """What differs between the two rows with which the account goes on, where they have to do with each other."""
    if d.how not in ("values", "other"):
        return []
    cells = [(name, *(_cell(name, value) for value in pair), _apart(pair)) for name, pair in d.columns.items()]
    widths = [max(len(cell[place]) for cell in cells) for place in range(3)]
    lines = [
        f"     {name:<{widths[0]}}  {a:>{widths[1]}}  {b:>{widths[2]}}  {apart}".rstrip()
        for name, a, b, apart in cells[:_COLUMNS]
    ]
    more = ", ".join(cell[0] for cell in cells[_COLUMNS:])
    return [*lines, f"     and in {more}"] if more else lines


def _cell(name: str, value: Any) -> str:
    return f"{value} ({_WORDS[name].get(value, '?')})" if name in _WORDS else repr(value)


def _apart(pair: Pair) -> str:
    """How far two numbers lie from each other."""
    a, b = pair
    if not isinstance(a, float):
        return ""
    if a == b:
        return "the sign of zero"
    if not (math.isfinite(a) and math.isfinite(b)):
        return ""
    # the bits of a double, as a whole number that grows with it
    first, second = (
        bits if bits >= 0 else -(bits + 2**63) for bits in (int(np.float64(x).view(np.int64)) for x in pair)
    )
    ulps = abs(first - second)
    return f"{b - a:+.6g}" if ulps > _NEAR else f"{b - a:+.6g}, {ulps} in units of the last place"


def _origins(d: Difference) -> list[str]:
    """Certificates, scenarios, rosters; and what follows from them."""
    lines = _listed("Certificates differ in ", {k: v for k, v in d.certificates.items() if k != "scenario_hash"}, 3)
    if "scenario_hash" in d.certificates and not d.scenario:
        lines += _listed("Scenarios differ in ", {"hash": d.certificates["scenario_hash"]}, 1)
    lines += _listed("Scenarios differ in ", d.scenario, 3)
    if d.roster is not None:
        r = d.roster
        counts = ((r.unlike, "candidates of both differ"), (r.only_a, "are only in a"), (r.only_b, "are only in b"))
        lines.append("Rosters: " + ", ".join(f"{n:,} {what}" for n, what in counts if n) + ".")
        lines += _listed(f"  The first is account {r.account}: ", r.columns, 2)
    return lines if d.equal else [*lines, _reading(d)]


def _listed(label: str, pairs: Any, most: int) -> list[str]:
    """Pairs of values in a few lines."""
    if not pairs:
        return []
    words = [f"{name} {_short(a)} | {_short(b)}" for name, (a, b) in pairs.items()]
    lines = textwrap.wrap(label + "; ".join(words), WIDTH - 8, subsequent_indent="    ", break_on_hyphens=False)
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1]} …"]


def _short(value: Any) -> str:
    text = "-" if value is None else str(value)
    return text if len(text) <= 24 else text[:12] + "…"


def _reading(d: Difference) -> str:
    luck = [name for name in ("seed", "replication", "branch") if name in d.certificates]
    if luck:
        return f"The luck is not the same ({', '.join(luck)}): anything may differ from the first draw on."
    if "scenario_hash" in d.certificates or d.scenario:
        return "The luck is the same, the scenario is not: what differs follows from the scenario."
    told_by = [name for name in ("engine", "version") if name in d.certificates]
    if told_by:
        return f"Scenario and luck are the same: another {' and '.join(told_by)} tells another story."
    if "horizon_months" in d.certificates or "history_months" in d.certificates:
        return "Scenario and luck are the same, the months simulated are not."
    return "By their certificates the logs are the same run: one was altered, or the run cannot be repeated."


def _spread(d: Difference) -> list[str]:
    """How many stories differ, and the next ones."""
    if d.row is None:
        return []
    company = bool((d.accounts["account"] < 0).any())
    if not d.n_accounts:
        return ["No account's own story differs" + (", only the company's." if company else ".")]
    number = f"{d.n_accounts:,} accounts' stories differ" if d.n_accounts > 1 else "one account's story differs"
    lines = [f"In all, {number}" + (", and the company's" if company else "")]
    others = d.accounts[~d.accounts["account"].isin(d.parting)].head(_STORIES)
    lines[0] += "; next (.accounts has them all):" if len(others) else "."
    for _, one in others.iterrows():
        happenings = " | ".join(one[f"happening_{log}"] or "nothing more" for log in ("a", "b"))
        lines.append(f"  month {one['time']:.6g}, {_who(one['account'])}: {happenings}")
    return lines


def _story(d: Difference, room: int) -> list[str]:
    """What came before, in as many lines as there is room for."""
    accounts = list(dict.fromkeys(d.story["account"].tolist()))
    main = [account for account in accounts if account in d.parting] or accounts
    lines: list[str] = []
    for account in accounts:
        # an account whose row only comes later is told in short
        most = _BRIEF if account not in main else (room - (_BRIEF + 2) * (len(accounts) - len(main))) // len(main) - 2
        if most > 0:
            rows = d.story[d.story["account"] == account].tail(most)
            lines += ["", f"Before it, the same in both logs, {_who(account)} (row, month, happening, health, mrr):"]
            lines += [_told(one) for _, one in rows.iterrows()]
    return lines


def _told(one: Any) -> str:
    words = ", ".join(word for word in (one["happening"], one["details"]) if word)
    line = f"  {one['row']:>9,} {one['time']:>8.3f}  {words[:_HAPPENING]:<{_HAPPENING}}"
    return line.rstrip() if math.isnan(one["health"]) else f"{line} {one['health']:>5.2f} {one['mrr']:>13,.2f}"


def _draws(d: Difference) -> list[str]:
    if d.row is not None and not len(d.draws):
        return ["", "No draw decides these rows: look at the laws, the queues and the clock."]
    cells = [("log", "account", "purpose", "index", "in a", "in b", "what it decides")]
    for _, one in d.draws.head(_DRAWS).iterrows():
        numbers = ["?" if math.isnan(one[name]) else f"{one[name]:.6f}" for name in ("u_a", "u_b")]
        index = str(one["index"]) if one["place"] != UNKNOWN[1] else "?"
        cells.append((one["used_by"], str(one["account"]), one["purpose"], index, *numbers, one["decides"]))
    widths = [max(len(cell[place]) for cell in cells) for place in range(6)]
    sides = ("<", ">", "<", ">", "<", "<")
    lines = ["", "Draws in play, with the numbers at these addresses:"]
    for cell in cells:
        aligned = (f"{word:{side}{width}}" for word, side, width in zip(cell, sides, widths, strict=False))
        lines.append("  " + "  ".join([*aligned, cell[-1]]))
    more = len(d.draws) - _DRAWS
    return [*lines, f"  and {more} more in .draws"] if more > 0 else lines

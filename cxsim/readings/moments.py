"""Moments: where they happen, who owns them, how they feel, how much of experience each owner moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.parameters.experience import USER_VOICE
from cxsim.readings.lives import Lives, lives_of
from cxsim.readings.states import user_voice
from cxsim.readings.values import Value, values_of
from cxsim.rules.experience import experience_moved
from cxsim.tally import MonthlyTable, millionths, place

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

_OWNER = np.full(max(events.KINDS) + 1, events.NOBODY, dtype=np.int64)
_OWNER[list(events.KINDS)] = [known.owner for known in events.KINDS.values()]
_OF_USERS = np.zeros(max(events.KINDS) + 1, dtype=np.bool_)
_OF_USERS[[code for code, known in events.KINDS.items() if known.voice == "user"]] = True
_MOVED = slice(place(f"moved_{events.OWNERS[0]}"), place(f"moved_{events.OWNERS[-1]}") + 1)
# A law is plain arithmetic: what it does with two numbers it does with two columns.
_moved: Any = experience_moved


def owners(kind: Array, team: Array) -> npt.NDArray[np.int64]:
    """Owner of each row (code of `events.OWNERS`), -1 for rows that are no moment; shape of `kind`."""
    owner = _OWNER[kind]
    return np.where((owner != events.NOBODY) & (team == events.DIGITAL_TEAM), events.DIGITAL, owner)


def moments(log: EventLog) -> pd.DataFrame:
    """Moments from month 0 on and their emotions, by stage and owner.

    Returns
    -------
    pandas.DataFrame, one row a stage and owner that had moments
        `stage` (after the moment), `owner`, `n`, `mean_score` (0-10), and the share of each emotion: `angry`,
        `frustrated`, `neutral`, `pleased`, `delighted` (they sum to 1 where every moment carries an emotion).
    """
    import pandas as pd

    columns = log.columns
    owner = owners(columns["kind"], columns["team"])
    at = np.flatnonzero((owner >= 0) & (columns["time"] >= 0))
    stage, who, score, emotion = columns["stage"][at], owner[at], columns["value"][at], columns["emotion"][at]
    rows = []
    for code, number in sorted(set(zip(stage.tolist(), who.tolist(), strict=True))):
        chosen = (stage == code) & (who == number)
        felt = emotion[chosen]
        rows.append({
            "stage": events.STAGES[code],
            "owner": events.OWNERS[number],
            "n": int(chosen.sum()),
            "mean_score": float(score[chosen].mean()),
            **{name: float((felt == mark).mean()) for mark, name in enumerate(events.EMOTIONS)},
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["stage", "owner", "n", "mean_score", *events.EMOTIONS])


def moved(lives: Lives, value: Value) -> tuple[Ints, Ints, Ints]:
    """How far each moment with a customer moved experience, either way.

    Returns
    -------
    three int64 arrays, shape (n,)
        Indices into the rows of `lives`, owner (code of `events.OWNERS`), millionths of a point. Moments with accounts
        that are no customers after them, such as a talk that ends after the account has left, are left out.
    """
    kind = lives.column("kind")
    owner = owners(kind, lives.column("team"))
    rows = np.flatnonzero((owner >= 0) & lives.there)
    of_users, segment = _OF_USERS[kind[rows]], lives.segment[lives.who[rows]]
    points = np.zeros(len(rows))
    for users, voice in ((False, "sponsor"), (True, "user")):
        state = lives.column(voice)
        for number, name in enumerate(lives.log.certificate.segments):
            p = {USER_VOICE: value("experience.user_voice", name)}
            chosen = (of_users == users) & (segment == number)
            # Who is a customer after a moment has an earlier row, by which it became one.
            points[chosen] = _moved(p, users, state[rows[chosen] - 1], state[rows[chosen]])
    return rows, owner[rows], millionths(points)


def experience_shares(table: MonthlyTable, segment: str | None = None) -> npt.NDArray[np.float64]:
    """Share of all that moved experience that each owner controls.

    Parameters
    ----------
    table : MonthlyTable
    segment : str, optional
        One segment instead of all.

    Returns
    -------
    float array, shape (number of `events.OWNERS`,)
        They sum to 1; NaN if nothing moved.

    Raises
    ------
    InputError
        If there is no such segment.

    Notes
    -----
    Only moments with accounts that are customers after them count; `experience_by_owner`, from a log, counts all.
    """
    counts = table.counts if segment is None else table.counts[:, [table.at(segment)]]
    points = counts[:, :, _MOVED].sum(axis=(0, 1))
    whole = points.sum()
    return np.asarray(points / whole if whole else np.full(len(points), np.nan))


def experience_by_owner(log: EventLog, value: Value | None = None) -> pd.DataFrame:
    """How much of what moves experience each owner controls; the row `success` is the success team's share.

    Parameters
    ----------
    log : EventLog
    value : Value, optional
        Values of parameters, if not those of the log's scenario.

    Returns
    -------
    pandas.DataFrame, one row an owner
        `owner`, `moments` (number), `sponsor` and `user` (Σ |change| of that voice, points), `gained` and `lost`
        (points of experience, both ≥ 0), `share` (of Σ |change| of experience over all owners; NaN if nothing moved).

    Notes
    -----
    The change at a moment is the state after it less the state after the account's row before it; experience is the
    weighted mean of the voices, and each moment moves one of them.
    """
    import pandas as pd

    value = value or values_of(log)
    lives = lives_of(log)
    owner = owners(lives.column("kind"), lives.column("team"))
    follows = np.zeros(len(lives.rows), dtype=np.bool_)
    follows[1:] = lives.who[1:] == lives.who[:-1]
    at = np.flatnonzero((owner >= 0) & follows)
    sponsor, user = lives.column("sponsor"), lives.column("user")
    d_sponsor, d_user = sponsor[at] - sponsor[at - 1], user[at] - user[at - 1]
    weight = user_voice(lives, value)[at]
    change = (1.0 - weight) * d_sponsor + weight * d_user

    def by_owner(amount: Array) -> Array:
        return np.bincount(owner[at], weights=amount, minlength=len(events.OWNERS))

    moved = by_owner(np.abs(change))
    return pd.DataFrame({
        "owner": list(events.OWNERS),
        "moments": by_owner(np.ones(len(at))).astype(np.int64),
        "sponsor": by_owner(np.abs(d_sponsor)),
        "user": by_owner(np.abs(d_user)),
        "gained": by_owner(np.maximum(change, 0.0)),
        "lost": by_owner(np.maximum(-change, 0.0)),
        "share": moved / moved.sum() if moved.sum() > 0 else np.nan,
    })  # fmt: skip

"""Moments: where they happen, who owns them, how they feel, how much of experience each owner moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.readings.lives import lives_of
from cxsim.readings.states import user_voice
from cxsim.readings.values import Value, values_of

if TYPE_CHECKING:
    import pandas as pd

    from cxsim.eventlog import EventLog

Array = npt.NDArray[Any]


def owners(kind: Array, team: Array) -> npt.NDArray[np.int64]:
    """Owner of each row (code of `events.OWNERS`), -1 for rows that are no moment; shape of `kind`."""
    table = np.full(max(events.KINDS) + 1, events.NOBODY, dtype=np.int64)
    table[list(events.KINDS)] = [known.owner for known in events.KINDS.values()]
    owner = table[kind]
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

"""From an event log to the monthly table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cxsim import events
from cxsim.eventlog.pairs import latest_start
from cxsim.readings.company import fill_charges, fill_people
from cxsim.readings.lives import Lives, digital_contacts, lives_of, roster_place
from cxsim.readings.moments import moved
from cxsim.readings.spans import TEAM_OF, work
from cxsim.readings.states import bands, quadrants
from cxsim.readings.tenure import early_survivors, tenure_table
from cxsim.readings.values import Value, values_of
from cxsim.sums import TEAM_NAMES
from cxsim.tally import (
    DAYS,
    DAYS_PER_MONTH,
    FIRST_YEAR,
    STAYING,
    MonthlyTable,
    empty_table,
    millionths,
    place,
)

if TYPE_CHECKING:
    from cxsim.eventlog import EventLog

Array = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def monthly(log: EventLog, value: Value | None = None) -> MonthlyTable:
    """Sum a log by month and segment.

    Parameters
    ----------
    log : EventLog
    value : Value, optional
        Values of parameters; those of the scenario in the log's birth certificate unless given. Only the cuts of
        bands and quadrants and the weight of the users' voice are read here.

    Returns
    -------
    MonthlyTable
        Rows at time < 0 are not counted; work begun before month 0 counts from month 0.

    Raises
    ------
    InputError
        If the scenario in the birth certificate is needed and is not sound.

    Notes
    -----
    Which charges are paid once, and which belong to sign-ups, is known from the scenario in the birth certificate;
    where there is no text, all charges count as monthly and none as of sign-ups.
    """
    value = value or values_of(log)
    lives = lives_of(log)
    table = empty_table(log.certificate.segments, lives.horizon)
    _fill_stocks(table, lives, value)
    flows = _Flows(table, lives)
    _fill_movements(flows)
    _fill_costs(flows)
    _fill_health_gap(flows)
    _fill_first_year(flows)
    _fill_experience(flows, value)
    _fill_onboarding(table, lives)
    _fill_work(table, lives)
    fill_people(table, log)
    fill_charges(table, log)
    at_risk, lost = tenure_table(log)
    table.tenure[: len(at_risk)] = np.column_stack((at_risk, lost))
    table.early[:] = early_survivors(log)
    return table


class _Flows:
    """Adds rows of lives into cells of month and segment."""

    def __init__(self, table: MonthlyTable, lives: Lives) -> None:
        self.table, self.lives = table, lives
        self.kind = lives.column("kind")
        self.value = lives.column("value")
        self.mrr = lives.column("mrr")
        self.cell = lives.month * len(table.segments) + lives.segment[lives.who]
        # A stage after the row; a leaving row is set against the stage before it.
        self.stage = lives.column("stage").astype(np.int64)

    def rows(self, *kinds: int) -> Ints:
        """Indices of the rows of some kinds."""
        return np.flatnonzero(np.isin(self.kind, kinds) if len(kinds) > 1 else self.kind == kinds[0])

    def add(self, measure: str, rows: Ints, weight: Array | None = None) -> None:
        """Add rows, each counting one or its weight."""
        add_cells(self.table, measure, self.cell[rows], weight)

    def staying(self, rows: Ints) -> Ints:
        """Stage of each row; what happens to those who are gone is set against adoption."""
        stage = self.stage[rows]
        return np.where(stage < len(STAYING), stage, events.ADOPTION)


def add_cells(table: MonthlyTable, measure: str, cell: Ints, weight: Array | None = None) -> None:
    """Add happenings into cells (month · number of segments + segment) of one measure."""
    shape = table.counts.shape[:2]
    # bincount sums in floating point, which is exact for whole numbers below 2**53.
    total = np.bincount(cell, weights=weight, minlength=shape[0] * shape[1])
    table.counts[:, :, place(measure)] += np.rint(total).astype(np.int64).reshape(shape)


def _fill_stocks(table: MonthlyTable, lives: Lives, value: Value) -> None:
    at = np.maximum(lives.last, 0)
    there = (lives.last >= 0) & lives.there[at] if len(lives.rows) else np.zeros(lives.last.shape, dtype=np.bool_)
    if not len(lives.rows):
        return
    mrr = np.where(there, lives.column("mrr")[at], 0)
    health = lives.column("health")
    band = bands(health, value)[at]
    quadrant = quadrants(lives, value)[at]
    stage = lives.column("stage")[at]

    def put(measure: str, panel: Array, first: int = 0) -> None:
        for number in range(len(table.segments)):
            table.counts[first:, number, place(measure)] = panel[lives.segment == number].sum(axis=0, dtype=np.int64)

    put("active", there)
    put("mrr", mrr)
    put("health", np.where(there, millionths(health)[at], 0))
    for code, name in enumerate(("red", "amber", "green")):
        put(name, there & (band == code))
    for code, name in enumerate(("high_risk", "trapped", "accessible", "happy")):
        put(name, there & (quadrant == code))
    for code, name in enumerate(STAYING):
        put(f"mrr_{name}", np.where(stage == code, mrr, 0))
    if lives.horizon >= FIRST_YEAR:
        then, now, gone = mrr[:, :-FIRST_YEAR], mrr[:, FIRST_YEAR:], there[:, :-FIRST_YEAR] & ~there[:, FIRST_YEAR:]
        put("kept_12", np.minimum(then, now), FIRST_YEAR)
        put("now_12", np.where(there[:, :-FIRST_YEAR], now, 0), FIRST_YEAR)
        put("gone_12", gone, FIRST_YEAR)
        put("gone_mrr_12", np.where(gone, then, 0), FIRST_YEAR)
    signed = lives.first_of(lives.column("kind") == events.SIGNED_UP)
    # whoever did not sign up joined in no month, not even where the horizon is shorter than the first year
    month = np.where(signed >= 0, lives.month[np.maximum(signed, 0)], max(lives.horizon, FIRST_YEAR))
    age = np.arange(lives.horizon + 1)[None, :] - month[:, None]
    put("joined_gone_12", (age >= 1) & (age <= FIRST_YEAR) & ~there)
    _fill_cohorts(table, lives, month, mrr)


def _fill_cohorts(table: MonthlyTable, lives: Lives, month: Ints, mrr: Ints) -> None:
    """Revenue of the first twelve monthly cohorts."""
    kind, value = lives.column("kind"), lives.column("value")
    bought = np.flatnonzero((kind == events.PURCHASED) & (month[lives.who] < FIRST_YEAR))
    who = lives.who[bought]
    np.add.at(
        table.cohorts[:, :, :, 1],
        (month[who], lives.month[bought], lives.segment[who]),
        np.rint(value[bought]).astype(np.int64),
    )
    young = np.flatnonzero(month < FIRST_YEAR)
    cell = month[young] * len(table.segments) + lives.segment[young]
    for code in np.unique(cell):
        cohort, segment = divmod(int(code), len(table.segments))
        table.cohorts[cohort, :, segment, 0] = mrr[young[cell == code]].sum(axis=0)


def _fill_movements(flows: _Flows) -> None:
    signed, left = flows.rows(events.SIGNED_UP), flows.rows(*events.LEAVING)
    referred = signed[flows.lives.log.roster["referred"][flows.lives.place[flows.lives.who[signed]]] != 0]
    flows.add("new", signed)
    flows.add("new_mrr", signed, flows.value[signed])
    flows.add("new_referred", referred)
    flows.add("new_mrr_referred", referred, flows.value[referred])
    flows.add("churned", left)
    flows.add("churned_mrr", left, flows.value[left])
    cause = flows.lives.column("cause")[left]
    for code, name in enumerate(events.CAUSES):
        flows.add(f"churned_{name}", left[cause == code])
    before = flows.stage[np.maximum(left - 1, 0)]
    before = np.where(before < len(STAYING), before, events.ADOPTION)
    for code, name in enumerate(STAYING):
        chosen = left[before == code]
        flows.add(f"lost_{name}", chosen, -flows.value[chosen])
    back = flows.rows(events.RETURNED)
    flows.add("returned", back)
    flows.add("reactivated_mrr", back, flows.value[back])
    moved = flows.rows(events.EXPANDED, events.CONTRACTED, events.RENEWED)
    change = flows.value[moved]
    flows.add("expansion_mrr", moved, np.maximum(change, 0.0))
    flows.add("contraction_mrr", moved, np.minimum(change, 0.0))
    expanded = flows.rows(events.EXPANDED)
    flows.add("expanded_mrr", expanded, flows.value[expanded])

    ended = flows.rows(events.RENEWED, events.LAPSED)
    # Monthly contracts write RENEWED once a year for the price step; no term ends there.
    ended = ended[flows.lives.log.roster["term"][flows.lives.place[flows.lives.who[ended]]] > 1]
    due = flows.mrr[ended] - flows.value[ended]
    flows.add("renewal_due", ended, due)
    flows.add("renewal_kept", ended, np.minimum(due, flows.mrr[ended]))


def _fill_costs(flows: _Flows) -> None:
    bought = flows.rows(events.PURCHASED)
    flows.add("purchases", bought, np.rint(flows.value[bought]))
    treated = flows.rows(events.TREATED)
    stage = flows.staying(treated)
    contacts = digital_contacts(flows.lives)
    where = flows.staying(contacts)
    for code, name in enumerate(STAYING):
        chosen = treated[stage == code]
        flows.add(f"treated_{name}", chosen, np.rint(flows.value[chosen]))
        flows.add(f"digital_{name}", contacts[where == code])
    # An account is treated at its sign-up or at a review, and no review falls on the sign-up.
    time, signed = flows.lives.column("time"), flows.lives.first_of(flows.kind == events.SIGNED_UP)
    signed = signed[flows.lives.who[treated]]
    joining = treated[(signed >= 0) & (time[signed] == time[treated])]
    flows.add("treated_sign_up", joining, np.rint(flows.value[joining]))


def _fill_health_gap(flows: _Flows) -> None:
    reviews = flows.rows(events.REVIEW)
    gap = flows.lives.column("observed")[reviews] - flows.lives.column("health")[reviews]
    flows.add("reviews", reviews)
    flows.add("gap", reviews, millionths(gap))
    flows.add("gap_absolute", reviews, millionths(np.abs(gap)))


def _fill_first_year(flows: _Flows) -> None:
    """Of those who signed up in the first year without a referral: who was lost, who meant to leave, in twelve reviews.

    Places in the order of rows, not times, decide what came first, so that a loss in the very review counts.
    """
    lives = flows.lives
    signed = lives.first_of(flows.kind == events.SIGNED_UP)
    who = np.flatnonzero(signed >= 0)
    who = who[(lives.month[signed[who]] < FIRST_YEAR) & (lives.log.roster["referred"][lives.place[who]] == 0)]
    time = lives.column("time")
    if not len(who):
        return

    def first_time(chosen: Flags) -> npt.NDArray[np.float64]:
        first = lives.first_of(chosen)[who]
        return np.where(first >= 0, time[np.maximum(first, 0)], np.inf)

    twelfth = first_time((flows.kind == events.REVIEW) & (lives.column("item") == FIRST_YEAR))
    left = first_time(np.isin(flows.kind, events.LEAVING))
    meant = first_time(flows.kind == events.INTENT)
    at = signed[who]
    lost = np.isfinite(left) & (left <= twelfth)
    flows.add("cohort", at)
    flows.add("cohort_lost", at[lost])
    flows.add("cohort_intent", at[np.isfinite(meant) & (meant <= np.minimum(twelfth, left))])


def _fill_experience(flows: _Flows, value: Value) -> None:
    rows, owner, points = moved(flows.lives, value)
    for code, name in enumerate(events.OWNERS):
        chosen = owner == code
        flows.add(f"moved_{name}", rows[chosen], points[chosen])


def _fill_onboarding(table: MonthlyTable, lives: Lives) -> None:
    """Histogram of time to value of the sign-ups, and mean duration of the projects that ended."""
    kind, time = lives.column("kind"), lives.column("time")
    signed = lives.first_of(kind == events.SIGNED_UP)
    who = np.flatnonzero(signed >= 0)
    ended = lives.first_of(np.isin(kind, (events.WENT_LIVE, events.ONBOARDING_ABANDONED, *events.LEAVING)))[who]
    over = ended >= 0
    until = np.where(over, time[np.maximum(ended, 0)] if len(kind) else 0.0, float(lives.horizon))
    days = np.floor((until - time[signed[who]]) * DAYS_PER_MONTH).astype(np.int64)
    live = over & (kind[np.maximum(ended, 0)] == events.WENT_LIVE) if len(kind) else over
    ending = np.where(live, 0, np.where(over, 1, 2))
    np.add.at(table.days, (np.clip(days, 0, DAYS - 1), lives.segment[who], ending), 1)

    columns = lives.log.columns
    rows = np.flatnonzero((columns["kind"] == events.ONBOARDING_ASKED) | (columns["kind"] == events.WENT_LIVE))
    account, asked = columns["account"][rows], columns["kind"][rows] == events.ONBOARDING_ASKED
    nothing = np.zeros(len(rows), dtype=np.int64)
    found = latest_start(account, nothing, nothing, asked)
    ends = np.flatnonzero(~asked & (columns["time"][rows] >= 0))
    # Where the history was dropped the request is not in the log, but the roster knows the sign-up.
    at = roster_place(lives.log)[account[ends]] if len(ends) else nothing[:0]
    since = np.where(
        found[ends] >= 0, columns["time"][rows[np.maximum(found[ends], 0)]], lives.log.roster["sign_up_at"][at]
    )
    duration = columns["time"][rows[ends]] - since
    cell = _cells(table, lives, rows[ends])
    add_cells(table, "live", cell)
    add_cells(table, "live_months", cell, millionths(duration))


def _cells(table: MonthlyTable, lives: Lives, rows: Ints) -> Ints:
    """Cells of month and segment of rows of the log (at or after month 0, of accounts)."""
    columns = lives.log.columns
    month = np.minimum(np.floor(columns["time"][rows]), lives.horizon - 1).astype(np.int64)
    at = roster_place(lives.log)[columns["account"][rows]] if len(rows) else rows
    return month * len(table.segments) + lives.log.roster["segment"][at].astype(np.int64)


def _fill_work(table: MonthlyTable, lives: Lives) -> None:
    """Time that people worked, in the month in which the work ended, by the stage in which it began."""
    columns = lives.log.columns
    spans = work(lives.log)
    start, end = columns["time"][spans.start], columns["time"][spans.end]
    kept = np.flatnonzero(end >= 0)
    busy = millionths(end[kept] - np.maximum(start[kept], 0.0))
    stage = np.minimum(columns["stage"][spans.start[kept]].astype(np.int64), len(STAYING))
    stage = np.where(stage < len(STAYING), stage, events.ADOPTION)
    team = TEAM_OF[spans.subject[kept]]
    cell = _cells(table, lives, spans.end[kept])
    for code, team_name in TEAM_NAMES.items():
        for number, stage_name in enumerate(STAYING):
            chosen = (team == code) & (stage == number)
            add_cells(table, f"busy_{team_name}_{stage_name}", cell[chosen], busy[chosen])

"""Stays by tenure, by hand and against a recount."""

from __future__ import annotations

import dataclasses

import numpy as np
from unit.readings.small_logs import certificate, log_of, random_log, row

from cxsim import events as ev
from cxsim.eventlog import EventLog
from cxsim.readings.tenure import early_survivors, first_stays, tenure_table


def test_at_risk_and_lost_by_month_of_tenure() -> None:
    log = log_of(
        [
            row(0.0, ev.SIGNED_UP, 0, 0, 100, 100, stage=0),
            row(1.0, ev.SIGNED_UP, 1, 0, 100, 100, stage=0),
            row(2.0, ev.CANCELLED, 0, 2, -100, 0, cause=3, stage=3),  # at the end of its second month
            row(2.5, ev.SIGNED_UP, 2, 0, 100, 100, stage=0),  # followed for one whole month only
        ],
        3,
        4.0,
    )
    at_risk, lost = tenure_table(log)
    assert at_risk.tolist() == [3, 2, 1, 0]
    assert lost.tolist() == [0, 1, 0, 0]


def test_only_the_first_loss_ends_a_first_stay() -> None:
    log = log_of(
        [
            row(0.5, ev.SIGNED_UP, 0, 0, 100, 100, stage=0),
            row(3.5, ev.CANCELLED, 0, 3, -100, 0, cause=3, stage=3),
            row(5.0, ev.RETURNED, 0, 1, 80, 80),
            row(9.0, ev.CANCELLED, 0, 4, -80, 0, cause=3, stage=3),
        ],
        1,
        12.0,
    )
    signed_at, stayed = first_stays(log)
    assert (signed_at.tolist(), stayed.tolist()) == ([0.5], [3.0])


def test_stays_are_those_that_a_recount_finds() -> None:
    for seed in range(5):
        log = random_log(seed)
        frame = log.frame()
        signed = frame.loc[frame["kind"] == "signed_up", "account"]
        for account, begun, stay in zip(signed, *first_stays(log), strict=True):
            gone = frame.loc[(frame["account"] == account) & frame["kind"].isin(["cancelled", "lapsed"]), "time"]
            assert stay == (gone.min() - begun if len(gone) else np.inf)


def test_early_survivors_are_those_of_the_first_two_years_of_the_history() -> None:
    rows = [
        row(-60.0, ev.SIGNED_UP, 0, 0, 100, 100, stage=0),
        row(-50.0, ev.SIGNED_UP, 1, 0, 100, 100, stage=0),
        row(-40.0, ev.SIGNED_UP, 2, 0, 100, 100, stage=0),
        row(-38.0, ev.CANCELLED, 1, 12, -100, 0, cause=3, stage=3),
        row(-30.0, ev.SIGNED_UP, 3, 0, 100, 100, stage=0),  # too late to count
        row(-6.0, ev.CANCELLED, 2, 34, -100, 0, cause=3, stage=3),
    ]
    made = log_of(rows, 4, 36.0)
    birth = dataclasses.replace(certificate(36.0), history_months=60)
    log = EventLog(made.columns, made.roster, birth)
    assert early_survivors(log) == (3.0, 2.0, 1.0)

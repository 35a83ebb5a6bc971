"""Waits, utilisation, onboarding, moments, flows and the indices, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from unit.readings.small_logs import log_of, opening, random_log, row, value

from cxsim import events as ev
from cxsim import readings
from cxsim.errors import InputError
from cxsim.readings.go_live import incidence_by_day, median_days
from cxsim.readings.scopes import scopes_of
from cxsim.tally import DAYS, DAYS_PER_MONTH, empty_table


def test_waits_by_team() -> None:
    rows = [opening(0, 1)]
    for item, waited in enumerate((0.1, 0.2, 0.9)):
        rows += [row(1.0, ev.TICKET_OPENED, 0, item, 0, 1), row(1 + waited, ev.TICKET_ANSWERED, 0, item, 1, 1, team=3)]
    rows += [row(1.0, ev.TICKET_OPENED, 0, 9, 0, 1), row(1.3, ev.TICKET_ABANDONED, 0, 9, 2, 1)]
    rows += [row(4.0, ev.SIGNED_UP, 1, 0, 1, 1), row(4.0, ev.ONBOARDING_ASKED, 1, 0, 0, 1)]
    rows += [row(4.5, ev.KICKED_OFF, 1, 0, 6, 1, team=1), row(6.0, ev.ONBOARDING_ABANDONED, 1, 1, 0, 1)]
    table = readings.waits(log_of(rows, 2)).set_index("subject")
    assert table.loc["ticket", ["team", "n", "abandoned"]].tolist() == ["support", 3, 1]
    assert table.loc["ticket", "mean"] == pytest.approx(0.4)
    assert table.loc["ticket", "median"] == pytest.approx(0.2)
    assert table.loc["ticket", "p90"] == pytest.approx(np.quantile([0.1, 0.2, 0.9], 0.9))
    # Given up after the kick-off: the wait was over.
    assert table.loc["onboarding", ["n", "abandoned"]].tolist() == [1, 0]


def test_waits_that_were_not_served_are_counted_too() -> None:
    gone = {"value": -1.0, "stage": 3}
    rows = [opening(0, 1), opening(1, 1), opening(2, 1)]
    # Served; given up; left while waiting (and back since); asked again in the new stay, and waiting at the horizon.
    rows += [row(1.0, ev.TICKET_OPENED, 0, 0, 0, 1), row(1.5, ev.TICKET_ANSWERED, 0, 0, 1, 1, team=3)]
    rows += [row(1.0, ev.TICKET_OPENED, 0, 1, 0, 1), row(1.2, ev.TICKET_ABANDONED, 0, 1, 2, 1)]
    rows += [row(2.0, ev.TICKET_OPENED, 0, 2, 0, 1), row(2.5, ev.CANCELLED, 0, **gone)]
    rows += [row(4.0, ev.RETURNED, 0, 1, 1, 1), row(5.0, ev.TICKET_OPENED, 0, 3, 0, 1)]
    rows += [row(5.0, ev.TICKET_OPENED, 1, 0, 0, 1)]
    # Who has given notice is still helped, but no longer called.
    rows += [row(2.0, ev.TICKET_OPENED, 2, 0, 0, 1), row(2.0, ev.CHECK_IN_ASKED, 2, 0, 0, 1)]
    rows += [row(3.0, ev.CONFIRMED, 2, 0, 0, 1), row(3.5, ev.TICKET_ANSWERED, 2, 0, 0, 1, team=3)]
    # What ended before month 0 is not counted, what has waited since then is.
    rows += [row(-3.0, ev.SIGNED_UP, 3, 0, 1, 1), row(-3.0, ev.TICKET_OPENED, 3, 0, 0, 1)]
    rows += [row(-2.0, ev.CANCELLED, 3, **gone)]
    rows += [row(-3.0, ev.SIGNED_UP, 4, 0, 1, 1), row(-3.0, ev.ONBOARDING_ASKED, 4, 0, 0, 1)]
    rows += [row(0.0, ev.OPENING, 4, 0, 1, 1)]
    log = log_of(rows, 5)
    table = readings.waits(log).set_index("subject")
    columns = ["team", "asked", "n", "abandoned", "left", "waiting"]
    assert table.loc["ticket", columns].tolist() == ["support", 6, 2, 1, 1, 2]
    assert table.loc["check_in", columns].tolist() == ["success", 1, 0, 0, 1, 0]
    assert table.loc["onboarding", columns].tolist() == ["onboarding", 1, 0, 0, 0, 1]
    assert table.loc["ticket", "mean"] == pytest.approx((0.5 + 1.5) / 2)
    assert np.isnan(table.loc["check_in", "mean"])
    told = readings.journey(log, value).query("subject == 'wait' and group == 'support · ticket'")
    assert dict(zip(told["measure"], told["value"], strict=True))["waiting"] == 2
    assert dict(zip(told["measure"], told["unit"], strict=True))["left"] == "waits"


def test_work_for_an_account_that_left_and_returned_ends_by_the_return() -> None:
    rows = [
        row(-1.0, ev.HEADCOUNT, -1, 0, 1, team=2, stage=0), opening(0, 1), opening(1, 1),
        row(0.5, ev.CHECK_IN_ASKED, 0, 0, 0, 1), row(0.5, ev.CHECK_IN_BEGUN, 0, 0, 0, 1, team=2),
        row(0.75, ev.CANCELLED, 0, 0, -1, 0, stage=3), row(1.25, ev.RETURNED, 0, 1, 1, 1),
        # Without a return, work goes on for an account that left.
        row(2.0, ev.CHECK_IN_ASKED, 1, 0, 0, 1), row(2.0, ev.CHECK_IN_BEGUN, 1, 0, 0, 1, team=2),
        row(2.5, ev.CANCELLED, 1, 0, -1, 0, stage=3), row(3.0, ev.CHECKED_IN, 1, 0, 5, 0, team=2, stage=3),
        row(5.5, ev.TALK_ASKED, 0, 9, 0, 1), row(5.5, ev.TALK_BEGUN, 0, 9, 0, 1, team=2),
    ]  # fmt: skip
    table = readings.utilisation(log_of(rows, 2, horizon=6), value)
    assert table[table["team"] == "success"]["busy"].tolist() == pytest.approx([0.5, 0.25, 1.0, 0, 0, 0.5])


def test_utilisation_spreads_work_over_the_months_it_ran() -> None:
    rows = [
        row(-1.0, ev.HEADCOUNT, -1, 0, 2, team=3, stage=0), row(1.5, ev.HEADCOUNT, -1, 1, 4, team=3, stage=0),
        opening(0, 1), row(0.5, ev.TICKET_OPENED, 0, 0, 0, 1), row(0.5, ev.TICKET_ANSWERED, 0, 0, 1, 1, team=3),
        row(2.25, ev.TICKET_SOLVED, 0, 0, 8, 1, team=3),
        row(2.5, ev.TICKET_OPENED, 0, 1, 0, 1), row(2.5, ev.TICKET_ANSWERED, 0, 1, 1, 1, team=3),
        row(2.5, ev.TICKET_OPENED, 0, 2, 0, 1), row(2.5, ev.TICKET_ANSWERED, 0, 2, 1, 1, team=4),
    ]  # fmt: skip
    table = readings.utilisation(log_of(rows, 1, horizon=4), value)
    support = table[table["team"] == "support"]
    assert support["people"].tolist() == [2.0, 3.0, 4.0, 4.0]
    # The first ticket runs .5 to 2.25; the second is open at the end; the digital one is no one's work.
    assert support["busy"].tolist() == pytest.approx([0.5, 1.0, 0.75, 1.0])
    assert support["utilisation"].tolist() == pytest.approx([0.25, 1 / 3, 0.1875, 0.25])
    assert table[table["team"] == "success"]["utilisation"].isna().all()


def test_time_to_value_counts_giving_up_as_a_competing_event() -> None:
    day = 1 / DAYS_PER_MONTH
    rows = []
    for account, (days, kind) in enumerate(
        ((10.5, ev.WENT_LIVE), (20.5, ev.ONBOARDING_ABANDONED), (30.5, ev.WENT_LIVE), (40.5, ev.WENT_LIVE))
    ):
        rows += [row(1.0, ev.SIGNED_UP, account, 0, 1, 1), row(1.0, ev.ONBOARDING_ASKED, account, 0, 0, 1)]
        rows += [row(1.0 + days * day, kind, account, account % 3, 5, 1)]
    table = readings.onboarding(log_of(rows, 4), value).set_index("measure")["value"]
    # Live shares: 1/4 on day 10, 2/4 within day 30: the median is the end of that day.
    assert table["time_to_value"] == pytest.approx(31.0)
    assert table["live_share"] == pytest.approx(0.75)
    assert table["gave_up_share"] == pytest.approx(0.25)
    assert table["mean_days"] == pytest.approx((10.5 + 30.5 + 40.5) / 3, abs=1e-4)
    assert (table["on_time"], table["over_budget"], table["late"]) == pytest.approx((2 / 3, 1 / 3, 0))


def test_incidence_by_day_by_hand() -> None:
    table = empty_table(("only",), 6)
    # Six sign-ups: on day 0 one live, one censored; on day 2 one live, one given up; on day 3 one live, one censored.
    table.days[0, 0], table.days[2, 0], table.days[3, 0] = (1, 0, 1), (1, 1, 0), (1, 0, 1)
    live, gone = incidence_by_day(table)
    assert live[:5] == pytest.approx([1 / 6, 1 / 6, 1 / 6 + 5 / 6 / 4, 9 / 24 + 5 / 12 / 2, 9 / 24 + 5 / 12 / 2])
    assert gone[[0, 1, 2, -1]] == pytest.approx([0, 0, 5 / 6 / 4, 5 / 6 / 4])
    assert len(live) == len(gone) == DAYS


def test_no_median_where_fewer_than_half_go_live() -> None:
    rows = [row(1.0, ev.SIGNED_UP, a, 0, 1, 1) for a in range(3)]
    table = readings.onboarding(log_of(rows, 3), value).set_index("measure")
    assert np.isnan(table.loc["time_to_value", "value"])
    assert "fewer than half" in table.loc["time_to_value", "reason"]


def test_no_median_is_made_up_where_half_took_longer_than_the_days_that_are_counted() -> None:
    table = empty_table(("only",), 6)
    table.days[DAYS - 1, 0] = (3, 0, 1)
    (said, _) = median_days(scopes_of(table))
    assert said == f"half were live only after more than {DAYS - 1} days"


def test_moments_and_owners() -> None:
    rows = [
        opening(0, 1),
        row(1.0, ev.REVIEW, 0, 1, 8, 1, user=7.0, emotion=ev.PLEASED),
        row(1.5, ev.CHECKED_IN, 0, 1, 9, 1, user=7.0, sponsor=9.0, emotion=ev.DELIGHTED, team=ev.SUCCESS_TEAM),
        row(1.6, ev.CHAMPION_LEFT, 0, 1, 0, 1, user=2.0, sponsor=2.0),
        row(1.7, ev.CHECKED_IN, 0, 2, 1, 1, user=2.0, sponsor=1.0, emotion=ev.ANGRY, team=ev.DIGITAL_TEAM),
    ]  # fmt: skip
    log = log_of(rows, 1)
    table = readings.moments(log).set_index("owner")
    assert table.loc["success", ["n", "mean_score", "delighted"]].tolist() == [1, 9.0, 1.0]
    assert table.loc["digital", "angry"] == 1.0
    owned = readings.experience_by_owner(log, value).set_index("owner")
    # Changes of experience: user 6 → 7 (.5, product), sponsor 6 → 9 (1.5, success), sponsor 2 → 1 (.5, digital).
    assert owned["share"][["product", "success", "digital"]].tolist() == pytest.approx([0.2, 0.6, 0.2])
    assert owned.loc["digital", "lost"] == pytest.approx(0.5)


def test_flows_between_bands_and_quadrants() -> None:
    rows = [
        row(0.0, ev.OPENING, 0, 0, 1, 1, health=15.0, observed=9.9, outcome=7, sponsor=7, user=7),
        row(0.5, ev.REVIEW, 0, 1, 5, 1, health=14.999, observed=10.0, outcome=7, sponsor=5, user=6),
        row(1.5, ev.CANCELLED, 0, 2, -1, 0, health=3.0, stage=3),
    ]  # fmt: skip
    log = log_of(rows, 1, horizon=3)

    def moves(of: str) -> list[tuple[str, str]]:
        table = readings.flows(log, of, value)
        return list(zip(table["origin"], table["destination"], strict=True))

    assert moves("band") == [("green", "amber"), ("amber", "outside")]
    assert moves("observed band") == [("red", "amber"), ("amber", "outside")]
    assert moves("quadrant") == [("happy and successful", "trapped"), ("trapped", "outside")]
    with pytest.raises(InputError, match="must be one of"):
        moves("mood")


def test_observed_gap() -> None:
    rows = [opening(0, 1)]
    rows += [row(t, ev.REVIEW, 0, int(t), 5, 1, health=10 + t, observed=12 + t) for t in (1.0, 2.0, 3.0)]
    table = readings.observed_gap(log_of(rows, 1)).set_index("segment")
    assert table.loc["all", ["reviews", "mean_absolute", "bias"]].tolist() == pytest.approx([3, 2, 2])
    assert table.loc["all", "correlation"] == pytest.approx(1.0)
    assert np.isnan(table.loc["mid", "bias"])


def test_successful_experience_by_hand() -> None:
    rows = [opening(0, 1)]
    for item, (time, kept) in enumerate(((0.5, 0), (1.5, 1), (3.5, 1), (4.5, 1))):
        rows += [row(time, ev.TICKET_OPENED, 0, item, 0, 1), row(time, ev.TICKET_ANSWERED, 0, item, kept, 1, team=3)]
    rows += [row(t + 0.9, ev.REVIEW, 0, t + 1, score, 1) for t, score in enumerate((10, 5, 5, 7, 6.9, 0))]
    table = readings.successful_experience(log_of(rows, 1, horizon=6)).set_index("month")
    assert table.index.tolist() == [2, 3, 4, 5]
    assert table.loc[2, ["moments", "sum_cx", "sx", "delta_cs"]].tolist() == pytest.approx([3, 1.0, 1, 0.0])
    # Months 3-5: scores 7, 6.9, 0; tickets 2 of 2 in time against 1 of 2 before.
    assert table.loc[5, "sum_cx"] == pytest.approx(0.4 + 0.38 - 1.0)
    assert table.loc[5, ["sx", "delta_cs", "tickets"]].tolist() == pytest.approx([1, 0.5, 2])


def test_the_journey_gathers_everything() -> None:
    table = readings.journey(random_log(2), value)
    assert set(table["subject"]) == {
        "wait", "utilisation", "onboarding", "moment", "experience", "band", "observed band", "quadrant",
        "observed health",
    }  # fmt: skip
    assert table["value"].dtype == np.float64


def test_readings_of_an_empty_log_are_empty_not_broken() -> None:
    log = log_of([], 1)
    for reading in (readings.waits, readings.moments, readings.successful_experience, readings.cohorts):
        assert len(reading(log)) == 0
    readings.journey(log, value)
    readings.costs(log, value)
    readings.valuation(log, None, value)

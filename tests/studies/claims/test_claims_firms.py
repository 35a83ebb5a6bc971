"""The two firms of claim (a), simulated and reckoned by hand; and lifetime profit of claim (b) against its formula."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cxsim import catalogue
from cxsim.scenario import Scenario
from cxsim.studies.answers import Run
from cxsim.studies.claims import company_value, lifetime_profit
from cxsim.studies.claims.ask import Ask, ask_of
from cxsim.studies.claims.claim import Answer, Beside
from cxsim.studies.claims.firms import BOOKINGS, KEEPER, LOSER, closed_form_arr, cohort_only, firm, hazard_of
from cxsim.studies.claims.intervals import jackknife
from cxsim.studies.pairs import t_quantile

N = 120
FIRMS = (KEEPER, LOSER)


@pytest.fixture(scope="module")
def ask() -> Ask:
    return ask_of(seed=11, fast=True)


@pytest.fixture(scope="module")
def runs(ask: Ask) -> dict[float, Run]:
    return dict(zip(FIRMS, ask.runs([firm(retention) for retention in FIRMS], N), strict=True))


@pytest.fixture(scope="module")
def answer(ask: Ask) -> Answer:
    return company_value.measure(ask)


def within_4_errors(told: tuple[float, float, float], truth: float, n: int = N) -> bool:
    value, low, high = told
    error = (high - low) / 2.0 / t_quantile(n - 1)
    return abs(value - truth) < 4.0 * error


def named(answer: Answer, words: str) -> Beside:
    (found,) = [one for one in answer.beside if words in one.what]
    return found


def test_by_hand_the_firms_have_6_36_and_4_38_million_and_grow_by_22_0_and_13_9_percent() -> None:
    arr = [closed_form_arr(retention, 60) for retention in FIRMS]
    assert [f"{one / 1e6:.2f}" for one in arr] == ["6.36", "4.38"]
    growth = [arr[k] / closed_form_arr(retention, 48) - 1.0 for k, retention in enumerate(FIRMS)]
    assert [f"{100 * one:.1f}" for one in growth] == ["22.0", "13.9"]


@pytest.mark.parametrize("retention", FIRMS)
def test_a_simulated_firm_has_the_revenue_that_is_reckoned_by_hand(retention: float, runs: dict[float, Run]) -> None:
    arr = runs[retention].series("arr")
    for month in (12, 48, 60):
        told = jackknife(np.mean, arr[:, month])
        assert within_4_errors(told, closed_form_arr(retention, month)), month
    assert not arr[:, 0].any()


@pytest.mark.parametrize("retention", FIRMS)
def test_a_simulated_firm_grows_as_is_reckoned_by_hand(retention: float, runs: dict[float, Run]) -> None:
    arr = runs[retention].series("arr")
    told = jackknife(lambda now, before: now.mean() / before.mean() - 1.0, arr[:, 60], arr[:, 48])
    assert within_4_errors(told, closed_form_arr(retention, 60) / closed_form_arr(retention, 48) - 1.0)


@pytest.mark.parametrize("retention", FIRMS)
def test_a_simulated_firm_keeps_what_it_is_said_to_keep_and_spends_what_it_is_said_to_spend(
    retention: float, runs: dict[float, Run]
) -> None:
    run = runs[retention]
    assert within_4_errors(jackknife(np.mean, run.values("grr")), retention)
    # 12k to acquire a customer of 12k a year at 80 % of margin: 15 months of margin
    assert run.values("cac_payback") == pytest.approx(15.0, rel=1e-9)


def test_the_cases_say_their_retention_as_the_hazard_that_it_is() -> None:
    for name, retention in (("retains-95", KEEPER), ("retains-80", LOSER)):
        case = Scenario.load(catalogue.case(name))
        assert case.value("churn.involuntary_base") == pytest.approx(hazard_of(retention), rel=1e-14)
        rate = case.value("arrivals.per_month") * case.value("segments.mrr_median", "firm") * 12.0
        assert rate == pytest.approx(BOOKINGS)
        assert all(source.text != "" for source in case.citations.values())


def test_a_point_at_a_flat_multiple_and_the_slope_for_twelve_per_cent_agree_with_their_closed_forms(
    answer: Answer,
) -> None:
    ratio = closed_form_arr(KEEPER, 60) / closed_form_arr(LOSER, 60)
    apart = [closed_form_arr(one, 60) / closed_form_arr(one, 48) for one in FIRMS]
    n = 40
    flat = named(answer, "at a flat multiple")
    assert within_4_errors((flat.value, flat.low, flat.high), ratio ** (1 / 15) - 1.0, n)
    slope = named(answer, "compounded over the 15 points")
    truth = (15.0 * math.log(1.12) - math.log(ratio)) / (apart[0] - apart[1])
    assert 15.0 < truth < 18.0
    assert within_4_errors((slope.value, slope.low, slope.high), truth, n)


def test_the_finding_on_company_value_tells_each_valuation_and_how_steep_a_multiple_it_takes(answer: Answer) -> None:
    for words in (
        "at a flat multiple",
        "as is ordinary",
        "by discounted cash",
        "Twelve per cent takes β = ",
        "by arithmetic",
    ):
        assert words in answer.finding
    holding = [cell for cell in answer.cells if company_value.CLAIM.verdict_at(cell) == "holds"]
    assert all(not cell.plausible or "paper" in str(cell.at["valuation"]) for cell in holding)


def test_lifetime_profit_of_a_constant_hazard_agrees_with_its_formula(ask: Ask) -> None:
    levels = (0.80, 0.85)
    arms = [cohort_only(firm(level), per_month=50.0, horizon=240) for level in levels]
    before, after = (run.values("clv") for run in ask.runs(arms, 12))
    rate = math.log(1.0 + arms[0].value("economics.discount_rate")) / 12.0
    truth = (rate + hazard_of(levels[0])) / (rate + hazard_of(levels[1])) - 1.0
    assert within_4_errors(jackknife(lambda old, new: new.mean() / old.mean() - 1.0, before, after), truth, 12)


def test_the_textbook_formula_gives_the_published_gains() -> None:
    gains = [lifetime_profit._formula(level, 0.12) for level in (0.70, 0.80, 0.85, 0.90, 0.95)]
    assert [f"{100 * gain:.1f}" for gain in gains] == ["21.6", "25.9", "29.9", "36.6", "49.1"]

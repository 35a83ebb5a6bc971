"""What is said of a comparison: both sides, whose price, and of shocks no paying back."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

import cxsim as cx
from cxsim import plots
from cxsim.report import report
from cxsim.scenario import Scenario
from cxsim.studies import Comparison, findings
from cxsim.studies.answers import column_of
from cxsim.studies.overview import DECIDE, overview
from cxsim.studies.verdicts import weighed
from cxsim.studies.worth import DEAR, programme_share

N = 6


@pytest.fixture(scope="module")
def study(small_world: Scenario) -> Comparison:
    others = [
        small_world.with_("formal-onboarding"),
        small_world.with_("recession"),
        small_world.with_("recession").with_("csm-staff"),
        small_world.with_("csm-staff"),
    ]
    return cx.compare(small_world, *others, replications=N, seed=3, workers=1)


def moved(study: Comparison, name: str, **gains: float) -> Comparison:
    """The same study with made-up differences of an alternative, sure but for a little noise."""
    runs = []
    for run in study.alternatives:
        kept = []
        for number, one in enumerate(run.replications):
            values = one.values.copy()
            for outcome, gain in gains.items() if run.name == name else ():
                noise = abs(gain) * 0.01 * (-1) ** number
                values[0, column_of(outcome)] = study.baseline.values(outcome)[number] + gain + noise
            kept.append(dataclasses.replace(one, values=values))
        runs.append(dataclasses.replace(run, replications=tuple(kept)))
    return dataclasses.replace(study, alternatives=tuple(runs))


NAME = "csm-staff"
LESS = {"arr": -2e5, "company_value_multiple": -8e5}
MORE = {"arr": 2e5, "company_value_multiple": 8e5}
SAME = {"arr": 0.0, "company_value_multiple": 0.0}


def test_a_headline_says_what_goes_the_other_way(study: Comparison) -> None:
    fewer = moved(study, NAME, logo_churn_annual=-0.02, **LESS)
    for said in (findings.headline(fewer, NAME), findings.finding(fewer, NAME)):
        assert said.startswith(f"{NAME} cuts yearly logo churn from ")
        assert "but costs 200 k USD of ARR and 800 k USD of company value" in said
    more = moved(study, NAME, logo_churn_annual=0.02, **MORE)
    for said in (findings.headline(more, NAME), findings.finding(more, NAME)):
        assert "raises" in said
        assert "but adds 200 k USD of ARR and 800 k USD of company value" in said
        assert "does harm" not in said
    nothing = moved(study, NAME, logo_churn_annual=0.0, **LESS)
    assert findings.headline(nothing, NAME).endswith("but costs 200 k USD of ARR and 800 k USD of company value")
    assert findings.finding(nothing, NAME).endswith("But it costs 200 k USD of ARR and 800 k USD of company value.")


def test_a_headline_adds_nothing_where_all_goes_one_way_or_an_outcome_was_asked_for(study: Comparison) -> None:
    good = moved(study, NAME, logo_churn_annual=-0.02, **MORE)
    assert "but" not in findings.headline(good, NAME)
    bad = moved(study, NAME, logo_churn_annual=0.02, **LESS)
    assert findings.headline(bad, NAME).endswith(": it does harm")
    assert ": it does harm (" in findings.finding(bad, NAME)
    asked = moved(study, NAME, logo_churn_annual=-0.02, **LESS)
    assert "but" not in findings.headline(asked, NAME, "logo_churn_annual")
    assert weighed(moved(study, NAME, **SAME), NAME) == ""


def test_cash_that_is_saved_at_the_cost_of_the_companys_value_is_not_said_to_pay(study: Comparison) -> None:
    saved = moved(study, NAME, net_benefit=5e5, company_value_dcf=1e5, **LESS)
    said = findings.money(saved, NAME)
    assert "pays for itself" not in said
    assert "leaves more cash within 18 months: net benefit +500 [+49" in said
    assert "the company is for sure worth less: company value −800 [" in said
    good = moved(study, NAME, net_benefit=5e5, company_value_dcf=1e5, **MORE)
    assert findings.money(good, NAME).startswith("It pays for itself within 18 months: net benefit +500 [")
    torn = moved(study, NAME, net_benefit=-5e5, company_value_dcf=-1e5, **MORE)
    assert "does not pay later either" in findings.money(torn, NAME)
    assert "By its multiple of ARR, the company is for sure worth more: company value +800 [" in findings.money(
        torn, NAME
    )


def test_a_programme_that_is_dear_for_this_company_is_said_to_have_the_files_price(small_world: Scenario) -> None:
    dear = small_world.with_("formal-onboarding", cost=60_000.0)
    filed = small_world.with_("product-experience").with_("voice-of-customer")
    cheap = small_world.with_("formal-onboarding", cost=10.0)
    found = cx.compare(
        small_world, dear, filed, cheap, replications=2, seed=3, workers=1, names=["dear", "filed", "cheap"]
    )
    shares = {name: programme_share(found, name)[0] for name in ("dear", "filed", "cheap")}
    assert shares["dear"] > DEAR
    assert shares["cheap"] < DEAR
    said = findings.money(found, "dear")
    assert "Mind the programme's price: it is what was set" in said
    assert "Set your own with formal-onboarding:cost=…." in said
    assert f"{100 * shares['dear']:.1f} % of this company's revenue" in said
    assert "price" not in findings.money(found, "cheap")
    assert shares["filed"] > DEAR
    said = findings.money(found, "filed")
    assert "that of the lever's file, the same amount in every world" in said
    assert (
        "Set your own with product-experience:once=…, product-experience:per_month=…, voice-of-customer:once=…" in said
    )
    spent = found.effect("programme_cost", "dear").difference
    assert programme_share(found, "dear")[1] == pytest.approx(spent)


@pytest.mark.parametrize("name", ["recession", "csm-staff+recession"])
def test_a_shock_is_no_investment(study: Comparison, name: str) -> None:
    page = report(study, name)
    figure = plots.payback(study, name)
    drawn = " ".join(text.get_text() for text in (*figure.texts, *(text for ax in figure.axes for text in ax.texts)))
    sentences = [
        findings.headline(study, name),
        findings.finding(study, name),
        findings.money(study, name),
        page,
        drawn,
    ]
    for said in sentences:
        for word in (
            "paid for itself",
            "pays for itself",
            "pay later",
            "break even",
            "breaks even",
            "costs more than it",
        ):
            assert word not in said, word
    assert findings.payback(study, name) == ""
    assert "When it pays" not in page
    struck = moved(study, "recession", net_benefit=-5e5, **LESS)
    assert findings.headline(struck, "recession") == (
        "recession costs the company 200 k USD of ARR and 800 k USD of company value"
    )
    assert findings.money(struck, "recession").startswith("It costs the company cash within 18 months: −500 [")
    assert "With recession in it" in findings.money(study, "csm-staff+recession")
    assert "break even" in " ".join(text.get_text() for ax in plots.payback(study, NAME).axes for text in ax.texts)


def test_an_overview_ranks_by_company_value_and_holds_the_baseline(study: Comparison) -> None:
    ranked = moved(moved(study, NAME, **MORE), "recession", **LESS)
    told = overview(ranked)
    names = [row["name"] for row in told.rows()]
    gains = [row["effects"][DECIDE.index("company_value_multiple")]["difference"] for row in told.rows()]
    assert gains == sorted(gains, reverse=True)
    assert set(names) == {ranked.baseline.name, *(run.name for run in ranked.alternatives)}
    assert names[0] == NAME
    assert told.rows()[0]["probability_best"] == 1.0
    assert told.summary().startswith(f"Company value: {NAME} is best in 100 % of futures")
    assert sum(row["probability_best"] for row in told.rows()) == pytest.approx(1.0)
    frame = told.frame().set_index("name")
    for name in (NAME, "recession"):
        for outcome in DECIDE:
            effect = ranked.effect(outcome, name)
            assert frame.loc[name, outcome] == effect.difference
            assert (frame.loc[name, f"{outcome}_low"], frame.loc[name, f"{outcome}_high"]) == (effect.low, effect.high)
    alone = cx.compare(study.baseline.scenario, study.alternatives[0].scenario, replications=1, seed=3, workers=1)
    assert overview(alone).rows()[0]["probability_best"] is None


def test_one_row_beyond_the_scale_does_not_press_the_others_to_zero(study: Comparison) -> None:
    column = study.baseline.values("trapped_share")
    far = moved(study, NAME, trapped_share=3.0 * float(np.mean(column)) + 0.2, logo_churn_annual=-0.002, **LESS)
    usual, wide = (plots.effects(*one).axes[0] for one in ((study, "recession"), (far, NAME)))
    assert wide.get_xlim()[1] < 100.0 < 100.0 * far.effect("trapped_share", NAME).difference / column.mean()
    assert any(line.get_marker() == ">" for line in wide.lines)
    assert not any(line.get_marker() in "<>" for line in usual.lines)
    share = 100.0 * far.effect("trapped_share", NAME).difference / far.effect("trapped_share", NAME).baseline
    assert any(text.get_text() == f"+{share:.0f} %" for text in wide.texts)


def test_dots_have_no_rim_that_leaves_stumps_of_a_short_interval(study: Comparison) -> None:
    dots = [line for line in plots.effects(study, NAME).axes[0].lines if line.get_marker() == "o"]
    assert dots
    assert {line.get_markeredgewidth() for line in dots} == {0.0}

"""Every lever and shock of the catalogue: what it is meant to do, what it costs, and its harm or limit."""

from __future__ import annotations

from functools import cache

import pytest

import cxsim as cx
from cxsim import catalogue
from cxsim.cli.sizes import all_levers
from cxsim.levers import load_lever

SEED, REPLICATIONS = 3, 12
SHORT_OF_CSMS, SHORT_OF_AGENTS = (("teams.success_headcount", 5.0),), (("teams.support_headcount", 3.0),)
AMPLE = tuple((f"teams.{team}_headcount", 200.0) for team in ("onboarding", "success", "support"))
SILENT = (("arrivals.word_of_mouth", 0.0),)
INVOICED = (("churn.involuntary_base", 0.0),)

Changes = tuple[tuple[str, float], ...]


@cache
def effects(lever: str, changes: Changes = (), beside: str = "") -> dict[str, tuple[float, float]]:
    """The 95 % interval of each outcome's mean difference that an alternative makes, the world being changed.

    `lever` as on the command line; what stands in `beside` is there in both arms.
    """
    world = cx.Scenario.load("b2b-saas").set("horizon_months", 36)
    for path, value in changes:
        world = world.set(path, value)
    baseline = all_levers(world, (beside,)) if beside else world
    other = all_levers(world, ("+".join(part for part in (beside, lever) if part),))
    table = cx.compare(baseline, other, replications=REPLICATIONS, seed=SEED).effects()
    return {row.outcome: (float(row.low), float(row.high)) for row in table.itertuples()}


def raises(found: dict[str, tuple[float, float]], outcome: str) -> bool:
    return found[outcome][0] > 0.0


def lowers(found: dict[str, tuple[float, float]], outcome: str) -> bool:
    return found[outcome][1] < 0.0


def leaves(found: dict[str, tuple[float, float]], *outcomes: str) -> bool:
    """Nothing at all has changed."""
    return all(found[outcome] == (0.0, 0.0) for outcome in outcomes)


RETENTION = ("logo_churn_12m", "logo_churn_annual", "grr", "nrr", "arr", "accounts")
# what is meant to rise or fall, in a world where there is something to gain
MEANT: dict[str, tuple[Changes, tuple[str, ...], tuple[str, ...]]] = {
    "adoption-campaign": ((), ("health_mean", "arr"), ()),
    "advocacy-programme": ((), ("accounts", "arr"), ()),
    "better-fit-sales": ((), ("health_mean", "nrr"), ()),
    "csm-staff": (SHORT_OF_CSMS, ("accounts", "arr"), ()),
    "digital-onboarding": ((), (), ("time_to_value",)),
    "digital-support": (SHORT_OF_AGENTS, ("health_mean", "arr"), ()),
    "formal-onboarding": ((), ("health_mean", "nrr"), ("time_to_value", "logo_churn_12m")),
    "onboarding-staff": ((), ("health_mean",), ("time_to_value",)),
    "payment-recovery": ((), ("grr", "arr"), ("logo_churn_annual",)),
    "price-rise": ((), ("arr",), ()),
    "proactive-outreach": ((), (), ("logo_churn_12m",)),
    "product-experience": ((), ("health_mean", "arr"), ()),
    "support-staff": (SHORT_OF_AGENTS, ("health_mean", "arr"), ()),
    "win-back": ((), ("accounts", "arr"), ()),
}
SHOCKED: dict[str, tuple[Changes, tuple[str, ...], tuple[str, ...]]] = {
    "champion-wave": ((), (), ("arr",)),
    "competitor-launch": ((), ("logo_churn_12m",), ("arr", "accounts")),
    "csm-resignation": (SHORT_OF_CSMS, (), ("arr",)),
    "outage": ((), (), ("arr", "accounts")),
    "price-war": ((), (), ("arr", "accounts")),
    "recession": ((), (), ("arr", "accounts")),
}
SEEN_ONLY = ("journey-convergence", "voice-of-customer")  # they show more; what is made of it is another lever's


def test_every_lever_and_shock_is_told_of_here() -> None:
    assert {*MEANT, *SEEN_ONLY} == set(catalogue.levers())
    assert set(SHOCKED) == set(catalogue.shocks())


@pytest.mark.parametrize("name", [*MEANT, *SHOCKED])
def test_it_does_what_it_is_meant_to_do(name: str) -> None:
    changes, up, down = {**MEANT, **SHOCKED}[name]
    found = effects(name, changes)
    assert {outcome: found[outcome] for outcome in up if not raises(found, outcome)} == {}
    assert {outcome: found[outcome] for outcome in down if not lowers(found, outcome)} == {}


@pytest.mark.parametrize("name", sorted({*MEANT, *SEEN_ONLY} - {"price-rise"}))
def test_it_costs_what_it_says(name: str) -> None:
    settings = {setting.key: setting.default for setting in load_lever(name).settings}
    found = effects(name, MEANT.get(name, ((),))[0])
    if name.endswith("-staff") or name == "proactive-outreach":
        # paid by headcount; in three years on the cash side more people cost more than they save
        assert leaves(found, "programme_cost")
        assert name == "proactive-outreach" or lowers(effects(name, AMPLE), "net_benefit")
        return
    charged = settings.get("once", 0.0) + 36 * settings.get("per_month", 0.0)
    if "cost" in settings:
        assert found["programme_cost"][0] > charged
    else:
        assert found["programme_cost"] == pytest.approx((charged, charged))


@pytest.mark.parametrize("lever", ["proactive-outreach:cost=40", "adoption-campaign", "formal-onboarding"])
def test_a_capped_one_costs_less_and_reaches_fewer(lever: str) -> None:
    world = cx.Scenario.load("b2b-saas").set("horizon_months", 12)
    free, capped = (all_levers(world, (lever + more,)) for more in ("", f"{',' if ':' in lever else ':'}capacity=3"))
    study = cx.compare(world, free, capped, names=["free", "capped"], replications=4, seed=SEED)
    few, many = (study.effect("programme_cost", name) for name in ("capped", "free"))
    each = capped.interventions[-1].cost_per_account
    assert 0.0 < few.low <= few.high <= 3 * 12 * each < many.low
    for number in range(2):
        reached = [
            int((cx.simulate(arm, seed=SEED, replication=number).frame()["kind"] == "treated").sum())
            for arm in (free, capped)
        ]
        assert 0 < reached[1] <= 3 * 12 < reached[0]


@pytest.mark.parametrize("name", SEEN_ONLY)
def test_what_is_only_seen_changes_nothing_unless_somebody_acts_on_it(name: str) -> None:
    assert leaves(effects(name, AMPLE), *RETENTION)
    assert not leaves(effects(name, AMPLE, beside="proactive-outreach"), *RETENTION)


@pytest.mark.parametrize(
    ("lever", "changes"),
    [
        ("advocacy-programme", SILENT),  # nobody listens
        ("payment-recovery:quality=0", INVOICED),  # no payment fails
        ("win-back:success=-1", (("growth.win_back_success", 0.0),)),  # nobody comes back
        ("onboarding-staff", AMPLE), ("support-staff", AMPLE), ("csm-staff", AMPLE),  # nobody waits
        ("csm-resignation", AMPLE),
    ],
)  # fmt: skip
def test_where_there_is_nothing_to_gain_it_gains_nothing(lever: str, changes: Changes) -> None:
    assert leaves(effects(lever, changes), *RETENTION)


@pytest.mark.parametrize(
    ("lever", "changes", "up", "down"),
    [
        # messages annoy, and that is all they do where nobody learns from them
        ("adoption-campaign:growth=1,ceiling=1,below=1", (), (), ("health_mean",)),
        ("better-fit-sales", (), (), ("accounts", "arr")),  # those who are turned away do not pay
        ("digital-onboarding:pace=1", (), (), ("health_mean",)),  # what saves no time is only colder
        # where nobody waits there is no time to save, and what it cannot solve it has only delayed
        ("digital-support:share=1", (*AMPLE, ("adoption.digital_skill", 0.2)), (), ("health_mean",)),
        ("formal-onboarding:start=24", (), (), ("net_benefit",)),  # begun late, it has not paid by the third year
        ("price-rise", (), (), ("accounts",)),
        ("price-rise:rise=0.25,length=24", (), ("logo_churn_12m",), ("accounts",)),
        ("product-experience", (), (), ("net_benefit",)),  # slow and dear: not paid back in three years
        ("proactive-outreach", (), (), ("arr",)),  # CSMs who call have no time for others
        ("proactive-outreach:wake=0.04,bands=[]", AMPLE, ("logo_churn_annual",), ()),
        ("win-back:success=-0.5", (), (), ("arr", "net_benefit")),  # called too soon, fewer come back
    ],
)
def test_it_can_do_harm(lever: str, changes: Changes, up: tuple[str, ...], down: tuple[str, ...]) -> None:
    found = effects(lever, changes)
    assert {outcome: found[outcome] for outcome in up if not raises(found, outcome)} == {}
    assert {outcome: found[outcome] for outcome in down if not lowers(found, outcome)} == {}


def test_a_longer_shock_does_more() -> None:
    short, long = (effects(f"recession:length={months}")["arr"] for months in (3, 30))
    assert long[1] < short[0] < 0.0

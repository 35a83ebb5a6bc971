"""Levers become interventions; what cannot be done is refused in plain words."""

import math
from pathlib import Path

import pytest

from cxsim import catalogue
from cxsim.errors import InputError
from cxsim.interventions import ADD, EVERYONE, MULTIPLY, REVIEW, SET, SIGN_UP, Edit, Intervention, faults
from cxsim.levers import load_lever
from cxsim.levers.settings import intervene
from cxsim.parameters import by_path, churn, experience, teams
from cxsim.scenario import Scenario

SEGMENTS = ("small", "mid")
QUALITY = Edit(experience.MILESTONE_QUALITY, ADD, 1.0)
LEVER = """
title = "Warmer people"
description = "Training."
evidence = "assumed"
trigger = "sign-up"

[settings.warmth]
default = 0.9
unit = "0-1"
low = 0.0
high = 1.0
meaning = "warmth after training"

[[edits]]
parameter = "experience.human_warmth"
operation = "set"
size = "$warmth"
"""


def own_lever(folder: Path, text: str = LEVER) -> str:
    path = folder / "warm.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def refusal(call) -> list[str]:
    with pytest.raises(InputError) as caught:
        call()
    return caught.value.faults


@pytest.mark.parametrize("name", [*catalogue.levers(), *catalogue.shocks()])
def test_every_lever_of_the_catalogue_makes_a_sound_intervention_with_evidence(name):
    lever = load_lever(name)
    made = intervene(lever, {}, SEGMENTS)
    assert faults(made, SEGMENTS) == []
    assert made.evidence
    assert made.sources
    assert all(source.is_assumption or source.url for source in made.sources)


@pytest.mark.parametrize("name", [*catalogue.levers(), *catalogue.shocks()])
def test_every_lever_has_a_start_a_stop_and_segments(name):
    keys = [setting.key for setting in load_lever(name).settings]
    assert {"start", "stop", "segments"} <= set(keys)
    assert ("coverage" in keys) == ("capacity" in keys) == (load_lever(name).trigger != "everyone")


def test_formal_onboarding_treats_new_accounts_and_cuts_questions_by_a_fifth():
    made = intervene(load_lever("formal-onboarding"), {"start": 6, "coverage": 0.5}, SEGMENTS)
    assert (made.trigger, made.start, made.coverage, made.stop) == (SIGN_UP, 6.0, 0.5, math.inf)
    index = by_path()["adoption.ticket_rate"].index
    assert next((e.operation, e.size) for e in made.edits if e.parameter == index) == (MULTIPLY, 0.8)


def test_outreach_goes_to_observed_red_and_amber_unless_told_otherwise():
    lever = load_lever("proactive-outreach")
    made = intervene(lever, {}, SEGMENTS)
    assert (made.trigger, made.outreach, made.bands) == (REVIEW, True, ("red", "amber"))
    other = intervene(lever, {"bands": [], "score": "usage", "below": 0.3, "wake": 0.039}, SEGMENTS)
    assert (other.bands, other.score, other.score_low, other.score_high) == ((), "usage", -math.inf, 0.3)
    assert other.edits[0].operation == ADD
    assert other.edits[0].size == 0.039


def test_staff_levers_add_people_to_their_team_and_nothing_to_the_cost():
    made = intervene(load_lever("csm-staff"), {"people": 3}, SEGMENTS)
    assert made.edits == (Edit(teams.SUCCESS_HEADCOUNT, ADD, 3.0),)
    assert made.cost_once == made.cost_per_month == made.cost_per_account == 0.0
    assert made.trigger == EVERYONE


def test_convergence_shows_more_moments_sooner():
    made = intervene(load_lever("journey-convergence"), {"gain": 0.2, "ramp": 3}, SEGMENTS)
    visible = {p.index for path, p in by_path().items() if path.startswith("health.visible_")}
    raised = [e for e in made.edits if e.parameter in visible]
    assert len(raised) == 5
    assert all((e.operation, e.size, e.ramp) == (ADD, 0.2, 3.0) for e in raised)
    assert made.cost_once > 0


def test_a_users_own_lever_needs_no_code(tmp_path):
    made = intervene(load_lever(own_lever(tmp_path)), {"warmth": 0.5}, SEGMENTS)
    assert made.name == "warm"
    assert made.edits == (Edit(experience.HUMAN_WARMTH, SET, 0.5),)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"experience.human_warmth"', '"experience.human_warmt"'), 'Did you mean "experience.human_warmth"?'),
        (('"experience.human_warmth"', '"churn.value_base"'), "cannot differ from account to account"),
        (('"$warmth"', '"$warmht"'), 'Did you mean "warmth"?'),
        (('"sign-up"', '"signup"'), "not one of everyone, sign-up, review"),
        (("default = 0.9", "default = 1.9"), "outside 0 to 1 0-1 (warmth after training)"),
        (('operation = "set"', 'operation = "sett"'), 'Did you mean "set"?'),
        (("[[edits]]", "[[edit]]"), "edit: no such setting"),
        (("[settings.warmth]", "[settings.start]"), "settings.start: must be named"),
        (('evidence = "assumed"', ""), "evidence: is missing"),
        (('trigger = "sign-up"', 'trigger = "sign-up"\noutreach = true'), 'only possible where trigger is "review"'),
        (('trigger = "sign-up"', 'trigger = "everyone"\ncost = { per_account = 3 }'), "no account is treated singly"),
        (('trigger = "sign-up"', 'trigger = "sign-up"\nwho = { bands = ["red"] }'), "who.bands: only possible"),
    ],
)
def test_a_faulty_lever_is_refused_with_the_place_and_the_reason(tmp_path, change, said):
    assert change[0] in LEVER
    path = own_lever(tmp_path, LEVER.replace(*change))
    assert said in "\n".join(refusal(lambda: intervene(load_lever(path), {}, SEGMENTS)))


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"coverge": 0.5}, 'formal-onboarding: coverge: no such setting. Did you mean "coverage"?'),
        ({"coverage": 1.5}, "formal-onboarding: coverage: 1.5 is outside 0 to 1 share"),
        ({"capacity": 0}, "formal-onboarding: capacity: 0 is outside 1 to inf accounts per month (most that it serves"),
        ({"capacity": 2.5}, "formal-onboarding: capacity: 2.5 is not a whole number (accounts per month: most that"),
        ({"capacity": 10**400}, "formal-onboarding: capacity: a number of more than 19 digits is not a number"),
        ({"capacity": 1e10}, "formal-onboarding: capacity: 1e+10 is not a whole number from 1 to 1e9, or inf"),
        ({"capacity": math.nan}, "formal-onboarding: capacity: nan is outside 1 to inf"),
        ({"capacity": "many"}, 'formal-onboarding: capacity: "many" is not a number'),
        ({"start": -1}, "formal-onboarding: start: -1 is outside 0 to 1200 months"),
        ({"start": 6, "stop": 6}, "formal-onboarding: stop: 6 is not later than the start, month 6"),
        ({"pace": math.nan}, "formal-onboarding: pace: nan is outside 0.1 to 2 ratio"),
        ({"pace": True}, "formal-onboarding: pace: true is not a number"),
        ({"segments": ["smal"]}, 'formal-onboarding: segments: "smal" is not one of small, mid. Did you mean "small"?'),
        ({"segments": [1]}, "formal-onboarding: segments: a list is not a list of names"),
    ],
)
def test_a_faulty_setting_is_refused_in_one_plain_line(settings, line):
    found = refusal(lambda: intervene(load_lever("formal-onboarding"), settings, SEGMENTS))
    assert len(found) == 1
    assert found[0].startswith(line)


def test_a_lever_for_everyone_has_no_capacity():
    found = refusal(lambda: intervene(load_lever("csm-staff"), {"capacity": 3}, SEGMENTS))
    assert found == ["csm-staff: capacity: this lever is for everyone at once, so that it has none"]


def test_a_capacity_is_a_setting_of_whatever_treats_account_by_account_and_inf_takes_it_away(tmp_path):
    for name in ("adoption-campaign", "digital-onboarding", "formal-onboarding", "proactive-outreach"):
        lever = load_lever(name)
        assert intervene(lever, {}, SEGMENTS).capacity == math.inf
        assert intervene(lever, {"capacity": 20}, SEGMENTS).capacity == 20.0
    assert intervene(lever, {"capacity": math.inf}, SEGMENTS) == intervene(lever, {}, SEGMENTS)


@pytest.mark.parametrize("filed", ["capacity = 6", 'capacity = "$places"'])
def test_a_users_lever_file_may_cap_it_and_whoever_uses_it_may_do_so_otherwise(tmp_path, filed):
    places = '[settings.places]\ndefault = 6\nlow = 1\nhigh = 99\nwhole = true\nmeaning = "places a month"\n\n'
    text = LEVER.replace('trigger = "sign-up"', f'trigger = "sign-up"\n{filed}').replace(
        "[[edits]]", f"{places}[[edits]]"
    )
    lever = load_lever(own_lever(tmp_path, text))
    assert next(one.default for one in lever.settings if one.key == "capacity") == 6.0
    assert intervene(lever, {}, SEGMENTS).capacity == 6.0
    assert intervene(lever, {"places": 8}, SEGMENTS).capacity == (8.0 if "$" in filed else 6.0)
    assert intervene(lever, {"capacity": 9}, SEGMENTS).capacity == 9.0


@pytest.mark.parametrize(
    ("filed", "said"),
    [
        ("capacity = 0", "capacity: 0 is not a whole number from 1 to 1e9, or inf (accounts a month)"),
        ("capacity = 1.5", "capacity: 1.5 is not a whole number"),
        ("capacity = nan", "capacity: nan is not a whole number"),
        ('capacity = "many"', 'capacity: "many" is not a number'),
        ("capacity = { accounts = 3 }", "capacity: a table is not a number"),
        ("capcity = 3", 'capcity: no such setting. Did you mean "capacity"?'),
    ],
)
def test_a_faulty_capacity_in_a_lever_file_is_told_in_a_line(tmp_path, filed, said):
    path = own_lever(tmp_path, LEVER.replace('trigger = "sign-up"', f'trigger = "sign-up"\n{filed}'))
    (line,) = refusal(lambda: load_lever(path))
    assert said in line


def test_names_in_a_list_setting_are_checked_under_the_settings_name():
    found = refusal(lambda: intervene(load_lever("proactive-outreach"), {"bands": ["rd"]}, SEGMENTS))
    assert found == ['proactive-outreach: bands: "rd" is not one of red, amber, green. Did you mean "red"?']


def test_all_faults_of_the_settings_are_reported_together():
    assert len(refusal(lambda: intervene(load_lever("csm-staff"), {"people": 0.5, "x": 1, "stop": "y"}, SEGMENTS))) == 3


@pytest.mark.parametrize(
    ("intervention", "said"),
    [
        (Intervention("a", trigger=SIGN_UP, edits=(Edit(churn.VALUE_BASE, SET, 0.1),)), "from account to account"),
        (Intervention("a", trigger=SIGN_UP, edits=(Edit(10_000, SET, 0.1),)), "no place in the parameter row"),
        (Intervention("a", segments=("mid",), edits=(Edit(teams.SUCCESS_HEADCOUNT, ADD, 1.0),)), "shared by all"),
        (Intervention("a", edits=(Edit(by_path()["arrivals.history_months"].index, SET, 5.0),)), "read once"),
        (Intervention("a", edits=(Edit(teams.SUCCESS_HEADCOUNT, ADD, 0.5),)), "not a whole number"),
        (Intervention("a", edits=(Edit(experience.MILESTONE_QUALITY, SET, 11.0),)), "outside 0 to 10"),
        (Intervention("a", edits=(Edit(experience.MILESTONE_QUALITY, SET, math.nan),)), "outside 0 to 10"),
        (Intervention("a", edits=(Edit(experience.MILESTONE_QUALITY, MULTIPLY, -1.0),)), "the factor -1"),
        (Intervention("a", edits=(QUALITY,), coverage=0.5), "must be 1"),
        (Intervention("a", edits=(QUALITY,), capacity=5.0), 'capacity: must be inf where trigger is "everyone"'),
        *(
            (
                Intervention("a", trigger=REVIEW, outreach=True, capacity=most),
                f"capacity: {said} is not a whole number from 1 to 1e9, or inf (accounts a month)",
            )
            for most, said in (
                (0.0, "0"),
                (-3.0, "-3"),
                (2.5, "2.5"),
                (math.nan, "nan"),
                (-math.inf, "-inf"),
                (1e10, "1e+10"),
            )
        ),
        (Intervention("a", edits=(QUALITY,), start=-1.0), "outside 0 to 1200"),
        (Intervention("a"), "nothing would change"),
        (Intervention("a", trigger=REVIEW, edits=(QUALITY,), score="usge"), 'Did you mean "usage"?'),
        (Intervention("a", trigger=REVIEW, edits=(QUALITY,), score_low=0.5), "who.score"),
        (Intervention("a", trigger=REVIEW, edits=(QUALITY,), score="usage", score_low=1.0, score_high=0), "not below"),
        (Intervention("a", edits=(Edit(experience.MILESTONE_QUALITY, ADD, 1.0, decay=-1.0),)), "ramp and decay"),
    ],
)
def test_an_intervention_built_in_python_is_checked_too(intervention, said):
    world = Scenario.load("b2b-saas")
    assert said in "\n".join(refusal(lambda: world.with_(intervention)))

"""Scenarios are loaded, changed, written and hashed without loss."""

import datetime
import json
import math
import pickle
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from cxsim import catalogue
from cxsim.errors import InputError
from cxsim.interventions import ADD, REVIEW, Edit, Intervention
from cxsim.parameters import Source, by_path
from cxsim.scenario import Scenario, check, parse_set, parse_with, scaled, schema, with_values

WORLD = """
name = "mine"
currency = "EUR"
start_date = 2025-04-01
horizon_months = 24

[segments.small]
mrr_median = 100

[segments.mid]
mrr_median = 2000
[segments.mid.churn]
value_base = { value = 0.0139, source = "somebody 2020", url = "https://example.org", claims = ["c"] }

[churn]
price_base = 0.004

[arrivals]
per_month = 10
[arrivals.series]
mid = [4, 5, 6.5]
"""


@pytest.fixture
def mine(tmp_path: Path) -> Scenario:
    return Scenario.load(written(tmp_path, WORLD))


def written(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def busy(name: str) -> Scenario:
    scenario = Scenario.load(name)
    for lever in catalogue.levers():
        scenario = scenario.with_(lever, start=3)
    first = scenario.segments[0]
    return scenario.with_("proactive-outreach", score="usage", below=0.4, segments=[first], stop=12)


def test_a_segments_own_value_goes_before_the_worlds_and_that_before_the_default(mine):
    assert mine.value("churn.value_base", "mid") == 0.0139
    assert mine.value("churn.value_base", "small") == by_path()["churn.value_base"].default
    assert mine.value("churn.price_base", "mid") == mine.value("churn.price_base") == 0.004
    assert mine.value("segments.mrr_median", "small") == 100.0


def test_a_citation_belongs_to_the_value_that_is_used(mine):
    assert mine.citation("churn.value_base", "mid") == Source("somebody 2020", "https://example.org", ("c",))
    assert mine.citation("churn.value_base", "small") == by_path()["churn.value_base"].source
    assert mine.citation("churn.price_base").is_assumption


def test_a_number_set_without_a_source_keeps_its_claims_but_not_the_old_source(mine):
    changed = mine.set("segments.mid.churn.value_base", 0.02)
    assert changed.citation("churn.value_base", "mid").is_assumption
    assert changed.citation("churn.value_base", "mid").claims == ("c",)


def test_the_head_of_the_file_is_read(mine):
    assert (mine.name, mine.currency, mine.horizon_months) == ("mine", "EUR", 24)
    assert mine.start_date == datetime.date(2025, 4, 1)
    assert mine.segments == ("small", "mid")
    assert dict(mine.series) == {"mid": (4.0, 5.0, 6.5)}


@pytest.mark.parametrize("name", catalogue.worlds())
def test_every_world_with_every_lever_survives_being_written_and_read(tmp_path, name):
    scenario = busy(name)
    again = Scenario.load(written(tmp_path, scenario.to_toml()))
    assert again == scenario
    assert again.hash == scenario.hash
    assert again.to_toml() == scenario.to_toml()


def test_a_world_with_series_citations_and_odd_letters_survives_being_written_and_read(mine, tmp_path):
    odd = mine.set("description", 'quote " back\\slash\nline\ttab \x7f β 漢').set("segments.value", {"mrr_sigma": 0.1})
    again = Scenario.load(written(tmp_path, odd.to_toml(), "again.toml"))
    assert again == odd
    assert again.hash == odd.hash


def test_scenarios_go_to_other_processes(mine):
    scenario = busy("b2b-saas")
    assert pickle.loads(pickle.dumps(scenario)) == scenario
    assert pickle.loads(pickle.dumps(mine)).hash == mine.hash
    assert len({mine, pickle.loads(pickle.dumps(mine))}) == 1


def test_a_scenario_cannot_be_changed_in_place(mine):
    with pytest.raises(TypeError):
        mine.values["churn.price_base"] = 1.0
    with pytest.raises(TypeError):
        mine.segment_values["mid"]["churn.value_base"] = 1.0
    with pytest.raises(AttributeError):
        mine.name = "other"


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("churn.price_base", 0.005),
        ("segments.small.mrr_median", 101),
        ("horizon_months", 25),
        ("start_date", datetime.date(2025, 5, 1)),
        ("arrivals.series.mid", [4, 5, 6]),
        ("segments.other", {}),
    ],
)
def test_the_hash_follows_whatever_can_change_a_result(mine, path, value):
    assert mine.set(path, value).hash != mine.hash


def test_the_hash_follows_interventions_and_each_of_their_settings(mine):
    plain = mine.with_("formal-onboarding")
    others = [mine, plain, mine.with_("formal-onboarding", start=1), mine.with_("formal-onboarding", cost=9)]
    assert len({scenario.hash for scenario in others}) == 4


def test_the_hash_ignores_words_and_a_default_that_is_spelled_out(mine):
    assert mine.set("description", "other words").set("name", "other").hash == mine.hash
    default = by_path()["churn.onboarding_base"].default
    assert mine.set("churn.onboarding_base", default).hash == mine.hash


def test_the_hash_is_the_same_in_another_process():
    command = 'from cxsim.scenario import Scenario; print(Scenario.load("enterprise").hash)'
    run = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == Scenario.load("enterprise").hash


def test_with_adds_and_leaves_the_baseline_alone():
    base = Scenario.load("b2b-saas")
    both = base.with_("formal-onboarding", start=6).with_("csm-staff")
    assert base.interventions == ()
    assert [it.name for it in both.interventions] == ["formal-onboarding", "csm-staff"]


def test_what_is_set_after_with_keeps_the_interventions():
    scenario = busy("b2b-saas")
    assert scenario.set("horizon_months", 12).interventions == scenario.interventions


def test_shocks_stand_after_interventions_whatever_the_order(tmp_path):
    text = WORLD + '\n[[shocks]]\nlever = "csm-staff"\npeople = -2\nstart = 5\n'
    scenario = Scenario.load(written(tmp_path, text)).with_("formal-onboarding")
    assert [(it.name, it.is_shock) for it in scenario.interventions] == [
        ("formal-onboarding", False),
        ("csm-staff", True),
    ]
    assert Scenario.load(written(tmp_path, scenario.to_toml(), "again.toml")) == scenario


def test_a_file_lays_its_numbers_over_the_world_it_extends(tmp_path):
    child = 'extends = "b2b-saas"\n[churn]\ninvoluntary_base = 0.001\n[segments.mid]\nmrr_sigma = 0.4\n'
    base, scenario = Scenario.load("b2b-saas"), Scenario.load(written(tmp_path, child, "child.toml"))
    assert scenario.name == "child"
    assert scenario.value("churn.involuntary_base") == 0.001
    assert scenario.value("segments.mrr_sigma", "mid") == 0.4
    assert scenario.value("segments.mrr_median", "mid") == base.value("segments.mrr_median", "mid")
    assert scenario.value("churn.service_base") == base.value("churn.service_base")
    assert scenario.citation("churn.service_base") == base.citation("churn.service_base")


def test_extends_and_lever_paths_go_from_the_file_that_says_them(tmp_path):
    written(tmp_path, WORLD + '\n[[interventions]]\nlever = "own.toml"\n', "deep/base.toml")
    lever = 'title = "t"\ndescription = "d"\nevidence = "e"\ntrigger = "everyone"\n'
    edit = '[[edits]]\nparameter = "experience.product_ease"\noperation = "add"\nsize = 1\n'
    written(tmp_path, lever + edit, "deep/own.toml")
    scenario = Scenario.load(written(tmp_path, 'extends = "deep/base.toml"\n', "top.toml"))
    assert [it.name for it in scenario.interventions] == ["own"]


def test_a_change_that_every_segment_overrides_is_refused():
    with pytest.raises(InputError, match=r"set segments\.small\.mrr_median"):
        Scenario.load("b2b-saas").set("segments.mrr_median", 5.0)


def test_values_that_only_fit_together_are_set_together(mine):
    shares = {"segments.mid.touch_digital_share": 0.9, "segments.mid.touch_named_share": 0.1}
    assert with_values(mine, shares).value("segments.touch_named_share", "mid") == 0.1
    with pytest.raises(InputError, match="touch shares must not exceed 1"):
        mine.set("segments.mid.touch_digital_share", 0.9)


def test_scaling_multiplies_arrivals_and_leaves_teams(mine):
    big = scaled(mine, 1500)
    assert big.value("arrivals.per_month", "mid") == pytest.approx(10 * 3)
    assert big.series["mid"] == pytest.approx((12.0, 15.0, 19.5))
    assert big.value("arrivals.base_accounts") == 1500
    assert big.value("teams.success_headcount") == mine.value("teams.success_headcount")
    saas = Scenario.load("b2b-saas")
    twice = scaled(saas, 2 * saas.value("arrivals.base_accounts"))
    for name in saas.segments:
        assert twice.value("arrivals.per_month", name) == pytest.approx(2 * saas.value("arrivals.per_month", name))


@pytest.mark.parametrize("accounts", [0, -5, float("nan"), float("inf"), "many", True, 1e12])
def test_scaling_to_no_size_is_refused(mine, accounts):
    with pytest.raises(InputError):
        scaled(mine, accounts)


def test_with_on_the_command_line_reads_levers_and_toml_settings():
    text = 'formal-onboarding:start=6,coverage=0.5+proactive-outreach:bands=[red, "amber"],score=usage,below=1e+3'
    assert parse_with(text) == [
        ("formal-onboarding", {"start": 6, "coverage": 0.5}),
        ("proactive-outreach", {"bands": ["red", "amber"], "score": "usage", "below": 1000.0}),
    ]
    assert parse_with("csm-staff:people=+2+support-staff") == [("csm-staff", {"people": 2}), ("support-staff", {})]
    assert parse_with("./own.toml:x=1") == [("./own.toml", {"x": 1})]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("formal-onbording", 'Did you mean "formal-onboarding"?'),
        ("formal-onboarding+", "name is missing"),
        ("", "name is missing"),
        ("formal-onboarding:", "write key=value"),
        ("formal-onboarding:start", "write key=value"),
        ("formal-onboarding:start=1,start=2", "given twice"),
        ("formal-onboarding:start=", "no value"),
        ("formal-onboarding:start=1\nx=2", "no value"),
        ("proactive-outreach:bands=[[", "no value"),
    ],
)
def test_a_faulty_with_is_refused_in_plain_words(text, said):
    with pytest.raises(InputError) as caught:
        parse_with(text)
    assert said in caught.value.faults[0]


def test_set_on_the_command_line_reads_place_and_value():
    assert parse_set("churn.value_base=0.002") == ("churn.value_base", 0.002)
    assert parse_set("start_date = 2025-01-01") == ("start_date", datetime.date(2025, 1, 1))
    assert parse_set("currency=EUR") == ("currency", "EUR")
    with pytest.raises(InputError, match="write place=value"):
        parse_set("churn.value_base")


@pytest.mark.parametrize("name", catalogue.worlds())
def test_every_world_fits_the_schema(name):
    import tomllib

    document = tomllib.loads(catalogue.text("worlds", name))
    plain = json.loads(json.dumps(document, default=str))
    found = schema()
    try:
        import jsonschema
    except ImportError:
        assert set(plain) <= set(found["properties"])
        return
    jsonschema.Draft202012Validator.check_schema(found)
    jsonschema.Draft202012Validator(found).validate(plain)
    plain["churn"]["value_base"] = 12
    assert list(jsonschema.Draft202012Validator(found).iter_errors(plain))


def test_the_schema_holds_every_parameter_with_its_range_and_unit():
    found = json.loads(json.dumps(schema(), allow_nan=False))
    for path, parameter in by_path().items():
        table, key = path.split(".")
        entry = found["properties"][table]["properties"][key]
        assert entry["x-unit"] == parameter.unit
        assert (entry["oneOf"][0]["minimum"], entry["oneOf"][0]["maximum"]) == (parameter.low, parameter.high)
        inner = found["$defs"]["segment"]["properties"]
        assert parameter.per_company or key in (inner if table == "segments" else inner[table]["properties"])


def test_the_schema_knows_a_capacity_and_json_can_write_it():
    entry = json.loads(json.dumps(schema(), allow_nan=False))["$defs"]["definition"]["properties"]["capacity"]
    assert (entry["type"], entry["minimum"], "default" in entry) == ("number", 1, False)
    assert "Most accounts served in a month" in entry["description"]


def test_a_capacity_belongs_to_what_a_scenario_is_and_none_leaves_it_as_it_was(mine, tmp_path):
    free = mine.with_("proactive-outreach")
    capped = free.with_("formal-onboarding", capacity=20)
    assert free.hash == mine.with_("proactive-outreach", capacity=math.inf).hash
    assert "capacity" not in free.to_toml()
    assert "capacity = 20\n" in capped.to_toml()
    hashes = [mine.with_("proactive-outreach", capacity=n).hash for n in (20, 20.0, 21)]
    assert hashes[0] == hashes[1] != hashes[2] != free.hash
    again = Scenario.load(written(tmp_path, capped.to_toml(), "again.toml"))
    assert (again.interventions, again.hash) == (capped.interventions, capped.hash)
    whole = replace(capped.interventions[0], capacity=20)  # as people write it in Python
    parted = replace(whole, capacity=20.0)
    assert mine.with_(whole).hash == mine.with_(parted).hash


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('lever = "formal-onboarding"\ncapacity = 0', "formal-onboarding: capacity: 0 is outside 1 to inf"),
        ('lever = "csm-staff"\ncapacity = 3', "csm-staff: capacity: this lever is for everyone at once"),
        ('name = "x"\ntrigger = "review"\noutreach = true\ncapacity = 0.5', "capacity: 0.5 is not a whole number"),
        ('name = "x"\ntrigger = "review"\noutreach = true\ncapacity = "x"', 'capacity: "x" is not a number'),
    ],
)
def test_a_faulty_capacity_in_a_scenario_file_is_told_in_a_line(tmp_path, entry, said):
    path = written(tmp_path, f'extends = "b2b-saas"\n[[interventions]]\n{entry}\n')
    (line,) = check(path)
    assert f"interventions 1: {said}" in line


def test_a_capacity_in_a_scenario_file_is_read(tmp_path):
    text = 'extends = "b2b-saas"\n[[interventions]]\nname = "x"\ntrigger = "review"\noutreach = true\ncapacity = {}\n'
    for filed, most in (("12", 12.0), ("12.0", 12.0), ("inf", math.inf)):
        assert Scenario.load(written(tmp_path, text.format(filed))).interventions[-1].capacity == most


@pytest.mark.parametrize("name", catalogue.worlds())
def test_every_world_of_the_catalogue_is_sound_and_says_what_it_is_calibrated_to(name):
    assert check(name) == []
    scenario = Scenario.load(name)
    assert scenario.name == name
    assert scenario.targets
    assert all(target.low <= target.high and target.source.text for target in scenario.targets)


@pytest.mark.parametrize("name", catalogue.worlds())
def test_every_number_of_every_world_says_where_it_comes_from(name):
    world = Scenario.load(name)
    given: list[tuple[str, str | None]] = [(path, None) for path in world.values]
    given += [(path, segment) for segment, row in world.segment_values.items() for path in row]
    said = {place: world.citation(*place).text for place in given}
    assert {place: text for place, text in said.items() if "no source given" in text or len(text) < 15} == {}
    assumed = {place: text for place, text in said.items() if text.startswith("assumption")}
    assert [place for place, text in assumed.items() if not text.partition(":")[2].strip()] == []


def test_loading_a_scenario_loads_no_heavy_library():
    command = (
        "import sys; from cxsim.scenario import Scenario; Scenario.load('b2b-saas');"
        "print([m for m in ('numpy', 'pandas', 'scipy', 'numba', 'sklearn') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_every_field_of_an_intervention_survives_being_written_and_read(mine, tmp_path):
    full = Intervention(
        name="full",
        title="t",
        description="d",
        start=1.5,
        stop=9.0,
        trigger=REVIEW,
        outreach=True,
        segments=("mid",),
        stages=("renewal",),
        bands=("red",),
        score="usage",
        score_low=0.1,
        score_high=0.6,
        coverage=0.25,
        capacity=7.0,
        priority=4,
        cost_once=1.0,
        cost_per_month=2.0,
        cost_per_account=3.0,
        edits=(Edit(by_path()["experience.product_ease"].index, ADD, -0.5, 1.0, 7.0, 3.0),),
        evidence="e",
        sources=(Source("s", "https://example.org", ("a", "b")),),
        is_shock=True,
    )
    default = Intervention("full")
    unset = [field.name for field in fields(full) if getattr(full, field.name) == getattr(default, field.name)]
    assert unset == ["name"]
    again = Scenario.load(written(tmp_path, mine.with_(full).to_toml(), "again.toml"))
    assert again.interventions == (full,)

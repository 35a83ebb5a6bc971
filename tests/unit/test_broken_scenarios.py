# ruff: noqa: E501  (the table of faults reads best with one fault a line)
"""Whatever a file holds, loading it gives a scenario or plain lines, soon, and writes nothing."""

import math
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cxsim.errors import MOST_FAULTS, InputError
from cxsim.interventions import faults
from cxsim.parameters import by_path
from cxsim.scenario import Scenario, check

SOUND = """\
name = "mine"
description = "words"
currency = "USD"
start_date = 2026-01-01
horizon_months = 36

[segments]
mrr_sigma = 0.4

[segments.small]
mrr_median = 700.0
term_24_share = 0.2
touch_digital_share = { value = 0.6, source = "somebody 2020", url = "https://example.org" }

[segments.small.arrivals]
per_month = 5.5

[segments.mid]
mrr_median = 2330

[segments.mid.churn]
value_base = { value = 0.0139, source = "somebody 2021", claims = ["c"] }

[arrivals]
base_accounts = 500.0
season_amplitude = 0.1

[arrivals.series]
mid = [4, 5, 6]

[onboarding]
milestones = 3
milestone_duration = 0.6

[churn]
price_base = 0.001

[teams]
success_headcount = 8

[[interventions]]
lever = "formal-onboarding"
start = 6
coverage = 0.5
segments = ["mid"]

[[interventions]]
lever = "proactive-outreach"
bands = ["red"]
score = "usage"
below = 0.4

[[interventions]]
name = "own"
trigger = "review"
start = 2
coverage = 0.3
cost = { per_account = 10 }
who = { bands = ["amber"], stages = ["renewal"] }
edits = [{ parameter = "experience.product_ease", operation = "add", size = 0.5, ramp = 1, decay = 2 }]

[[shocks]]
lever = "support-staff"
people = -2
start = 12

[[calibration]]
outcome = "grr"
low = 0.9
high = 0.93
unit = "share"
source = "SaaS Capital 2023"
"""
LINES = SOUND.splitlines()
KEYED = [number for number, line in enumerate(LINES) if "=" in line]
TABLED = [number for number, line in enumerate(LINES) if line.startswith("[")]

VALUES = st.sampled_from(
    ["-1", "nan", "inf", "-inf", "1e400", "1e308", "true", '"x"', '""', "[]", "{}", "[[[]]]", "2026-13-40", "0.5.5",
     "2026-01-01T00:00:00Z", "9999-12-31", "07:30:00", "9" * 30, "9" * 5000, "-0.0", "0", "36.0", "{ value = 1 }",
     "{ value = [1] }", "{ source = 1 }", '["red", 1]', "[nan]", '"$size"', '"\\u0000"', "0x10", "[1, 2", "''' \n '''"]
)  # fmt: skip
STRAYS = st.sampled_from(
    ["[churn]", "[segments.mid]", "[nonsense]", "[segments.Mid]", "[segments.mid.teams]\nattrition = 0.1", "x = 1",
     "[[segments]]", "[[interventions]]", "[[shocks]]\nlever = 3", "[[interventions]]\nlever = 'nowhere.toml'",
     "[interventions]", "[[calibration]]", "[settings.x]\ndefault = 1", "[segments.a.b.c.d.e]", "extends = 'mine.toml'",
     "extends = ''", "[churn.value_base]", "[arrivals.series]\nnowhere = [1]", "segments = 3", "churn.value_base.x = 1"]
)  # fmt: skip
LETTERS = st.characters(codec="utf-8")


@st.composite
def broken(draw) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        what = draw(st.integers(0, 8))
        at = draw(st.sampled_from(KEYED))
        key, _, value = lines[at].partition("=")
        if what == 0:
            letter = draw(st.integers(0, max(len(key) - 2, 0)))
            lines[at] = f"{key[:letter]}{key[letter + 1 :]}={value}"
        elif what <= 3:
            lines[at] = f"{key}= {draw(VALUES)}"
        elif what == 4:
            lines.insert(draw(st.integers(0, len(lines))), draw(STRAYS))
        elif what == 5:
            table = draw(st.sampled_from(TABLED))
            lines[table] = draw(
                st.sampled_from(["", "[" + lines[table], lines[table][:-1], lines[draw(st.sampled_from(TABLED))]])
            )
        elif what == 6:
            lines[at] = f"{key}= {draw(st.floats())}"
        elif what == 7:
            lines[at] = f"{key}= -{value.strip()}"
        else:
            text = "\n".join(lines)
            place = draw(st.integers(0, len(text)))
            lines = (text[:place] + draw(st.text(LETTERS, max_size=3)) + text[place + draw(st.integers(0, 3)) :]).split(
                "\n"
            )
            lines += [""] * max(0, len(LINES) - len(lines))
    return "\n".join(lines)


def assert_sound(scenario: Scenario) -> None:
    for path, parameter in by_path().items():
        for segment in scenario.segments:
            value = scenario.value(path, segment)
            assert math.isfinite(value)
            assert parameter.low <= value <= parameter.high
    for intervention in scenario.interventions:
        assert faults(intervention, scenario.segments) == []


def assert_plain(found: list[str], label: str) -> None:
    assert found
    assert len(found) <= MOST_FAULTS + 1
    for line in found:
        assert line.startswith(f"{label}: ")
        assert len(line) > len(label) + 4
        assert len(line.splitlines()) == 1
        assert "Traceback" not in line
        assert "pydantic" not in line


def faults_of(path: Path) -> list[str]:
    started = time.perf_counter()
    found = check(path)
    assert time.perf_counter() - started < 5.0
    if found:
        assert_plain(found, str(path))
    return found


def put(folder: Path, text: str | bytes, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


def test_the_file_that_is_broken_below_is_sound(tmp_path):
    scenario = Scenario.load(put(tmp_path, SOUND))
    assert_sound(scenario)
    assert len(scenario.interventions) == 4
    assert Scenario.load(put(tmp_path, scenario.to_toml(), "again.toml")) == scenario


@settings(max_examples=300, derandomize=True, deadline=None, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(text=broken())
@example(text=SOUND.replace("36", "36.0", 1))
def test_a_broken_file_is_either_sound_or_refused_in_plain_lines_and_nothing_is_written(tmp_path, text):
    path = put(tmp_path, text)
    before = path.read_bytes()
    try:
        scenario = Scenario.load(path)
    except InputError as error:
        assert_plain(error.faults, str(path))
    else:
        assert_sound(scenario)
        again = Scenario.load(put(tmp_path, scenario.to_toml(), "again.toml"))
        os.remove(tmp_path / "again.toml")
        assert again == scenario
        assert again.hash == scenario.hash
    assert os.listdir(tmp_path) == ["mine.toml"]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("milestones = 3", "milestone = 3", 'onboarding.milestone: no such setting. Did you mean "milestones"?'),
        ("[churn]", "[chrun]", 'chrun: no such table. Did you mean "churn"?'),
        ("mid.churn]", "mid.chrun]", 'segments.mid.chrun: no such table. Did you mean "churn"?'),
        ("price_base = 0.001", "usage_ceiling = 0.5", 'churn.usage_ceiling: no such setting. Did you mean "outcome.usage_ceiling"?'),
        ("price_base = 0.001", "value_base = 12", "churn.value_base: 12 is outside 0 to 10 1/month (hazard from lack of value at no distress)"),
        ("price_base = 0.001", "price_base = -0.001", "churn.price_base: -0.001 is outside 0 to 10 1/month"),
        ("price_base = 0.001", 'price_base = "much"', 'churn.price_base: "much" is not a number (1/month: hazard'),
        ("price_base = 0.001", "price_base = true", "churn.price_base: true is not a number"),
        ("price_base = 0.001", "price_base = nan", "churn.price_base: nan is not a finite number"),
        ("price_base = 0.001", "price_base = inf", "churn.price_base: inf is not a finite number"),
        ("price_base = 0.001", f"price_base = {'9' * 400}", "churn.price_base: a number of more than 19 digits is outside"),
        ("milestones = 3", "milestones = 3.5", "onboarding.milestones: 3.5 is not a whole number (count:"),
        ("value = 0.0139, ", "", "segments.mid.churn.value_base: value is missing"),
        ("value = 0.0139, ", "value = 0.0139, surce = 1, ", 'value_base.surce: no such setting. Did you mean "source"?'),
        ('claims = ["c"]', 'claims = ["z"]', 'value_base: claims 1: "z" is not a letter of a quoted claim'),
        ("mrr_median = 2330", "term_1_share = 1.0\nterm_36_share = 0.5", "segments.mid: term_1_share + term_24_share + term_36_share is 1.6"),
        ("term_24_share = 0.2", "touch_named_share = 0.5", "segments.small: touch_digital_share + touch_named_share is 1.1"),
        ("[segments.mid.churn]", "[segments.mid.teams]\nattrition = 0.1\n[segments.mid.churn]", "segments.mid.teams.attrition: is shared by all segments; set it in [teams]"),
        ("[segments.mid.churn]", "[segments.Mid.churn]", "segments.Mid: a segment is named in a-z"),
        ("mrr_sigma = 0.4", "other = 0.4", "segments.other: 0.4 is not a table"),
        ("mrr_sigma = 0.4", "mrr_sgma = 0.4", 'segments.mrr_sgma: no such setting. Did you mean "mrr_sigma"?'),
        ("mrr_sigma = 0.4", "mrr_sgma = { value = 0.4 }", 'segments.mrr_sgma: no such setting. Did you mean "mrr_sigma"?'),
        ("horizon_months = 36", "horizon_months = 0", "horizon_months: 0 is not a whole number of 1 to 600 months"),
        ("horizon_months = 36", "horizon_months = 36.0", "horizon_months: 36 is not a whole number"),
        ("2026-01-01", '"2026-01-01"', "start_date: \"2026-01-01\" is not a date without quotes"),
        ("2026-01-01", "2026-01-01T00:00:00", "start_date: 2026-01-01 00:00:00 is not a date"),
        ("2026-01-01", "1600-01-01", "start_date: 1600-01-01 is outside 1900-01-01 to 2200-12-31"),
        ("2026-01-01", "2026-13-01", "is not sound TOML"),
        ('"USD"', '"dollars"', 'currency: "dollars" is not a code of three capital letters'),
        ("mid = [4, 5, 6]", "big = [4, 5, 6]", "arrivals.series.big: no such segment"),
        ("mid = [4, 5, 6]", "mid = [4, -5, 6]", "arrivals.series.mid 2: -5 is outside 0 to"),
        ("[teams]", "[churn]", "is not sound TOML"),
        ("coverage = 0.5", "coverge = 0.5", 'interventions 1: formal-onboarding: coverge: no such setting. Did you mean "coverage"?'),
        ("coverage = 0.5", "coverage = 1.5", "interventions 1: formal-onboarding: coverage: 1.5 is outside 0 to 1 share"),
        ('"formal-onboarding"', '"formal-onbording"', 'no such lever or shock. Did you mean "formal-onboarding"?'),
        ('"formal-onboarding"', '"nowhere.toml"', "nowhere.toml: no such file"),
        ('segments = ["mid"]', 'segments = ["mit"]', 'segments: "mit" is not one of small, mid. Did you mean "mid"?'),
        ('bands = ["red"]', 'bands = ["reed"]', 'proactive-outreach: bands: "reed" is not one of red, amber, green. Did you mean "red"?'),
        ('score = "usage"', 'score = "usge"', 'proactive-outreach: score: "usge" is not one of'),
        ("per_account = 10", "per_acount = 10", 'interventions 3: cost.per_acount: no such setting. Did you mean "per_account"?'),
        ('"experience.product_ease"', '"experience.product_eas"', 'Did you mean "experience.product_ease"?'),
        ('"experience.product_ease"', '"churn.value_base"', "interventions 3: edits 1: churn.value_base: cannot differ from account to account"),
        ('operation = "add"', 'operation = "plus"', 'interventions 3: edits 1.operation: "plus" is not one of set, add, multiply'),
        ("size = 0.5", "size = nan", "interventions 3: edits 1.size: nan is not a finite number"),
        ("decay = 2", "decay = -2", "interventions 3: edits 1.decay: -2 must be at least 0"),
        ('name = "own"\n', "", "interventions 3: name: is missing"),
        ('trigger = "review"\n', "", "interventions 3: trigger: is missing"),
        ("people = -2", "people = -2.5", "shocks 1: support-staff: people: -2.5 is not a whole number"),
        ("low = 0.9\n", "low = 0.99\n", "calibration 1: low 0.99 lies above high 0.93"),
        ("low = 0.9\n", "", "calibration 1: low: is missing"),
        ('outcome = "grr"', "outcome = 3", "calibration 1: outcome: 3 is not a text in quotes"),
        ("[[shocks]]", "[shocks]", "shocks: a table is not an array of tables; write [[shocks]]"),
        ("[churn]", "[health]\namber_from = 16\n[churn]", "health.amber_from: 16 lies above health.green_from, 15"),
        ("[churn]", "[adoption]\nticket_rate = 2\n[churn]", "above adoption.ticket_ceiling, 2"),
    ],
)  # fmt: skip
def test_each_kind_of_fault_is_said_on_one_line_with_its_place(tmp_path, old, new, line):
    assert old in SOUND
    found = faults_of(put(tmp_path, SOUND.replace(old, new, 1)))
    assert any(line in one for one in found), found


def test_all_faults_of_a_file_are_reported_together(tmp_path):
    text = (
        SOUND.replace("milestones = 3", "milestone = 3").replace("0.001", "nan").replace("coverage = 0.5", "cover = 1")
    )
    assert len(faults_of(put(tmp_path, text.replace('"USD"', "5")))) == 4


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"# nothing but words\n", "is empty"),
        (b"\x00\x01\x02\xff\xfe", "is not UTF-8 text"),
        (b"\x00\x01", "is not sound TOML"),
        ('name = "ä"'.encode("latin-1"), "is not UTF-8 text"),
        (SOUND.encode("utf-16"), "is not UTF-8 text"),
        (b"a" * 10_000_000, "more than the 2000000 allowed"),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "is nested too deeply"),
        (b"x = " + b"{a=" * 5000 + b"1" + b"}" * 5000, "is nested too deeply"),
        (b"[" + b"a." * 5000 + b"a]", "is nested too deeply"),
        (b".".join([b"a"] * 5000) + b" = 1", "is nested too deeply"),
        (b"x = " + b"[" * 100 + b"]" * 100, "is nested too deeply"),
        (b"x = " + b"9" * 5000, "is not sound TOML"),
        (b"name = 1\nname = 2", "is not sound TOML"),
        (b'name = "only a name"', "segments: there must be 1 to 16"),
        ("".join(f"[segments.s{n}]\n" for n in range(17)).encode(), "segments: there must be 1 to 16"),
        ("".join(f"key_{n} = 1\n" for n in range(50_000)).encode(), "more faults"),
        (("[churn]\n" + "".join(f"valuebase{n} = 1\n" for n in range(50_000))).encode(), "more faults"),
        (b"[[interventions]]\n" * 50_000, "more than the 100 allowed"),
        (b'"a\\nb\\u2028c" = 1\n[segments.mid]\n', "no such table"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_a_file_that_is_no_scenario_is_refused_soon(tmp_path, content, said):
    found = faults_of(put(tmp_path, content))
    assert any(said in line for line in found), found[:3]


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert faults_of(put(tmp_path, b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode())) == []


def test_a_missing_file_a_directory_and_a_pipe_are_refused(tmp_path):
    assert "no such file" in faults_of(tmp_path / "nowhere.toml")[0]
    assert "is a directory" in faults_of(tmp_path)[0]
    os.mkfifo(tmp_path / "pipe.toml")
    assert "not an ordinary file" in faults_of(tmp_path / "pipe.toml")[0]


def test_an_impossible_or_unknown_name_is_refused_with_the_nearest_world():
    assert 'Did you mean "b2b-saas"?' in check("b2b-sas")[0]
    assert check("a\0b.toml")
    assert check("x" * 5000)
    assert check("")


@pytest.mark.parametrize(
    ("extends", "said"),
    [
        ('"mine.toml"', "extends: goes round in a circle"),
        ('"other.toml"', "extends: goes round in a circle"),
        ('"."', "is a directory"),
        ('"nowhere.toml"', "extends: "),
        ('"b2b-sas"', 'Did you mean "b2b-saas"?'),
        ("5", "extends: 5 is not the name of a world or file"),
        ('""', "is not the name of a world or file"),
        ("[]", "is not the name of a world or file"),
        ('"chain0.toml"', "extends: a chain of more than 16 files"),
        ('"broken.toml"', "is not sound TOML"),
    ],
)
def test_a_faulty_extends_is_refused(tmp_path, extends, said):
    put(tmp_path, 'extends = "mine.toml"', "other.toml")
    put(tmp_path, "x = [", "broken.toml")
    for number in range(20):
        put(tmp_path, f'extends = "chain{number + 1}.toml"', f"chain{number}.toml")
    found = faults_of(put(tmp_path, f"extends = {extends}\n{SOUND}"))
    assert len(found) == 1
    assert said in found[0]


def test_a_circle_through_a_link_is_found(tmp_path):
    put(tmp_path, 'extends = "link.toml"')
    (tmp_path / "link.toml").symlink_to(tmp_path / "mine.toml")
    assert "goes round in a circle" in faults_of(tmp_path / "mine.toml")[0]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("churn.valu_base", 1),
        ("churn.value_base", "x"),
        ("churn.value_base", None),
        ("churn.value_base", object()),
        ("churn", 5),
        ("", 1),
        ("..", 1),
        ("a.b.c.d.e.f", 1),
        ("extends", "b2b-saas"),
        ("interventions", 3),
        ("interventions.start", 3),
        ("segments.small", 3),
        ("segments.small.teams.attrition", 0.1),
        ("name", "\ud800"),
        ("horizon_months", 10**400),
        ("calibration", [[]]),
    ],
)
def test_setting_nonsense_gives_plain_lines(path, value):
    with pytest.raises(InputError) as caught:
        Scenario.load("enterprise").set(path, value)
    assert all(len(line.splitlines()) == 1 for line in caught.value.faults)

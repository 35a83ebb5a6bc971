"""The command line: what it prints, what it refuses, what it writes."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from terminal import SMALL, call
from typer.testing import CliRunner

import cxsim as cx
from cxsim.cli import app, main
from cxsim.cli.compare_answers import stems
from cxsim.cli.demo import small
from cxsim.cli.ledgers import write_ledgers
from cxsim.cli.screens import wrapped
from cxsim.cli.sizes import FAST_ACCOUNTS
from cxsim.engines import simulate
from cxsim.events import OWNERS
from cxsim.readings.outcomes import OUTCOMES
from cxsim.scenario import Scenario, scaled, with_values

QUICK = [*SMALL, "--replications", "2", "--workers", "1"]
HEAD = ["world", "seed", "replications", "horizon_months", "version", "scenario_hash"]
EFFECT = [
    "outcome", "unit", "better", "baseline", "alternative", "difference", "low", "high", "standard_error",
    "probability_better", "probability_mean_better", "future_low", "future_high",
]  # fmt: skip
HEAVY = ("numba", "pandas", "scipy", "simpy", "sklearn", "matplotlib")


def small_world() -> Scenario:
    return with_values(scaled(Scenario.load("b2b-saas"), 40), {"arrivals.history_months": 6, "horizon_months": 24})


def test_help_loads_nothing_heavy() -> None:
    code = "import sys; sys.argv = ['cxsim', '--help']\nfrom cxsim.cli import main\nmain()\n"
    code += f"print('LOADED', [name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "LOADED []" in done.stdout
    for command in ("demo", "worlds", "levers", "outcomes", "show", "check", "schema", "simulate", "run", "compare"):
        assert command in done.stdout


def test_the_runner_of_typer_finds_the_same_commands() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.strip() == f"cxsim {cx.__version__}"


@pytest.mark.parametrize("command", ["worlds", "levers", "outcomes", "schema"])
def test_what_there_is(command: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, command)
    assert (code, err) == (0, "")
    named = {"worlds": "b2b-saas", "levers": "formal-onboarding", "outcomes": "logo_churn_12m", "schema": "$schema"}
    assert named[command] in out
    if command == "schema":
        assert json.loads(out)["title"] == "cxsim scenario"
    else:
        assert max(map(len, out.splitlines())) <= 80
        assert "\x1b" not in out


def test_show_gives_units_ranges_and_sources(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "show", "b2b-saas")
    assert code == 0
    assert "1/month" in out
    assert "assumption" in out
    _, resolved, _ = call(capsys, "show", "b2b-saas", "--resolved")
    assert len(resolved) > len(out)
    assert "onboarding" in call(capsys, "show", "formal-onboarding")[1]


def test_show_writes_names_and_ranges_as_people_do(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [" ".join(line.split()) for line in call(capsys, "show", "proactive-outreach")[1].splitlines()]
    assert any(row.startswith("bands red, amber ") for row in rows)
    assert any(row.startswith("score all ") for row in rows)
    assert any(row.startswith("coverage 1 0 to 1 share ") for row in rows)


def test_show_tells_of_a_capacity(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, has_one in (("proactive-outreach", True), ("csm-staff", False)):
        assert ("\ncapacity " in call(capsys, "show", name)[1]) == has_one
    (here / "mine.toml").write_text(
        'extends = "b2b-saas"\n[[interventions]]\nlever = "formal-onboarding"\ncapacity = 20\n'
    )
    assert "formal-onboarding from month 0, at most 20 accounts a month" in call(capsys, "show", "mine.toml")[1]


def test_check_passes_a_sound_file_and_lists_every_fault_of_another(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "good.toml").write_text('extends = "b2b-saas"\n')
    (here / "bad.toml").write_text('extends = "b2b-saas"\n[onboarding]\nmilestnes = 3\n[churn]\nvalue_base = -1\n')
    assert call(capsys, "check", "good.toml")[0] == 0
    code, out, err = call(capsys, "check", "good.toml", "bad.toml")
    assert code == 2
    assert "good.toml: sound" in out
    assert len(err.splitlines()) == 2
    assert 'Did you mean "milestones"?' in err
    assert "churn.value_base" in err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["compare", "b2b-sas", "--with", "formal-onboarding"], 'Did you mean "b2b-saas"?'),
        (["compare", "b2b-saas", "--with", "formal-onbording"], 'Did you mean "formal-onboarding"?'),
        (["compare", "b2b-saas", "--with", "formal-onboarding:coverge=0.5"], 'Did you mean "coverage"?'),
        (
            ["compare", "b2b-saas", "--with", "proactive-outreach:capacity=0"],
            "capacity: 0 is outside 1 to inf accounts",
        ),
        (["compare", "b2b-saas"], "--with is missing"),
        (["compare", "b2b-saas", "--with", "formal-onboarding", "--target", "nr=1"], 'Did you mean "nrr"?'),
        (["compare", "b2b-saas", "--with", "formal-onboarding", "--by", "segmnt"], '"segment"'),
        (["compare", "b2b-saas", "--with", "formal-onboarding", "--replicatons", "3"], "--replications"),
        (["run", "b2b-saas", "--set", "churn.value_bas=1"], "value_base"),
        (["run", "b2b-saas", "--replications", "0"], "replications"),
        (["run", "b2b-saas", "--replications", "many"], "many"),
        (["simulate", "b2b-saas", "--seed", "1", "--engine", "refrence"], 'Did you mean "reference"?'),
        (["simulate", "b2b-saas", "--seed", "1", "--out", "log.xlsx"], ".parquet"),
        (["simulate", "b2b-saas", "--seed", "1", "--parts"], "--out"),
        (["simulate", "b2b-saas", "--seed", "1", "--parts", "--out", "log.csv"], ".parquet"),
        (["simulate", "b2b-saas", "--seed", "1", "--parts", "--out", "l.parquet", "--engine", "reference"], "compiled"),
        (["compare", "b2b-saas", "--wiht", "formal-onboarding"], '--wiht: no such option. Did you mean "--with"? See'),
        (["run", "b2b-saas", "--qqqq"], "--qqqq: no such option. See: cxsim --help"),
        (["compar"], "compare"),
    ],
)
def test_bad_input_is_one_line_and_two_and_writes_nothing(
    line: list[str], said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, *line)
    assert code == 2
    assert out == ""
    assert said in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1
    assert list(here.iterdir()) == []


def test_a_broken_file_writes_nothing(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "broken.toml").write_text("horizon_months = \n")
    code, _, err = call(capsys, "compare", "broken.toml", "--with", "formal-onboarding", "--out", "results")
    assert code == 2
    assert "broken.toml" in err
    assert [path.name for path in here.iterdir()] == ["broken.toml"]


def test_debug_shows_the_traceback(here: Path) -> None:
    with pytest.raises(cx.InputError):
        main(["show", "b2b-sas", "--debug"])


def test_simulate_digest_is_that_of_the_log(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "simulate", "b2b-saas", "--seed", "5", "--replication", "2", *SMALL, "--digest")
    assert code == 0
    assert out.strip() == simulate(small_world(), seed=5, replication=2).digest()


def test_simulate_tells_the_same_on_either_engine(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ("simulate", "b2b-saas", "--seed", "5", *SMALL, "--digest", "--engine")
    told = [call(capsys, *line, engine) for engine in ("reference", "compiled")]
    assert [code for code, _, _ in told] == [0, 0]
    assert told[0][1].strip() == told[1][1].strip() == simulate(small_world(), seed=5).digest()


def test_simulate_writes_a_log_in_parts(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["simulate", "b2b-saas", "--seed", "5", *SMALL, "--parts", "--out", "log.parquet"]
    code, out, _ = call(capsys, *line)
    assert code == 0
    assert "log.parquet" in out
    log = cx.EventLog.read("log.parquet")
    assert log.digest() == simulate(small_world(), seed=5).digest()
    assert log.certificate.command == shlex.join(["cxsim", *line])


def test_simulate_writes_a_log_that_can_be_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["simulate", "b2b-saas", "--seed", "5", *SMALL, "--with", "formal-onboarding", "--out", "log.parquet"]
    code, out, _ = call(capsys, *line)
    assert code == 0
    log = cx.EventLog.read("log.parquet")
    assert log.certificate.seed == 5
    assert log.digest() in out
    assert "log.parquet" in out
    assert log.certificate.command == shlex.join(["cxsim", *line])
    birth = json.loads((here / "log.birth.json").read_text())
    assert (birth["version"], birth["scenario_hash"], birth["seed"]) == (
        cx.__version__,
        log.certificate.scenario_hash,
        5,
    )
    assert call(capsys, *shlex.split(birth["command"])[1:])[0] == 0
    assert cx.EventLog.read("log.parquet").digest() == log.digest()
    # a file from before certificates knew the command
    del birth["command"]
    (here / "log.birth.json").write_text(json.dumps(birth))
    assert cx.EventLog.read("log.parquet").certificate.command == ""


def test_run_json_has_the_promised_keys(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "run", "b2b-saas", *QUICK, "--json", "--out", "o")
    assert code == 0
    answer = json.loads(out)
    assert list(answer) == [*HEAD, "outcomes", "experience_by_owner"]
    assert [row["outcome"] for row in answer["outcomes"]] == list(OUTCOMES)
    for row in answer["outcomes"]:
        assert [key for key in row if key != "reason"] == [
            "outcome",
            "unit",
            "mean",
            "low",
            "high",
            "standard_deviation",
        ]
    assert answer["scenario_hash"] == small_world().hash
    shares = answer["experience_by_owner"]
    assert {row["owner"] for row in shares} == set(OWNERS)
    assert [key for key in shares[0] if key != "reason"] == ["owner", "mean", "low", "high", "standard_deviation"]
    assert sum(row["mean"] for row in shares) == pytest.approx(1.0)
    written = sorted(path.name for path in (here / "o").iterdir())
    assert written == ["money.csv", "outcomes.csv", "outcomes.json", "stages.csv"]
    for path in (here / "o").iterdir():
        for mark in (cx.__version__, small_world().hash, "7", "cxsim run b2b-saas --accounts 40"):
            assert mark in path.read_text(), (path.name, mark)
    screen = call(capsys, "run", "b2b-saas", *QUICK)[1]
    assert "Of all that moved experience, success controls " in screen
    assert "logo_churn_12m" in screen
    assert max(map(len, screen.splitlines())) <= 80


def test_compare_json_has_the_promised_keys(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "compare", "b2b-saas", "--with", "formal-onboarding:start=2", *QUICK, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert list(answer) == [*HEAD, "alternatives"]
    (alternative,) = answer["alternatives"]
    assert list(alternative) == ["name", "effects", "reached", "payback"]
    assert [key for key in alternative["reached"] if key != "reason"] == [*EFFECT, "accounts"]
    assert alternative["reached"]["outcome"] == "logo_churn_12m"
    assert alternative["reached"]["accounts"] > 0
    assert alternative["name"] == "formal-onboarding:start=2"
    assert [row["outcome"] for row in alternative["effects"]] == list(OUTCOMES)
    for row in alternative["effects"]:
        assert [key for key in row if key != "reason"] == EFFECT
        assert "reason" in row or row["difference"] is not None


def test_compare_says_what_it_found_and_writes_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["compare", "b2b-saas", "--with", "formal-onboarding", *QUICK, "--by", "segment", "--target", "nrr=105%"]
    code, out, _ = call(capsys, *line, "--out", "o")
    assert code == 0
    assert out.startswith("formal-onboarding")
    assert "new accounts it reached" in " ".join(out.split())
    assert "enterprise" in out
    assert "nrr ≥ 105.0 %" in out
    assert max(map(len, out.splitlines())) <= 80
    names = sorted(path.name for path in (here / "o").iterdir())
    assert names == [
        "arr.png", "comparison.json", "effects.csv", "effects.png", "money.csv", "payback.png", "report.html",
        "retention.png", "stages.csv",
    ]  # fmt: skip
    for name in names:
        content = (here / "o" / name).read_bytes()
        for mark in (
            cx.__version__.encode(),
            small_world().hash.encode(),
            b"seed",
            b"7",
            b"cxsim compare b2b-saas --with",
        ):
            assert mark in content, (name, mark)
    page = (here / "o" / "report.html").read_text()
    without = re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert not re.search(r"(src|href)=\"https?:", without)
    assert 'name="viewport"' in page
    assert "<svg" in page


def test_what_to_type_next_keeps_what_was_typed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = "formal-onboarding:start=3,coverage=0.5+proactive-outreach:wake=0.01+csm-staff+support-staff:start=6"
    (here / "my world.toml").write_text('extends = "b2b-saas"\n')
    typed = [
        "compare",
        "my world.toml",
        "--with",
        name,
        "--with",
        "csm-staff",
        *QUICK,
        "--seed=5",
        "--target",
        "nrr=1.05",
    ]
    out = call(capsys, *typed)[1]
    shown, _, steps = out.partition("Next:")
    found = [shlex.split(line) for line in steps.replace(" \\\n", "").splitlines() if "cxsim compare" in line]
    kept = ["cxsim", *typed]
    del kept[kept.index("--replications") : kept.index("--replications") + 2]
    assert [*kept, "--replications", "8"] in found
    assert ["cxsim", *typed, "--by", "segment"] in found
    assert any(line[:-1] == ["cxsim", *typed, "--out"] for line in found)
    assert all(line[:2] == ["cxsim", "compare"] for line in found)
    # a long name breaks where its parts end, and nothing else is longer than the screen
    lines = [line.rstrip() for line in shown.splitlines()]
    assert max(map(len, lines)) <= 80
    first = lines.index("formal-onboarding:start=3,coverage=0.5+proactive-outreach:wake=0.01+csm-staff+")
    assert lines[first + 1].startswith("support-staff:start=6")
    table = shown[shown.index("chance of reaching") :].splitlines()
    assert any("coverage=0.5+" in line for line in table)
    assert not any(re.search(r"[a-z]-?$", line.strip()) and "proactive" in line for line in table)
    assert [line for line in steps.splitlines() if len(line.rstrip()) > 80 and name not in line] == []


def test_files_of_alternatives_never_share_a_name() -> None:
    long = "proactive-outreach:wake=0.01,coverage=0.5+formal-onboarding:start=6+csm-staff:people="
    assert stems(["one"]) == [""]
    assert stems(["csm-staff:people=1", "csm-staff:people=2"]) == ["csm-staff-people-1-", "csm-staff-people-2-"]
    assert len(set(stems([f"{long}1", f"{long}2", "a:b", "a,b"]))) == 4


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a lever:setting=1,000 cuts", ["a lever:setting=1,000", "cuts"]),
        ("proactive-outreach:wake=0.01,bands=[] cuts", ["proactive-outreach:", "wake=0.01,bands=[]", "cuts"]),
        ("see https://doi.org/10.1509/jmr.13.0483 there", ["see", "https://doi.org/10.1509/jmr.13.0483", "there"]),
        ("one\ntwo", ["one", "two"]),
    ],
)
def test_long_names_break_where_their_parts_end(text: str, lines: list[str]) -> None:
    assert wrapped(text, 22).splitlines() == lines


def test_alternatives_may_be_many(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["compare", "b2b-saas", "--with", "formal-onboarding", "--with", "csm-staff+support-staff", *QUICK, "--json"]
    answer = json.loads(call(capsys, *line)[1])
    assert [one["name"] for one in answer["alternatives"]] == ["formal-onboarding", "csm-staff+support-staff"]


def test_demo_states_effects_and_names_its_files(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXSIM_FAST", "1")
    code, out, _ = call(capsys, "demo")
    assert code == 0
    for said in ("churn within 12 months", "net revenue retention", "ARR", "company value", "95 %", "CXSIM_FAST"):
        assert said in out
    for name in ("effects.png", "report.html"):
        assert f"cxsim-out/demo/{name}" in out
        assert (here / "cxsim-out" / "demo" / name).is_file()
    hashed = small(FAST_ACCOUNTS).hash.encode()
    for path in (here / "cxsim-out" / "demo").iterdir():
        for mark in (cx.__version__.encode(), hashed, b"seed 7", b"CXSIM_FAST=1 cxsim demo"):
            assert mark in path.read_bytes(), (path.name, mark)
    assert "Next:" in out
    assert max(map(len, out.splitlines())) <= 80


def test_an_old_terminal_gets_no_colour_and_no_traceback(here: Path) -> None:
    plain = {**os.environ, "TERM": "dumb", "PYTHONIOENCODING": "ascii", "COLUMNS": "80"}
    command = [sys.executable, "-m", "cxsim"]
    done = subprocess.run([*command, "levers"], env=plain, capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert done.stderr == ""
    done = subprocess.run([*command, "show", "nowhere"], env=plain, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_compare_writes_each_accounts_two_fates(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = ["compare", "b2b-saas", *SMALL, "--with", "formal-onboarding", "--replications", "2", "--seed", "5"]
    code, out, _ = call(capsys, *line, "--out", "o", "--ledger")
    assert code == 0
    assert "ledger.csv" in out
    table = pd.read_csv(here / "o" / "ledger.csv", comment="#")
    assert (here / "o" / "ledger.csv").read_text().startswith("# cxsim ")
    effects = json.loads((here / "o" / "comparison.json").read_text())["alternatives"][0]["effects"]
    gained = next(row["difference"] for row in effects if row["outcome"] == "arr")
    # means of two replications, ARR being twelve times MRR
    assert 12 * table["mrr_gained"].sum() / 2 == pytest.approx(gained, abs=0.005)


def test_the_ledger_of_several_levers_shares_each_accounts_gain_among_them(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    levers = "formal-onboarding:segments=small+formal-onboarding:segments=mid,start=6"
    line = ["compare", "b2b-saas", *SMALL, "--with", levers, "--replications", "2", "--seed", "5", "--out", "o"]
    assert call(capsys, *line, "--ledger")[0] == 0
    table = pd.read_csv(here / "o" / "ledger.csv", comment="#")
    for what in ("mrr", "revenue", "margin"):
        shares = table[[f"{what}_from formal-onboarding", f"{what}_from formal-onboarding (2)"]]
        assert shares.any().all()
        assert shares.to_numpy().sum() == pytest.approx(table[f"{what}_gained"].sum(), abs=0.005)
    ledger = pd.read_csv(here / "o" / "money.csv", comment="#")
    gained = ledger.loc[ledger["what"] == "difference", "gross_margin"].sum()
    assert table["margin_gained"].sum() / 2 == pytest.approx(gained, abs=0.005)


def test_the_ledger_of_more_levers_than_all_are_tried_of_says_that_its_shares_are_estimates(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    levers = "+".join(f"formal-onboarding:start={month}" for month in range(7))
    line = ["compare", "b2b-saas", *SMALL, "--with", levers, "--replications", "2", "--seed", "5", "--out", "o"]
    code, out, _ = call(capsys, *line, "--ledger", "--orders", "4")
    assert code == 0
    said = "shares are estimates over 4 orders drawn in each replication"
    assert said in " ".join(out.split())
    assert "± of the orders" in out
    assert max(len(one.rstrip()) for one in out.split("Written")[0].splitlines()) <= 80
    for name in ("ledger.csv", "ledger-levers.csv"):
        assert said in (here / "o" / name).read_text(encoding="utf-8").splitlines()[1]
    table = pd.read_csv(here / "o" / "ledger.csv", comment="#")
    levers_of = pd.read_csv(here / "o" / "ledger-levers.csv", comment="#").set_index("lever")
    for what in ("mrr", "revenue", "margin"):
        shares = table[[name for name in table if name.startswith(f"{what}_from ")]]
        assert shares.shape[1] == 7
        assert shares.sum(axis=1).to_numpy() == pytest.approx(table[f"{what}_gained"].to_numpy(), abs=0.005)
        assert levers_of.loc["together", what] == pytest.approx(table[f"{what}_gained"].sum() / 2, abs=0.005)
        assert levers_of[f"{what}_error"].any()


def test_the_ledger_of_more_levers_than_are_shared_says_so(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = small_world()
    many = base
    for month in range(31):
        many = many.with_("formal-onboarding", start=month)
    found = cx.compare(base, many, replications=2, seed=5)
    (written,) = write_ledgers(found, [""], here, orders=None, quiet=False, store=None)
    said = "not shared: 31 levers are more than the 30 that can be told apart"
    assert said in " ".join(capsys.readouterr().out.split())
    assert said in written.read_text(encoding="utf-8").splitlines()[1]
    assert not [name for name in pd.read_csv(written, comment="#") if "_from " in name]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--orders", "8"], "--orders 8: is how --ledger shares gains among levers, and --ledger is missing"),
        (["--orders", "8", "--ledger"], "orders 8: every coalition of 1 lever is run"),
        (["--orders", "many", "--ledger"], '--orders: "many" is not a whole number'),
    ],
)
def test_orders_that_no_ledger_draws_are_refused_before_anything_is_run_or_written(
    here: Path, capsys: pytest.CaptureFixture[str], more: list[str], said: str
) -> None:
    code, out, err = call(capsys, "compare", "b2b-saas", *QUICK, "--with", "formal-onboarding", "--out", "o", *more)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert said in err
    assert not (here / "o").exists()

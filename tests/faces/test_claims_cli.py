"""The command that tests claims: what it prints, writes and refuses; the page that shows what it gave."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from cxsim import plots
from cxsim.cli import main
from cxsim.studies.claims import CLAIMS
from cxsim.studies.claims.provenance import statuses
from cxsim.studies.claims.tables import BEGINS, ENDS, interval_said, markdown, page, said, verdict_said, verdicts_said

ROOT = Path(__file__).resolve().parents[2]
STORED, PAGE, README = ROOT / "docs" / "claims.json", ROOT / "docs" / "claims.md", ROOT / "README.md"
FROZEN = {
    "id", "claim", "quoted", "quoted_low", "quoted_high", "simulated", "low", "high", "status", "verdict", "where",
}  # fmt: skip
ROWS = json.loads(STORED.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CXSIM_FAST", "1")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("text", ["z", "a,z", "", "aa"])
def test_an_unknown_letter_is_one_plain_line_and_exit_code_2(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--only", text]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1
    assert "there are a, b, c, d, e, f, g, h, i, j" in told.err


def test_json_has_the_promised_keys_and_nothing_else_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["claims", "--only", "F", "--json", "--seed", "3"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert set(row) >= FROZEN
    assert (row["id"], row["seed"], row["fast"]) == ("f", 3, True)


def test_the_screen_shows_the_table_and_under_it_where_and_what_was_put_in_and_files_are_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["claims", "--only", "f", "--out", str(tmp_path / "out")]) == 0
    told = capsys.readouterr().out
    words = (
        "Claim (f) depends on circumstances.",
        "quoted",
        "simulated [95 %]",
        "status",
        "verdict",
        "Where: ",
        "Put in: ",
    )
    for one in words:
        assert one in told
    assert "CXSIM_FAST" in told
    assert max(len(line.rstrip()) for line in told.split("Written")[0].splitlines()) <= 80
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"claims.json", "claims.csv", "claims-sweep.csv", "claims.md", "claims.png"}
    (row,) = json.loads((tmp_path / "out" / "claims.json").read_text(encoding="utf-8"))
    assert (tmp_path / "out" / "claims.md").read_text(encoding="utf-8") == page([row])
    assert "made by: CXSIM_FAST=1 cxsim claims --only f" in (tmp_path / "out" / "claims.csv").read_text("utf-8")


def test_the_page_shows_what_was_stored_and_nothing_else() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(ROWS)
    assert [row["id"] for row in ROWS] == list(CLAIMS)
    assert not any(row["fast"] for row in ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_what_was_stored_is_of_the_claims_as_they_are_registered_now(row: dict[str, object]) -> None:
    claim = CLAIMS[str(row["id"])]
    now = {
        "claim": claim.words, "short": claim.short, "quoted": claim.quoted, "quoted_low": claim.quoted_low,
        "quoted_high": claim.quoted_high, "tolerance": claim.tolerance, "put_in": claim.put_in, "rule": claim.rule,
        "estimand": claim.estimand.words, "unit": claim.estimand.unit, "population": claim.population,
        "horizon_months": claim.horizon_months, "source": claim.source.text,
        "status": statuses(claim)[claim.estimand.words], "near": claim.near, "says_can": claim.says_can,
        "at_least": claim.at_least,
    }  # fmt: skip
    assert {key: row[key] for key in now} == now


@pytest.mark.skipif(BEGINS not in README.read_text(encoding="utf-8"), reason="the README does not show the table yet")
def test_the_readme_shows_the_table_that_was_stored() -> None:
    text = README.read_text(encoding="utf-8")
    assert BEGINS + text.split(BEGINS)[1].split(ENDS)[0] + ENDS + "\n" == markdown(ROWS)


def test_the_table_has_a_line_for_each_claim_with_status_and_verdict() -> None:
    lines = [line for line in markdown(ROWS).splitlines() if re.match(r"\| [a-j] \|", line)]
    assert len(lines) == 10
    for row, line in zip(ROWS, lines, strict=True):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert (cells[0], cells[4], cells[5]) == (row["id"], row["status"], verdict_said(row))
        assert len(cells) == 7


def test_values_are_said_in_their_units() -> None:
    assert said(0.0293, "share") == "2.9 %"
    assert said(-0.337, "share") == "−33.7 %"
    assert said(0.744, "correlation") == "0.74"
    assert said(19.5, "times") == "19.50 times"
    assert said(None, "share") == "–"
    row = {"simulated": -0.5, "low": -0.75, "high": -0.25, "unit": "correlation"}
    assert interval_said(row) == "−0.50 [−0.75 to −0.25]"


def test_the_figure_has_a_line_for_each_claim_and_no_words_off_the_sheet() -> None:
    figure = plots.claims(ROWS)
    assert len(figure.axes) == 10
    figure.draw_without_rendering()
    width, height = figure.get_size_inches() * figure.dpi
    for text in [*figure.texts, *(label for ax in figure.axes for label in ax.get_xticklabels())]:
        box = text.get_window_extent()
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= width + 1, text.get_text()
        assert box.y0 >= -1
        assert box.y1 <= height + 1


def test_the_finding_tells_what_is_confirmed_from_what_was_put_in() -> None:
    def row(letter: str, verdict: str, status: str) -> dict[str, str]:
        return {"id": letter, "verdict": verdict, "status": status}

    rows = [row("a", "holds", "calibrated"), row("b", "depends", "emergent"), row("c", "depends", "assumed")]
    assert verdicts_said(rows) == (
        "None of 3 quoted claims is confirmed: 2 depend on circumstances, 1 holds because it was put in"
    )
    rows = [row("a", "holds", "emergent"), row("b", "holds", "emergent"), row("c", "fails", "assumed")]
    assert verdicts_said(rows) == "2 of 3 quoted claims are confirmed: 1 fails"
    assert verdicts_said([row("d", "fails", "emergent")]) == "Claim (d) fails"
    assert verdicts_said([row("d", "holds", "emergent")]) == "Claim (d) is confirmed"


def test_what_was_put_in_and_comes_out_again_is_neither_called_nor_drawn_a_success() -> None:
    from matplotlib.colors import to_rgba

    from cxsim.plots import style

    one = dict(next(row for row in ROWS if row["id"] == "c"), verdict="holds", status="calibrated")
    assert verdict_said(one) == "holds as put in"
    assert verdict_said({**one, "status": "emergent"}) == "holds"
    assert verdict_said({**one, "verdict": "fails"}) == "fails"
    assert "**Holds as put in; calibrated.**" in page([one])
    figure = plots.claims([one])
    drawn = {to_rgba(line.get_color()) for line in figure.axes[0].lines} | {
        to_rgba(text.get_color()) for text in figure.texts
    }
    assert to_rgba(style.GREEN) not in drawn


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_the_figure_labels_what_is_quoted_and_draws_the_tolerance_as_a_paler_margin(row: dict[str, float]) -> None:
    (ax,) = plots.claims([row]).axes
    quoted = [row["quoted_low"], row["quoted_high"]]
    seen = list(dict.fromkeys(quoted[:1] if row["at_least"] else quoted))
    assert ax.get_xticks().tolist() == seen
    assert all(ax.get_xlim()[0] < one < ax.get_xlim()[1] for one in seen)
    assert [label.get_text() for label in ax.get_xticklabels()] == [said(one, str(row["unit"])) for one in seen]
    bands = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in ax.patches]
    outer = (quoted[0] - row["tolerance"], quoted[1] + row["tolerance"])
    assert bands[0] == pytest.approx(outer)
    assert bands[1:] == ([pytest.approx(quoted)] if quoted[0] < quoted[1] else [])


def test_the_figure_of_one_claim_can_be_drawn() -> None:
    assert len(plots.claims(ROWS[:1]).axes) == 1


@pytest.mark.slow
def test_the_stored_verdicts_come_out_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CXSIM_FAST")
    assert main(["claims", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["id"], row["status"], row["verdict"]) for row in rows] == [
        (row["id"], row["status"], row["verdict"]) for row in ROWS
    ]

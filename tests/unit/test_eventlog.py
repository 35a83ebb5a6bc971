"""The event log: what it refuses, what it keeps, what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from unit.readings.small_logs import certificate, log_of, opening, ordered, random_log, roster, row

from cxsim import events as ev
from cxsim.errors import InputError
from cxsim.eventlog import COLUMNS, EventLog
from cxsim.streams import index_of


def life() -> list[tuple[Any, ...]]:
    return [
        row(1.5, ev.SIGNED_UP, 0, 0, 1000, 1000, stage=0),
        row(1.5, ev.ONBOARDING_ASKED, 0, 0, 0, 1000, stage=0),
        row(2.0, ev.KICKED_OFF, 0, 0, 6.5, 1000, team=1, emotion=2, stage=0),
        row(2.5, ev.REVIEW, 0, 1, 7.0, 1000, emotion=3),
        row(2.6, ev.TICKET_OPENED, 0, 5, 0, 1000),
        row(2.7, ev.TICKET_ANSWERED, 0, 5, 1, 1000, team=3),
        row(3.5, ev.CANCELLED, 0, 2, -1000, 0, cause=2, stage=3),
        row(3.6, ev.TICKET_SOLVED, 0, 5, 8, 0, team=3, emotion=3, stage=3),
        row(5.0, ev.WIN_BACK_TRIED, 0, 0, 0, 0, stage=3),
        row(5.0, ev.RETURNED, 0, 1, 850, 850),
    ]


def changed(number: int, **cells: Any) -> list[tuple[Any, ...]]:
    rows = life()
    cell = dict(zip(COLUMNS, rows[number], strict=True)) | cells
    rows[number] = tuple(cell[name] for name in COLUMNS)
    return rows


def made(rows: list[tuple[Any, ...]]) -> EventLog:
    return EventLog.from_rows(rows, roster(2), certificate())


def test_a_sound_life_is_accepted() -> None:
    assert len(made(life())) == 10
    assert len(made([])) == 0


@pytest.mark.parametrize(
    ("number", "cells", "words"),
    [
        (3, {"time": 1.0}, "earlier than the row before"),
        (3, {"time": np.nan}, "finite"),
        (3, {"kind": 99}, "no such kind"),
        (3, {"kind": -5}, "no such kind"),
        (3, {"team": 9}, "team must be a code"),
        (3, {"emotion": 5}, "emotion must be a code"),
        (3, {"cause": -2}, "cause must be a code"),
        (3, {"stage": 4}, "stage must be a code"),
        (3, {"account": 7}, "not in the roster"),
        (3, {"account": 1}, "before the account signed up"),
        (3, {"account": -1}, "account -1 is for the company"),
        (3, {"sponsor": 10.5}, "sponsor must lie in [0, 10]"),
        (3, {"usage": 1.5}, "usage must lie in [0, 1]"),
        (3, {"client_outcome": np.nan}, "client_outcome must lie"),
        (3, {"mrr": 1001}, "mrr changed in a row that moves no money"),
        (6, {"value": -999}, "conserved to the cent"),
        (3, {"kind": ev.SIGNED_UP, "value": 0}, "signed up a second time"),
        (5, {"item": 6}, "could end"),
        (7, {"item": 6}, "could end"),
        (7, {"kind": ev.REVIEW}, "after the account had left"),
        (3, {"kind": ev.RETURNED, "value": 0}, "returned without having left"),
        (3, {"kind": ev.WIN_BACK_TRIED}, "win-back of an account that is there"),
    ],
)  # fmt: skip
def test_a_corrupted_row_is_named(number: int, cells: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as refused:
        made(changed(number, **cells))
    told = [line for line in refused.value.faults if words in line]
    account = cells.get("account", 0)
    assert told, refused.value.faults
    assert told[0].startswith(f"row {number}, account {account}, time ")


def test_history_may_be_dropped_and_waits_reach_back_into_it() -> None:
    rows = [opening(0, 500), row(0.1, ev.TICKET_ANSWERED, 0, 3, 1, 500, team=3)]
    assert len(made(rows)) == 2
    wrong = [row(0.0, ev.OPENING, 0, 0, 400, 500)]
    with pytest.raises(InputError, match="value of an opening"):
        made(wrong)


def test_many_faults_are_told_in_few_lines() -> None:
    rows = [row(t, ev.REVIEW, 1, 1) for t in np.linspace(0, 1, 500)]
    with pytest.raises(InputError) as refused:
        made(rows)
    assert len(refused.value.faults) < 25


def test_columns_are_checked_before_rows() -> None:
    log = made(life())
    columns = dict(log.columns)
    with pytest.raises(InputError, match="health is missing"):
        EventLog({k: v for k, v in columns.items() if k != "health"}, roster(2), certificate())
    with pytest.raises(InputError, match="helth is not known"):
        EventLog(columns | {"helth": columns["health"]}, roster(2), certificate())
    with pytest.raises(InputError, match="differ in length"):
        EventLog(columns | {"health": columns["health"][:-1]}, roster(2), certificate())
    with pytest.raises(InputError, match="does not fit the type i2"):
        EventLog(columns | {"kind": columns["kind"].astype(np.int64) + 70000}, roster(2), certificate())
    with pytest.raises(InputError, match="each row holds"):
        EventLog.from_rows([(1.0, 2)], roster(2), certificate())
    with pytest.raises(InputError, match="each once"):
        EventLog(columns, roster(2) | {"account": np.array([0, 0])}, certificate())


def test_arrays_are_read_only_and_apart_from_the_buffers_they_came_from() -> None:
    buffers = {name: np.array(column) for name, column in made(life()).columns.items()}
    log = EventLog(buffers, roster(2), certificate())
    before = log.digest()
    buffers["value"][:] = 0
    assert log.digest() == before
    with pytest.raises(ValueError, match="read-only"):
        log.columns["value"][0] = 1


def test_the_digest_sees_every_column_and_the_order() -> None:
    base = made(life()).digest()
    seen = {base}
    for name, other in (("value", 7.5), ("observed", 14.0), ("emotion", 4), ("usage", 0.25), ("user", 1.0)):
        seen.add(made(changed(3, **{name: other})).digest())
    assert len(seen) == 6
    assert made(life()).digest() == base


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_a_log_survives_the_disk(tmp_path: Path, suffix: str) -> None:
    log = random_log(3)
    path = tmp_path / f"it's a [log]{suffix}"
    log.write(path)
    again = EventLog.read(path)
    assert again.digest() == log.digest()
    assert again.certificate == log.certificate
    for name, column in log.roster.items():
        assert (again.roster[name] == column).all()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [f"it's a [log]{suffix}", f"it's a [log].accounts{suffix}", "it's a [log].birth.json"]
    )


def test_awkward_numbers_survive_csv(tmp_path: Path) -> None:
    rows = [
        row(0.1 + 0.2, ev.SIGNED_UP, 0, 0, 3, 3, sponsor=1 / 3, user=np.nextafter(10, 0), outcome=5e-324, usage=1e-17),
        row(1 / 3, ev.BUYING, 0, 0, np.pi, 3, health=2**0.5 * 10),
    ]
    log = made(rows)
    log.write(tmp_path / "a.csv")
    assert EventLog.read(tmp_path / "a.csv").digest() == log.digest()


def test_an_empty_log_survives_the_disk(tmp_path: Path) -> None:
    for name in ("a.csv", "b.parquet"):
        made([]).write(tmp_path / name)
        assert len(EventLog.read(tmp_path / name)) == 0


def test_files_that_were_touched_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    log = made(life())
    log.write(path)
    path.write_text(path.read_text().replace("6.5", "6.4"))
    with pytest.raises(InputError, match=r"a\.csv: its contents are not those"):
        EventLog.read(path)
    log.write(path)
    beside = tmp_path / "a.accounts.csv"
    beside.write_text(beside.read_text().replace("10000", "10001"))
    with pytest.raises(InputError, match=r"a\.accounts\.csv: its contents"):
        EventLog.read(path)
    path.write_text("nothing\n")
    with pytest.raises(InputError, match="cannot be read"):
        EventLog.read(path)
    (tmp_path / "a.birth.json").write_text("{}")
    with pytest.raises(InputError, match="not a birth certificate"):
        EventLog.read(path)


def test_other_places_are_refused_plainly(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.parquet or \.csv"):
        made(life()).write(tmp_path / "a.xlsx")
    with pytest.raises(InputError, match="no such folder"):
        made(life()).write(tmp_path / "none" / "a.csv")
    with pytest.raises(InputError, match="no such file"):
        EventLog.read(tmp_path / "a.csv")


def test_the_birth_certificate_is_plain_json(tmp_path: Path) -> None:
    log = made(life())
    log.write(tmp_path / "a.parquet")
    birth = json.loads((tmp_path / "a.birth.json").read_text())
    assert birth["digest"] == log.digest()
    assert birth["rows"] == 10
    assert birth["segments"] == ["small", "mid"]


def test_the_frame_has_words_dates_and_history() -> None:
    rows = [row(-0.5, ev.SIGNED_UP, 0, 0, 1000, 1000), row(0.0, ev.OPENING, 0, 0, 1000, 1000),
            row(1.0, ev.REVIEW, 0, 1, 7, 1000, emotion=4, team=4)]  # fmt: skip
    frame = made(rows).frame()
    assert list(frame["kind"]) == ["signed_up", "opening", "review"]
    assert list(frame["history"]) == [True, False, False]
    assert frame["emotion"].isna().tolist() == [True, True, False]
    assert frame["emotion"].iloc[2] == "delighted"
    assert frame["team"].iloc[2] == "digital"
    # month 0 is 31 January 2025; a month later is the last day of February, half a month before mid-January
    assert [str(d)[:10] for d in frame["date"]] == ["2025-01-15", "2025-01-31", "2025-02-28"]


def test_the_roster_has_words() -> None:
    accounts = made(life()).accounts()
    assert list(accounts["segment"]) == ["small", "mid"]
    assert list(accounts["touch"]) == ["digital", "digital"]


def test_a_story_is_told_in_words() -> None:
    story = made(life()).story(0)
    told = dict(zip(story["happening"], story["details"], strict=True))
    assert told["signed up"] == "+10.00 USD"
    assert told["cancelled"].startswith("-10.00 USD, because of service")
    assert told["kicked off"] == "6.5 of 10, neutral, by onboarding"
    assert told["ticket answered"].startswith("within expectation, by support")
    with pytest.raises(InputError, match="account 9: not in the roster"):
        made(life()).story(9)


def test_tickets_and_calls_of_a_second_stay_are_numbered_from_its_beginning() -> None:
    again = [
        row(5.2, ev.TICKET_OPENED, 0, index_of(1, 3), 0, 850),
        row(6.0, ev.CHECK_IN_ASKED, 0, index_of(1, 1), 0, 850, team=2),
    ]
    story = made([*life(), *again]).story(0)
    assert story["details"].tolist()[-2:] == ["ticket 3", "by success, month of the stay 1"]


def test_rows_are_kept_together_by_account() -> None:
    log = log_of([opening(1, 5), opening(0, 7), row(0.5, ev.REVIEW, 1, 1, 5, 5), row(0.2, ev.REVIEW, 0, 1, 5, 7)], 2)
    account = log.columns["account"][log.by_account]
    time = log.columns["time"][log.by_account]
    assert account.tolist() == [0, 0, 1, 1]
    assert time.tolist() == [0.0, 0.2, 0.0, 0.5]
    assert ordered([]) == []

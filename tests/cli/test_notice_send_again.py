"""`leakguard notice send` of a letter that went out before in another version."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.store.deliveries import Deliveries
from support.commands import CommandLine
from support.killing import Killed
from support.notices import CAC, settled, to_text
from support.offices import ID, drilling_office

SINGLE = ("facts.yaml", "--duty", CAC, "--stage", "initial", "--lang", "zh", "--incident", ID)
SEND = ("notice", "send", *SINGLE, "--to", "office@authority.example", "--by", "A")


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return drilling_office(tmp_path, monkeypatch, capsys)


def approve(drill: CommandLine) -> None:
    for by in ("A", "B"):
        drill("notice", "approve", *SINGLE, "--by", by)


def test_a_version_whose_approvals_were_erased_is_not_sent_again_without_a_word(drill: CommandLine) -> None:
    approve(drill)
    first = drill(*SEND)
    (drill.folder / "facts.yaml").write_text(to_text(settled(record_count={"value": 7})), encoding="utf-8")
    approve(drill)
    erased = drill("evidence", "redact", "E-2", "E-3", "--by", "C", "--reason", "erasure request 1")
    refused = drill(*SEND)
    told = drill("notice", "deliveries", "--incident", ID).out
    again = drill(*SEND, "--again")

    assert (first.code, erased.code, refused.code, again.code) == (0, 0, 2, 0)
    assert "another version of cn-cac-incident-general" in refused.err
    assert "--again" in refused.err
    assert f"{CAC}, stage initial, zh" in told
    assert "approval erased" not in told
    assert len((drill.folder / "drill-letters.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.mark.parametrize("what", ["another version", "another address"])
def test_what_another_process_sent_before_the_lock_was_held_is_seen(
    drill: CommandLine, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The other one sends between the first look and the lock, as while a long recipients' file is read."""
    approve(drill)
    take = Deliveries.take_sending
    others: list[str] = []

    def take_later(store: Deliveries, incident: str) -> None:
        if not others:
            others.append("begun")
            if what == "another version":
                (drill.folder / "facts.yaml").write_text(to_text(settled(record_count={"value": 7})), encoding="utf-8")
                approve(drill)
            others.append(str(drill(*SEND, "--to", "other@authority.example").code))
        take(store, incident)

    monkeypatch.setattr(Deliveries, "take_sending", take_later)
    ran = drill(*SEND)

    assert (others[1:], ran.code) == (["0"], 2)
    assert {"another version": "went to 1 recipient", "another address": "to another address"}[what] in ran.err
    assert len((drill.folder / "drill-letters.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_after_a_kill_the_same_command_files_at_the_time_of_the_letter(
    drill: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The letter was in time; that its filing was recorded two days later does not make it late."""
    drill("incident", "event", ID, "discovery")
    approve(drill)
    with monkeypatch.context() as patch:
        patch.setattr("leakguard.cli.notice.send.file_if_complete", killed)
        with pytest.raises(Killed):
            drill(*SEND)
    drill.now = "2026-06-14T12:00+08:00"
    ran = drill(*SEND)
    told = drill("clock", "list", "--incident", ID, "--laws", "cn", "--format", "json").document
    (clock,) = (one for one in told["clocks"] if one["id"] == f"{CAC}.initial")

    assert (ran.code, "Filed as E-" in ran.out) == (0, True)
    assert "Nothing went out now" in ran.err
    assert (clock["state"], clock["ended_at"]) == ("met_on_time", "2026-06-12T04:00:00Z")

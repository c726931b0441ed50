"""What an incident has on record as closed and is open again: scan, watch and verify say so; its clock runs anew."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import ExitCode
from leakguard.models.observations import Ending
from support.commands import Ran
from support.fake_prober import FakeProber, FakeServer, store_server
from support.scan_commands import ScanCommands, scan_commands

OPEN, CLOSED = {"127.0.0.1:9200": store_server()}, dict[str, FakeServer]()
HERE, ID = "127.0.0.1:9200", "IR-2026-0001"
WATCH = ("watch", HERE, "127.0.0.2:9200", "--once")
WORD = ("incident", "event", ID, "remediation_verified", "--by", "Ada", "--reason", "the admin says so")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    """An incident about one open store."""
    command = scan_commands(tmp_path, monkeypatch, capsys)
    serve(command, OPEN)
    (finding,) = command("scan", HERE, "--format", "json").document["findings"]
    assert command("incident", "open", "--finding", finding["id"]).code == 0
    later(command)
    return command


def serve(leakguard: ScanCommands, servers: dict[str, FakeServer]) -> None:
    leakguard.world.network = FakeProber(servers=dict(servers))


def later(leakguard: ScanCommands) -> None:
    leakguard.world.now += timedelta(hours=1)


def kinds(leakguard: ScanCommands) -> Counter[str]:
    return Counter(event["kind"] for event in shown(leakguard)["events"])


def shown(leakguard: ScanCommands) -> dict[str, Any]:
    found: dict[str, Any] = leakguard("incident", "show", ID, "--format", "json").document
    return found


def verify(leakguard: ScanCommands, servers: dict[str, FakeServer], *words: str) -> Ran:
    serve(leakguard, servers)
    later(leakguard)
    return leakguard("scan", "verify", shown(leakguard)["findings"][0], *words)


@pytest.fixture
def proved(leakguard: ScanCommands) -> ScanCommands:
    """Its closure was proved, and the store is open again."""
    assert verify(leakguard, CLOSED).code == 0
    serve(leakguard, OPEN)
    later(leakguard)
    return leakguard


def test_a_plain_scan_says_loudly_what_is_open_again_and_tells_no_incident(proved: ScanCommands) -> None:
    (finding,) = shown(proved)["findings"]

    ran = proved("-q", "scan", HERE)
    told = proved("scan", HERE, "--format", "json").document["reopened_exposures"]

    assert ran.code == 1
    assert f"OPEN AGAIN: {HERE} (store_open): {ID} has it as closed since " in ran.err
    assert f"Next: leakguard scan verify {finding}\n" in ran.err
    assert [(one["target"], one["finding"], one["incident"]) for one in told] == [(HERE, finding, ID)]
    assert kinds(proved)["exposure_seen_again"] == 0


def test_a_scan_of_what_no_incident_has_as_closed_says_nothing_of_it(leakguard: ScanCommands) -> None:
    document = leakguard("scan", HERE, "--format", "json").document

    assert "reopened_exposures" not in document


def test_a_watch_tells_the_incident_once_though_a_plain_scan_saw_it_first(proved: ScanCommands) -> None:
    proved("scan", HERE)

    first, second = proved(*WATCH), proved(*WATCH)

    assert first.out.startswith(f"re_exposed  {HERE}")
    assert f"on record as closed in {ID}" in first.out
    assert f"{ID} was over and is open again; start its response again" in first.err
    assert second.out == ""
    assert (kinds(proved)["reopened"], kinds(proved)["exposure_seen_again"]) == (1, 1)
    assert proved("scan", HERE).err.count("OPEN AGAIN") == 0, "it is told by now"


def test_what_was_proved_closed_after_a_scan_is_not_open_again(leakguard: ScanCommands) -> None:
    """A later proof outweighs an earlier look, whoever folds it when."""
    leakguard("scan", HERE)
    verify(leakguard, CLOSED)

    ran = leakguard(*WATCH)

    assert (ran.code, ran.out) == (0, "")
    assert kinds(leakguard)["exposure_seen_again"] == 0


def test_an_incident_that_was_opened_about_the_new_exposure_is_not_told_of_it(proved: ScanCommands) -> None:
    proved("scan", HERE)
    newest = proved("scan", HERE, "--format", "json").document["findings"][0]["id"]
    assert proved("incident", "open", "--finding", newest).code == ExitCode.USAGE
    proved("incident", "open", "--finding", newest, "--again")

    proved(*WATCH)

    other = proved("incident", "show", "IR-2026-0002", "--format", "json").document["events"]
    assert kinds(proved)["exposure_seen_again"] == 1
    assert "exposure_seen_again" not in {event["kind"] for event in other}


def test_verify_says_that_it_is_open_again_since_when_it_was_closed_and_who_is_told(proved: ScanCommands) -> None:
    ran = verify(proved, OPEN)

    assert ran.code == 1
    assert ran.out.startswith("still_open ")
    assert "open AGAIN: it was closed at 2026-" in ran.out
    assert f"; {ID} reopened; " in ran.out
    again = verify(proved, OPEN, "--format", "json").document["findings"][0]
    assert again["reopened_exposures"] == [], "it is told once"


@pytest.mark.parametrize("kind", ["remediation_verified"])
def test_a_word_against_the_last_look_is_recorded_with_a_loud_warning(leakguard: ScanCommands, kind: str) -> None:
    verify(leakguard, OPEN)
    (finding,) = shown(leakguard)["findings"]

    ran = leakguard("-q", "incident", "event", ID, kind, "--by", "Ada", "--reason", "the admin says so")

    assert ran.code == 0
    assert f"WARNING: `{kind}` contradicts the last probe, which found finding {finding} still open at 2026-" in ran.err
    event = shown(leakguard)["events"][-1]
    assert (event["kind"], event["reason"]) == (kind, "the admin says so")


def test_a_script_reads_which_look_the_word_contradicts_and_nothing_where_there_is_none(
    leakguard: ScanCommands,
) -> None:
    before = leakguard(*WORD, "--format", "json").document
    verify(leakguard, OPEN)

    after = leakguard(*WORD, "--format", "json").document

    assert "contradicted_by" not in before
    assert [one["finding"] for one in after["contradicted_by"]] == shown(leakguard)["findings"]


@pytest.mark.parametrize("kind", ["remediation_verified"])
@pytest.mark.parametrize("look", ["verify", "watch"])
def test_the_next_look_that_finds_it_open_voids_the_word_once(leakguard: ScanCommands, look: str, kind: str) -> None:
    verify(leakguard, OPEN)
    leakguard("incident", "event", ID, kind, "--by", "Ada", "--reason", "the admin says so")
    later(leakguard)

    for _ in range(2):
        verify(leakguard, OPEN) if look == "verify" else leakguard(*WATCH)

    assert (kinds(leakguard)["reopened"], kinds(leakguard)["exposure_seen_again"]) == (1, 1)
    assert shown(leakguard)["state"] == "open"
    missing = leakguard("incident", "close", ID, "--dry-run", "--format", "json").document["missing"]
    assert [one["name"] for one in missing if one["area"] == "exposures"] == shown(leakguard)["findings"]


def remediation(leakguard: ScanCommands) -> tuple[str, int]:
    """How the promise of 24 hours stands, and how often it has begun."""
    clocks = leakguard("clock", "list", "--incident", ID, "--format", "json").document["clocks"]
    (clock,) = (one for one in clocks if one["id"] == "remediate")
    return clock["state"], clock["generation"]


def test_the_24_hours_run_anew_once_a_word_is_void(leakguard: ScanCommands) -> None:
    leakguard("playbook", "start", ID)
    leakguard(*WORD)
    assert remediation(leakguard) == ("met_on_time", 1)

    ran = verify(leakguard, OPEN)

    assert f"by a person's word; {ID} reopened; " in ran.out
    assert remediation(leakguard) == ("running", 2)


@pytest.mark.parametrize("look", ["verify", "watch"])
def test_the_24_hours_run_anew_once_a_look_finds_open_what_a_person_reopened(
    leakguard: ScanCommands, look: str
) -> None:
    """Whoever reopened it need not know that the word was wrong: the look says so, whichever it is."""
    leakguard("playbook", "start", ID)
    leakguard(*WORD)
    later(leakguard)
    areas = ("playbook", "steps", "clocks", "duties", "letters", "review")
    despite = [word for area in areas for word in ("--despite", area)]
    assert leakguard("incident", "close", ID, *despite, "--by", "Ada", "--reason", "over").code == 0
    assert leakguard("incident", "reopen", ID, "--by", "Ada", "--reason", "a copy turned up").code == 0
    assert remediation(leakguard)[0] == "latent"
    later(leakguard)
    assert f"OPEN AGAIN: {HERE} (store_open): {ID} " in leakguard("scan", HERE).err
    later(leakguard)

    for _ in range(2):
        verify(leakguard, OPEN) if look == "verify" else leakguard(*WATCH)

    assert remediation(leakguard) == ("running", 2)
    assert kinds(leakguard)["exposure_seen_again"] == 1


def test_a_silence_voids_no_word(leakguard: ScanCommands) -> None:
    leakguard(*WORD)
    leakguard.world.network = FakeProber(servers={HERE: FakeServer(otherwise=Ending.SILENT)})

    leakguard(*WATCH)

    assert kinds(leakguard)["exposure_seen_again"] == 0


def test_a_clock_that_a_word_against_the_last_look_ended_is_in_doubt_at_its_row(leakguard: ScanCommands) -> None:
    verify(leakguard, OPEN)
    finding = shown(leakguard)["findings"][0]
    assert leakguard(*WORD).code == 0
    ran = leakguard("clock", "list", "--incident", ID, "--laws", "none")
    clocks = leakguard("clock", "list", "--incident", ID, "--laws", "none", "--format", "json").document["clocks"]

    assert f"met by word, in doubt: see leakguard scan show {finding}" in ran.out
    assert "in doubt: the last probe found" in ran.out
    assert [one["in_doubt"][0]["see"] for one in clocks if one["id"] == "remediate"] == [
        f"leakguard scan show {finding}"
    ]
    assert ran.code == ExitCode.UNFINISHED


def test_a_closure_that_a_look_proved_is_in_no_doubt(leakguard: ScanCommands) -> None:
    assert verify(leakguard, CLOSED).code == 0

    assert "in doubt" not in leakguard("clock", "list", "--incident", ID, "--laws", "none").out


# What a stored run and a finding tell of a closure.


def first_run(leakguard: ScanCommands) -> str:
    return str(leakguard("scan", "show", "--format", "json").document["runs"][0]["run"])


def test_a_finding_is_shown_with_its_run_its_incident_and_that_it_is_open(leakguard: ScanCommands) -> None:
    finding = shown(leakguard)["findings"][0]
    ran = leakguard("scan", "show", finding)
    told = leakguard("scan", "show", finding, "--format", "json").document

    assert ran.code == ExitCode.EXPOSED
    for words in (finding, HERE, "store_open", first_run(leakguard), ID, "nobody has looked again", "SHA-256"):
        assert words in ran.out
    assert f"leakguard scan verify {finding}" in ran.err
    assert (told["finding"]["id"], told["run"], told["closed"]) == (finding, first_run(leakguard), None)
    assert [(one["id"], one["state"]) for one in told["incidents"]] == [(ID, "open")]


def test_a_finding_says_that_the_last_look_found_it_still_open(leakguard: ScanCommands) -> None:
    verify(leakguard, OPEN)
    ran = leakguard("scan", "show", shown(leakguard)["findings"][0])

    assert (ran.code, "STILL OPEN by the last probe" in ran.out) == (ExitCode.EXPOSED, True)


def test_a_finding_says_by_which_run_it_was_proved_closed(leakguard: ScanCommands) -> None:
    finding = shown(leakguard)["findings"][0]
    verify(leakguard, CLOSED)
    ran = leakguard("scan", "show", finding)
    told = leakguard("scan", "show", finding, "--format", "json").document

    assert ran.code == ExitCode.CLEAN
    assert "proved closed since: " in ran.out
    assert told["closed"]["run"] in ran.out
    assert told["closed"]["run"] != told["run"]
    assert told["last_look"] == "closed"


def test_the_evidence_of_its_incident_stands_at_a_finding(leakguard: ScanCommands, tmp_path: Path) -> None:
    kept = tmp_path / "config.yml"
    kept.write_text("network.host: 0.0.0.0\n", encoding="utf-8")
    leakguard("evidence", "add", str(kept), "--incident", ID, "--by", "Ada")
    finding = shown(leakguard)["findings"][0]

    assert f"config.yml, of {ID}" in leakguard("scan", "show", finding).out
    assert [one["name"] for one in leakguard("scan", "show", finding, "--format", "json").document["evidence"]] == [
        "config.yml"
    ]


def test_a_stored_run_marks_what_was_proved_closed_since_and_keeps_its_code(leakguard: ScanCommands) -> None:
    finding = shown(leakguard)["findings"][0]
    before = leakguard("scan", "show", first_run(leakguard))
    verify(leakguard, CLOSED)
    ran = leakguard("scan", "show", first_run(leakguard))
    told = leakguard("scan", "show", first_run(leakguard), "--format", "json").document

    assert (before.code, ran.code) == (ExitCode.EXPOSED, ExitCode.EXPOSED)
    assert "proved closed since" not in before.out
    assert "proved closed since: " in " ".join(ran.out.split())
    assert [one["finding"] for one in told["closed_since"]] == [finding]
    assert "Proved closed since: 1 finding." in ran.err


def test_what_is_open_again_or_silent_is_not_marked_as_closed(leakguard: ScanCommands) -> None:
    verify(leakguard, CLOSED)
    verify(leakguard, OPEN)
    assert "closed_since" not in leakguard("scan", "show", first_run(leakguard), "--format", "json").document


def test_a_finding_that_nobody_knows_or_a_format_for_runs_is_refused(leakguard: ScanCommands) -> None:
    finding = shown(leakguard)["findings"][0]

    assert leakguard("scan", "show", "F-0000").code == ExitCode.USAGE
    refused = leakguard("scan", "show", finding, "--format", "sarif")
    assert (refused.code, "cannot be shown as sarif" in refused.err) == (ExitCode.USAGE, True)

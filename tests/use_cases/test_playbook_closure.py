"""An incident is closed when nothing is missing, or when somebody says why it is closed all the same."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from leakguard.errors import NotAllowed
from leakguard.frozen import replace
from leakguard.models.event_records import record_of_event
from leakguard.models.records import Record
from leakguard.use_cases.incidents.closure_words import closed_by_word
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import load_incident, open_incident
from leakguard.use_cases.incidents.playbook_closure import missing_to_close, unproved
from leakguard.use_cases.incidents.playbooks import read_playbook, start_playbook
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from support.findings import make_finding
from support.intakes import AnyFile
from support.ledgers import START, FakeClock, MemoryJournal, exactly
from support.machines import INCIDENT, NoFolders
from support.responses import SMALL, after


@pytest.fixture
def journal() -> MemoryJournal:
    """An incident about two findings."""
    journal = MemoryJournal(FakeClock())
    open_incident(journal, [make_finding("F-1"), make_finding("F-2")], now=START)
    return journal


def look(journal: MemoryJournal, finding: str, closure: str, *missing: str) -> None:
    content = {"finding": finding, "closure": closure, "run": "R-1", "vantage": "local", "missing": list(missing)}
    journal.append(INCIDENT, [Record(kind="finding_verified", occurred_at=exactly(START), content=content)])


def happened(journal: MemoryJournal, kind: str, *, corrects: str | None = None, hours: float = 0) -> str:
    event = record_of_event(kind=kind, occurred_at=exactly(after(hours)), corrects=corrects)
    return f"E-{journal.append(INCIDENT, [event])[0].sequence}"


def missing(journal: MemoryJournal) -> Sequence[str]:
    return missing_to_close(INCIDENT, tuple(journal.read(INCIDENT)))


def say(journal: MemoryJournal, kind: str, reason: str = "") -> None:
    record_event(journal, INCIDENT, NewEvent(kind=kind, reason=reason), now=journal.clock)


def test_each_finding_that_was_not_seen_closed_is_named_with_its_last_look(journal: MemoryJournal) -> None:
    look(journal, "F-1", "closed", "outside")
    assert missing(journal) == (
        "finding F-1: not seen closed yet from outside",
        "finding F-2: nobody has looked again",
    )
    look(journal, "F-1", "closed")
    look(journal, "F-2", "still_open")

    assert missing(journal) == ("finding F-2: the last probe said still_open",)


def test_all_of_it_seen_closed_is_enough(journal: MemoryJournal) -> None:
    look(journal, "F-1", "closed")
    look(journal, "F-2", "closed")

    assert missing(journal) == ()
    say(journal, "closed")
    assert load_incident(journal, INCIDENT).state.value == "closed"


def test_closing_with_something_missing_needs_a_reason(journal: MemoryJournal) -> None:
    say(journal, "remediation_verified", "the machine was scrapped")
    file = read_playbook(SMALL, name="small.yaml")
    start_playbook(journal, NoFolders(), INCIDENT, now=journal.clock, file=file)
    with pytest.raises(NotAllowed, match="`contain`") as caught:
        say(journal, "closed")
    assert "--reason" in caught.value.next_step
    say(journal, "closed", "the machine was scrapped")

    assert load_incident(journal, INCIDENT).events[-1].reason == "the machine was scrapped"


def test_closure_cannot_be_claimed_against_the_looks_without_a_reason(journal: MemoryJournal) -> None:
    with pytest.raises(NotAllowed, match="`remediation_verified` claims more than the records show"):
        say(journal, "remediation_verified")
    say(journal, "remediation_verified", "the machine was scrapped")

    assert missing(journal) == ()
    assert unproved(tuple(journal.read(INCIDENT))) != ()


def test_what_somebody_vouched_for_holds_until_it_is_seen_open_again(journal: MemoryJournal) -> None:
    say(journal, "remediation_verified", "the machine was scrapped")
    again = happened(journal, "exposure_seen_again", hours=1)
    assert missing(journal)
    happened(journal, "retracted", corrects=again, hours=2)

    assert missing(journal) == ()


def test_what_somebody_vouched_for_does_not_cover_a_finding_that_was_added_later(journal: MemoryJournal) -> None:
    say(journal, "remediation_verified", "the disk is destroyed")
    happened(journal, "exposure_first_seen")
    assert missing(journal) == ()
    fields = {"finding": "F-3"}
    journal.append(
        INCIDENT, [record_of_event(kind="exposure_first_seen", occurred_at=exactly(after(0)), fields=fields)]
    )

    assert [one.partition(":")[0] for one in missing(journal)] == ["finding F-1", "finding F-2", "finding F-3"]
    assert closed_by_word(journal.read(INCIDENT)) == ()


def test_every_open_step_is_named(journal: MemoryJournal) -> None:
    say(journal, "remediation_verified", "the machine was scrapped")
    file = read_playbook(SMALL, name="small.yaml")
    start_playbook(journal, NoFolders(), INCIDENT, now=journal.clock, file=file)

    assert missing(journal)[0] == "`contain` (Close it) is open; owner answers for it"
    assert len(missing(journal)) == 5  # what was vouched for is proved


def test_a_long_list_is_cut(journal: MemoryJournal) -> None:
    journal = MemoryJournal(FakeClock())
    open_incident(journal, [make_finding(f"F-{number:02}") for number in range(40)], now=START)

    with pytest.raises(NotAllowed, match="and 10 more"):
        say(journal, "closed")
    with pytest.raises(NotAllowed, match="F-29"):
        say(journal, "closed")


@pytest.mark.parametrize("kind", ["remediation_verified", "verified_all_vantages"])
def test_no_step_of_a_person_claims_closure_that_nobody_has_seen(journal: MemoryJournal, kind: str) -> None:
    """A step is held to what the event by itself is held to: the looks, or a reason."""
    text = SMALL.replace("emits: contained", f"emits: {kind}")
    start_playbook(journal, NoFolders(), INCIDENT, now=journal.clock, file=read_playbook(text, name="own.yaml"))
    told = StepStatement(step="contain", by="Ann", evidence=("config_before: x",))
    with pytest.raises(NotAllowed, match=f"`{kind}` claims more than the records show"):
        tell_step(journal, INCIDENT, told, now=journal.clock, intake=AnyFile())
    assert not [record for record in journal.read(INCIDENT) if record.kind in {"step_done", kind}]
    with pytest.raises(NotAllowed, match=f"`{kind}` claims more"):
        say(journal, kind)
    look(journal, "F-1", "closed")
    look(journal, "F-2", "closed")

    assert (
        tell_step(journal, INCIDENT, told, now=journal.clock, intake=AnyFile()).progress.steps["contain"].state.value
        == "done"
    )


def seen(journal: MemoryJournal, kind: str, *, finding: str | None = None, hours: float = 1, stated: str = "") -> str:
    at = replace(exactly(after(hours)), stated=stated)
    event = record_of_event(kind=kind, occurred_at=at, fields={"finding": finding} if finding else {})
    return f"E-{journal.append(INCIDENT, [event])[0].sequence}"


def proved(journal: MemoryJournal) -> str:
    for finding in ("F-1", "F-2"):
        look(journal, finding, "closed")
    assert missing(journal) == ()
    return happened(journal, "remediation_verified")


@pytest.mark.parametrize("kind", ["exposure_seen_again", "exposure_spread"])
def test_a_finding_that_was_seen_open_after_its_look_is_open_until_a_later_look(
    journal: MemoryJournal, kind: str
) -> None:
    proved(journal)
    seen(journal, kind, finding="F-2")
    assert missing(journal) == ("finding F-2: seen open again since the last probe",)
    with pytest.raises(NotAllowed, match="F-2: seen open again"):
        say(journal, "closed", "all the rest is done")
    look(journal, "F-2", "closed")

    assert missing(journal) == ()


def test_an_exposure_that_was_seen_again_without_a_finding_may_be_any_of_them(journal: MemoryJournal) -> None:
    proved(journal)
    again = seen(journal, "exposure_seen_again")
    assert [one.partition(":")[0] for one in missing(journal)] == ["finding F-1", "finding F-2"]
    happened(journal, "retracted", corrects=again, hours=2)

    assert missing(journal) == ()


def test_only_a_time_that_a_person_stated_places_a_sight_before_the_look(journal: MemoryJournal) -> None:
    proved(journal)
    seen(journal, "exposure_seen_again", hours=-1, stated="2026-05-22T07:00Z")
    assert missing(journal) == ()
    seen(journal, "exposure_seen_again", hours=-1)

    assert len(missing(journal)) == 2


def test_a_retracted_proof_takes_the_looks_before_it_along(journal: MemoryJournal) -> None:
    proof = proved(journal)
    happened(journal, "retracted", corrects=proof, hours=1)
    text = "the proof that it is closed was retracted"
    assert missing(journal) == (f"finding F-1: {text}", f"finding F-2: {text}")
    with pytest.raises(NotAllowed, match="was retracted"):
        say(journal, "closed", "all the rest is done")
    look(journal, "F-1", "closed")
    look(journal, "F-2", "closed")

    assert missing(journal) == ()


def test_a_retracted_word_leaves_the_looks_that_it_did_not_rest_on(journal: MemoryJournal) -> None:
    look(journal, "F-1", "closed")
    say(journal, "remediation_verified", "the disk of the other is destroyed")
    word = load_incident(journal, INCIDENT).events[-1].id
    happened(journal, "retracted", corrects=word, hours=1)

    assert missing(journal) == ("finding F-2: nobody has looked again",)

"""Responses over a journal in memory: started once, told step by step, safe against races."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from leakguard.clocks.times import parse_interval
from leakguard.errors import BadFile, NotAllowed, NotFound, UsageProblem
from leakguard.models.event_records import event_of, is_event_record, record_of_event
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.definitions import from_snapshot
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import (
    Response,
    datastores_of,
    find_playbook,
    list_playbooks,
    load_response,
    start_playbook,
)
from leakguard.use_cases.responses.playbook_steps import MOST_CHARACTERS, StepStatement, tell_step
from support.findings import make_finding
from support.intakes import AnyFile
from support.ledgers import START, FakeClock, MemoryJournal, exactly
from support.responses import SMALL, after

INCIDENT = "IR-2026-0001"


class Folders:
    """Data folders in memory."""

    def __init__(self, **texts: str) -> None:
        self.texts = {f"{name}.yaml": text for name, text in texts.items()} or {"small_response.yaml": SMALL}

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        assert (folder, suffix) == ("playbooks", ".yaml")
        return tuple(sorted(self.texts))

    def text(self, folder: str, name: str) -> str:
        assert folder == "playbooks"
        return self.texts[name]


class Findings(MemoryJournal):
    """A journal that also knows two findings."""

    def findings(self, run: str | None = None, *, ids: Sequence[str] | None = None):  # type: ignore[no-untyped-def]  # noqa: ANN201  (the base class says it)
        assert run is None
        return iter([make_finding(one) for one in ids or ()])


@pytest.fixture
def journal() -> Findings:
    """With one open incident, told of by an outsider two hours before."""
    journal = Findings(FakeClock())
    open_incident(journal, (), now=START, title="Open store", zone="Asia/Shanghai")
    record(journal, "notice_received", hours=-2)
    return journal


def record(journal: MemoryJournal, kind: str, *, hours: float = 0, corrects: str | None = None) -> int:
    event = record_of_event(kind=kind, occurred_at=exactly(after(hours)), corrects=corrects)
    return journal.append(INCIDENT, (event,))[0].sequence


def start(journal: MemoryJournal, *, name: str | None = "small", folders: Folders | None = None) -> Response:
    return start_playbook(journal, folders or Folders(), INCIDENT, now=journal.clock, name=name, by="Ann")


def tell(
    journal: MemoryJournal, step: str, *, evidence: Sequence[str] = ("config_before: x",), **told: object
) -> Response:
    given = {"by": "Li Wei", "evidence": () if told.get("failure") else evidence, **told}
    return tell_step(journal, INCIDENT, StepStatement(step=step, **given), now=journal.clock, intake=AnyFile())  # type: ignore[arg-type]


def open_ids(response: Response) -> list[str]:
    return [one.id for one in response.progress.open]


def events(journal: MemoryJournal) -> list[str]:
    return [record.kind for record in journal.read(INCIDENT) if is_event_record(record)]


def test_playbooks_are_listed_and_found_by_name_and_by_file() -> None:
    folders = Folders()

    assert [one.playbook for one in list_playbooks(folders)] == ["small"]
    assert find_playbook(folders, "small") == find_playbook(folders, "small_response")
    assert find_playbook(folders, "small_response.yaml").version == 1


def test_an_unknown_playbook_names_the_nearest() -> None:
    with pytest.raises(NotFound, match="did you mean `small`"):
        find_playbook(Folders(), "smal")
    with pytest.raises(NotFound, match=r"there is no playbook `exposed-datastore-24h`$"):
        find_playbook(Folders(), "exposed-datastore-24h")


def test_a_broken_playbook_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(BadFile, match=r"broken\.yaml"):
        list_playbooks(Folders(broken="steps: 1"))


def test_a_response_begins_with_its_first_steps_and_their_due_times(journal: Findings) -> None:
    response = start(journal)

    assert open_ids(response) == ["contain"]
    assert response.due_at["contain"] == after(4)
    assert not response.is_late(response.progress.steps["contain"])
    journal.clock.move(hours=5)
    late = load_response(journal, INCIDENT, now=journal.clock)
    assert late.is_late(late.progress.steps["contain"])
    assert not late.is_late(late.progress.steps["note"])


def test_a_new_version_of_the_file_does_not_change_a_running_response(journal: Findings) -> None:
    """Everything comes from the ledger: the folders are not even asked."""
    start(journal)
    before = load_response(journal, INCIDENT, now=journal.clock)

    kept = next(record for record in journal.read(INCIDENT) if record.kind == "playbook_started")
    assert from_snapshot(kept.content["playbook"], name="kept") == find_playbook(Folders(), "small")
    assert kept.content["by"] == "Ann"
    assert before.progress.playbook.version == 1


def test_a_response_begins_once_and_again_after_reopening(journal: Findings) -> None:
    start(journal)
    with pytest.raises(NotAllowed, match="has its playbook already: small"):
        start(journal)
    tell(journal, "contain")
    record(journal, "closed")
    reopened = record(journal, "reopened")

    assert open_ids(start(journal)) == ["contain"]
    record(journal, "retracted", corrects=f"E-{reopened}")


def test_a_reopening_that_was_retracted_begins_nothing(journal: Findings) -> None:
    start(journal)
    reopened = record(journal, "reopened")
    record(journal, "retracted", corrects=f"E-{reopened}")

    with pytest.raises(NotAllowed, match="has its playbook already"):
        start(journal)


def test_the_playbook_of_the_incident_is_taken_when_none_is_named() -> None:
    journal = Findings(FakeClock())
    open_incident(journal, (), now=START, title="Open store", playbook="small")

    assert start(journal, name=None).progress.playbook.playbook == "small"


def test_the_24_hours_are_the_default(journal: Findings) -> None:
    with pytest.raises(NotFound, match="exposed-datastore-24h"):
        start(journal, name=None)


def test_without_an_incident_or_a_start_there_is_no_response(journal: Findings) -> None:
    with pytest.raises(NotFound, match="no playbook was started"):
        load_response(journal, INCIDENT, now=journal.clock)
    with pytest.raises(NotFound, match="there is no incident"):
        load_response(journal, "IR-2026-0099", now=journal.clock)


def test_a_finished_step_records_its_event_with_it(journal: Findings) -> None:
    start(journal)
    response = tell(journal, "contain", by="Li Wei")
    kept = list(journal.read(INCIDENT))[-2:]

    assert [record.kind for record in kept] == ["step_done", "contained"]
    assert event_of(kept[1]).fields == {"step": "contain", "actor": "Li Wei", "evidence": "config_before: EV-4"}
    assert event_of(kept[1]).source == "step contain, Li Wei"
    assert open_ids(response) == ["note", "decide"]


def test_a_decision_needs_its_form_and_its_second_person(journal: Findings) -> None:
    start(journal)
    tell(journal, "contain")
    with pytest.raises(NotAllowed, match=r"an answer to `risk`.*\n.*a second person \(counsel\)"):
        tell(journal, "decide", by="Ann")

    response = tell(journal, "decide", by="Ann", second="Bo", form="risk: high", form_name="form.yaml")
    assert events(journal)[-1] == "high_risk_determined"
    assert response.progress.steps["decide"].answers == {"risk": "high"}
    assert response.progress.steps["decide"].second == "Bo"


def test_another_answer_records_no_event(journal: Findings) -> None:
    start(journal)
    tell(journal, "contain")
    tell(journal, "decide", by="Ann", second="Bo", form="risk: low")

    assert events(journal)[-1] == "contained"


def test_a_bad_form_is_refused_by_its_name(journal: Findings) -> None:
    start(journal)
    tell(journal, "contain")
    with pytest.raises(BadFile, match=r"form\.yaml: 1 problem"):
        tell(journal, "decide", form="risk: middle", form_name="form.yaml")
    with pytest.raises(UsageProblem, match="asks no questions"):
        tell(journal, "note", form="risk: low")


def test_missing_evidence_is_refused_and_nothing_is_recorded(journal: Findings) -> None:
    start(journal)
    count = len(list(journal.read(INCIDENT)))
    with pytest.raises(NotAllowed, match="evidence `config_before`"):
        tell(journal, "contain", evidence=())

    assert len(list(journal.read(INCIDENT))) == count


def test_a_step_out_of_turn_is_refused_with_what_it_waits_for(journal: Findings) -> None:
    start(journal)
    with pytest.raises(NotAllowed, match="`learn` waits for verify, tell"):
        tell(journal, "learn")
    tell(journal, "contain")
    with pytest.raises(NotAllowed, match="`contain` is done already"):
        tell(journal, "contain")


def test_an_unknown_step_names_the_nearest(journal: Findings) -> None:
    start(journal)
    with pytest.raises(NotFound, match=r"no step `contian` \(did you mean `contain`"):
        tell(journal, "contian")
    with pytest.raises(NotFound, match=r"no step `zzz`$"):
        tell(journal, "zzz")


def test_an_automated_step_closes_by_its_event_alone(journal: Findings) -> None:
    start(journal)
    tell(journal, "contain")
    tell(journal, "note")
    with pytest.raises(NotAllowed, match="`verify` closes by itself"):
        tell(journal, "verify")

    response = tell(journal, "verify", failure="port 9200 still answers")
    assert open_ids(response) == ["contain", "decide"]
    assert response.progress.steps["verify"].failures == 1


def test_a_closed_incident_takes_no_steps(journal: Findings) -> None:
    start(journal)
    record(journal, "closed")
    with pytest.raises(NotAllowed, match="is closed"):
        tell(journal, "contain")
    with pytest.raises(NotAllowed, match="is closed"):
        start(journal)


def at(text: str) -> Interval:
    return parse_interval(text, zone="Asia/Shanghai")


def test_a_step_is_never_in_the_future_and_an_old_one_needs_a_reason(journal: Findings) -> None:
    start(journal)
    journal.clock.move(hours=3)
    with pytest.raises(UsageProblem, match="is in the future"):
        tell(journal, "contain", at=at("2026-05-24T13:00"))
    with pytest.raises(UsageProblem, match="needs a reason"):
        tell(journal, "contain", at=at("2026-05-24T10:00"))

    response = tell(journal, "contain", at=at("2026-05-24T10:00"), reason="no signal in the server room")
    assert response.progress.steps["contain"].since == after(1)


def test_a_day_that_is_not_over_ends_now(journal: Findings) -> None:
    start(journal)
    journal.clock.move(hours=3)
    response = tell(journal, "contain", at=at("2026-05-24"), reason="only the day is known")

    assert response.progress.steps["contain"].since == after(3)


@pytest.mark.parametrize("by", ["", " ", "\u200b", "x" * 201])
def test_a_step_is_recorded_by_somebody_and_never_by_its_role(journal: Findings, by: str) -> None:
    start(journal)
    with pytest.raises(UsageProblem, match="name"):
        tell(journal, "contain", by=by)


@pytest.mark.parametrize("told", [{"reason": "x"}, {"failure": "x"}, {"second": "x"}])
def test_long_texts_are_refused(journal: Findings, told: dict[str, str]) -> None:
    start(journal)
    long = {name: text * (MOST_CHARACTERS + 1) for name, text in told.items()}
    with pytest.raises(UsageProblem, match="2,000 characters"):
        tell(journal, "contain", **long)


def test_too_many_pieces_of_evidence_are_refused(journal: Findings) -> None:
    start(journal)
    with pytest.raises(UsageProblem, match="characters"):
        tell(journal, "contain", evidence=["config_before: x"] * 201)


class Racing(Findings):
    """Somebody else writes just before each of the first appends."""

    races = 0
    rival = Record(kind="note", occurred_at=exactly(START), content={"text": "me first"})

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        if self.races:
            self.races -= 1
            super().append(subject, (self.rival,))
        return super().append(subject, records, after=after)


def racing(races: int, rival: Record | None = None) -> Racing:
    journal = Racing(FakeClock())
    open_incident(journal, (), now=START, title="Open store")
    start(journal)
    journal.rival = rival or journal.rival
    journal.races = races
    return journal


def test_a_lost_race_is_run_again() -> None:
    journal = racing(3)

    assert open_ids(tell(journal, "contain")) == ["note", "decide"]


def test_whoever_loses_the_race_for_a_step_does_not_finish_it_twice() -> None:
    rival = Record(kind="step_done", occurred_at=exactly(START + timedelta(minutes=1)), content={"step": "contain"})
    journal = racing(1, rival)

    with pytest.raises(NotAllowed, match="is done already"):
        tell(journal, "contain")
    assert events(journal) == ["incident_opened"]


def test_a_race_that_is_never_won_is_given_up() -> None:
    with pytest.raises(NotAllowed, match="written by many"):
        tell(racing(1000), "contain")


def test_the_products_of_the_incident_are_those_of_its_findings() -> None:
    journal = Findings(FakeClock())
    found = open_incident(journal, (make_finding("F-1"), make_finding("F-2")), now=START)

    assert datastores_of(journal, found) == {make_finding().datastore: {make_finding().port}}  # type: ignore[arg-type]


def test_two_people_leave_a_step_out_and_no_event_is_recorded(journal: Findings) -> None:
    start(journal)
    response = tell(journal, "contain", by="Ann", second="Bo", reason="no data of ours", is_waived=True, evidence=())
    kept = list(journal.read(INCIDENT))[-1]

    assert response.progress.steps["contain"].state.value == "skipped"
    assert kept.kind == "step_waived"
    assert kept.content == {"step": "contain", "by": "Ann", "second": "Bo", "reason": "no data of ours"}


@pytest.mark.parametrize(
    "told",
    [
        {"by": "Ann", "second": "Bo"},
        {"by": "Ann", "reason": "so"},
        {"by": "Ann", "second": " ann ", "reason": "so"},
    ],
)
def test_nobody_leaves_a_step_out_alone_or_without_a_reason(journal: Findings, told: dict[str, str]) -> None:
    start(journal)
    with pytest.raises(NotAllowed, match="can be left out by two people who say why"):
        tell(journal, "contain", is_waived=True, **told)


def test_the_next_round_of_a_loop_is_due_so_long_after_the_last_one(journal: Findings) -> None:
    loop = "    repeat: {until: {field: risk, is: high}, at_most: 3, every: PT2H}\n"
    text = SMALL.replace("    emits_when: {field: risk, is: high}\n", loop)
    start(journal, folders=Folders(small=text))
    tell(journal, "contain")
    response = tell(journal, "decide", by="Ann", second="Bo", form="risk: low")

    assert response.due_at["decide"] == after(2)
    assert events(journal)[-1] == "contained"
    journal.clock.move(hours=3)
    late = load_response(journal, INCIDENT, now=journal.clock)
    assert late.is_late(late.progress.steps["decide"])


def test_a_response_goes_on_after_a_re_exposure_without_a_new_start(journal: Findings) -> None:
    undone = SMALL.replace("attempts: 2", "attempts: 2\n    undone_by: exposure_seen_again")
    start(journal, folders=Folders(small=undone))
    tell(journal, "contain")
    tell(journal, "note")
    record(journal, "remediation_verified", hours=1)
    record(journal, "reopened", hours=2)
    record(journal, "exposure_seen_again", hours=2)

    response = load_response(journal, INCIDENT, now=journal.clock)
    assert open_ids(response) == ["contain"]


def test_only_the_playbook_that_is_meant_is_read() -> None:
    """A broken file of somebody else's does not stand in the way of a response."""
    folders = Folders(broken="playbook: broken\nsteps: 1", small=SMALL)

    assert find_playbook(folders, "small").version == 1
    with pytest.raises(BadFile):
        find_playbook(folders, "broken")

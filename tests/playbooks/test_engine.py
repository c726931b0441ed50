"""The engine replays records; each test tells a response as a ledger would."""

from __future__ import annotations

import pytest

from leakguard.ledger.erasure import ERASED
from leakguard.playbooks.definitions import parse_playbook
from leakguard.playbooks.engine import Progress, advance, latest_playbook
from leakguard.playbooks.missing import missing_steps
from leakguard.playbooks.shapes import Playbook
from support.ledgers import make_record
from support.responses import Incident, after, small


def states(incident: Incident) -> dict[str, str]:
    return {name: one.state.value for name, one in progress(incident).steps.items()}


def progress(incident: Incident) -> Progress:
    return advance(incident.playbook, incident.records)


def open_ids(incident: Incident) -> list[str]:
    return [one.id for one in progress(incident).open]


def high(incident: Incident, *, risk: str = "high") -> None:
    incident.done("decide", form={"risk": risk})


def test_at_the_start_only_the_first_step_is_open() -> None:
    incident = Incident()

    assert open_ids(incident) == ["contain"]
    assert [one.id for one in progress(incident).waiting] == ["note", "verify", "decide", "tell", "learn"]
    assert progress(incident).steps["contain"].since == after(0)
    assert progress(incident).steps["learn"].since is None


def test_a_finished_step_opens_the_steps_behind_it_and_remembers_who() -> None:
    incident = Incident()
    incident.done("contain", hours=2, by="Li Wei", second="")

    found = progress(incident)

    assert open_ids(incident) == ["note", "decide"]
    assert found.steps["contain"].by == "Li Wei"
    assert found.steps["note"].since == after(2)


def test_a_step_waits_for_all_that_lead_to_it() -> None:
    incident = Incident()
    incident.done("contain")
    high(incident)
    assert states(incident)["tell"] == "waiting"

    incident.done("note")
    incident.event("remediation_verified", hours=3)

    assert states(incident)["tell"] == "ready"
    assert progress(incident).steps["tell"].since == after(3)


def test_an_automated_step_is_done_by_its_event() -> None:
    incident = Incident()
    incident.done("contain")
    incident.done("note", hours=2)
    incident.event("contained", hours=3)
    assert states(incident)["verify"] == "ready"
    incident.event("remediation_verified", hours=3)

    assert states(incident)["verify"] == "done"
    assert progress(incident).steps["verify"].by == "a probe"


def test_an_event_counts_also_when_it_was_recorded_before_the_step_was_open() -> None:
    """The probe ran at once; the paper about closing was written afterwards, with the true time."""
    incident = Incident()
    incident.event("remediation_verified", hours=3)
    incident.done("contain", hours=1)
    incident.done("note", hours=2)

    assert states(incident)["verify"] == "done"


def test_an_event_from_before_the_step_could_begin_does_not_count() -> None:
    incident = Incident(
        small(**{"emits: remediation_verified": "emits: recovered", "end: remediation_verified": "end: recovered"})
    )
    incident.event("recovered", hours=1)
    incident.done("contain", hours=2)
    incident.done("note", hours=3)

    assert states(incident)["verify"] == "ready"


def test_a_proof_of_closure_from_before_the_step_was_reached_finishes_it_and_is_named() -> None:
    """The scan proved it closed at once; who closed it wrote that down hours later."""
    incident = Incident()
    sequence = incident.event("remediation_verified", hours=1)
    incident.done("contain", hours=14)
    incident.done("note", hours=15)

    found = progress(incident).steps["verify"]

    assert (found.state.value, found.since, found.proof) == ("done", after(1), f"E-{sequence}")


def test_a_proof_of_closure_finishes_a_step_whose_turn_has_not_come() -> None:
    incident = Incident()
    incident.event("remediation_verified", hours=1)

    assert states(incident)["verify"] == "done"
    assert open_ids(incident) == ["contain"]


def test_a_proof_from_before_the_playbook_was_started_counts() -> None:
    incident = Incident()
    incident.event("remediation_verified", hours=1)
    incident.start()

    assert states(incident)["verify"] == "done"


@pytest.mark.parametrize("kind", ["exposure_seen_again", "exposure_spread", "reopened"])
def test_what_was_open_again_needs_a_new_proof(kind: str) -> None:
    incident = Incident()
    incident.event("remediation_verified", hours=1)
    incident.event(kind, hours=2)
    incident.start()

    assert states(incident)["verify"] == "waiting"

    incident.event("remediation_verified", hours=3)

    assert states(incident)["verify"] == "done"


def test_a_proof_from_before_a_failed_look_does_not_count() -> None:
    incident = Incident()
    incident.failed("verify", hours=4)
    incident.done("contain", hours=5)
    incident.done("note", hours=5)
    incident.event("remediation_verified", hours=3)

    assert states(incident)["verify"] == "ready"


def test_a_second_look_that_a_playbook_asks_for_needs_a_proof_of_its_own() -> None:
    again = "  again:\n    kind: automated\n    title: Look twice\n    phase: verify\n    owner: owner\n"
    again += "    run: leakguard scan verify {findings}\n    emits: remediation_verified\n    next: [tell, learn]\n"
    incident = Incident(small(**{"    next: [tell, learn]\n": f"    next: [again]\n{again}"}))
    incident.event("remediation_verified", hours=1)
    incident.done("contain", hours=2)
    incident.done("note", hours=3)

    assert (states(incident)["verify"], states(incident)["again"]) == ("done", "done")


def test_a_retracted_event_opens_the_step_again_and_keeps_later_work() -> None:
    incident = Incident()
    incident.done("contain")
    incident.done("note", hours=2)
    sequence = incident.event("remediation_verified", hours=3)
    high(incident, risk="low")
    incident.done("learn", hours=4)
    assert progress(incident).is_finished
    incident.event("retracted", hours=5, corrects=f"E-{sequence}")

    assert states(incident)["verify"] == "ready"
    assert states(incident)["learn"] == "done"
    assert not progress(incident).is_finished


def test_a_step_whose_condition_does_not_hold_is_skipped_and_the_way_goes_on() -> None:
    incident = Incident()
    incident.done("contain")
    high(incident, risk="low")
    incident.done("note")
    incident.event("remediation_verified", hours=3)

    assert states(incident)["tell"] == "skipped"
    assert open_ids(incident) == ["learn"]


def test_an_answer_of_a_skipped_step_holds_no_condition() -> None:
    """`learn` asks about a step that was itself skipped."""
    changes = {
        "do: Tell them.": "do: Tell them.\n    form: {sent: {type: yes_no, label: Sent}}",
        "do: Think.": "do: Think.\n    when: {step: tell, field: sent, is: true}",
    }
    incident = Incident(small(**changes))
    incident.done("contain")
    high(incident, risk="low")
    incident.done("note")
    incident.event("remediation_verified", hours=3)

    assert states(incident)["learn"] == "skipped"
    assert progress(incident).is_finished


def test_a_failure_leads_back_and_the_way_is_walked_again() -> None:
    incident = Incident()
    incident.done("contain")
    incident.done("note")
    high(incident)
    incident.failed("verify", hours=2)

    assert states(incident) == {
        "contain": "ready", "note": "waiting", "verify": "waiting", "decide": "done", "tell": "waiting",
        "learn": "waiting",
    }  # fmt: skip
    incident.done("contain", hours=3)
    assert states(incident)["note"] == "ready"
    incident.done("note", hours=4)
    incident.event("remediation_verified", hours=5)

    assert progress(incident).steps["verify"].failures == 1
    assert states(incident)["verify"] == "done"


def test_after_its_last_attempt_a_step_stays_failed_until_somebody_finishes_it() -> None:
    incident = Incident()
    for _ in range(3):
        incident.done("contain", hours=1)
        incident.done("note", hours=1)
        incident.failed("verify", hours=1)
    worn = progress(incident).steps["verify"]

    assert (worn.state.value, worn.failures, worn.is_worn_out) == ("failed", 3, True)
    assert open_ids(incident)[0] == "verify"
    incident.event("remediation_verified", hours=2)
    assert states(incident)["verify"] == "done"
    assert not progress(incident).steps["verify"].is_worn_out


def test_a_failure_without_a_way_back_leaves_the_step_open() -> None:
    incident = Incident()
    incident.failed("contain")
    assert progress(incident).steps["contain"].is_worn_out
    incident.failed("contain")
    incident.done("contain")

    assert states(incident)["contain"] == "done"


def test_a_step_may_lead_back_to_itself() -> None:
    incident = Incident(small(**{"on_fail: contain": "on_fail: verify"}))
    incident.done("contain")
    incident.done("note")
    incident.failed("verify")

    assert states(incident)["verify"] == "ready"
    assert states(incident)["note"] == "done"


def test_a_failure_recorded_out_of_turn_stays_recorded() -> None:
    """A correction of an earlier event can make a step wait whose failure is in the ledger already."""
    incident = Incident()
    incident.failed("verify")

    assert states(incident)["contain"] == "ready"
    assert progress(incident).steps["verify"].failures == 1


def test_records_of_an_earlier_response_do_not_count_in_the_new_one() -> None:
    incident = Incident()
    incident.done("contain")
    assert states(incident)["contain"] == "done"
    incident.start()

    assert open_ids(incident) == ["contain"]


def test_records_that_belong_to_no_step_change_nothing() -> None:
    incident = Incident()
    incident.done("somewhere_else")
    incident.keep(make_record("finding_verified", {"finding": "F-1"}))

    assert open_ids(incident) == ["contain"]


def test_the_same_records_always_give_the_same_progress() -> None:
    incident = Incident()
    incident.done("contain")
    incident.event("remediation_verified", hours=2)

    assert progress(incident) == progress(incident)


def test_without_a_start_there_is_nothing_to_replay() -> None:
    with pytest.raises(ValueError, match="started the playbook"):
        advance(small(), ())


def test_a_closure_that_was_proved_before_it_was_opened_again_proves_nothing_to_the_next_response() -> None:
    incident = Incident()
    incident.done("contain")
    incident.event("remediation_verified", hours=2)
    incident.event("reopened", hours=3)
    incident.start()
    incident.done("contain", hours=4)
    incident.done("note", hours=4)

    assert states(incident)["verify"] == "ready"

    incident.event("remediation_verified", hours=5)

    assert states(incident)["verify"] == "done"


LOOP = {"    emits_when: {field: risk, is: high}\n": "    repeat: {until: {field: risk, is: high}, at_most: 3}\n"}
UNDONE = {
    "attempts: 2": "attempts: 2\n    undone_by: exposure_seen_again",
    "do: Think.": "do: Think.\n    undone_by: exposure_seen_again",
}


def test_a_loop_asks_again_until_the_answer_is_as_it_must_be() -> None:
    incident = Incident(small(**LOOP))
    incident.done("contain")
    incident.done("decide", hours=2, form={"risk": "low"})
    assert states(incident)["decide"] == "ready"
    assert progress(incident).steps["decide"].rounds == 1
    assert progress(incident).steps["decide"].since == after(2)
    incident.done("decide", hours=3, form={"risk": "high"})

    assert states(incident)["decide"] == "done"


def test_a_loop_ends_with_a_person_who_decides() -> None:
    incident = Incident(small(**LOOP))
    incident.done("contain")
    for hour in range(3):
        incident.done("decide", hours=hour + 2, form={"risk": "low"})
    worn = progress(incident).steps["decide"]

    assert (worn.state.value, worn.rounds, worn.is_worn_out) == ("failed", 3, True)
    incident.done("decide", hours=9, form={"risk": "high"})
    assert not progress(incident).steps["decide"].is_worn_out
    assert states(incident)["decide"] == "done"


def test_a_round_may_begin_with_an_earlier_step() -> None:
    loop = "    repeat: {until: {field: risk, is: high}, at_most: 3, from: contain}\n"
    incident = Incident(small(**{"    emits_when: {field: risk, is: high}\n": loop}))
    incident.done("contain")
    incident.done("note")
    incident.done("decide", hours=2, form={"risk": "low"})

    assert states(incident)["contain"] == "ready"
    assert states(incident)["decide"] == "waiting"
    assert states(incident)["note"] == "done"
    incident.done("contain", hours=3)
    assert states(incident)["decide"] == "ready"


def test_a_round_may_name_its_own_step() -> None:
    loop = "    repeat: {until: {field: risk, is: high}, at_most: 3, from: decide}\n"
    incident = Incident(small(**{"    emits_when: {field: risk, is: high}\n": loop}))
    incident.done("contain")
    incident.done("decide", hours=2, form={"risk": "low"})

    assert states(incident)["decide"] == "ready"


def finished(playbook: Playbook) -> Incident:
    incident = Incident(playbook)
    incident.done("contain")
    incident.done("note", hours=2)
    high(incident)
    incident.event("remediation_verified", hours=3)
    incident.done("tell", hours=4)
    incident.done("learn", hours=5)
    assert progress(incident).is_finished
    return incident


def test_what_is_open_again_has_to_be_closed_and_proved_again_and_the_letters_stay_sent() -> None:
    incident = finished(small(**UNDONE))
    incident.event("reopened", hours=30)
    incident.event("exposure_seen_again", hours=30)

    assert states(incident) == {
        "contain": "ready", "note": "waiting", "verify": "waiting", "decide": "done", "tell": "done",
        "learn": "waiting",
    }  # fmt: skip
    incident.done("contain", hours=31)
    incident.done("note", hours=32)
    assert states(incident)["verify"] == "ready"
    incident.event("remediation_verified", hours=33)
    assert open_ids(incident) == ["learn"]


def test_a_new_cycle_has_all_its_attempts_again() -> None:
    incident = Incident(small(**UNDONE))
    for hour in range(2):
        incident.done("contain", hours=hour)
        incident.done("note", hours=hour)
        incident.failed("verify", hours=hour)
    incident.done("contain", hours=2)
    incident.done("note", hours=2)
    incident.event("remediation_verified", hours=3)
    incident.event("exposure_seen_again", hours=30)

    assert progress(incident).steps["verify"].failures == 0
    assert states(incident)["contain"] == "ready"


def test_a_look_that_is_older_than_the_proof_undoes_nothing() -> None:
    """It was recorded late: the proof came after it."""
    incident = finished(small(**UNDONE))
    incident.event("exposure_seen_again", hours=1)

    assert progress(incident).is_finished


def test_a_re_exposure_that_was_retracted_undoes_nothing_and_the_work_meanwhile_stays() -> None:
    incident = finished(small(**UNDONE))
    sequence = incident.event("exposure_seen_again", hours=30)
    incident.done("contain", hours=31, by="Li Wei")
    incident.event("retracted", hours=32, corrects=f"E-{sequence}")

    assert progress(incident).is_finished
    assert progress(incident).steps["contain"].by == "Li Wei"


def test_a_step_that_nobody_has_begun_waits_again_when_a_step_before_it_is_undone() -> None:
    incident = Incident(small(**UNDONE))
    incident.done("contain")
    incident.done("note", hours=2)
    high(incident)
    incident.event("remediation_verified", hours=3)
    assert states(incident)["tell"] == "ready"
    incident.event("exposure_seen_again", hours=30)

    assert states(incident)["tell"] == "waiting"


def test_a_first_step_that_is_undone_is_open_again_at_once() -> None:
    incident = Incident(small(**{"evidence: [config_before]": "undone_by: exposure_seen_again"}))
    incident.done("contain")
    incident.event("exposure_seen_again", hours=2)

    assert states(incident)["contain"] == "ready"
    assert states(incident)["note"] == "waiting"


def test_a_step_that_leads_back_to_itself_is_undone_by_itself() -> None:
    incident = finished(small(**UNDONE, **{"on_fail: contain": "on_fail: verify"}))
    incident.event("exposure_seen_again", hours=30)

    assert states(incident)["verify"] == "ready"
    assert states(incident)["contain"] == "done"


def test_a_step_that_two_people_leave_out_is_settled_and_can_be_done_all_the_same() -> None:
    incident = Incident()
    incident.waived("contain")
    found = progress(incident).steps["contain"]

    assert (found.state.value, found.by, found.second, found.reason) == ("skipped", "Ann", "Bo", "not needed here")
    assert states(incident)["note"] == "ready"
    incident.done("contain", hours=2)
    assert states(incident)["contain"] == "done"


def ready_to_verify(playbook: Playbook | None = None) -> Incident:
    incident = Incident(playbook)
    incident.done("contain")
    incident.done("note", hours=2)
    return incident


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("done", "done"), ("gave_up", "ready"), ("lost", "unsure"), ("failed", "waiting"), ("nonsense", "unsure")],
)
def test_a_machine_ends_a_step_as_it_says(outcome: str, state: str) -> None:
    """A failure leads back, so the step waits; a word that nobody knows is no proof of anything."""
    incident = ready_to_verify()
    incident.begun("verify", hours=3)
    assert states(incident)["verify"] == "running"
    incident.ended("verify", outcome, hours=4)
    found = progress(incident).steps["verify"]

    assert found.state.value == state
    assert found.run is not None
    assert (found.run.key, found.run.number, found.run.tries, found.run.text) == ("k1", 1, 1, "as it was")


def test_a_repetition_has_the_same_key_and_a_new_act_another() -> None:
    incident = ready_to_verify()
    incident.begun("verify", hours=3)
    incident.begun("verify", hours=4)
    run = progress(incident).steps["verify"].run
    assert run is not None
    assert (run.number, run.tries, run.outcome) == (1, 2, None)
    incident.ended("verify", "gave_up", hours=4)
    incident.begun("verify", hours=5, key="k2")

    run = progress(incident).steps["verify"].run
    assert run is not None
    assert (run.number, run.tries) == (2, 1)


def test_an_end_that_comes_after_it_was_given_up_as_lost_counts() -> None:
    incident = ready_to_verify()
    incident.begun("verify", hours=3)
    incident.ended("verify", "lost", hours=4)
    incident.ended("verify", "lost", hours=4)
    assert states(incident)["verify"] == "unsure"
    incident.ended("verify", "done", hours=5)

    assert states(incident)["verify"] == "done"


def test_nobody_listens_to_an_end_without_its_beginning_or_after_the_step_was_settled() -> None:
    incident = ready_to_verify()
    incident.ended("verify", "done", hours=3)
    incident.begun("somewhere_else", hours=3)
    incident.ended("somewhere_else", "done", hours=3)
    assert states(incident)["verify"] == "ready"
    incident.begun("verify", hours=4)
    incident.ended("verify", "done", hours=4, key="another")
    assert states(incident)["verify"] == "running"
    incident.event("remediation_verified", hours=5)
    incident.ended("verify", "failed", hours=6)

    assert states(incident)["verify"] == "done"
    assert progress(incident).steps["verify"].failures == 0


def test_a_step_without_an_event_is_finished_by_its_machine_alone() -> None:
    silent = {
        "    run: leakguard scan verify {findings}\n    emits: remediation_verified\n": "    action: collect\n",
        "end: remediation_verified": "end: contained",
    }
    incident = ready_to_verify(small(**silent))
    incident.event("remediation_verified", hours=3)
    assert states(incident)["verify"] == "ready"
    incident.begun("verify", hours=4)
    incident.ended("verify", "done", hours=4)

    assert states(incident)["verify"] == "done"


def test_a_machine_that_began_out_of_turn_is_not_finished_by_an_older_event() -> None:
    """A correction of an earlier event can make a step wait that a machine had begun."""
    incident = Incident()
    incident.event("remediation_verified", hours=3)
    incident.begun("verify", hours=2)

    assert states(incident)["verify"] == "running"


LOOK = "a person has to look whether it happened"
INSERTED = {
    "next: [note, decide]": "next: [check, decide]",
    "  note:\n": """\
  check:
    kind: human
    title: Look twice
    phase: preserve
    owner: owner
    do: Look.
    next: [note]
  note:
""",
}


def test_a_move_to_another_playbook_keeps_what_is_done_and_holds_back_what_now_waits() -> None:
    incident = Incident()
    incident.done("contain")
    assert open_ids(incident) == ["note", "decide"]
    incident.migrate(small(**INSERTED), hours=2)

    assert open_ids(incident) == ["check", "decide"]
    assert states(incident)["contain"] == "done"
    incident.done("check", hours=3)
    assert open_ids(incident) == ["note", "decide"]


def test_a_step_that_is_done_behind_a_new_one_stays_done() -> None:
    incident = ready_to_verify()
    incident.migrate(small(**INSERTED), hours=3)

    assert states(incident)["note"] == "done"
    assert states(incident)["check"] == "ready"
    assert states(incident)["verify"] == "ready"


def test_a_step_that_is_gone_is_dropped_and_its_later_records_change_nothing() -> None:
    incident = Incident(small(**INSERTED))
    incident.done("contain")
    incident.done("check", hours=2)
    incident.migrate(small(), hours=3)
    incident.done("check", hours=4)

    assert "check" not in states(incident)
    assert open_ids(incident) == ["note", "decide"]


def test_a_condition_is_asked_again_and_what_two_people_left_out_stays_left_out() -> None:
    incident = Incident()
    incident.done("contain")
    high(incident, risk="low")
    incident.waived("note", hours=2)
    incident.event("remediation_verified", hours=3)
    assert states(incident)["tell"] == "skipped"
    incident.migrate(small(**{"    when: {step: decide, field: risk, is: high}\n": ""}), hours=4)

    assert states(incident)["tell"] == "ready"
    assert states(incident)["note"] == "skipped"


def test_moves_follow_one_another_and_each_begins_where_the_last_one_stood() -> None:
    incident = Incident()
    incident.done("contain")
    incident.migrate(small(**INSERTED), hours=2)
    incident.done("check", hours=3)
    incident.migrate(small(), hours=4)
    incident.done("note", hours=5)

    assert open_ids(incident) == ["verify", "decide"]
    kept = latest_playbook(incident.records)
    assert kept is not None
    assert kept.kind == "playbook_migrated"
    assert latest_playbook(()) is None


def test_what_is_missing_is_said_step_by_step() -> None:
    incident = ready_to_verify()
    incident.begun("verify", hours=3)
    incident.ended("verify", "lost", hours=3)
    incident.failed("decide")

    assert missing_steps(progress(incident)) == (
        f"`verify` (Probe again) was stopped in the middle: {LOOK}; owner answers for it",
        "`decide` (Decide) has failed, more often than planned: a person has to decide; dpo answers for it",
        "`tell` (Tell) waits for verify, decide; dpo answers for it",
        "`learn` (Learn) waits for verify, tell; owner answers for it",
    )
    assert missing_steps(progress(finished(small()))) == ()


@pytest.mark.parametrize("step", ["contain", "note", "no-such-step"])
def test_what_nobody_has_settled_is_not_taken_back(step: str) -> None:
    """A record may be older than a playbook that was changed, or written by a hand of its own."""
    incident = Incident()
    before = states(incident)

    incident.keep(make_record("step_taken_back", {"step": step}))

    assert states(incident) == before


def claimed(incident: Incident, step: str) -> int:
    return incident.keep(make_record("step_claimed", {"step": step, "by": "Anna"}))


def test_a_step_that_one_person_did_stays_open_and_says_who_until_another_one_confirms() -> None:
    incident = Incident()
    sequence = claimed(incident, "contain")
    claim = progress(incident).steps["contain"].claim

    assert claim is not None
    assert claim.sequence == sequence
    assert open_ids(incident) == ["contain"]
    incident.done("contain", by="Anna", second="Li")
    assert progress(incident).steps["contain"].claim is None


def test_a_claim_of_a_step_that_is_not_open_or_not_known_is_none() -> None:
    incident = Incident()
    claimed(incident, "tell")
    claimed(incident, "no_such_step")

    assert [one.claim for one in progress(incident).steps.values()] == [None] * 6


def test_a_claim_is_gone_once_the_step_failed_or_it_was_taken_back() -> None:
    failed, taken = Incident(), Incident()
    claimed(failed, "contain")
    failed.failed("contain")
    claimed(taken, "contain")
    taken.keep(make_record("step_taken_back", {"step": "contain", "by": "Anna"}))

    assert progress(failed).steps["contain"].claim is None
    assert progress(taken).steps["contain"].claim is None
    assert states(taken)["contain"] == "ready"


ASKED = """\
playbook: asked
title: Steps that hang on an answer, at one remove and at two
version: 1
roles: {owner: answers}
start: [ours]
steps:
  ours:
    kind: decision
    title: Is it ours
    phase: verify
    owner: owner
    do: Decide.
    form: {ours: {type: yes_no, label: Is it ours}}
    next: [name, risk]
  name: {kind: human, title: Name it, phase: coordinate, owner: owner, do: Name it., next: [close]}
  close:
    kind: human
    title: Close it
    phase: contain
    owner: owner
    do: Close it.
    when: {step: ours, field: ours, is: true}
    next: [check]
  check:
    kind: human
    title: Check
    phase: verify
    owner: owner
    do: Look.
    on_fail: ours
    attempts: 2
    next: [learn]
  risk:
    kind: decision
    title: How bad
    phase: decide
    owner: owner
    do: Decide.
    when: {step: ours, field: ours, is: true}
    form: {high: {type: yes_no, label: Is the risk high}}
    next: [tell]
  tell:
    kind: notice
    title: Tell
    phase: tell
    owner: owner
    do: Tell them.
    when: {step: risk, field: high, is: true}
    next: [learn]
  learn: {kind: human, title: Learn, phase: learn, owner: owner, do: Think.}
"""


def asked(**changes: str) -> Incident:
    text = ASKED
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return Incident(parse_playbook(text, name="asked.yaml"))


def ours(incident: Incident, *, is_ours: bool, hours: float) -> None:
    incident.done("ours", hours=hours, form={"ours": is_ours})


def test_what_hangs_on_an_answer_at_two_removes_waits_again_when_the_answer_is_taken_back() -> None:
    incident = asked()
    ours(incident, is_ours=False, hours=1)
    assert (states(incident)["risk"], states(incident)["tell"]) == ("skipped", "skipped")
    incident.keep(make_record("step_taken_back", {"step": "ours", "by": "Bo"}))
    assert (states(incident)["risk"], states(incident)["tell"]) == ("waiting", "waiting")
    ours(incident, is_ours=True, hours=3)
    incident.done("risk", hours=4, form={"high": True})

    assert states(incident)["tell"] == "ready"


def test_what_was_passed_over_waits_for_the_answer_although_all_that_leads_to_it_is_done() -> None:
    incident = asked()
    ours(incident, is_ours=False, hours=1)
    incident.done("name", hours=2)
    assert states(incident)["close"] == "skipped"
    incident.keep(make_record("step_taken_back", {"step": "ours", "by": "Bo"}))
    incident.event("status_sent", hours=3)
    assert (states(incident)["close"], states(incident)["check"]) == ("waiting", "waiting")
    ours(incident, is_ours=True, hours=4)

    assert states(incident)["close"] == "ready"


def test_what_was_passed_over_is_asked_for_when_a_failure_leads_back_to_the_answer() -> None:
    incident = asked()
    ours(incident, is_ours=False, hours=1)
    incident.done("name", hours=2)
    incident.failed("check", hours=3)
    assert open_ids(incident) == ["ours"]
    ours(incident, is_ours=True, hours=4)
    incident.done("name", hours=5)

    assert {name: states(incident)[name] for name in ("close", "check", "risk", "tell")} == {
        "close": "ready", "check": "waiting", "risk": "ready", "tell": "waiting",
    }  # fmt: skip


def test_what_was_passed_over_is_asked_for_when_an_event_undoes_the_answer() -> None:
    undone = "label: Is it ours}}\n"
    incident = asked(**{undone: f"{undone}    undone_by: exposure_seen_again\n"})
    ours(incident, is_ours=False, hours=1)
    incident.done("name", hours=2)
    incident.done("check", hours=3)
    assert open_ids(incident) == ["learn"]
    incident.event("exposure_seen_again", hours=4)
    assert open_ids(incident) == ["ours"]
    ours(incident, is_ours=True, hours=5)

    assert open_ids(incident) == ["close", "risk"]


def test_what_two_people_left_out_is_not_asked_for_when_the_answer_is_taken_back() -> None:
    incident = asked()
    ours(incident, is_ours=True, hours=1)
    incident.waived("risk", hours=2)
    assert states(incident)["tell"] == "skipped"
    incident.keep(make_record("step_taken_back", {"step": "ours", "by": "Bo"}))
    ours(incident, is_ours=True, hours=3)

    assert (states(incident)["risk"], states(incident)["tell"]) == ("skipped", "skipped")


WORDY = """\
playbook: wordy
title: Words
version: 1
roles: {dpo: decides}
start: [decide]
end: [tell, count, visit, doubt]
steps:
  decide:
    kind: decision
    title: Decide
    phase: decide
    owner: dpo
    do: Decide.
    form:
      answer: {type: choice, label: Whom, options: [tell them, nobody]}
      people: {type: number, label: How many}
      places: {type: list, label: Where}
      sure: {type: yes_no, label: Sure?}
    next: [tell, count, visit, doubt]
  tell: {kind: human, title: T, phase: learn, owner: dpo, do: x, when: {step: decide, field: answer, is: tell them}}
  count: {kind: human, title: C, phase: learn, owner: dpo, do: x, when: {step: decide, field: people, at_least: 500}}
  visit: {kind: human, title: V, phase: learn, owner: dpo, do: x, when: {step: decide, field: places, is: Leipzig}}
  doubt: {kind: human, title: D, phase: learn, owner: dpo, do: x, when: {step: decide, field: sure, is: false}}
"""
GIVEN = {"answer": "nobody", "people": 0, "places": ["Bonn"], "sure": True}


@pytest.mark.parametrize(
    ("form", "by", "state"),
    [(GIVEN, "Ann", "skipped"), (GIVEN | {"answer": ERASED, "places": [ERASED]}, ERASED, "ready")],
)
def test_a_step_that_asks_for_an_answer_whose_words_were_erased_is_asked_for(
    form: dict[str, object], by: str, state: str
) -> None:
    """Nobody can tell what the answer was; a step too many is seen, and one too few is not."""
    incident = Incident(parse_playbook(WORDY, name="wordy"))
    incident.done("decide", form=form, by=by)
    found = states(incident)

    assert [found[name] for name in ("tell", "count", "visit")] == [state] * 3
    assert found["doubt"] == "skipped"


def test_a_loop_whose_last_answer_was_erased_begins_no_further_round() -> None:
    incident = Incident(small(**LOOP))
    incident.done("contain")
    incident.done("decide", form={"risk": "low"})
    incident.done("decide", form={"risk": ERASED}, by=ERASED)

    assert states(incident)["decide"] == "done"
    assert progress(incident).steps["decide"].rounds == 1

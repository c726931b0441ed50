"""The engine replays records; each test tells a response as a ledger would."""

from __future__ import annotations

import pytest

from leakguard.playbooks.engine import Progress, advance
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
    incident = Incident()
    incident.event("remediation_verified", hours=1)
    incident.done("contain", hours=2)
    incident.done("note", hours=3)

    assert states(incident)["verify"] == "ready"


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

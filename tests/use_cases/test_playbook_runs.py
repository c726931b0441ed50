"""Machines do what is due, each act once; what was stopped in the middle and tells somebody waits for a person."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from leakguard.accounts.rights import Role
from leakguard.errors import ChannelFailed, NotAllowed, NotFound, RightMissing, UsageProblem
from leakguard.models.event_records import record_of_event
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.definitions import parse_playbook, snapshot_of
from leakguard.playbooks.machine_runs import RunOutcome
from leakguard.use_cases.responses.playbook_runs import MOST_CHARACTERS
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from leakguard.use_cases.responses.step_orders import StepOrder, StepReport
from support.accounts import caller_of
from support.ledgers import START, FakeClock, exactly
from support.machines import DONE, INCIDENT, MACHINES, Worked
from support.memory_store import MemoryStore


def says(outcome: RunOutcome, text: str = "so it is") -> StepReport:
    return StepReport(outcome=outcome, text=text)


def fails(order: StepOrder) -> StepReport:
    raise ChannelFailed(f"no line for {order.step}", next_step="Mend it.")


def test_all_that_is_due_is_done_in_its_turn_with_a_record_before_and_behind_it() -> None:
    worked = Worked()
    acted = worked.run(by="Ann")

    assert [(one.step, one.outcome.value) for one in acted] == [("keep", "done"), ("tell", "done"), ("verify", "done")]
    assert worked.states == {"keep": "done", "tell": "done", "verify": "done", "learn": "ready"}
    assert [record.kind for record in worked.records[2:]] == [
        "step_run_begun", "step_run_ended", "step_run_begun", "step_run_ended", "status_sent",
        "step_run_begun", "remediation_verified", "step_run_ended",
    ]  # fmt: skip
    begun, ended = worked.records[2:4]
    assert begun.content == {
        "step": "keep",
        "key": f"{INCIDENT}/2/keep/1",
        "action": "collect",
        "by": "Ann",
        "reason": "",
    }
    assert ended.content == {
        "step": "keep", "key": f"{INCIDENT}/2/keep/1", "outcome": "done", "text": "as ordered", "result": {"count": 1},
    }  # fmt: skip
    assert worked.response.progress.steps["keep"].by == "Ann"


def test_the_event_that_a_step_stands_for_names_the_step_and_the_act() -> None:
    worked = Worked()
    worked.run(by="Ann")
    event = next(record for record in worked.records if record.kind == "status_sent")

    assert event.content["fields"] == {"step": "tell", "actor": "Ann", "evidence": f"{INCIDENT}/2/tell/1"}


def test_what_is_done_is_not_done_again() -> None:
    worked = Worked()
    worked.run()

    assert worked.run() == ()
    assert len(worked.machine.orders) == 3


def test_a_machine_is_told_what_it_must_know() -> None:
    worked = Worked()
    worked.run()
    tell = worked.machine.orders[1]

    assert (tell.action, tell.parameters) == ("notify", {"role": "board", "message": "{incident} is serious"})
    assert tell.findings == ()


def test_what_only_looks_is_done_again_after_a_crash_under_the_same_key() -> None:
    worked = Worked()
    worked.crash("keep", f"{INCIDENT}/2/keep/1")
    worked.run()

    assert worked.machine.keys[0] == f"{INCIDENT}/2/keep/1"
    run = worked.response.progress.steps["keep"].run
    assert run is not None
    assert (run.tries, run.number, run.outcome) == (2, 1, RunOutcome.DONE)


def test_what_tells_somebody_stops_at_a_person_after_a_crash() -> None:
    worked = Worked()
    worked.crash("tell", f"{INCIDENT}/2/tell/1")
    acted = {one.step: one for one in worked.run()}

    assert acted["tell"].outcome is RunOutcome.LOST
    assert worked.states["tell"] == "unsure"
    assert "tell" not in [order.step for order in worked.machine.orders]
    assert worked.run() == ()
    with pytest.raises(NotAllowed, match="was stopped in the middle"):
        worked.run(step="tell")


def test_a_person_who_has_looked_may_say_that_it_happened() -> None:
    worked = Worked()
    worked.crash("tell", f"{INCIDENT}/2/tell/1")
    worked.run()
    with pytest.raises(NotAllowed, match="a person who records its result gives a name"):
        tell_step(worked.store, INCIDENT, StepStatement(step="tell", by="Ann"), now=worked.clock)
    told = StepStatement(step="tell", by="Ann", reason="the board has the message")
    response = tell_step(worked.store, INCIDENT, told, now=worked.clock)

    assert response.progress.steps["tell"].state.value == "done"
    assert worked.records[-1].kind == "status_sent"


def test_a_person_who_has_looked_may_have_it_done_again_under_a_new_key() -> None:
    worked = Worked()
    worked.crash("tell", f"{INCIDENT}/2/tell/1")
    worked.run()
    acted = worked.run(step="tell", again=True, by="Ann", reason="the mail server lost it")

    assert acted[0].outcome is RunOutcome.DONE
    assert worked.machine.keys[-1] == f"{INCIDENT}/2/tell/2"
    assert worked.states["tell"] == "done"


def test_a_crash_may_be_looked_at_and_done_again_at_once() -> None:
    worked = Worked()
    worked.crash("tell", f"{INCIDENT}/2/tell/1")
    acted = worked.run(step="tell", again=True, by="Ann", reason="the log says that it never went out")

    assert (acted[0].key, acted[0].outcome) == (f"{INCIDENT}/2/tell/2", RunOutcome.DONE)


@pytest.mark.parametrize("options", [{"step": "tell"}, {"step": "tell", "by": "Ann"}, {"by": "Ann", "reason": "so"}])
def test_doing_it_again_needs_a_step_a_name_and_a_reason(options: dict[str, str]) -> None:
    with pytest.raises(UsageProblem, match="needs a person who has looked"):
        Worked().run(again=True, **options)


@pytest.mark.parametrize("options", [{"by": "x"}, {"reason": "x"}])
def test_long_texts_of_a_person_are_refused_and_those_of_a_machine_are_cut(options: dict[str, str]) -> None:
    worked = Worked()
    with pytest.raises(UsageProblem, match="2,000 characters"):
        worked.run(**{name: text * (MOST_CHARACTERS + 1) for name, text in options.items()})
    worked.machine.script["keep"] = lambda _: says(RunOutcome.DONE, "x" * 9000)

    assert len(worked.run()[0].text) == MOST_CHARACTERS


def test_a_machine_that_cannot_do_it_may_be_asked_again_if_it_only_looks() -> None:
    worked = Worked()
    worked.machine.script = {"keep": fails, "tell": fails}
    acted = worked.run()

    assert [(one.step, one.outcome.value) for one in acted] == [("keep", "gave_up"), ("tell", "lost")]
    assert acted[0].text == "no line for keep Mend it."
    assert worked.states == {"keep": "ready", "tell": "unsure", "verify": "waiting", "learn": "waiting"}
    worked.machine.script = {"verify": worked.machine.closes}
    worked.run()
    assert f"{INCIDENT}/2/keep/2" in worked.machine.keys


def test_a_bug_in_a_machine_is_a_crash_and_lets_go_of_the_response() -> None:
    worked = Worked()
    worked.machine.script["keep"] = lambda _: StepReport(outcome=RunOutcome.DONE, text=str(1 / 0))
    with pytest.raises(ZeroDivisionError):
        worked.run()

    assert worked.states["keep"] == "running"
    assert worked.store.held == set()


def test_what_is_still_open_leads_back_and_each_step_is_tried_once_a_call() -> None:
    worked = Worked()
    worked.machine.script["verify"] = lambda _: says(RunOutcome.FAILED, "1 of 1 still open")
    acted = worked.run()

    assert [one.step for one in acted] == ["keep", "tell", "verify"]
    assert worked.states["keep"] == "ready"
    assert worked.response.progress.steps["verify"].failures == 1


def test_a_step_that_has_failed_too_often_is_done_only_by_name() -> None:
    worked = Worked()
    worked.machine.script["verify"] = lambda _: says(RunOutcome.FAILED)
    for _ in range(3):
        worked.run()
    assert worked.states["verify"] == "failed"
    assert worked.run() == ()
    worked.machine.script["verify"] = worked.machine.closes

    assert worked.run(step="verify")[0].outcome is RunOutcome.DONE


def test_a_step_is_asked_for_by_its_name_and_in_its_turn() -> None:
    worked = Worked()
    with pytest.raises(NotFound, match=r"no step `kep` \(did you mean `keep`"):
        worked.run(step="kep")
    with pytest.raises(NotFound, match=r"no step `zzz`$"):
        worked.run(step="zzz")
    with pytest.raises(NotAllowed, match="`learn` is not done by a machine"):
        worked.run(step="learn")
    with pytest.raises(NotAllowed, match="`verify` is waiting"):
        worked.run(step="verify")

    assert [one.step for one in worked.run(step="keep")] == ["keep"]


def test_two_processes_do_not_do_the_same_response_at_once() -> None:
    worked = Worked()
    worked.store.taken_over.add(f"playbook-{INCIDENT}")

    with pytest.raises(NotAllowed, match="in the hands of another process"):
        worked.run()
    assert worked.machine.orders == []


def test_a_machine_at_work_is_not_spoken_for() -> None:
    worked = Worked()
    worked.crash("tell", f"{INCIDENT}/2/tell/1")

    with pytest.raises(NotAllowed, match="a machine is at `tell`"):
        tell_step(worked.store, INCIDENT, StepStatement(step="tell", by="Ann", reason="so"), now=worked.clock)


def test_a_closed_incident_has_no_machines() -> None:
    worked = Worked()
    worked.store.append(INCIDENT, [closed()])

    with pytest.raises(NotAllowed, match="is closed"):
        worked.run()


def test_a_closed_incident_is_said_to_be_closed_also_where_nothing_is_due() -> None:
    worked = Worked()
    worked.run()
    assert not worked.run()
    worked.store.append(INCIDENT, [closed()])

    with pytest.raises(NotAllowed, match="is closed"):
        worked.run()


def closed() -> Record:
    return record_of_event(kind="closed", occurred_at=exactly(START))


class Racing(MemoryStore):
    """Somebody else writes just before each beginning that is written down."""

    races = 0
    rival = Record(kind="note", occurred_at=exactly(START), content={"text": "me first"})

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        if self.races and records[0].kind == "step_run_begun":
            self.races -= 1
            super().append(subject, (self.rival,))
        return super().append(subject, records, after=after)


def racing(races: int, rival: Record | None = None) -> Worked:
    store = Racing(FakeClock())
    worked = Worked(store=store)
    store.races, store.rival = races, rival or store.rival
    return worked


def test_a_lost_race_is_run_again() -> None:
    worked = racing(2)

    assert worked.run(step="keep")[0].outcome is RunOutcome.DONE
    assert [record.kind for record in worked.records].count("step_run_begun") == 1


def test_whoever_loses_the_race_for_a_step_does_not_do_it_twice() -> None:
    waived = Record(kind="step_waived", occurred_at=exactly(START), content={"step": "keep", "by": "A", "second": "B"})
    worked = racing(1, waived)

    with pytest.raises(NotAllowed, match="`keep` is skipped"):
        worked.run()
    assert worked.machine.orders == []


@pytest.mark.parametrize("step", ["tell", "keep"])
def test_a_step_that_another_machine_begins_at_this_moment_is_left_to_it(step: str) -> None:
    """It is begun there under a key of its own; a second key here would send the message twice."""
    content = {"step": step, "key": f"other/{step}/1", "action": "notify", "by": "Bo", "reason": ""}
    worked = racing(1, Record(kind="step_run_begun", occurred_at=exactly(START), content=content))

    with pytest.raises(NotAllowed, match=f"`{step}` is being done by another process"):
        worked.run(step=step)
    assert worked.machine.orders == []
    assert [one.content["key"] for one in worked.records if one.kind == "step_run_begun"] == [f"other/{step}/1"]


def test_a_step_that_is_gone_from_the_playbook_at_this_moment_is_not_begun() -> None:
    begin, end = MACHINES.index("  tell:"), MACHINES.index("  verify:")
    shorter = (MACHINES[:begin] + MACHINES[end:]).replace("start: [keep, tell]", "start: [keep]")
    moved = parse_playbook(shorter, name="machines.yaml")
    content = {"playbook": snapshot_of(moved), "by": "Bo", "reason": "shorter"}
    worked = racing(1, Record(kind="playbook_migrated", occurred_at=exactly(START), content=content))

    with pytest.raises(NotAllowed, match="the playbook has no step `tell` any more"):
        worked.run(step="tell")


def test_each_act_holds_the_response_anew_and_stops_where_another_process_has_it() -> None:
    """A process on another machine takes over what nobody renewed for two minutes."""
    worked = Worked()

    def takes_too_long(_: StepOrder) -> StepReport:
        worked.store.taken_over.add(f"playbook-{INCIDENT}")
        return DONE

    worked.machine.script["keep"] = takes_too_long
    with pytest.raises(NotAllowed, match="in the hands of another process"):
        worked.run()
    assert [order.step for order in worked.machine.orders] == ["keep"]
    assert worked.states["tell"] == "ready"


def test_a_race_that_is_never_won_is_given_up() -> None:
    with pytest.raises(NotAllowed, match="written by many"):
        racing(1000).run()


def test_a_step_without_an_event_of_its_own_may_be_told_by_a_person_who_says_why() -> None:
    worked = Worked()
    told = StepStatement(step="keep", by="Ann", reason="copied by hand to the safe")

    assert tell_step(worked.store, INCIDENT, told, now=worked.clock).progress.steps["keep"].state.value == "done"


def test_unsafe_steps_may_be_declared_safe() -> None:
    worked = Worked(MACHINES.replace("action: notify\n", "action: notify\n    repeat_safe: true\n"))
    worked.crash("tell", f"{INCIDENT}/2/tell/1")
    worked.run()

    assert worked.machine.keys.count(f"{INCIDENT}/2/tell/1") == 1
    assert worked.states["tell"] == "done"
    assert DONE.outcome is RunOutcome.DONE


class Killed(BaseException):
    """The process ends here; nobody may catch this."""


class Mortal(MemoryStore):
    """Dies before or behind one of its writes."""

    steps_left = 10**6

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        self.step()
        kept = super().append(subject, records, after=after)
        self.step()
        return kept

    def step(self) -> None:
        self.steps_left -= 1
        if self.steps_left == 0:
            raise Killed


@pytest.mark.parametrize("moment", range(1, 18))
def test_whenever_it_is_killed_nobody_is_told_twice_and_all_that_only_looks_is_done(moment: int) -> None:
    """A person looks at what is unsure, and says that it happened exactly when it did."""
    store = Mortal(FakeClock())
    worked = Worked(store=store)
    sent: list[str] = []

    def send(order: StepOrder) -> StepReport:
        store.step()
        sent.append(order.key)
        store.step()
        return DONE

    worked.machine.script["tell"] = send
    store.steps_left = moment
    try:
        worked.run()
    except Killed:
        store.held.clear()
    store.steps_left = 10**6
    worked.run()
    if worked.states["tell"] == "unsure" and sent:
        tell_step(store, INCIDENT, StepStatement(step="tell", by="Ann", reason="they have it"), now=worked.clock)
    elif worked.states["tell"] == "unsure":
        worked.run(step="tell", again=True, by="Ann", reason="they have nothing")

    assert len(sent) == 1
    assert worked.states == {"keep": "done", "tell": "done", "verify": "done", "learn": "ready"}


def test_a_step_that_probes_is_left_to_somebody_who_may_start_scans() -> None:
    worked = Worked()
    counsel, responder = caller_of([Role.COUNSEL]), caller_of([Role.RESPONDER])
    acted = {one.step: one for one in worked.run(caller=counsel)}

    assert [order.action for order in worked.machine.orders] == ["collect", "notify"]
    assert acted["verify"].outcome is RunOutcome.GAVE_UP
    assert "needs the right `start_scans`" in acted["verify"].text
    assert worked.states["verify"] == "ready"
    with pytest.raises(RightMissing, match="`start_scans`"):
        worked.run(step="verify", caller=counsel)
    assert [one.outcome for one in worked.run(caller=responder)] == [RunOutcome.DONE]


def retract(worked: Worked, kind: str) -> None:
    event = next(record for record in reversed(worked.records) if record.kind == kind)
    new = record_of_event(kind="retracted", occurred_at=exactly(START), reason="wrong", corrects=f"E-{event.sequence}")
    worked.store.append(INCIDENT, [new])


def test_a_retracted_proof_opens_its_step_and_the_machine_looks_again() -> None:
    worked = Worked()
    worked.run()
    assert worked.states["learn"] == "ready"
    retract(worked, "remediation_verified")

    assert (worked.states["verify"], worked.states["learn"]) == ("ready", "waiting")
    assert [(one.step, one.key, one.outcome) for one in worked.run()] == [
        ("verify", f"{INCIDENT}/2/verify/2", RunOutcome.DONE)
    ]
    assert (worked.states["verify"], worked.states["learn"]) == ("done", "ready")


def test_a_proof_whose_time_was_corrected_stays_a_proof_until_the_correction_is_retracted() -> None:
    worked = Worked()
    worked.run()
    proof = next(record for record in worked.records if record.kind == "remediation_verified")
    corrects = f"E-{proof.sequence}"
    new = record_of_event(kind="remediation_verified", occurred_at=exactly(START), reason="log", corrects=corrects)
    worked.store.append(INCIDENT, [new])
    assert worked.states["verify"] == "done"
    retract(worked, "remediation_verified")

    assert worked.states["verify"] == "ready"


def test_a_message_whose_event_was_retracted_is_sent_again_only_by_a_person_who_looked() -> None:
    worked = Worked()
    worked.run()
    retract(worked, "status_sent")

    assert (worked.states["tell"], worked.states["learn"]) == ("unsure", "waiting")
    run = worked.response.progress.steps["tell"].run
    assert run is not None
    assert run.text == "the event that it recorded was retracted"
    assert worked.run() == ()
    worked.run(step="tell", again=True, by="Ann", reason="it went to another board")
    assert worked.machine.keys[-1] == f"{INCIDENT}/2/tell/2"
    assert (worked.states["tell"], worked.states["learn"]) == ("done", "ready")

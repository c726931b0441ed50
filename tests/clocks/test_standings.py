"""States, pauses, corrections, cycles: what a clock says of itself at every moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.verdicts import State
from support.clock_files import Row, file_of, json_of, moment, stand

AWARE = {"id": "e1", "kind": "awareness", "occurred_at": "2026-06-01T08:00Z"}
FILED = {"id": "e2", "kind": "filed", "obligation": "x", "stage": "initial", "occurred_at": "2026-06-02T08:00Z"}
DAY = {"anchor": "first(awareness)", "amount": {"elapsed": "PT24H"}, "end": "filed(obligation=x)"}
PAUSABLE = {**DAY, "id": "remediate", "pausable": "with_basis"}


def pause(start: str, until: str | None = None, **rest: object) -> Row:
    row = {"kind": "paused", "clock": "remediate", "occurred_at": start, "basis": "contract 4.2", **rest}
    return {**row, "until": until} if until is not None else row


def rough(**fields: str) -> dict[str, Any]:
    return dict(fields)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-06-01T07:59:59Z", State.LATENT),
        ("2026-06-01T08:00Z", State.RUNNING),
        ("2026-06-01T19:59:59.999999Z", State.RUNNING),
        ("2026-06-01T20:00Z", State.AT_RISK),
        ("2026-06-02T07:59:59.999999Z", State.AT_RISK),
        ("2026-06-02T08:00Z", State.DUE_NOW),
        ("2026-06-02T08:00:00.000001Z", State.OVERDUE),
    ],
)
def test_a_state_changes_at_its_very_instant(now: str, state: State) -> None:
    assert stand([AWARE], DAY, now).state is state


def test_an_alarm_that_wakes_at_the_next_change_sees_it() -> None:
    """Going from one next change to the next leads through every state to the last one."""
    now, seen = "2026-06-01T08:00Z", []
    for _ in range(20):
        found = stand([AWARE], DAY, now)
        seen.append(found.state)
        if found.next_change is None:
            break
        now = found.next_change.isoformat()

    assert list(dict.fromkeys(seen)) == [State.RUNNING, State.AT_RISK, State.DUE_NOW, State.OVERDUE]


@pytest.mark.parametrize(
    ("filed", "state", "late"),
    [
        ("2026-06-02T08:00Z", "met_on_time", None),
        ("2026-06-02T08:00:00.000001Z", "met_late", 0.000001),
        ("2026-06-02T09:00Z", "met_late", 3600),
    ],
)
def test_on_time_means_up_to_the_very_microsecond(filed: str, state: str, late: float | None) -> None:
    found = json_of(stand([AWARE, {**FILED, "occurred_at": filed}], DAY, "2026-06-05T00:00Z"))

    assert (found["state"], found["late_by_seconds"]) == (state, late)
    assert found["next_change"] is None
    assert found["remaining_seconds"] is None


def test_thresholds_come_as_shares_and_as_time_before_and_after() -> None:
    rule = {**DAY, "thresholds": ["50%", "90%", "-PT1H", "PT0S", "+PT1H", "100%", "-PT30H"]}
    found = stand([AWARE], rule, "2026-06-02T08:30Z")

    assert [mark["threshold"] for mark in json_of(found)["thresholds"]] == ["50%", "90%", "-PT1H", "100%", "+PT1H"]
    assert found.next_change == moment("2026-06-02T09:00Z")
    assert stand([AWARE], rule, "2026-06-02T09:00Z").next_change is None


def test_points_that_fall_together_ring_once() -> None:
    rule = {**DAY, "amount": {"elapsed": "PT4M"}, "thresholds": ["50%", "75%", "-PT1H", "PT0S"]}

    assert [one.text for one in stand([AWARE], rule, "2026-06-01T08:00Z").threshold_instants] == ["50%", "PT0S"]


def test_the_share_used_grows_beyond_the_limit() -> None:
    assert stand([AWARE], DAY, "2026-06-01T14:00Z").budget_used == 0.25
    assert stand([AWARE], DAY, "2026-06-02T20:00Z").budget_used == 1.5


def test_a_clock_of_no_length_is_due_at_once() -> None:
    rule = {**DAY, "amount": {"elapsed": "PT0S"}}

    found = stand([AWARE], rule, "2026-06-01T08:00Z")
    assert (found.state, found.budget_used) == (State.DUE_NOW, 1.0)


def test_an_overdue_clock_is_missed_once_the_incident_is_closed() -> None:
    closed = {"id": "c", "kind": "closed", "occurred_at": "2026-06-03T00:00Z"}

    found = stand([AWARE, closed], DAY, "2026-06-04T08:00Z")
    assert (found.state, found.has_failed) == (State.MISSED, True)
    assert json_of(found)["as_filed"]["state"] == "missed"
    assert json_of(found)["late_by_seconds"] == 172800


def test_without_undue_delay_counts_up_and_is_never_overdue() -> None:
    rule = {**DAY, "amount": {"none": True}, "target": "PT48H"}

    young, old = stand([AWARE], rule, "2026-06-02T08:00Z"), stand([AWARE], rule, "2027-06-01T08:00Z")
    assert (young.state, young.next_change) == (State.RUNNING, moment("2026-06-03T08:00Z"))
    assert (old.state, old.next_change, old.work_by, old.remaining_seconds) == (State.AT_RISK, None, None, None)
    assert json_of(old)["elapsed_seconds"] == 365 * 86400
    assert stand([AWARE], {**rule, "target": None}, "2027-06-01T08:00Z").next_change is None


def test_what_has_no_limit_is_met_whenever_it_is_done() -> None:
    found = stand([AWARE, FILED], {**DAY, "amount": {"none": True}}, "2026-06-05T00:00Z")

    assert (found.state, found.budget_used) == (State.MET_ON_TIME, None)
    assert any("no fixed limit" in line for line in found.why)


def test_the_end_may_come_before_the_anchor() -> None:
    """A correction that moves awareness behind the filing does not undo the filing."""
    late = {**AWARE, "occurred_at": "2026-06-03T08:00Z"}

    assert stand([late, FILED], DAY, "2026-06-03T09:00Z").state is State.MET_ON_TIME


def test_a_clock_that_rearms_needs_a_new_end_each_time() -> None:
    rule = {"anchor": "first(awareness) | last(status_sent)", "amount": {"elapsed": "PT20M"}, "end": "status_sent"}
    sent = {"id": "s1", "kind": "status_sent", "occurred_at": "2026-06-01T08:10Z"}

    found = stand([AWARE, sent], rule, "2026-06-01T08:15Z")
    assert (found.state, found.work_by) == (State.RUNNING, moment("2026-06-01T08:30Z"))


def test_a_clock_without_an_end_only_counts_down() -> None:
    assert stand([AWARE, FILED], {**DAY, "end": None}, "2026-06-05T00:00Z").state is State.OVERDUE


def test_overlapping_pauses_count_once_and_a_pause_after_the_limit_not_at_all() -> None:
    pauses: list[Row] = [
        pause("2026-06-01T18:00Z", "2026-06-01T20:00Z"),
        pause("2026-06-01T19:00Z", "2026-06-01T22:00Z"),
        pause("2026-06-02T14:00Z", "2026-06-02T15:00Z"),
    ]
    found = json_of(stand([AWARE, *pauses], PAUSABLE, "2026-06-02T15:30Z"))

    assert found["work_by"] == "2026-06-02T12:00:00Z"
    assert (found["state"], found["late_by_seconds"]) == ("overdue", 12600)
    assert found["elapsed_seconds"] - found["elapsed_net_seconds"] == 5 * 3600


def test_an_open_pause_holds_what_was_left_until_it_is_resumed() -> None:
    events = [AWARE, pause("2026-06-01T20:00Z")]
    resumed = {"kind": "resumed", "clock": "remediate", "occurred_at": "2026-06-03T00:00Z"}

    held = stand(events, PAUSABLE, "2026-06-02T20:00Z")
    assert (held.state, held.remaining_seconds, held.next_change) == (State.PAUSED, 12 * 3600, None)
    gone_on = stand([*events, resumed], PAUSABLE, "2026-06-03T06:00Z")
    assert (gone_on.state, gone_on.work_by) == (State.AT_RISK, moment("2026-06-03T12:00Z"))


def test_a_pause_with_an_end_says_when_to_look_again() -> None:
    found = stand([AWARE, pause("2026-06-01T20:00Z", "2026-06-05T20:00Z")], PAUSABLE, "2026-06-02T20:00Z")

    assert (found.state, found.next_change) == (State.PAUSED, moment("2026-06-05T20:00Z"))
    assert found.work_by == moment("2026-06-06T08:00Z")


def test_a_pause_ends_when_the_clock_goes_on_before_the_end_that_was_meant_and_not_by_an_earlier_word() -> None:
    meant = pause("2026-06-01T20:00Z", "2026-06-05T20:00Z")
    earlier, early = (
        {"kind": "resumed", "clock": "remediate", "occurred_at": at}
        for at in ("2026-06-01T12:00Z", "2026-06-03T00:00Z")
    )

    assert stand([AWARE, meant, earlier], PAUSABLE, "2026-06-02T20:00Z").work_by == moment("2026-06-06T08:00Z")
    assert stand([AWARE, meant, earlier, early], PAUSABLE, "2026-06-03T06:00Z").work_by == moment("2026-06-03T12:00Z")


def test_another_clock_that_goes_on_ends_no_pause_of_this_one() -> None:
    other = {"kind": "resumed", "obligation": "y", "occurred_at": "2026-06-02T00:00Z"}

    assert stand([AWARE, pause("2026-06-01T20:00Z"), other], PAUSABLE, "2026-06-02T20:00Z").state is State.PAUSED


@pytest.mark.parametrize(
    ("now", "is_paused"),
    [("2026-06-01T09:59:59Z", False), ("2026-06-01T10:00Z", True), ("2026-06-01T11:59:59Z", True),
     ("2026-06-01T12:00Z", False)],
)  # fmt: skip
def test_a_pause_holds_from_its_first_moment_to_before_its_last(now: str, *, is_paused: bool) -> None:
    found = stand([AWARE, pause("2026-06-01T10:00Z", "2026-06-01T12:00Z")], PAUSABLE, now)

    assert (found.state is State.PAUSED) is is_paused


def test_of_two_pauses_at_once_the_later_end_is_when_to_look_again() -> None:
    rows = [pause("2026-06-01T20:00Z", f"2026-06-0{day}T20:00Z") for day in (5, 4)]

    assert stand([AWARE, *rows], PAUSABLE, "2026-06-02T20:00Z").next_change == moment("2026-06-05T20:00Z")


def test_a_pause_without_a_right_to_it_takes_nothing_from_one_with_it() -> None:
    rows = [pause(f"2026-06-01T1{hour}:00Z", f"2026-06-01T1{hour + 1}:00Z", basis=basis) for hour, basis in
            ((0, " "), (2, "contract 4.2"))]  # fmt: skip

    assert stand([AWARE, *rows], PAUSABLE, "2026-06-01T14:00Z").work_by == moment("2026-06-02T09:00Z")


@pytest.mark.parametrize(("obligation", "hours"), [("x", 1), ("remediate", 1), ("y", 0)])
def test_a_pause_may_name_what_the_clock_is_ended_by(obligation: str, hours: int) -> None:
    row = {name: value for name, value in pause("2026-06-01T10:00Z", "2026-06-01T11:00Z").items() if name != "clock"}
    found = stand([AWARE, {**row, "obligation": obligation}], PAUSABLE, "2026-06-01T12:00Z")

    assert found.work_by == moment("2026-06-02T08:00Z") + timedelta(hours=hours)


def test_a_pause_that_begins_after_the_limit_does_not_undo_it() -> None:
    assert stand([AWARE, pause("2026-06-02T09:00Z")], PAUSABLE, "2026-06-02T10:00Z").state is State.OVERDUE


def test_a_pause_before_the_anchor_is_ignored_and_one_across_it_is_cut() -> None:
    early = pause("2026-05-30T00:00Z", "2026-05-31T00:00Z")
    across = pause("2026-06-01T00:00Z", "2026-06-01T10:00Z")

    assert stand([AWARE, early], PAUSABLE, "2026-06-01T09:00Z").work_by == moment("2026-06-02T08:00Z")
    assert stand([AWARE, across], PAUSABLE, "2026-06-01T12:00Z").work_by == moment("2026-06-02T10:00Z")


@pytest.mark.parametrize(
    ("rule", "row", "words"),
    [
        ({**PAUSABLE, "pausable": "never"}, pause("2026-06-01T10:00Z", "2026-06-01T12:00Z"), "never paused"),
        (PAUSABLE, pause("2026-06-01T10:00Z", "2026-06-01T12:00Z", basis=" "), "no basis"),
    ],
)
def test_a_pause_without_a_right_to_it_is_ignored_and_said(rule: Row, row: Row, words: str) -> None:
    found = stand([AWARE, row], rule, "2026-06-01T13:00Z")

    assert found.work_by == moment("2026-06-02T08:00Z")
    assert any(words in line for line in found.why)


def test_a_pause_that_names_no_clock_stops_every_pausable_one() -> None:
    row = {"kind": "paused", "occurred_at": "2026-06-01T10:00Z", "until": "2026-06-01T12:00Z", "basis": "x"}
    read = file_of([AWARE, row], [{**PAUSABLE, "id": "a"}, {**DAY, "id": "b"}])

    found = evaluate(read.events, read.rules, read.calendars, moment("2026-06-01T13:00Z"))
    assert [one.work_by for one in found] == [moment("2026-06-02T10:00Z"), moment("2026-06-02T08:00Z")]
    assert [one.generation for one in found] == [2, 1]


def test_a_resumption_that_names_no_clock_begins_a_new_generation_of_every_pausable_one() -> None:
    """It moves their deadlines, so their thresholds are due anew."""
    paused = {"kind": "paused", "occurred_at": "2026-06-01T10:00Z", "basis": "x"}
    resumed = {"kind": "resumed", "occurred_at": "2026-06-01T12:00Z"}
    read = file_of([AWARE, paused, resumed], [{**PAUSABLE, "id": "a"}, {**DAY, "id": "b"}])

    found = evaluate(read.events, read.rules, read.calendars, moment("2026-06-01T13:00Z"))
    assert [one.work_by for one in found] == [moment("2026-06-02T10:00Z"), moment("2026-06-02T08:00Z")]
    assert [one.generation for one in found] == [3, 1]


def test_a_pause_of_another_clock_begins_no_new_generation_of_this_one() -> None:
    named = {"kind": "paused", "occurred_at": "2026-06-01T10:00Z", "basis": "x", "obligation": "y"}

    assert stand([AWARE, named], PAUSABLE, "2026-06-01T13:00Z").generation == 1


def test_a_paused_day_counts_once_the_pauses_make_it_whole() -> None:
    rule = {**PAUSABLE, "amount": {"business_days": 2}, "calendar": "DE", "zone": "UTC"}
    half, whole = pause("2026-06-02T00:00Z", "2026-06-02T12:00Z"), pause("2026-06-02T09:00Z", "2026-06-03T09:00Z")

    due = [stand([AWARE, row], rule, "2026-06-10T00:00Z").work_by for row in (half, whole)]
    assert [one.date().isoformat() for one in due if one] == ["2026-06-03", "2026-06-04"]


def test_a_paused_working_day_is_told_and_uses_nothing_of_the_time_up() -> None:
    rule = {**PAUSABLE, "amount": {"business_days": 2}, "calendar": "DE", "zone": "UTC"}
    whole = pause("2026-06-02T00:00Z", "2026-06-03T00:00Z")

    found, plain = (stand([AWARE, *rows], rule, "2026-06-03T00:00Z") for rows in ([whole], list[Row]()))

    assert "Paused for 1 whole working day on the way." in found.why
    assert not any("Paused" in line or "Not counted" in line for line in plain.why)
    assert (found.budget_used, plain.budget_used) == (0.25, 0.625)


def test_whole_days_from_the_next_one_on_run_from_there_and_are_moved_by_a_pause_in_them() -> None:
    rule = {**PAUSABLE, "amount": {"calendar": "P2D"}, "count_from": "next_day", "zone": "UTC"}
    found = stand([AWARE, pause("2026-06-02T10:00Z", "2026-06-02T11:00Z")], rule, "2026-06-03T01:00Z")

    assert found.work_by == moment("2026-06-04T00:59:59.999999Z")
    assert round(found.budget_used or 0, 3) == 0.5


def test_business_hours_do_not_run_while_paused() -> None:
    schedule = {"days": ["mon", "tue"], "from": "09:00", "to": "17:00"}
    rule = {**PAUSABLE, "amount": {"business_hours": {"amount": "PT4H", "schedule": schedule}}}

    found = stand([AWARE, pause("2026-06-01T10:00Z", "2026-06-01T16:00Z")], rule, "2026-06-02T09:30Z")
    assert found.work_by == moment("2026-06-02T11:00Z")
    assert found.budget_used == 0.625


@pytest.mark.parametrize("amount", [{"calendar": "P1D"}, {"year_end_plus": "P0D"}])
def test_days_are_moved_by_the_time_that_was_paused(amount: Row) -> None:
    rule = {**PAUSABLE, "amount": amount}
    plain, paused = (
        stand([AWARE, *rows], rule, "2026-06-01T12:00Z").work_by
        for rows in (list[Row](), [pause("2026-06-01T10:00Z", "2026-06-01T11:00Z")])
    )

    assert plain is not None
    assert paused is not None
    assert paused >= plain + (timedelta(hours=1) if "calendar" in amount else timedelta(0))


def test_an_extension_replaces_the_limit_and_keeps_the_old_one_visible() -> None:
    grant = {"kind": "extension_granted", "obligation": "x", "occurred_at": "2026-06-01T20:00Z"}
    grant |= {"until": "2026-06-05T08:00Z", "document": "sha256:ab"}

    found = json_of(stand([AWARE, grant], DAY, "2026-06-03T00:00Z"))
    assert (found["work_by"], found["statutory_limit"]) == ("2026-06-05T08:00:00Z", "2026-06-05T08:00:00Z")
    assert found["work_by_before_extension"] == "2026-06-02T08:00:00Z"
    assert (found["state"], found["generation"]) == ("running", 2)
    assert any("sha256:ab" in line for line in found["why"])


@pytest.mark.parametrize("turn", [1, -1])
def test_extensions_build_on_one_another_in_the_order_in_which_they_were_made(turn: int) -> None:
    """The second came after the first limit and, to the moment, no later than the one that the first had made."""
    grants = [
        {"kind": "extension_granted", "obligation": "x", "occurred_at": made, "until": until, "id": name}
        for name, made, until in (
            ("z", "2026-06-01T20:00Z", "2026-06-05T08:00Z"), ("a", "2026-06-05T08:00Z", "2026-06-09T08:00Z")
        )
    ]  # fmt: skip
    foreign = {
        "kind": "extension_granted",
        "obligation": "y",
        "occurred_at": "2026-06-01T19:00Z",
        "until": "2026-07-01T00:00Z",
    }

    found = stand([AWARE, foreign, *grants[::turn]], DAY, "2026-06-06T00:00Z")
    assert found.work_by == moment("2026-06-09T08:00Z")


@pytest.mark.parametrize(
    ("grant", "words"),
    [
        ({"occurred_at": "2026-06-02T09:00Z", "until": "2026-06-05T08:00Z"}, "came after the limit"),
        ({"occurred_at": "2026-06-01T09:00Z"}, "names no new limit"),
        ({"occurred_at": "2026-06-01T09:00Z", "until": "2026-06-02T07:00Z"}, "is no later"),
        ({"occurred_at": "2026-06-01T09:00Z", "until": "2026-06-05T08:00Z", "clock": "other"}, ""),
        ({"occurred_at": "2026-06-01T09:00Z", "until": "2026-06-05T08:00Z", "clock": None}, "names no clock and no"),
    ],
)
def test_an_extension_that_comes_late_or_gives_nothing_changes_nothing(grant: Row, words: str) -> None:
    row = {"kind": "delay_notice_sent", "clock": "clock", **grant}
    read = file_of([AWARE, row], [{**DAY, "id": "clock"}, {**DAY, "id": "other", "end": "filed(obligation=y)"}])

    found = evaluate(read.events, read.rules, read.calendars, moment("2026-06-02T10:00Z"))[0]
    assert (found.state, found.work_by) == (State.OVERDUE, moment("2026-06-02T08:00Z"))
    assert words in "\n".join(found.why)


@pytest.mark.parametrize("kind", ["not_applicable", "cancelled"])
def test_a_decision_stops_a_clock_until_it_is_reversed(kind: str) -> None:
    row = {"kind": kind, "clock": "clock", "occurred_at": "2026-06-01T09:00Z", "rationale": "risk is unlikely"}
    back = {"kind": "applicable", "clock": "clock", "occurred_at": "2026-06-01T10:00Z"}

    stopped = stand([AWARE, row], DAY, "2026-06-01T12:00Z")
    assert (stopped.state, stopped.next_change) == (State.NOT_APPLICABLE, None)
    assert any("risk is unlikely" in line for line in stopped.why)
    assert stand([AWARE, row, back], DAY, "2026-06-01T12:00Z").state is State.RUNNING


def test_a_rough_anchor_counts_from_its_early_end_and_says_so() -> None:
    """Press reports date the closing 24 to 72 hours after a notice: no figure in between may be printed as known."""
    notice = {"kind": "notice_received", "occurred_at": "2019-05-22"}
    closed = {"kind": "remediation_verified", "occurred_at": "2019-05-24"}
    rule = {"anchor": "notice_received", "amount": {"elapsed": "PT24H"}, "end": "remediation_verified"}

    found = json_of(stand([notice, closed], rule, "2019-05-30T00:00Z", zone="Asia/Shanghai"))
    assert found["work_by_local"] == "2019-05-23T00:00:00+08:00"
    assert found["took"] == {"least_seconds": 86400.000001, "most_seconds": 259199.999999}
    assert (found["state"], found["certain"]) == ("met_late", True)
    assert any("known only roughly" in line for line in found["why"])


def test_a_verdict_that_hangs_on_rough_times_says_so() -> None:
    notice = {"kind": "notice_received", "occurred_at": "2019-05-22"}
    closed = {"kind": "remediation_verified", "occurred_at": "2019-05-23"}
    rule = {"anchor": "notice_received", "amount": {"elapsed": "PT24H"}, "end": "remediation_verified"}

    found = json_of(stand([notice, closed], rule, "2019-05-30T00:00Z", zone="Asia/Shanghai"))
    assert (found["state"], found["certain"]) == ("met_late", False)
    assert any("another verdict" in line for line in found["why"])


def test_a_rough_anchor_leaves_it_open_whether_a_clock_is_overdue() -> None:
    rule = {"anchor": "notice_received", "amount": {"elapsed": "PT24H"}, "end": "filed"}
    notice = {"kind": "notice_received", "occurred_at": rough(earliest="2026-06-01T08:00Z", latest="2026-06-01T10:00Z")}

    found = json_of(stand([notice], rule, "2026-06-02T09:00Z"))
    assert (found["state"], found["certain"]) == ("overdue", False)
    assert found["work_by_if_anchor_is_late"] == "2026-06-02T10:00:00Z"


def corrected(*rows: Row) -> ClockStatus:
    return stand([AWARE, {**FILED, "occurred_at": "2026-06-02T09:00Z"}, *rows], DAY, "2026-06-10T00:00Z")


def test_a_late_filing_stays_late_when_awareness_is_moved() -> None:
    moved = {**AWARE, "id": "e3", "occurred_at": "2026-06-01T12:00Z", "corrects": "e1", "reason": "log read"}

    found = json_of(corrected(moved))
    assert (found["state"], found["late_by_seconds"], found["generation"]) == ("met_late", 3600, 2)
    assert (found["as_filed"]["state"], found["as_corrected"]["state"]) == ("met_late", "met_on_time")
    assert any("Later corrections give another one, which does not replace it." in line for line in found["why"])


def test_a_filing_that_was_on_time_becomes_late_when_awareness_was_earlier() -> None:
    moved = {**AWARE, "id": "e3", "occurred_at": "2026-05-30T12:00Z", "recorded_at": "2026-06-04T00:00Z"}

    found = json_of(stand([AWARE, FILED, {**moved, "corrects": "e1"}], DAY, "2026-06-10T00:00Z"))
    assert (found["state"], found["as_filed"]["state"]) == ("met_late", "met_on_time")


def test_a_verdict_without_corrections_is_the_same_twice() -> None:
    found = json_of(corrected())

    assert {**found["as_filed"], "known_at": None} == {**found["as_corrected"], "known_at": None}


def test_the_last_correction_of_a_chain_counts() -> None:
    first = {**AWARE, "id": "e3", "occurred_at": "2026-06-01T12:00Z", "corrects": "e1"}
    second = {**AWARE, "id": "e4", "occurred_at": "2026-06-01T10:00Z", "corrects": "e3"}

    found = stand([AWARE, first, second], DAY, "2026-06-01T13:00Z")
    assert (found.work_by, found.generation) == (moment("2026-06-02T10:00Z"), 3)


def test_two_events_that_correct_each_other_leave_the_later_one() -> None:
    one = {**AWARE, "id": "a", "corrects": "b", "recorded_at": "2026-06-01T09:00Z"}
    two = {**AWARE, "id": "b", "corrects": "a", "recorded_at": "2026-06-01T10:00Z", "occurred_at": "2026-06-01T08:30Z"}

    assert stand([one, two], DAY, "2026-06-01T13:00Z").verdict.anchor_event == "b"


def test_a_retracted_filing_lets_the_clock_run_again_but_is_not_forgotten() -> None:
    gone = {"id": "e3", "kind": "retracted", "corrects": "e2", "occurred_at": "2026-06-03T00:00Z"}

    found = json_of(stand([AWARE, FILED, gone], DAY, "2026-06-10T00:00Z"))
    assert (found["state"], found["as_filed"]["state"]) == ("overdue", "met_on_time")
    assert found["as_corrected"]["state"] == "overdue"


def test_a_filing_recorded_before_its_anchor_is_judged_when_both_are_known() -> None:
    late_note = {**AWARE, "recorded_at": "2026-06-03T00:00Z"}

    found = json_of(stand([late_note, FILED], DAY, "2026-06-10T00:00Z"))
    assert found["as_filed"]["known_at"] == "2026-06-03T00:00:00Z" or found["as_filed"] == found["as_corrected"]
    assert found["state"] == "met_on_time"


def test_a_filing_whose_anchor_nobody_knows_has_no_verdict() -> None:
    found = json_of(stand([FILED], DAY, "2026-06-10T00:00Z"))

    assert (found["state"], found["as_filed"], found["as_corrected"]) == ("latent", None, None)


def test_only_what_was_recorded_by_then_counts() -> None:
    late_note = {**AWARE, "recorded_at": "2026-06-03T00:00Z"}

    before, after = stand([late_note], DAY, "2026-06-02T00:00Z"), stand([late_note], DAY, "2026-06-03T00:00Z")
    assert (before.state, after.state) == (State.LATENT, State.OVERDUE)
    assert any("not counted" in line for line in before.why)


def test_what_is_planned_neither_starts_nor_ends_a_clock() -> None:
    row = {"kind": "planned", "what": "awareness", "occurred_at": "2026-06-05T00:00Z"}

    before, after = (
        stand([row], {**DAY, "anchor": "planned"}, now) for now in ("2026-06-01T00:00Z", "2026-06-06T00:00Z")
    )
    assert (before.state, after.state, before.recorded_later_count) == (State.LATENT, State.LATENT, 0)


CLOSED = {"id": "c", "kind": "closed", "occurred_at": "2026-06-03T00:00Z"}
CLOSED_AT_NOON = {**CLOSED, "occurred_at": "2026-06-01T12:00Z"}
REOPENED_AT_ONE = {"id": "r", "kind": "reopened", "occurred_at": "2026-06-01T13:00Z"}
REOPENED = {"id": "r", "kind": "reopened", "occurred_at": "2026-06-10T00:00Z"}


def test_reopening_starts_a_new_cycle_and_keeps_the_old_verdict() -> None:
    again = {**AWARE, "id": "e9", "occurred_at": "2026-06-09T20:00Z"}

    found = stand([AWARE, FILED, CLOSED, again, REOPENED], DAY, "2026-06-10T06:00Z")
    assert (found.verdict.anchor_event, found.state, found.has_failed) == ("e9", State.RUNNING, False)
    assert [one.state for one in found.earlier_cycles] == [State.MET_ON_TIME]
    assert json_of(found)["earlier_cycles"][0]["ended_event"] == "e2"


@pytest.mark.parametrize(
    ("first", "second"), [(State.MET_LATE, State.MET_ON_TIME), (State.MET_ON_TIME, State.MET_LATE)]
)
def test_a_filing_is_judged_in_its_own_cycle_whatever_became_of_the_one_before(first: State, second: State) -> None:
    """A notice in time was told as six days late, by the one before the reopening, and the other way round."""
    days = {State.MET_ON_TIME: 1, State.MET_LATE: 2}
    at = {one: f"2026-06-{day:02}T09:00Z" for one, day in (("first", days[first]), ("second", 10 + days[second]))}
    again = {**AWARE, "id": "e9", "occurred_at": "2026-06-11T08:00Z"}
    filed = [{**FILED, "id": one, "occurred_at": when, "recorded_at": when} for one, when in at.items()]
    found = stand([AWARE, CLOSED, REOPENED, again, *filed], DAY, "2026-06-20T00:00Z")
    as_filed = found.first_final_verdict

    assert (found.state, found.verdict.ended_event) == (second, "second")
    assert as_filed is not None
    assert (as_filed.state, as_filed.ended_event) == (second, "second")
    assert [(one.state, one.ended_event) for one in found.earlier_cycles] == [(first, "first")]


def test_a_late_filing_of_an_earlier_cycle_stays_late_whatever_is_corrected() -> None:
    filed = {**FILED, "occurred_at": "2026-06-02T09:00Z", "recorded_at": "2026-06-02T09:00Z"}
    moved = {**AWARE, "id": "e3", "corrects": "e1", "reason": "later", "occurred_at": "2026-06-02T07:00Z"}
    moved["recorded_at"] = "2026-06-02T10:00Z"
    found = stand([AWARE, filed, moved, CLOSED, REOPENED], DAY, "2026-06-20T00:00Z")

    assert (found.state, [one.state for one in found.earlier_cycles]) == (State.LATENT, [State.MET_LATE])
    assert found.has_failed


def test_a_clock_waits_for_a_new_anchor_after_reopening() -> None:
    found = stand([AWARE, FILED, CLOSED, REOPENED], DAY, "2026-06-10T06:00Z")

    assert (found.state, [one.state for one in found.earlier_cycles]) == (State.LATENT, [State.MET_ON_TIME])
    assert list(found.why[-2:]) == [
        "It waits for the first `awareness` after the reopening.",
        "No event after the reopening starts it, so the clock does not run.",
    ]


def test_reopening_does_not_hide_a_missed_or_a_running_clock() -> None:
    missed = stand([AWARE, CLOSED, REOPENED], DAY, "2026-06-10T06:00Z")
    running = stand([AWARE, {**REOPENED, "occurred_at": "2026-06-01T10:00Z"}], DAY, "2026-06-01T12:00Z")

    assert (missed.state, missed.has_failed) == (State.LATENT, True)
    assert (running.state, running.verdict.anchor_event) == (State.RUNNING, "e1")


@pytest.mark.parametrize(
    ("filed", "state"), [("2026-06-02T06:00Z", State.MET_ON_TIME), ("2026-06-03T06:00Z", State.MET_LATE)]
)
def test_what_ran_on_over_a_reopening_ends_with_what_happens_after_it(filed: str, state: State) -> None:
    """Closed without a proof and reopened at once: the promise of before can still be kept, in time or late."""
    story = [AWARE, CLOSED_AT_NOON, REOPENED_AT_ONE, {**FILED, "occurred_at": filed}]

    assert stand(story, DAY, "2026-06-20T00:00Z").state is state
    later = [{**CLOSED, "id": "c2", "occurred_at": "2026-06-10T00:00Z"}]
    later += [{**REOPENED, "id": "r2", "occurred_at": "2026-06-11T00:00Z"}]
    found = stand([*story, *later], DAY, "2026-06-20T00:00Z")
    assert (found.state, [one.state for one in found.earlier_cycles]) == (State.LATENT, [state])


def test_a_limit_that_passes_after_a_reopening_is_overdue_and_not_hidden() -> None:
    story = [AWARE, CLOSED_AT_NOON, REOPENED_AT_ONE]

    found = stand(story, DAY, "2026-06-02T09:00Z")
    assert (found.state, found.remaining_seconds) == (State.OVERDUE, -3600)
    again = {**CLOSED, "id": "c2", "occurred_at": "2026-06-02T10:00Z"}
    closed = stand([*story, again], DAY, "2026-06-02T11:00Z")
    assert [one.state for one in closed.earlier_cycles] == [State.MISSED]


def test_the_clock_of_a_law_runs_on_over_a_reopening_until_it_is_met() -> None:
    """Its limit passed while the incident was closed; reopening does not make it a thing of the past."""
    law = {**DAY, "law": "GDPR, Art. 33"}
    filed = {**FILED, "occurred_at": "2026-06-11T08:00Z"}

    assert stand([AWARE, CLOSED, REOPENED], law, "2026-06-10T06:00Z").state is State.OVERDUE
    assert stand([AWARE, CLOSED, REOPENED, filed], law, "2026-06-12T00:00Z").state is State.MET_LATE


@pytest.mark.parametrize(
    ("cycle", "closed_again"),
    [([CLOSED, REOPENED], "2026-06-11T00:00Z"), ([CLOSED_AT_NOON, REOPENED_AT_ONE], "2026-06-01T16:00Z")],
)
def test_a_second_closing_does_not_hide_the_missed_deadline_of_a_law(cycle: list[Row], closed_again: str) -> None:
    """Whether the deadline passed while the incident was open or closed, nobody met it."""
    law = {**DAY, "law": "GDPR, Art. 33"}
    story = [AWARE, *cycle, {**CLOSED, "id": "c2", "occurred_at": closed_again}]
    missed = stand(story, law, "2026-06-12T00:00Z")
    met = stand([*story, {**FILED, "occurred_at": "2026-06-12T01:00Z"}], law, "2026-06-13T00:00Z")

    assert (missed.state, missed.work_by) == (State.MISSED, moment("2026-06-02T08:00Z"))
    assert met.state is State.MET_LATE


def test_a_later_awareness_in_a_reopened_incident_moves_no_limit_of_a_law_that_nobody_met() -> None:
    """The earlier limit stands until it is met; then a later beginning counts for itself."""
    law = {**DAY, "law": "GDPR, Art. 33"}
    again = {**AWARE, "id": "e9", "occurred_at": "2026-06-01T20:00Z"}
    story = [AWARE, CLOSED_AT_NOON, REOPENED_AT_ONE, again]
    running = stand(story, law, "2026-06-01T21:00Z")
    filed = {**FILED, "occurred_at": "2026-06-01T19:00Z"}
    met = stand([*story, filed], law, "2026-06-01T21:00Z")

    assert (running.state, running.verdict.anchor_event) == (State.AT_RISK, "e1")
    assert running.computed.deadline == stand([AWARE], law, "2026-06-01T11:00Z").computed.deadline
    assert met.state is State.MET_ON_TIME


def test_a_second_reopening_moves_no_limit_of_a_law_that_nobody_met_either() -> None:
    """While nothing began the last cycle yet, the earliest limit counts as it does afterwards."""
    law = {**DAY, "law": "GDPR, Art. 33"}
    again = {**AWARE, "id": "e9", "occurred_at": "2026-06-01T14:00Z"}
    closed = {**CLOSED, "id": "c2", "occurred_at": "2026-06-01T16:00Z"}
    story = [AWARE, CLOSED_AT_NOON, REOPENED_AT_ONE, again, closed, {**REOPENED_AT_ONE, "id": "r2"}]
    story[-1]["occurred_at"] = "2026-06-01T17:00Z"

    before = stand(story, law, "2026-06-01T18:00Z")
    after = stand([*story, {**AWARE, "id": "e10", "occurred_at": "2026-06-01T17:30Z"}], law, "2026-06-01T18:00Z")

    assert [found.verdict.anchor_event for found in (before, after)] == ["e1", "e1"]
    assert stand(story, DAY, "2026-06-01T18:00Z").verdict.anchor_event == "e9"


def test_what_was_done_before_a_reopening_ends_no_clock_that_began_after_it() -> None:
    """A proof of closure from before the store opened again read as kept in 0 s."""
    proof = {**FILED, "id": "e5", "occurred_at": "2026-06-01T12:30Z"}
    again = {**AWARE, "id": "e9", "occurred_at": "2026-06-01T14:00Z"}

    found = stand([AWARE, FILED, CLOSED_AT_NOON, proof, REOPENED_AT_ONE, again], DAY, "2026-06-01T15:00Z")

    assert (found.state, found.verdict.anchor_event) == (State.RUNNING, "e9")


def test_the_last_closing_belongs_to_the_last_cycle() -> None:
    again = {**AWARE, "id": "e9", "occurred_at": "2026-06-10T20:00Z"}
    over = {**CLOSED, "id": "c2", "occurred_at": "2026-06-20T00:00Z"}

    assert stand([AWARE, CLOSED, REOPENED, again, over], DAY, "2026-06-21T00:00Z").state is State.MISSED


def test_the_closing_of_the_last_cycle_neither_closes_nor_ends_anything_of_the_next() -> None:
    """A clock that nobody met in the new cycle is overdue and still watched, not missed and over."""
    again = {**AWARE, "id": "e9", "occurred_at": "2026-06-10T20:00Z"}
    story = [AWARE, FILED, CLOSED, REOPENED, again]
    until_closed = {"anchor": "first(awareness)", "amount": {"elapsed": "PT24H"}, "end": "first(closed)"}

    late = stand(story, DAY, "2026-06-12T00:00Z")
    assert (late.state, late.remaining_seconds) == (State.OVERDUE, -4 * 3600)
    assert stand(story, until_closed, "2026-06-11T00:00Z").state is State.RUNNING
    assert stand(story, {**DAY, "anchor": "first(closed)"}, "2026-06-12T00:00Z").state is State.LATENT


LIMBS = [
    {"anchor": "first(classified)", "amount": {"elapsed": "PT4H"}},
    {"anchor": "first(awareness)", "amount": {"elapsed": "PT24H"}},
]
BANK = {"limbs": LIMBS, "end": "filed", "except_when": {"limb": 1, "if": "classified > awareness + PT24H"}}


@pytest.mark.parametrize(
    ("classified", "combine", "due"),
    [
        (None, "min", "2026-06-02T08:00Z"),
        ("2026-06-01T10:00Z", "min", "2026-06-01T14:00Z"),
        ("2026-06-02T06:00Z", "min", "2026-06-02T08:00Z"),
        ("2026-06-02T08:00Z", "min", "2026-06-02T08:00Z"),
        ("2026-06-02T14:00Z", "min", "2026-06-02T18:00Z"),
        ("2026-06-01T10:00Z", "max", "2026-06-02T08:00Z"),
    ],
)
def test_limbs_combine_and_one_is_dropped_under_its_condition(classified: str | None, combine: str, due: str) -> None:
    rows = [{"kind": "classified", "occurred_at": classified}] if classified else []

    assert stand([AWARE, *rows], {**BANK, "combine": combine}, "2026-06-03T00:00Z").work_by == moment(due)


def test_why_names_the_limbs_that_do_not_count() -> None:
    late = {"kind": "classified", "occurred_at": "2026-06-02T14:00Z"}

    dropped = "\n".join(stand([AWARE, late], BANK, "2026-06-03T00:00Z").why)
    waiting = "\n".join(stand([AWARE], BANK, "2026-06-01T09:00Z").why)
    assert "Condition 2 of 2 does not count, since the first `classified` is later than" in dropped
    assert "the first `awareness` plus 24 h." in dropped
    assert "Condition 1 of 2 waits: the first `classified` is not recorded yet." in waiting


@pytest.mark.parametrize("rows", [[], [AWARE]])
def test_why_is_told_in_words_and_not_in_the_names_of_the_file_format(rows: list[Row]) -> None:
    """Whoever reads it at night knows neither limbs nor selectors, and learns what each kind of event means."""
    told = "\n".join(stand(rows, BANK, "2026-06-01T09:00Z").why)

    for internal in ("imb", "first(", "elapsed", "PT", "rollover", "count_from", "{"):
        assert internal not in told
    assert "Condition 1 of 2: 4 h of exact time from the first `classified`" in told
    assert "`awareness` means: we became aware with reasonable certainty." in told
    assert "The earliest of these limits counts." in told


def test_a_limb_without_a_limit_leaves_the_others_their_say() -> None:
    rule = {"limbs": [{"anchor": "awareness", "amount": {"none": True}}, LIMBS[1]], "end": "filed"}

    assert stand([AWARE], rule, "2026-06-01T09:00Z").work_by == moment("2026-06-02T08:00Z")


def test_a_rough_anchor_of_a_dropped_or_endless_limb_does_not_matter() -> None:
    row = {**AWARE, "occurred_at": rough(earliest="2026-06-01T08:00Z", latest="2026-06-01T10:00Z")}

    found = json_of(stand([row], {**DAY, "amount": {"none": True}}, "2026-06-01T12:00Z"))
    assert found["work_by_if_anchor_is_late"] is None


def test_stages_follow_one_another() -> None:
    rule = {"anchor": "last(filed(stage=intermediate))", "amount": {"calendar": "P1M"}, "end": "filed(stage=final)"}
    sent = [
        {"kind": "filed", "stage": "intermediate", "occurred_at": "2026-01-20T10:00Z"},
        {"kind": "filed", "stage": "intermediate", "occurred_at": "2026-01-31T10:00Z"},
    ]

    assert stand(sent, rule, "2026-02-01T00:00Z").work_by == moment("2026-02-28T10:00Z")


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        ("first(detected)", "d1"),
        ("last(detected)", "d2"),
        ("nth(detected, 2)", "d2"),
        ("nth(detected, 3)", None),
        ("detected(vantage=outside)", "d2"),
        ("awareness | first(detected)", "d1"),
        ("first(awareness) | last(detected)", "d2"),
        ("nth(detected(vantage=outside), 1) | payment", "d2"),
        ('first(detected(evidence="a b", source=log))', "d2"),
        ("detected(finding=true)", "d2"),
    ],
)
def test_a_selector_finds_its_event(anchor: str, expected: str | None) -> None:
    rows: list[Row] = [
        {"id": "d1", "kind": "detected", "vantage": "inside", "occurred_at": "2026-06-01T07:00Z"},
        {"id": "d2", "kind": "detected", "vantage": "outside", "occurred_at": "2026-06-01T09:00Z", "evidence": "a b",
         "source": "log", "finding": True},
    ]  # fmt: skip

    assert stand([AWARE, *rows], {**DAY, "anchor": anchor}, "2026-06-01T12:00Z").verdict.anchor_event == expected


def test_why_names_the_law_and_its_words() -> None:
    rule = {**DAY, "law": "Law 1, Art. 2", "title": "first notice", "text": "within a day", "min_business_days": 1}
    rule |= {
        "calendar": "DE",
        "rollover": "next_business_day_end",
        "except_when": [{"limb": 0, "if": "filed < awareness"}],
    }

    why = "\n".join(stand([AWARE], rule, "2026-06-01T12:00Z").why)
    for words in (
        *("Law 1, Art. 2", "first notice", "within a day", "on a day off", "1 working day."),
        "does not count where the first `filed` is earlier than the first `awareness`",
    ):
        assert words in why


REVIEW = {
    "anchor": "first(remediation_verified) | first(closed)", "amount": {"elapsed": "PT336H"},
    "not_before": "first(incident_opened)", "end": "lessons_recorded",
}  # fmt: skip
OPENED = {"id": "e1", "kind": "incident_opened", "occurred_at": "2026-06-20T08:00Z"}


@pytest.mark.parametrize(
    ("proved", "work_by"), [("2026-06-01T08:00Z", "2026-07-04T08:00Z"), ("2026-06-21T08:00Z", "2026-07-05T08:00Z")]
)
def test_a_count_never_starts_before_the_event_that_its_rule_names(proved: str, work_by: str) -> None:
    """What was already closed when its incident was opened would be overdue from the first minute."""
    verified = {"id": "e2", "kind": "remediation_verified", "occurred_at": proved}

    found = stand([OPENED, verified], REVIEW, "2026-06-22T08:00Z")

    assert found.work_by == moment(work_by)
    assert found.state is State.RUNNING


def test_the_event_before_which_nothing_counts_starts_no_clock() -> None:
    found = stand([OPENED], REVIEW, "2026-06-22T08:00Z")

    assert found.state is State.LATENT


@pytest.mark.parametrize(
    ("proved", "told"),
    [
        ("2026-06-03T08:00Z", "and met late, by event p at"),
        (None, "and was missed."),
        ("2026-06-01T09:00Z", ""),
    ],
)
def test_why_says_how_a_clock_failed_before_its_incident_was_reopened(proved: str | None, told: str) -> None:
    """`clock list` names the failure and ends with 4, and `why` is where its reader looks next."""
    rule = {"anchor": "first(notice_received)", "amount": {"elapsed": "PT24H"}, "end": "remediation_verified"}
    events = [
        {"id": "n", "kind": "notice_received", "occurred_at": "2026-06-01T08:00Z"},
        *([{"id": "p", "kind": "remediation_verified", "occurred_at": proved}] if proved is not None else []),
        {"id": "c", "kind": "closed", "occurred_at": "2026-06-05T00:00Z"},
        REOPENED,
        {"id": "m", "kind": "notice_received", "occurred_at": "2026-06-10T08:00Z"},
    ]

    why = " ".join(stand(events, rule, "2026-06-10T09:00Z").why)

    assert ("Before the incident was reopened, it was due at 2026-06-02T08:00:00" in why) is bool(told)
    assert told in why

"""Bad files: every problem is named at once, with its line and the nearest known name."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.clocks.calendars import Calendars, OwnCalendar, is_working, public_calendar, reason_off_work
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import parse_event_file, stated_zone
from leakguard.clocks.event_kinds import CONTEXT_FIELDS, KINDS, unknown_kind_message
from leakguard.clocks.event_rows import MAX_EVENTS
from leakguard.clocks.selectors import parse_comparison, parse_selector
from leakguard.clocks.times import rfc3339
from leakguard.errors import BadFile, ExitCode, UsageProblem
from support.clock_files import moment

NOW = datetime(2026, 6, 20, tzinfo=UTC)


def problems(text: str, *, now: datetime | None = NOW) -> list[str]:
    with pytest.raises(BadFile) as caught:
        parse_event_file(text, name="events.yaml", now=now)
    assert caught.value.exit_code == ExitCode.USAGE
    return [str(problem) for problem in caught.value.problems]


def test_all_problems_of_a_file_are_named_together() -> None:
    text = """
zone: Asia/Shanghai
events:
  - {id: e1, kind: awarness, occurred_at: "2026-06-10T22:30"}
  - {id: e1, kind: filed, stge: initial, occurred_at: "2026-06-10T22:30"}
  - {id: e3, kind: filed, occurred_at: "2027-06-10"}
  - {id: e4, kind: filed, corrects: e5}
  - {id: e6, kind: filed, occurred_at: "2026-03-29T02:30", zone: Europe/Berlin}
  - {id: 7, kind: filed, occurred_at: "2026-06-10T22:30", stage: [1]}
  - {id: e8, kind: paused, clock: cacc, basis: x, occurred_at: "2026-06-10", until: "2026-06-09"}
  - just words
  - {id: e9, occurred_at: "2026-06-10T22:30", recorded_at: never}
clocks:
  - {id: cac, anchor: first(discovry), amount: {elapsed: PT4H}, tresholds: []}
  - {id: cac, anchor: discovery, amount: {elapsed: PT4H, calendar: P1D}, end_at: 25:00}
wrong: 1
"""
    expected = [
        "line 4: events[0].kind: unknown event kind (did you mean `awareness`?)",
        "line 5: events[1].id: the id `e1` is used twice",
        "line 5: events[1].stge: unknown field of `filed` (did you mean `stage`?)",
        "line 6: events[2].occurred_at: is in the future; only an event of kind `planned` may be",
        "line 7: events[3].occurred_at: this field is missing",
        "line 7: events[3].corrects: no other event of this file has that id",
        "line 8: events[4].occurred_at: 2026-03-29 02:30:00 in Europe/Berlin does not exist",
        "line 9: events[5].id: must be text; put it in quotes",
        "line 9: events[5].stage: must be a single value",
        "line 10: events[6].clock: no clock of this file has that id (did you mean `cac`?)",
        "line 10: events[6].until: lies before the event itself",
        "line 11: events[7]: an event must be a mapping of fields",
        "line 12: events[8].kind: this field is missing",
        "line 12: events[8].recorded_at: this is no time that can be read",
        "line 14: clocks[0].anchor: unknown event kind `discovry` (did you mean `discovery`?)",
        "line 14: clocks[0].tresholds: unknown field (did you mean `thresholds`?)",
        "line 15: clocks[1].amount: give exactly one of",
        "line 15: clocks[1].id: the id `cac` is used twice",
        "line 15: clocks[1].end_at: write instant, end_of_hour, end_of_day or a time of day",
        "line 16: wrong: unknown field",
    ]

    found = problems(text)
    assert [start for start in expected if not any(line.startswith(start) for line in found)] == []
    assert len(found) == len(expected)


def test_an_event_without_an_id_is_corrected_once_it_states_one() -> None:
    """LeakGuard names it `event-1`, but by its place, which other events may take."""
    event, corrected = "{kind: closed, occurred_at: 2026-06-10}", "{kind: retracted, corrects: event-1}"
    found = problems(f"zone: UTC\nevents:\n- {event}\n- {corrected}")

    assert any(
        line.endswith("events[1].corrects: that event states no id: write `id: event-1` in it") for line in found
    )
    assert not any("event-1" in line for line in problems(f"zone: UTC\nevents:\n- {event}\n- {corrected[:-1]}x}}"))


def test_a_naive_time_without_any_zone_is_refused() -> None:
    assert "a local time with no zone" in problems('events: [{kind: filed, occurred_at: "2026-06-10T22:30"}]')[0]


def test_a_zone_of_the_file_that_is_unknown_is_named_once_and_not_for_each_event() -> None:
    found = problems('zone: Asia/Shangai\nevents: [{kind: filed, occurred_at: "2026-06-10T22:30"}]')

    assert len(found) == 1
    assert "did you mean `Asia/Shanghai`" in found[0]


def test_a_calendar_that_nobody_knows_is_named_beside_what_else_is_wrong_with_its_clock() -> None:
    text = """
clocks:
  - {id: cac, anchor: first(discovry), amount: {business_days: 3}, calendar: ZZ, statutory: {calendar: YY}}
  - {id: own, anchor: first(discovery), amount: {business_days: 3}, calendar: wrong}
calendars:
  wrong: {bse: CN}
"""
    assert sorted(problems(text)) == [
        "line 3: clocks[0].anchor: unknown event kind `discovry` (did you mean `discovery`?)",
        "line 3: clocks[0].calendar: unknown calendar `ZZ`",
        "line 3: clocks[0].statutory.calendar: unknown calendar `YY`",
        "line 6: calendars.wrong.bse: unknown field (did you mean `base`?)",
    ]


def test_calendars_and_names_of_right_clocks_are_checked_though_other_lines_are_wrong() -> None:
    text = """
zone: Asia/Shangai
clocks:
  - {id: cac, anchor: first(discovery), amount: {business_days: 3}, calendar: ZZ}
  - {id: own, anchor: first(discovery), amount: {business_days: 3}, calendar: campus, law: Some Law}
  - {id: bad, anchor: first(discovry)}
  - {id: own, anchor: first(discovery), amount: {elapsed: PT4H}}
  - just words
calendars:
  campus: {base: QQ}
  wrong: {bse: CN}
"""
    expected = [
        "line 2: zone: unknown time zone",
        "line 4: clocks[0].calendar: unknown calendar `ZZ`",
        "line 5: clocks[1].calendar: `campus` is an organisation's own calendar",
        "line 6: clocks[2].anchor: unknown event kind",
        "line 7: clocks[3].id: the id `own` is used twice",
        "line 8: clocks[4]: must be a mapping of fields",
        "line 10: calendars.campus.base: unknown calendar `QQ`",
        "line 11: calendars.wrong.bse: unknown field",
    ]

    found = problems(text)
    assert [start for start in expected if not any(line.startswith(start) for line in found)] == []


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("calendar: XX", "unknown calendar `XX`"),
        ("calendar: DE-XX", "DE has no part `XX`"),
        ("calendar: DE-", "DE has no part ``"),
        ("calendar: DE-BZ", "known: BB, BE, BW, BY"),
        ("statutory: {calendar: XY}", "unknown calendar `XY`"),
        ("calendar: campus, law: Some Law", "which the law does not know"),
        ("except_when: [{limb: 3, if: awareness > detected}]", "names limb 3"),
        ("except_when: {limb: 0, if: awareness then detected}", "not a comparison of two event times"),
        ("except_when: {limb: 0, if: '> detected'}", "not a comparison of two event times"),
        ('except_when: {limb: 0, if: "awareness\\nfiled > detected"}', "not a comparison of two event times"),
        ("rollover: next_business_day_end", "rollover needs a `calendar`"),
        ("statutory: {min_business_days: 2}", "min_business_days needs a `calendar`"),
        ("rollover: sometimes", "next_business_day_end"),
        ("min_business_days: 99999", "less than or equal"),
        ("end_at: noon", "end_of_day"),
        ("thresholds: [half]", "not a threshold"),
        ("schedule: {from: '17:00', to: '09:00'}", "`to` after `from`"),
        ("schedule: {from: '9', to: '17:00'}", "time of day"),
        ("zone: Mars/Base", "unknown time zone"),
    ],
)
def test_a_clock_that_makes_no_sense_is_refused(clock: str, words: str) -> None:
    rule = f"{{id: a, anchor: awareness, amount: {{elapsed: PT1H}}, {clock}}}"
    text = f"calendars: {{campus: {{base: DE}}}}\nclocks: [{rule}]"

    assert words in "\n".join(problems(text))


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("{business_days: 4}", "business_days needs a `calendar`"),
        ("{business_days: true}", "valid integer"),
        ("{business_hours: PT4H}", "business_hours needs a `schedule`"),
        ("{business_hours: {amount: PT4H, schedule: {from: '09:00', to: '17:00'}}}", "a schedule without `days`"),
        ("{none: false}", "exactly one"),
        ("{}", "exactly one"),
        ("[]", "must be a mapping of fields"),
    ],
)
def test_an_amount_that_makes_no_sense_is_refused(amount: str, words: str) -> None:
    assert words in "\n".join(problems(f"clocks: [{{id: a, anchor: awareness, amount: {amount}}}]"))


def test_a_clock_has_between_one_and_eight_limbs() -> None:
    limb = "{anchor: awareness, amount: {elapsed: PT1H}}"

    assert "1 to 8 limbs" in problems("clocks: [{id: a, limbs: []}]")[0]
    assert "1 to 8 limbs" in problems(f"clocks: [{{id: a, limbs: [{', '.join([limb] * 9)}]}}]")[0]


@pytest.mark.parametrize("text", ["clocks: [word]", "clocks: {}", "events: {}", "events: word", "[]", "word"])
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    assert problems(text)


def test_two_clocks_cannot_have_one_id() -> None:
    rule = "{id: a, anchor: awareness, amount: {elapsed: PT1H}}"

    assert problems(f"clocks:\n- {rule}\n- {rule}") == ["line 3: clocks[1].id: the id `a` is used twice"]


def test_a_file_holds_a_bounded_number_of_events_and_clocks() -> None:
    event = '{kind: filed, occurred_at: "2026-06-01T08:00Z"}'
    rule = "{{id: c{}, anchor: filed, amount: {{elapsed: PT1H}}}}"
    many = ", ".join(rule.format(number) for number in range(501))

    assert "more than 2,000 events" in problems(f"events: [{', '.join([event] * 2001)}]")[0]
    assert "at most 500 items" in problems(f"clocks: [{many}]")[0]


def test_an_empty_outline_has_no_clocks() -> None:
    read = parse_event_file("zone: UTC", name="events.yaml", zone="Asia/Shanghai")

    assert (read.events, read.rules, read.zone) == ((), (), "UTC")
    assert stated_zone("zone: UTC", name="x") == "UTC"
    assert stated_zone("zone: [1]", name="x") is None
    assert stated_zone("[1]", name="x") is None


def test_a_clock_named_by_an_event_must_be_in_the_file() -> None:
    text = """
events: [{kind: paused, clock: remedate, occurred_at: "2026-06-10T22:30Z", basis: x}]
clocks: [{id: remediate, anchor: awareness, amount: {elapsed: PT1H}}]
"""
    assert "did you mean `remediate`" in problems(text)[0]
    assert (
        parse_event_file(text.split("clocks", maxsplit=1)[0], name="events.yaml").events[0].fields["clock"]
        == "remedate"
    )


def test_a_clock_named_by_an_imported_event_must_be_in_the_file_however_late_the_event_comes() -> None:
    early = '  - {kind: note, occurred_at: "2026-06-01"}\n' * MAX_EVENTS
    text = f"""
zone: UTC
clocks:
  - {{id: mine, anchor: awareness, amount: {{elapsed: PT24H}}}}
events:
{early}  - {{kind: paused, clock: min, basis: x, occurred_at: "2026-06-01"}}
"""
    with pytest.raises(BadFile) as caught:
        parse_event_file(text, name="events.yaml", now=NOW, is_imported=True)

    (problem,) = caught.value.problems
    assert (problem.where, problem.nearest) == (f"events[{MAX_EVENTS}].clock", "mine")


def test_zones_are_filled_in_from_the_file_or_from_the_caller() -> None:
    text = """
clocks:
  - {id: a, anchor: awareness, amount: {elapsed: PT1H}}
  - {id: b, anchor: awareness, amount: {elapsed: PT1H}, zone: Europe/Paris}
"""
    read = parse_event_file(text, name="events.yaml", zone="Asia/Kolkata")

    assert [rule.zone for rule in read.rules] == ["Asia/Kolkata", "Europe/Paris"]
    assert [rule.zone for rule in parse_event_file(text, name="events.yaml").rules] == [None, "Europe/Paris"]


def test_planned_events_may_lie_in_the_future() -> None:
    text = 'events: [{kind: planned, what: press release, occurred_at: "2030-01-01T00:00Z"}]'

    assert parse_event_file(text, name="events.yaml", now=NOW).events[0].kind == "planned"


def test_an_event_of_today_that_is_a_whole_day_is_not_the_future() -> None:
    text = 'zone: UTC\nevents: [{kind: filed, occurred_at: "2026-06-20"}]'

    assert parse_event_file(text, name="events.yaml", now=NOW + timedelta(hours=1)).events


def test_a_row_that_was_recorded_after_the_present_is_a_problem_of_the_file() -> None:
    """A slip of the year in it left the event out of every clock without a word."""
    text = """
zone: UTC
events:
  - {kind: awareness, occurred_at: "2026-06-02T18:00", recorded_at: "2027-06-02T18:05"}
  - {kind: filed, occurred_at: "2026-06-03T18:00", recorded_at: "2026-06-20"}
"""
    with pytest.raises(BadFile) as caught:
        parse_event_file(text, name="events.yaml", now=NOW, present=NOW + timedelta(hours=1))

    assert [(problem.where, problem.line) for problem in caught.value.problems] == [("events[0].recorded_at", 4)]
    assert "is in the future" in str(caught.value.problems[0])


def test_what_was_recorded_between_a_past_moment_and_the_present_is_no_problem() -> None:
    """The file is asked what was known then."""
    text = 'events: [{kind: awareness, occurred_at: "2026-06-02T18:00Z", recorded_at: "2026-06-25T00:00Z"}]'

    assert parse_event_file(text, name="events.yaml", now=NOW, present=NOW + timedelta(days=30)).events


def test_a_correction_is_recorded_after_the_rows_before_it() -> None:
    text = """
events:
  - {id: a, kind: awareness, occurred_at: "2026-06-01T08:00Z", recorded_at: "2026-06-30T00:00Z"}
  - {id: b, kind: filed, occurred_at: "2026-06-05T08:00Z"}
  - {id: c, kind: awareness, occurred_at: "2026-06-02T08:00Z", corrects: a}
  - {id: d, kind: awareness, occurred_at: "2026-06-02T08:00Z", corrects: a, recorded_at: "2026-06-07T00:00Z"}
  - {id: e, kind: awareness, occurred_at: "2026-06-08T08:00Z", corrects: a}
"""
    events = parse_event_file(text, name="events.yaml", now=NOW).events

    assert [rfc3339(event.recorded_at) for event in events[2:]] == [
        "2026-06-05T08:00:00.000001Z",
        "2026-06-07T00:00:00Z",
        "2026-06-08T08:00:00Z",
    ]


def test_an_event_without_an_id_gets_none_that_another_event_states() -> None:
    """Two events of one id would be one chain of corrections, of which only the last event counts."""
    text = """
zone: UTC
events:
  - {id: event-2, kind: awareness, occurred_at: "2026-06-10T10:00"}
  - {kind: note, occurred_at: "2026-06-10T11:00"}
  - {id: event-2x, kind: note, occurred_at: "2026-06-10T12:00"}
  - {id: last, kind: retracted, corrects: event-2x, occurred_at: "2026-06-10T13:00", reason: wrong incident}
clocks:
  - {id: c, anchor: awareness, amount: {elapsed: PT24H}}
"""
    read = parse_event_file(text, name="events.yaml", now=NOW)

    assert [event.id for event in read.events] == ["event-2", "event-2xx", "event-2x", "last"]
    assert evaluate(read.events, read.rules, read.calendars, NOW)[0].verdict.anchor_event == "event-2"


def test_a_correction_of_this_very_moment_is_not_recorded_in_the_future() -> None:
    text = f"""
events:
  - {{id: a, kind: awareness, occurred_at: "{rfc3339(NOW)}"}}
  - {{id: b, kind: awareness, occurred_at: "2026-06-02T08:00Z", corrects: a}}
  - {{id: c, kind: awareness, occurred_at: "2026-06-02T08:00Z", corrects: b}}
"""
    assert parse_event_file(text, name="events.yaml", now=NOW).events[1].recorded_at == NOW
    assert parse_event_file(text, name="events.yaml").events[1].recorded_at > NOW


def test_a_house_calendar_closes_and_opens_days_for_internal_clocks() -> None:
    text = """
zone: UTC
calendars:
  campus: {base: DE, closed: ["2026-12-28"], open: ["2026-12-26"], known_until: 2026}
  plain: {}
events: [{kind: awareness, occurred_at: "2026-12-25T08:00"}]
clocks:
  - {id: one, anchor: awareness, amount: {business_days: 1}, calendar: campus}
  - {id: two, anchor: awareness, amount: {business_days: 2}, calendar: campus}
  - {id: late, anchor: awareness, amount: {business_days: 6}, calendar: campus}
  - {id: plain, anchor: awareness, amount: {business_days: 1}, calendar: plain}
"""
    read = parse_event_file(text, name="events.yaml")
    found = evaluate(read.events, read.rules, read.calendars, moment("2027-01-01T00:00Z"))

    days = [one.work_by.date().isoformat() for one in found if one.work_by]
    assert days == ["2026-12-26", "2026-12-29", "2027-01-05", "2026-12-28"]
    assert [one.provisional for one in found] == [False, False, True, False]
    assert "of the organisation" in found[0].calendar_version
    assert found[0].calendar_version != found[3].calendar_version


def test_a_house_keeps_the_working_saturdays_of_the_calendar_beneath_but_for_those_that_it_closes() -> None:
    days = [date(2026, 2, 14), date(2026, 2, 28)]
    house = Calendars(own={"campus": OwnCalendar(base="CN", closed=(days[1],), known_until=2027)}).get("campus")

    assert [is_working(public_calendar("CN"), day) for day in days] == [True, True]
    assert [is_working(house, day) for day in days] == [True, False]
    assert reason_off_work(house, days[1]) == "closed by the organisation"
    assert house.year(2030).is_estimated


def test_the_digest_of_a_calendar_tells_each_of_its_days_and_no_others() -> None:
    def digest_of(*, closed: tuple[date, ...] = (), worked: tuple[date, ...] = ()) -> str:
        house = Calendars(own={"campus": OwnCalendar(closed=closed, open=worked)}).get("campus")
        return house.version(2026, 2027)

    told = [
        digest_of(),
        digest_of(closed=(date(2026, 5, 4),)),
        digest_of(closed=(date(2027, 5, 4),)),
        digest_of(worked=(date(2026, 5, 3),)),
    ]
    assert len(set(told)) == 4
    assert digest_of(closed=(date(2028, 5, 4),)) == told[0]
    days = (date(2026, 5, 4), date(2026, 5, 5))
    assert digest_of(closed=days) == digest_of(closed=days[::-1])


def test_a_house_calendar_stands_on_a_public_one_and_on_real_days() -> None:
    found = problems('calendars: {campus: {base: XX, closed: ["2026-13-01"]}}')

    assert "valid date" in found[0]
    assert "unknown calendar `XX`" in problems("calendars: {campus: {base: XX}}")[0]


def test_a_calendar_that_never_works_is_refused() -> None:
    closed = ", ".join(f'"{(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)).date()}"' for day in range(500))
    text = f"""
calendars: {{never: {{base: DE, closed: [{closed}]}}}}
events: [{{kind: awareness, occurred_at: "2026-01-01T08:00Z"}}]
clocks: [{{id: a, anchor: awareness, amount: {{elapsed: PT1H}}, calendar: never, min_business_days: 1}}]
"""
    read = parse_event_file(text, name="events.yaml")

    with pytest.raises(UsageProblem, match="no working day"):
        evaluate(read.events, read.rules, read.calendars, NOW)


def test_a_field_that_is_left_empty_is_as_good_as_missing() -> None:
    text = 'events: [{kind: paused, until: null, occurred_at: "2026-06-10T22:30Z"}]'

    assert parse_event_file(text, name="events.yaml").events[0].fields == {}
    assert "events[0].until" in problems(text.replace("null", "later"))[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "event kind is missing"),
        ("first()", "event kind is missing"),
        ("first(filed", r"`\)` is missing"),
        ("nth(filed)", "`,` is missing"),
        ("nth(filed, 0)", "counts from 1"),
        ("nth(filed, 9999)", "counts from 1"),
        ("nth(filed, 0000000019999)", "counts from 1"),
        ("nth(filed, many)", "counts from 1"),
        ("nth(filed | detected, 2)", "one kind, not of several"),
        ("first(filed |)", "event kind is missing"),
        ("filed(stage initial)", "`=` is missing"),
        ("filed(stage=)", "a value is missing"),
        ("filed(stage=a stage=b)", "`,` is missing"),
        ("filed(stge=a)", "did you mean `stage`"),
        ("filed(zzz=a)", "no field `zzz`$"),
        ("filde(stage=a)", "did you mean `filed`"),
        ("zzzzzz", "unknown event kind `zzzzzz`$"),
        ("filed filed", "not expected"),
        ("filed |", "event kind is missing"),
        ("filed; drop", "cannot be read"),
        ("filed" * 200, "longer than"),
    ],
)
def test_a_selector_that_cannot_be_read_says_why(text: str, words: str) -> None:
    with pytest.raises(UsageProblem, match=words):
        parse_selector(text)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("first(awareness | discovery)", "first(awareness) | first(discovery)"),
        ("last(filed(stage=initial) | detected)", "last(filed(stage=initial)) | last(detected)"),
        ("first(awareness|discovery) | filed", "first(awareness) | first(discovery) | filed"),
    ],
)
def test_the_first_of_several_kinds_is_the_first_of_each_as_an_alternative(short: str, long: str) -> None:
    assert parse_selector(short).patterns == parse_selector(long).patterns


@pytest.mark.parametrize("op", [">", ">=", "<", "<="])
def test_conditions_compare_in_four_ways(op: str) -> None:
    found = parse_comparison(f"first(classified) - PT1H {op} awareness + PT24H")

    assert (found.compare, found.left.offset, found.right.offset) == (op, timedelta(hours=-1), timedelta(hours=24))


@given(st.text(max_size=60) | st.text(alphabet="firstlanhfiled(),=|> +PT1H", max_size=60))
def test_any_text_is_a_selector_or_a_refusal(text: str) -> None:
    for parse in (parse_selector, parse_comparison):
        with contextlib.suppress(UsageProblem):
            parse(text)


NAMES = """\
id kind occurred_at recorded_at corrects until clock zone events clocks limbs anchor amount elapsed calendar from to
days business_days schedule thresholds statutory except_when if limb end earliest latest calendars base closed"""
WORDS = ["awareness", "2026-06-10", "2026-06-10T10:00Z", "PT1H", "CN", "filed", "e1"]
PLAIN_VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(WORDS)
YAML_VALUES = st.recursive(
    PLAIN_VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(["zone", "events", "clocks", "calendars"]), YAML_VALUES, max_size=4))
def test_any_file_is_read_or_refused_with_problems(value: object) -> None:
    with contextlib.suppress(BadFile):
        parse_event_file(json.dumps(value), name="events.yaml", now=NOW)


def test_each_kind_says_what_it_means_and_what_it_may_carry() -> None:
    assert all(kind.meaning and set(CONTEXT_FIELDS) <= set(kind.allowed) for kind in KINDS.values())
    assert unknown_kind_message("filed") is None

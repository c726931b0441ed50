"""The watchman on what is no incident: promises to finders, routes of transfers, security.txt; on a real store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from leakguard.alerts.subjects import WatchedSubject
from leakguard.clocks.calendars import Calendars, is_working
from leakguard.clocks.fixed_clocks import MAX_ID_CHARACTERS, FixedClock, clock_id, status_of
from leakguard.errors import ExitCode, NotFound
from leakguard.frozen import replace
from leakguard.intake.legal_rules import load_legal_rules, rules_for
from leakguard.intake.naming import named_in
from leakguard.intake.promises import dues_of, erase_by, load_promises
from leakguard.intake.reading import read_mail
from leakguard.intake.sites import CheckedSite
from leakguard.intake.states import Act, ReportState, Verdict
from leakguard.intake.view import received_records, report_of
from leakguard.ledger.custody import HOLD_RELEASED, PUT_ON_HOLD
from leakguard.ledger.verification_result import Answer
from leakguard.models.alerts import AlertMessage, WatchSettings
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.models.subjects import OUTBOUND_SUBJECT, SITES_SUBJECT, is_incident, subject_json, subject_kind
from leakguard.outbound.values import Recipient
from leakguard.ports import IncidentStore
from leakguard.settings import Settings
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watch_check import AlertingStatus, check, checked_to_json
from leakguard.use_cases.intake.reports import act_on, load_report, triage
from leakguard.use_cases.intake.site_history import keep_check
from leakguard.use_cases.intake.watched_reports import watched_reports
from leakguard.use_cases.intake.watched_sites import watched_sites
from leakguard.use_cases.outbound.recipients import add_recipients, clocks_of, end_recipient
from leakguard.use_cases.outbound.watched_routes import watched_routes
from leakguard.use_cases.proofs.evidence import verify_store
from leakguard.wiring import Wiring
from support.each import for_each
from support.ledgers import Tokens
from support.outbound import RECIPIENT, a_file, parsed, rules
from support.watching import World

FOLDER = Path(__file__).parents[2] / "intake"
PROMISES = load_promises({path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml")})
ZONE, CN = "Asia/Shanghai", Calendars().get("CN")
START = datetime(2026, 3, 2, 4, tzinfo=UTC)
CANARY = "CANARY-of-a-stranger"
MAIL = f"From: Zo <f@example.org>\r\nSubject: {CANARY}\r\n\r\nhttp://192.0.2.7:9200/ is open".encode()
REPORT, DAY = "RP-2026-0001", timedelta(days=1)


def subjects(store: IncidentStore, now: datetime) -> Iterator[WatchedSubject]:
    """As the wiring puts them together."""
    yield from watched_reports(store, PROMISES, zone=ZONE, now=now)
    yield from watched_routes(store, rules(), now=now)
    yield from watched_sites(store, zone=ZONE, now=now)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    time = SteppedTime(START)
    store = SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())
    yield World(store=store, time=time, subjects=subjects)
    assert verify_store(store).answer is Answer.MATCH
    store.close()


def received(world: World) -> None:
    """A report arrives now."""
    message = read_mail(MAIL, name="m")
    records = received_records(message, named_in(message.text), at=world.time.now(), duplicate_of="")
    world.store.append(REPORT, records)


def act(world: World, one: Act) -> None:
    act_on(world.store, REPORT, one, now=world.time.now)


def days(world: World, count: int, *, holder: str = "one") -> None:
    """A look every twelve hours."""
    for _ in range(count * 2):
        world.look(after=12, holder=holder)


def recipient(**more: object) -> Recipient:
    return parsed(a_file(recipients=[RECIPIENT | more])).recipients[0]


def sent(world: World, subject: str) -> list[AlertMessage]:
    return [one for one in world.sinks["commander"].got if one.incident == subject]


def test_every_promise_to_whoever_reported_is_a_clock_with_the_limit_that_the_list_shows(world: World) -> None:
    received(world)
    report = load_report(world.store, REPORT)
    (subject,) = subjects(world.store, START)
    owed = {one.until: one.at for one in dues_of(report, PROMISES, now=START, zone=ZONE)}

    assert {one.id: one.verdict.work_by for one in subject.statuses} == {
        "acknowledge": owed[ReportState.ACKNOWLEDGED], "triage": owed[ReportState.TRIAGED],
        "fix": owed[ReportState.FIXED], "verify": owed[ReportState.VERIFIED], "disclose": owed[ReportState.DISCLOSED],
    }  # fmt: skip
    assert subject.actions["triage"] == f"leakguard report triage {REPORT} --as valid"


def test_a_promise_is_told_at_its_thresholds_once_each_and_ends_when_it_is_kept(world: World) -> None:
    received(world)
    days(world, 7)
    told = [threshold for clock, threshold, _ in world.raised(REPORT) if clock == "acknowledge"]
    act(world, Act.ACKNOWLEDGE)
    days(world, 2)

    assert told == ["75%", "90%"]
    assert [threshold for clock, threshold, _ in world.raised(REPORT) if clock == "acknowledge"] == told
    assert not {"escalation_set", "watchman_outage"} & set(world.kinds(REPORT))


def test_an_alert_about_a_report_names_it_says_what_to_do_next_and_no_word_of_the_stranger(world: World) -> None:
    received(world)
    days(world, 8)
    (*_, late) = sent(world, REPORT)

    assert late.title.startswith(f"{REPORT} acknowledge: OVERDUE")
    assert late.next_action == f"leakguard report acknowledge {REPORT} --send"
    assert late.acknowledge == f"leakguard clock ack {REPORT} {late.id}"
    assert late.link == f"leakguard report show {REPORT}"
    assert late.is_from_memory == (PROMISES.promises[0].confidence == "from_memory")
    assert CANARY not in repr(world.sinks["commander"].got)


def test_what_nobody_answers_goes_to_the_next_level_and_an_acknowledgement_holds_it_back(world: World) -> None:
    received(world)
    days(world, 7)
    world.look(after=13)
    assert [one.title for one in world.sinks["deputy"].got if "OVERDUE" in one.title] == []
    world.look(after=0.2)
    escalated = [one.title for one in world.sinks["deputy"].got if "OVERDUE" in one.title]
    acknowledge(world.store, REPORT, "acknowledge", by="Ada", lasts=DAY, now=world.time.now)
    count = len(sent(world, REPORT))
    world.watch(4, every=1800)

    assert len(escalated) == 1
    assert len(sent(world, REPORT)) == count


def test_after_the_limit_a_reminder_comes_once_a_day(world: World) -> None:
    received(world)
    days(world, 8)
    before = len(sent(world, REPORT))
    world.watch(72, every=3600)
    after = [one for one in sent(world, REPORT)[before:] if one.clock == "acknowledge"]

    assert [one.threshold for one in after] == ["+PT24H", "+PT48H", "+PT72H"]


def test_a_watchman_that_dies_while_it_sends_repeats_under_the_same_id_and_raises_nothing_twice(world: World) -> None:
    class Died(BaseException):
        """As a signal that nothing catches."""

    received(world)
    world.look()
    sink = world.sinks["commander"]
    took = sink.send

    def dies(message: AlertMessage) -> None:
        took(message)
        raise Died

    sink.send = dies  # type: ignore[method-assign]
    with pytest.raises(Died):
        world.look(after=6 * 24)
    sink.send = took  # type: ignore[method-assign]
    world.look(after=1, holder="two")
    world.look(after=1, holder="two")

    raised = [one for one in world.raised(REPORT) if one[0] == "acknowledge"]
    ids = [one.id for one in sent(world, REPORT) if one.clock == "acknowledge"]
    assert len(raised) == len(set(raised)) == 1
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert any("Sent again" in line for line in sent(world, REPORT)[-1].lines)


def test_two_watchmen_raise_one_alert(world: World) -> None:
    received(world)
    for _ in range(12):
        world.look(after=12, holder="one")
        world.look(holder="two")

    raised = [one for one in world.raised(REPORT) if one[0] == "acknowledge"]
    assert len(raised) == len(set(raised))
    assert len(sent(world, REPORT)) == len({one.id for one in sent(world, REPORT)})


def test_a_closed_report_is_to_be_erased_and_a_legal_hold_stops_that_clock(world: World) -> None:
    received(world)
    triage(world.store, REPORT, Verdict.OUT_OF_SCOPE, now=world.time.now)
    act(world, Act.CLOSE)
    end = erase_by(load_report(world.store, REPORT), PROMISES.retention)
    (subject,) = subjects(world.store, START)
    at = Interval(earliest=START, latest=START)
    (hold,) = world.store.append(
        REPORT, [Record(kind=PUT_ON_HOLD, occurred_at=at, content={"what": REPORT, "by": "c"})]
    )
    held = list(subjects(world.store, START))
    world.store.append(
        REPORT, [Record(kind=HOLD_RELEASED, occurred_at=at, content={"what": REPORT, "hold": hold.sequence})]
    )

    assert [(one.id, one.verdict.work_by) for one in subject.statuses] == [("erase", end)]
    assert subject.actions["erase"].startswith(f"leakguard report erase {REPORT} --reason")
    assert held == []


LAWS = load_legal_rules({path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml")})
MIIT = "cn-rmsv-7-report"


def reports_of(world: World, *, countries: tuple[str, ...], roles: tuple[str, ...]) -> list[WatchedSubject]:
    """What is watched for an organisation of these countries and roles."""
    asked = partial(rules_for, LAWS, countries=countries, roles=roles, zone=ZONE)
    return list(
        watched_reports(world.store, PROMISES, zone=ZONE, now=world.time.now(), asked=lambda at: asked(arrived_at=at))
    )


def laws_of(world: World, *, countries: tuple[str, ...], roles: tuple[str, ...]) -> list[str]:
    """The clocks of laws that the report has."""
    found = reports_of(world, countries=countries, roles=roles)
    return [one.id for subject in found for one in subject.statuses if one.rule.law]


def test_a_law_whose_time_the_report_starts_is_a_clock_for_whom_it_speaks_to_alone(world: World) -> None:
    """Two days, by the Chinese provisions on weaknesses of products; other times need a fact that no report brings."""
    received(world)

    assert laws_of(world, countries=("CN",), roles=("network_product_provider",)) == [MIIT]
    assert laws_of(world, countries=("CN",), roles=("network_operator",)) == []
    assert laws_of(world, countries=("CN",), roles=()) == []
    assert laws_of(world, countries=("DE",), roles=("manufacturer", "network_product_provider")) == []


def test_a_law_that_nobody_can_judge_is_named_and_not_taken_for_none(world: World) -> None:
    received(world)
    for countries, roles, missing in (
        ((), ("network_product_provider",), ["country"]), (("CN",), (), ["obligated_as"]), ((), ("manufacturer",), []),
    ):  # fmt: skip
        (found,) = reports_of(world, countries=countries, roles=roles)

        assert [one.text for one in found.problems] == [
            f"{REPORT}: {MIIT} is not watched: nothing states {word}" for word in missing
        ]


def test_the_seat_that_the_scope_states_counts_for_reports_too(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One seat for incidents and reports: else a deadline of two days is watched for nobody."""
    received(world)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEAKGUARD_COUNTRY", raising=False)
    owner = "organisation: X, contact: a@example.edu, approved_by: CISO, approved_at: 2026-05-01"
    (tmp_path / "scope.yaml").write_text(f"scope: x\nowner: {{{owner}, country: CN}}\n", encoding="utf-8")
    wiring = Wiring(Settings(obligated_as="network_product_provider"))
    subjects = wiring.watched_subjects()
    (tmp_path / "scope.yaml").write_text("owner: {country: UK}\n", encoding="utf-8")

    (found,) = subjects(world.store, world.time.now())
    assert MIIT in {one.id for one in found.statuses}


def test_the_clock_of_a_law_is_told_before_its_end_and_ends_with_the_verdict_or_the_incident(world: World) -> None:
    def of(store: IncidentStore, now: datetime) -> Iterator[WatchedSubject]:
        asked = partial(rules_for, LAWS, countries=("CN",), roles=("network_product_provider",), zone=ZONE)
        yield from watched_reports(store, PROMISES, zone=ZONE, now=now, asked=lambda at: asked(arrived_at=at))

    world.subjects = of
    received(world)
    days(world, 4)
    told = [threshold for clock, threshold, _ in world.raised(REPORT) if clock == MIIT]
    late = next(one for one in sent(world, REPORT) if one.clock == MIIT and "OVERDUE" in one.title)
    (limit,) = {one.verdict.work_by for subject in of(world.store, START) for one in subject.statuses if one.id == MIIT}
    mine = {"countries": ("CN",), "roles": ("network_product_provider",)}
    assert laws_of(world, **mine) == [MIIT]
    triage(world.store, REPORT, Verdict.OUT_OF_SCOPE, now=world.time.now)

    assert told[0] == "50%"
    assert "PT0S" in told
    assert limit == datetime(2026, 3, 4, 16, tzinfo=UTC) - timedelta(microseconds=1)
    assert late.is_from_memory
    assert late.next_action == f"leakguard report incident {REPORT} --aware-at arrival"
    assert laws_of(world, **mine) == []


def test_nothing_is_owed_to_machines_and_for_what_is_not_ours(world: World) -> None:
    received(world)
    act(world, Act.ACKNOWLEDGE)
    triage(world.store, REPORT, Verdict.OUT_OF_SCOPE, now=world.time.now)

    assert list(subjects(world.store, START + 100 * DAY)) == []


def test_the_end_of_an_assessment_is_told_sixty_working_days_before_it(world: World) -> None:
    until = date(2026, 9, 30)
    add_recipients(world.store, [recipient(tool="cn_assessment", until="2026-09-30")], now=world.time.now)
    days(world, 150)
    first = world.history(OUTBOUND_SUBJECT).messages[0]
    day = first.raised_at.astimezone(first.alarms[0].due_at.tzinfo if first.alarms[0].due_at else UTC).date()
    (deadline,) = clocks_of(rules(), [recipient(tool="cn_assessment", until="2026-09-30")], day)
    between = [day + DAY * n for n in range((until - deadline.act_from).days)] if deadline.act_from else []

    assert first.alarms[0].clock == "cloud.assessment_extension"
    assert first.alarms[0].is_statutory
    assert deadline.act_from is not None
    assert abs((day - deadline.act_from).days) <= 1
    assert sum(is_working(CN, deadline.act_from + DAY * n) for n in range(len(between))) == 60
    assert [threshold for _, threshold, _ in world.raised(OUTBOUND_SUBJECT)].count(first.alarms[0].threshold) == 1


def test_a_contract_that_is_not_filed_is_late_after_ten_working_days_and_stating_the_filing_ends_it(
    world: World,
) -> None:
    one = recipient(effective="2026-03-02")
    add_recipients(world.store, [one], now=world.time.now)
    days(world, 16)
    late = [one.title for one in sent(world, OUTBOUND_SUBJECT) if "OVERDUE" in one.title]
    add_recipients(world.store, [replace(one, filed=date(2026, 3, 17))], now=world.time.now)
    world.look(after=1)

    assert late
    assert late[0].startswith(f"{OUTBOUND_SUBJECT} cloud.contract_filing")
    assert list(subjects(world.store, world.time.now())) == []


def test_a_new_end_date_begins_anew_and_an_ended_recipient_has_no_clock(world: World) -> None:
    first = recipient(tool="cn_certification", until="2026-03-20")
    add_recipients(world.store, [first], now=world.time.now)
    world.look()
    before = world.raised(OUTBOUND_SUBJECT)
    add_recipients(world.store, [replace(first, until=date(2029, 3, 20))], now=world.time.now)
    days(world, 3)
    after = world.raised(OUTBOUND_SUBJECT)
    end_recipient(world.store, rules(), "cloud", on=date(2026, 3, 1), reason="over", now=world.time.now)

    assert before
    assert after == before
    assert list(subjects(world.store, world.time.now())) == []


def check_of(site: str, expires: datetime | None, *, unanswered: str = "") -> CheckedSite:
    return CheckedSite(site=site, expires=expires, unanswered=unanswered)


def test_the_expiry_of_security_txt_is_told_90_30_and_7_days_before_and_at_its_end(world: World) -> None:
    keep_check(world.store, [check_of("www.example.edu", START + 100 * DAY)], now=world.time.now, is_whole=True)
    days(world, 101)

    assert [one for clock, one, _ in world.raised(SITES_SUBJECT) if clock == "www.example.edu"][:4] == [
        "-PT2160H", "-PT720H", "-PT168H", "PT0S",
    ]  # fmt: skip
    (*_, last) = sent(world, SITES_SUBJECT)
    assert last.next_action == "leakguard sites check www.example.edu"


def test_a_renewed_file_begins_anew_and_a_site_that_is_no_longer_ours_has_no_clock(world: World) -> None:
    def clocks() -> list[str]:
        found = (one for one in subjects(world.store, world.time.now()))
        return [each.id for subject in found for each in subject.statuses if each.verdict.work_by]

    keep_check(world.store, [check_of("a.example", START + DAY), check_of("b.example", START + DAY)],
               now=world.time.now, is_whole=True)  # fmt: skip
    days(world, 2)
    late = len(world.raised(SITES_SUBJECT))
    keep_check(world.store, [check_of("a.example", START + 300 * DAY)], now=world.time.now)
    both = clocks()
    keep_check(world.store, [check_of("a.example", None, unanswered="silent")], now=world.time.now, is_whole=True)
    one = clocks()
    keep_check(world.store, [check_of("a.example", None)], now=world.time.now, is_whole=True)

    assert late
    assert both == ["a.example", "b.example"]
    assert one == ["a.example"]
    assert clocks() == []


def test_the_check_from_outside_names_the_subject_and_fails_until_somebody_acknowledges(world: World) -> None:
    received(world)
    days(world, 8)

    def checked(within: timedelta | None = None) -> dict[str, object]:
        alerting = AlertingStatus(settings=WatchSettings(), subjects=subjects)
        found = check(world.store, lambda *_: (), None, alerting, now=world.time.now(), within=within)
        assert found.subject_count == 1
        document = checked_to_json(found)
        return {one["kind"]: one for one in document["troubles"] if one["subject"]}

    late = checked()["unacknowledged_overdue"]
    assert isinstance(late, dict)
    assert (late["incident"], late["subject"]) == (None, {"kind": "report", "id": REPORT})
    assert late["exit_code"] == ExitCode.DEADLINE_MISSED
    assert "due_soon" in checked(within=30 * DAY)
    acknowledge(world.store, REPORT, "acknowledge", by="Ada", lasts=DAY, now=world.time.now)
    assert "unacknowledged_overdue" not in checked()


def test_a_subject_that_nobody_knows_cannot_be_acknowledged(world: World) -> None:
    for name in ("RP-2026-0009", OUTBOUND_SUBJECT, "watchman", "IR-2026-0009"):
        with pytest.raises(NotFound):
            acknowledge(world.store, name, "x", by="Ada", lasts=DAY, now=world.time.now)


def test_the_deadlines_of_all_subjects_are_counted_and_the_next_one_is_known(world: World) -> None:
    received(world)
    keep_check(world.store, [check_of("www.example.edu", START + 3 * DAY)], now=world.time.now)
    cycle = world.look()

    assert cycle.subject_count == 2
    assert cycle.incident_count == 0
    assert cycle.deadlines.next_due == START + 3 * DAY


@for_each(
    ("subject", "kind"),
    [("IR-2026-0001", "incident"), (REPORT, "report"), (OUTBOUND_SUBJECT, "transfers"), (SITES_SUBJECT, "sites")],
)
def test_a_subject_says_what_it_is(subject: str, kind: str) -> None:
    assert subject_kind(subject) == kind
    assert subject_json(subject) == {"kind": kind, "id": subject}
    assert is_incident(subject) == (kind == "incident")


@for_each(("thresholds",), [((),), (("+PT1H",),)])
def test_a_deadline_that_was_recorded_when_it_was_over_has_a_clock(thresholds: tuple[str, ...]) -> None:
    late = START + timedelta(days=1)
    clock = FixedClock(id="x", title="x", starts_by=late, known_at=late, deadline=START, thresholds=thresholds)

    status = status_of(clock, late)

    assert status is not None
    assert status.verdict.work_by == START
    assert [instant.at for instant in status.threshold_instants] == [START + timedelta(hours=1) for _ in thresholds]


def test_a_date_that_means_never_has_no_clock_and_a_long_name_stays_its_own() -> None:
    clock = FixedClock(
        id="x",
        title="x",
        starts_by=START,
        known_at=START,
        deadline=datetime(9999, 12, 31, tzinfo=UTC),
        thresholds=("PT0S",),
    )
    long = ["a" * 200, "a" * 199 + "b"]

    assert status_of(clock, START) is None
    assert len({clock_id(one) for one in long}) == 2
    assert all(len(clock_id(one)) <= MAX_ID_CHARACTERS for one in long)
    assert subject_json("watchman") is None
    assert report_of.__name__  # the view that these clocks rest on

"""A subject whose dates or entries make no sense ends no look: it is told, and all others are watched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from leakguard.alerts.isolation import isolated_subjects
from leakguard.alerts.readiness import UNWATCHED
from leakguard.alerts.subjects import WatchedSubject
from leakguard.errors import ExitCode
from leakguard.frozen import replace
from leakguard.intake.naming import named_in
from leakguard.intake.promises import load_promises
from leakguard.intake.reading import read_mail
from leakguard.intake.sites import CheckedSite
from leakguard.intake.view import received_records
from leakguard.models.alerts import WatchSettings
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.models.subjects import OUTBOUND_SUBJECT, SITES_SUBJECT
from leakguard.outbound.values import Recipient
from leakguard.ports import IncidentStore
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.alert_sending import Cycle
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watch_check import AlertingStatus, WatchCheckResult, check, unreached_levels
from leakguard.use_cases.alerts.watchman import LEASE
from leakguard.use_cases.intake.site_history import keep_check
from leakguard.use_cases.intake.watched_reports import watched_reports
from leakguard.use_cases.intake.watched_sites import watched_sites
from leakguard.use_cases.outbound.recipients import add_recipients, view_register
from leakguard.use_cases.outbound.watched_routes import watched_routes
from support.each import for_each
from support.ledgers import Tokens
from support.outbound import RECIPIENT, a_file, parsed, rules
from support.watching import INCIDENT, World

FOLDER = Path(__file__).parents[2] / "intake"
PROMISES = load_promises({path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yaml")})
ZONE = "Asia/Shanghai"
START = datetime(2026, 3, 2, 4, tzinfo=UTC)
OTHER = "IR-2026-0002"
NEVER, FIRST_DAY = date(9999, 12, 31), date(1, 1, 1)


def subjects(store: IncidentStore, now: datetime) -> Iterator[WatchedSubject]:
    """As the wiring puts them together."""
    yield from isolated_subjects(OUTBOUND_SUBJECT, watched_routes(store, rules(), now=now), link="")
    yield from isolated_subjects(SITES_SUBJECT, watched_sites(store, zone=ZONE, now=now), link="")


@contextmanager
def a_world(place: Path) -> Iterator[World]:
    time = SteppedTime(START)
    store = SqlStore.open(str(place), now=time.now, token=Tokens())
    yield World(store=store, time=time, subjects=subjects)
    store.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path / "leakguard.db") as world:
        yield world


def recipient(name: str = "cloud", *, effective: date | None = None, until: date | None = None) -> Recipient:
    """As an earlier release kept it: a file with such days is refused."""
    tool = "cn_assessment" if until else "cn_contract"
    one = parsed(a_file(recipients=[RECIPIENT | {"id": name, "tool": tool}])).recipients[0]
    return replace(one, effective=effective, until=until)


def checked(world: World) -> WatchCheckResult:
    alerting = AlertingStatus(settings=WatchSettings(), subjects=subjects)
    return check(world.store, lambda *_: tuple(world.rules), None, alerting, now=world.time.now())


def told(cycle: Cycle) -> list[str]:
    return [problem.text for problem in cycle.problems if problem.kind == UNWATCHED]


def an_overdue_site(world: World) -> None:
    site = CheckedSite(site="www.example.edu", expires=START + timedelta(hours=1))
    keep_check(world.store, [site], now=world.time.now)


@for_each(
    ("effective", "until"),
    [
        (None, NEVER),
        (None, FIRST_DAY),
        (NEVER, None),
        (FIRST_DAY, None),
        (date(26, 1, 1), date(29, 2, 1)),
        (None, date(1971, 2, 1)),
    ],
)
def test_a_date_that_means_never_or_long_ago_does_not_end_the_watch(
    tmp_path: Path, effective: date | None, until: date | None
) -> None:  # fmt: skip
    with a_world(tmp_path / f"{effective}-{until}.db") as world:
        odd = recipient(effective=effective, until=until)
        add_recipients(world.store, [odd, recipient("other", until=date(2026, 3, 3))], now=world.time.now)
        an_overdue_site(world)
        world.open()
        world.event("awareness")
        cycle = world.look(after=48)

        assert ["cloud" in text for text in told(cycle)] == [True]
        assert world.store.last_beat(LEASE) == world.time.now()
        assert [clock for clock, _, _ in world.raised(SITES_SUBJECT)] == ["www.example.edu"]
        assert [clock for clock, _, _ in world.raised(OUTBOUND_SUBJECT)] == ["other.assessment_extension"]
        assert world.raised()
        (trouble,) = (trouble for trouble in checked(world).troubles if trouble.kind == UNWATCHED)
        assert trouble.exit_code == ExitCode.UNFINISHED
        assert view_register(world.store, rules(), now=world.time.now).deadlines


def test_an_odd_begin_of_a_contract_hides_no_end_of_it(world: World) -> None:
    one = replace(recipient(effective=date(26, 1, 1), until=date(2026, 3, 20)), tool="cn_contract", filed=START.date())
    add_recipients(world.store, [one], now=world.time.now)
    world.look()

    assert "cloud.contract_renewal" in [clock for clock, _, _ in world.raised(OUTBOUND_SUBJECT)]


@for_each(("year",), [(1,), (1900,), (1971,)])
def test_a_file_of_a_site_that_expired_long_ago_does_not_end_the_watch(tmp_path: Path, year: int) -> None:
    with a_world(tmp_path / f"{year}.db") as world:
        odd = CheckedSite(site="odd.example.edu", expires=datetime(year, 1, 1, tzinfo=UTC))
        keep_check(world.store, [odd], now=world.time.now)
        an_overdue_site(world)
        cycle = world.look(after=48)

        assert ["odd.example.edu" in text for text in told(cycle)] == [True]
        assert [clock for clock, _, _ in world.raised(SITES_SUBJECT)] == ["www.example.edu"]
        assert world.store.last_beat(LEASE) == world.time.now()


def test_an_incident_that_cannot_be_read_is_told_and_the_next_one_is_watched(world: World) -> None:
    at = Interval(earliest=START, latest=START)
    world.store.append(INCIDENT, (Record(kind="alarm_outage_of_a_stranger", occurred_at=at, content={}),))
    world.open(OTHER)
    world.event("awareness", incident=OTHER)
    cycle = world.look(after=24)

    assert told(cycle) == [f"{INCIDENT}: it is not watched: there is no incident `{INCIDENT}`"]
    assert world.raised(OTHER)
    assert cycle.incident_count == 1
    assert world.store.last_beat(LEASE) == world.time.now()
    found = checked(world)
    assert [trouble.incident for trouble in found.troubles if trouble.kind == UNWATCHED] == [INCIDENT]
    assert found.incident_count == 1
    assert unreached_levels(world.store, WatchSettings()) is not None


def test_subjects_that_cannot_be_read_are_told_and_the_others_are_watched(world: World) -> None:
    at = Interval(earliest=START, latest=START)
    content = {"sites": [{"site": "odd.example.edu", "codes": 7, "expires": "soon"}], "whole": False}
    world.store.append(SITES_SUBJECT, (Record(kind="sites_checked", occurred_at=at, content=content),))
    add_recipients(world.store, [recipient(until=date(2026, 3, 3))], now=world.time.now)
    cycle = world.look(after=24)

    assert ["entry cannot be read" in text for text in told(cycle)] == [True]
    assert world.raised(OUTBOUND_SUBJECT)


def test_a_report_that_cannot_be_read_hides_no_other(world: World) -> None:
    message = read_mail(b"From: Zo <f@example.org>\r\n\r\nhttp://192.0.2.7:9200/ is open", name="m")
    records = received_records(message, named_in(message.text), at=START, duplicate_of="")
    spoilt = [replace(record, content={**record.content, "files": [{"size": "large"}]}) for record in records]
    world.store.append("RP-2026-0001", spoilt)
    world.store.append("RP-2026-0002", records)
    world.subjects = lambda store, now: watched_reports(store, PROMISES, zone=ZONE, now=now)
    cycle = world.look(after=24 * 8)

    assert told(cycle) == ["RP-2026-0001: it is not watched: an entry cannot be read (ValueError)"]
    assert world.raised("RP-2026-0002")
    assert cycle.subject_count == 1

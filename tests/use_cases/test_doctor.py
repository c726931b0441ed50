"""`doctor`: each check in a good state and in a bad one, and what it says to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from leakguard.errors import BadFile, ExitCode, FontMissing, NotFound, Problem, ScopeRefused, StoreUnusable
from leakguard.frozen import replace
from leakguard.models.alerts import ChannelSettings, WatchSettings
from leakguard.models.file_modes import Access, Output
from leakguard.models.scope import Scope
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.heartbeats import Heartbeat
from leakguard.use_cases.doctor.checkup import (
    Checkup,
    CheckupAnswer,
    CheckupResult,
    Said,
    check_up,
    problem,
    unknown,
    well,
)
from leakguard.use_cases.doctor.installation import (
    LEAST_FREE,
    STALE,
    KeptFile,
    NamedPath,
    OwnRules,
    StoreSeen,
    installation_checks,
)
from leakguard.use_cases.doctor.machine import USUAL_FILES, Library, machine_checks
from leakguard.use_cases.incidents import incidents
from support.ledgers import Tokens
from support.scans import scope_of
from support.watching import NOON, escalation

FIT = Library(name="click", wanted=">=8.1", installed="8.2", is_fit=True)
ALONE = Access()
MAIL = ChannelSettings(name="deputy", kind="smtp")
WATCHED = WatchSettings(channels=(MAIL,), escalation=escalation(("deputy", 0)))
SEEN = StoreSeen(name="leakguard.db", is_there=True, revision="0009", is_current=True)


@dataclass
class FakeMachine:
    """A machine on which all is well."""

    version: tuple[str, bool] = ("3.12.1", True)
    known: Sequence[Library] | None = (FIT,)
    limit: int | None = USUAL_FILES
    typst: bool = True
    fonts: frozenset[str] = frozenset({"SC", "JP", "KR"})
    is_set: bool | None = True

    def python(self) -> tuple[str, bool]:
        return self.version

    def libraries(self) -> Sequence[Library] | None:
        return self.known

    def file_limit(self) -> int | None:
        return self.limit

    def cjk_font(self, region: str) -> str:
        if region not in self.fonts:
            raise FontMissing("no font on this machine can show it", next_step="apt-get install fonts-noto-cjk")
        return f"Noto Serif CJK {region}"

    def has_typst(self) -> bool:
        return self.typst

    def is_clock_set(self) -> bool | None:
        return self.is_set


@dataclass
class FakeInstallation:
    """An installation in which all is well, on a real store."""

    real: SqlStore
    watch: WatchSettings = WATCHED
    access: Access = ALONE
    at: datetime = NOON
    named: Sequence[NamedPath] = ()
    seen: StoreSeen | StoreUnusable = SEEN
    free: int | None = LEAST_FREE
    stated_scope: Scope | Exception | None = None
    missing: Mapping[str, str] = field(default_factory=dict)
    files: Sequence[KeptFile] = (KeptFile(path="leakguard.db", kind=Output.STORE, mode=0o600),)
    beat: Heartbeat | None = None
    broken: StoreUnusable | None = None
    own: OwnRules = field(default_factory=OwnRules)

    def own_rules(self) -> OwnRules:
        return self.own

    def now(self) -> datetime:
        return self.at

    def named_paths(self) -> Sequence[NamedPath]:
        return self.named

    def look_at_store(self) -> StoreSeen:
        if isinstance(self.seen, StoreUnusable):
            raise self.seen
        return self.seen

    def store(self) -> SqlStore:
        if self.broken is not None:
            raise self.broken
        return self.real

    def free_bytes(self) -> int | None:
        return self.free

    def scope(self) -> Scope | None:
        if isinstance(self.stated_scope, Exception):
            raise self.stated_scope
        return self.stated_scope

    def missing_secrets(self) -> Mapping[str, str]:
        return self.missing

    def kept_files(self) -> Sequence[KeptFile]:
        return self.files

    def heartbeat(self) -> Heartbeat | None:
        return self.beat


@pytest.fixture
def home(tmp_path: Path) -> Iterator[FakeInstallation]:
    place = str(tmp_path / "leakguard.db")
    with closing(SqlStore.open(place, now=lambda: NOON, token=Tokens())) as store:
        yield FakeInstallation(store)


def of_machine(**changes: object) -> dict[str, list[CheckupResult]]:
    return by_part(check_up(machine_checks(FakeMachine(**changes))))  # type: ignore[arg-type]


def of_home(home: FakeInstallation) -> dict[str, list[CheckupResult]]:
    return by_part(check_up(installation_checks(home)))


def by_part(checkup: Checkup) -> dict[str, list[CheckupResult]]:
    found: dict[str, list[CheckupResult]] = {}
    for one in checkup.found:
        found.setdefault(one.part, []).append(one)
    return found


def only(found: dict[str, list[CheckupResult]], part: str) -> CheckupResult:
    (one,) = found[part]
    return one


def open_incident(home: FakeInstallation) -> None:
    incidents.open_incident(home.real, (), now=NOON, title="x")


def test_on_a_good_machine_and_installation_all_is_well(home: FakeInstallation) -> None:
    found = check_up({**machine_checks(FakeMachine()), **installation_checks(home)})

    assert {one.answer for one in found.found} == {CheckupAnswer.OK}
    assert [one.next_step for one in found.found if one.next_step] == []
    assert found.exit_code == ExitCode.CLEAN


BAD_MACHINES = {
    "python": ({"version": ("3.10.2", False)}, CheckupAnswer.PROBLEM, "Python 3.10.2", "3.11"),
    "libraries": (
        {"known": (replace(FIT, is_fit=False),)},
        CheckupAnswer.PROBLEM,
        "click 8.2",
        'pip install "click>=8.1"',
    ),
    "open_files": ({"limit": USUAL_FILES - 1}, CheckupAnswer.PROBLEM, "1023 files", "ulimit -n 65536"),
    "fonts": ({"fonts": frozenset({"SC", "JP"})}, CheckupAnswer.PROBLEM, "no font", "apt-get install fonts-noto-cjk"),
    "clock": ({"is_set": False}, CheckupAnswer.PROBLEM, "nothing keeps the clock", "timedatectl set-ntp true"),
}
UNTOLD = {"libraries": {"known": None}, "open_files": {"limit": None}, "clock": {"is_set": None}}


@pytest.mark.parametrize("part", machine_checks(FakeMachine()))
def test_each_part_of_a_machine_that_is_bad_is_a_problem_with_what_to_do(part: str) -> None:
    changes, answer, text, step = BAD_MACHINES[part]
    one = only(of_machine(**changes), part)  # type: ignore[arg-type]

    assert one.answer is answer
    assert text in one.text
    assert step in one.next_step


@pytest.mark.parametrize("part", UNTOLD)
def test_what_the_machine_does_not_tell_is_not_checked(part: str) -> None:
    one = only(of_machine(**UNTOLD[part]), part)
    assert (one.answer, bool(one.next_step)) == (CheckupAnswer.NOT_CHECKED, True)


def test_a_needed_library_that_is_missing_is_a_problem_and_one_of_an_extra_is_not() -> None:
    gone = replace(FIT, installed=None, is_fit=False)
    assert only(of_machine(known=(gone,)), "libraries").text == "click is not installed"
    assert only(of_machine(known=(FIT, replace(gone, is_needed=False))), "libraries").answer is CheckupAnswer.OK


def test_every_library_that_does_not_fit_is_named() -> None:
    wrong = tuple(replace(FIT, name=name, is_fit=False) for name in ("click", "rich"))
    assert [one.text.split()[0] for one in of_machine(known=wrong)["libraries"]] == ["click", "rich"]


def test_a_machine_without_typst_makes_no_letters_as_pdf() -> None:
    assert only(of_machine(typst=False), "fonts").text == "typst is missing, so no letter can be made as PDF"


def test_settings_name_what_does_not_exist(home: FakeInstallation) -> None:
    gone, there = (NamedPath(setting=name, path="own", is_there=name == "key") for name in ("duties", "key"))
    home.named = (gone, there)
    one = only(of_home(home), "settings")

    assert (one.answer, one.text) == (
        CheckupAnswer.PROBLEM,
        "leakguard.toml names `own` as `duties`, and it does not exist",
    )


def test_settings_say_how_much_of_our_own_applies(home: FakeInstallation) -> None:
    home.own = OwnRules(duties=2, templates=1)

    assert only(of_home(home), "settings").text.endswith("can be used; your own: 2 duties, 1 template")


def test_settings_that_cannot_be_read_are_told_with_every_problem_and_the_rest_is_not_checked() -> None:
    bad = BadFile("leakguard.toml", (Problem(where="zone", text="wrong", line=2), Problem(where="bad", text="unknown")))
    found = by_part(check_up(installation_checks(bad)))

    assert [one.text for one in found.pop("settings")] == [
        "leakguard.toml: line 2: zone: wrong", "leakguard.toml: bad: unknown",
    ]  # fmt: skip
    assert {one.answer for parts in found.values() for one in parts} == {CheckupAnswer.NOT_CHECKED}
    assert "store" in found


def test_no_store_yet_is_well(home: FakeInstallation) -> None:
    home.seen = StoreSeen(name="leakguard.db", is_there=False)
    found = of_home(home)

    assert {one.answer for parts in found.values() for one in parts} == {CheckupAnswer.OK}
    assert "there is no store leakguard.db yet" in only(found, "store").text


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (replace(SEEN, is_current=False, is_earlier=True, revision="0003"), "of an earlier release (schema 0003)"),
        (replace(SEEN, is_current=False, revision="0099"), "was written by a newer LeakGuard (schema 0099)"),
        (replace(SEEN, is_current=False, revision=None), "is no store"),
        (StoreUnusable("the store may not be read", next_step="Mend its rights."), "the store may not be read"),
    ],
)
def test_a_store_that_must_not_be_opened_is_a_problem_and_never_opened(
    home: FakeInstallation, seen: StoreSeen | StoreUnusable, text: str
) -> None:
    home.seen, home.broken = seen, StoreUnusable("it was opened", next_step="")
    found = of_home(home)
    one = only(found, "store")

    assert one.answer is CheckupAnswer.PROBLEM
    assert text in one.text
    assert "opened" not in one.text
    assert only(found, "watchman").answer is only(found, "channels").answer is CheckupAnswer.NOT_CHECKED
    assert only(found, "ledger_clock").answer is CheckupAnswer.NOT_CHECKED


def test_a_damaged_store_is_a_problem_for_each_damage(home: FakeInstallation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SqlStore, "damage", lambda _: ("a page is gone", "a trigger acts"))
    found = of_home(home)["store"]

    assert [one.answer for one in found] == [CheckupAnswer.PROBLEM] * 2
    assert {one.next_step for one in found} == {"leakguard evidence verify"}


def test_a_store_that_cannot_be_written_is_a_problem(home: FakeInstallation, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: SqlStore) -> None:
        raise StoreUnusable("it may not be written", next_step="Mend its rights.")

    monkeypatch.setattr(SqlStore, "try_writing", refuse)
    assert only(of_home(home), "store").text == "it may not be written"


def test_trying_to_write_writes_nothing(home: FakeInstallation) -> None:
    home.real.try_writing()
    assert home.real.head() is None


def test_a_disk_without_room_is_a_problem(home: FakeInstallation) -> None:
    home.free = LEAST_FREE - 1
    assert only(of_home(home), "store").text == "the disk of leakguard.db has 199 MiB left"


def test_a_ledger_ahead_of_the_clock_is_a_problem(home: FakeInstallation) -> None:
    open_incident(home)
    home.at = NOON - timedelta(hours=2)
    one = only(of_home(home), "ledger_clock")

    assert (one.answer, one.next_step) == (CheckupAnswer.PROBLEM, "leakguard evidence clock")
    assert "2 h" in one.text


def test_a_scope_in_force_is_well_and_one_that_is_refused_a_problem(home: FakeInstallation) -> None:
    home.stated_scope = scope_of()
    assert only(of_home(home), "scope").text == f"the scope `{scope_of().name}` is in force"
    home.stated_scope = ScopeRefused("the scope expired", next_step="Ask its owner.")
    one = only(of_home(home), "scope")
    assert (one.answer, one.text, one.next_step) == (CheckupAnswer.PROBLEM, "the scope expired", "Ask its owner.")


def test_channels_are_named_with_how_to_try_them(home: FakeInstallation) -> None:
    assert "leakguard channel test" in only(of_home(home), "channels").text


def test_a_channel_without_its_secret_is_a_problem(home: FakeInstallation) -> None:
    home.missing = {"deputy": "LEAKGUARD_MAIL_PASSWORD"}
    one = only(of_home(home), "channels")

    assert one.answer is CheckupAnswer.PROBLEM
    assert "LEAKGUARD_MAIL_PASSWORD" in one.text + one.next_step


def test_nobody_to_notify_is_a_problem_once_an_incident_is_open(home: FakeInstallation) -> None:
    home.watch = WatchSettings()
    before = only(of_home(home), "channels").answer
    open_incident(home)

    assert (before, only(of_home(home), "channels").answer) == (CheckupAnswer.OK, CheckupAnswer.PROBLEM)


def beat(at: datetime) -> Heartbeat:
    return Heartbeat(at=at, holder="one", incident_count=1, next_look=None)


@pytest.mark.parametrize(
    ("heartbeat", "answer"),
    [
        (None, CheckupAnswer.PROBLEM),
        (beat(NOON - STALE), CheckupAnswer.OK),
        (beat(NOON - STALE - timedelta(seconds=1)), CheckupAnswer.PROBLEM),
        (beat(NOON + STALE + timedelta(seconds=1)), CheckupAnswer.PROBLEM),
    ],
)
def test_with_an_open_incident_somebody_has_to_watch(
    home: FakeInstallation, heartbeat: Heartbeat | None, answer: CheckupAnswer
) -> None:
    open_incident(home)
    home.beat = heartbeat
    assert only(of_home(home), "watchman").answer is answer


def test_without_an_open_incident_nobody_has_to_watch(home: FakeInstallation) -> None:
    home.beat = beat(NOON - timedelta(days=9))
    assert only(of_home(home), "watchman").answer is CheckupAnswer.OK


@pytest.mark.parametrize("kind", [Output.STORE, Output.HEAD, Output.EVIDENCE, Output.KEY, Output.LOG])
def test_a_file_that_others_may_use_is_a_problem_with_the_command_that_mends_it(
    home: FakeInstallation, kind: Output
) -> None:
    home.files = (KeptFile(path="a file", kind=kind, mode=0o640),)
    one = only(of_home(home), "permissions")

    assert (one.answer, one.next_step) == (CheckupAnswer.PROBLEM, "chmod 600 'a file'")


def test_what_belongs_to_a_group_may_be_used_by_it_and_a_key_never(home: FakeInstallation) -> None:
    home.access = Access(group=7)
    home.files = (
        KeptFile(path="leakguard.db", kind=Output.STORE, mode=0o660), KeptFile(path="k", kind=Output.KEY, mode=0o660),
    )  # fmt: skip
    assert only(of_home(home), "permissions").next_step == "chmod 600 k"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ((well("a"),), ExitCode.CLEAN),
        ((well("a"), unknown("b", "c")), ExitCode.UNFINISHED),
        ((well("a"), unknown("b", "c"), problem("d", "e")), ExitCode.EXPOSED),
    ],
)
def test_a_problem_beats_what_was_not_checked_and_that_beats_all_is_well(said: Said, code: ExitCode) -> None:
    assert check_up({"part": lambda: said}).exit_code == code


def test_what_the_system_refuses_to_show_is_not_checked() -> None:
    def refused() -> Said:
        raise PermissionError(13, "Permission denied")

    (one,) = check_up({"permissions": refused}).found
    assert (one.answer, one.text) == (CheckupAnswer.NOT_CHECKED, "it cannot be checked: Permission denied")


def test_an_unknown_group_is_a_problem_of_the_settings(home: FakeInstallation) -> None:
    class Groupless(FakeInstallation):
        @property
        def access(self) -> Access:
            raise NotFound("leakguard.toml names the group `x`", next_step="groupadd x")

        @access.setter
        def access(self, _: Access) -> None:
            """As it was."""

    found = of_home(Groupless(home.real))
    assert only(found, "settings").next_step == "groupadd x"

"""A deadline that nobody read in a source says so wherever it appears; one that was read never does."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from leakguard.channels.wording import chat_text, to_json
from leakguard.models.texts import FROM_MEMORY
from leakguard.notices.duties import Duty, parse_duties
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.time_sources import SteppedTime
from support.commands import CommandLine, command_line
from support.ledgers import Tokens
from support.notices import book, complete, to_text
from support.watching import NOON, World, rule

pytestmark = pytest.mark.untraced

ID = "IR-2026-0001"
PLAIN, REMEMBERED = "acme-contract-1-read", "acme-contract-2-remembered"
NAMES = (PLAIN, REMEMBERED)
ANY = "deadline, anchor"
"""Parts of a duty; the first one alone makes its deadline one from memory."""
DUTY = """
  - id: {id}
    jurisdiction: contract
    law: Contract with ACME
    article: clause {id}
    status: in_force
    in_force_from: "2025-01-01"
    verified_on: "2026-11-01"
    source_url: https://intranet.example.edu/contracts/acme.pdf
    source_kind: primary
    confidence: {confidence}
    from_memory: [{parts}]
    obligated: [controller]
    recipient: {{type: controller, name: ACME, name_zh: 甲方}}
    trigger:
      text: data of ACME could be reached
      rule: {{fact: exposure, is: true, text: the data could be reached without permission}}
    phases:
      - name: initial
        clock:
          anchor: first(awareness)
          amount: {{elapsed: PT24H}}
          end: filed(obligation={id}, stage=initial)
          zone: Europe/Berlin
          pausable: never
    content: [{{item: breach_description, required: "yes"}}]
"""


def duties(*, parts: str = "deadline", confidence: str = "sourced") -> str:
    """One that was read, and one whose deadline was not."""
    read = DUTY.format(id=PLAIN, confidence="sourced", parts="anchor")
    return f"duties:\n{read}{DUTY.format(id=REMEMBERED, confidence=confidence, parts=parts)}"


def parsed(text: str) -> list[Duty]:
    return list(parse_duties(text, name="own.yaml", vocabulary=book().vocabulary))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = "2026-06-10T20:00Z"
    settings = tmp_path / "leakguard.toml"
    settings.write_text(f'{settings.read_text(encoding="utf-8")}duties = "own"\nlaws = "acme"\n', encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "acme.yaml").write_text(duties(), encoding="utf-8")
    Path("facts.yaml").write_text(to_text(complete()), encoding="utf-8")
    assert made("incident", "open", "--title", "a search server").code == 0
    assert made("incident", "event", ID, "awareness", "--at", "2026-06-10T15:00Z", "--reason", "told later").code == 0
    return made


@pytest.mark.parametrize(
    ("confidence", "parts", "is_memory"),
    [
        ("sourced", "", False), ("sourced", "anchor, content", False), ("sourced", "deadline", True),
        ("sourced", ANY, True), ("own-knowledge", "", True), ("own-knowledge", "content", True),
    ],
)  # fmt: skip
def test_a_deadline_is_from_memory_by_its_own_mark_or_by_that_of_the_whole_duty(
    confidence: str, parts: str, *, is_memory: bool
) -> None:
    plain, duty = parsed(duties(parts=parts, confidence=confidence))

    assert duty.deadline_is_from_memory is is_memory
    assert [phase.clock.from_memory for phase in duty.phases] == [is_memory]
    assert not plain.phases[0].clock.from_memory


def test_each_version_of_a_law_has_the_mark_of_its_own() -> None:
    version = '    versions: [{from: "2020-01-01", until: "2024-12-31", confidence: own-knowledge}]\n'
    (duty,) = parsed(f"duties:\n{DUTY.format(id=PLAIN, confidence='sourced', parts='anchor')}{version}")
    earlier = duty.versions[0].duty

    assert earlier is not None
    assert earlier.phases[0].clock.from_memory
    assert not duty.phases[0].clock.from_memory


def about(out: str, name: str) -> str:
    """The lines from the name of a duty to the name of the next one."""
    lines = out.split("\n")
    first = next(number for number, line in enumerate(lines) if name in line)
    other = PLAIN if name == REMEMBERED else REMEMBERED
    last = next((number for number, line in enumerate(lines) if number > first and other in line), first + 4)
    return "\n".join(lines[first:last])


@pytest.mark.parametrize(
    "words",
    [
        ("clock", "list", "--incident", ID), ("clock", "watch", "--incident", ID, "--once"),
        ("clock", "why", "--incident", ID, f"{REMEMBERED}.initial"), ("incident", "close", ID, "--dry-run"),
        ("notice", "assess", "facts.yaml", "--incident", ID),
        ("notice", "assess", "facts.yaml", "--incident", ID, "--all"),
    ],
)  # fmt: skip
def test_every_screen_with_a_deadline_says_what_it_rests_on(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LINES", "60")
    ran = run(*words)
    shown = f"{ran.out}\n{ran.err}"

    assert FROM_MEMORY in shown
    assert shown.count(FROM_MEMORY) <= 3 or "--all" in words
    if PLAIN in shown:
        assert FROM_MEMORY not in about(shown.replace(f"{REMEMBERED}.initial", REMEMBERED), PLAIN)


def test_chinese_says_it_in_chinese(run: CommandLine) -> None:
    for words in ((), ("--all",)):
        assert "凭记忆" in run("notice", "assess", "facts.yaml", "--incident", ID, "--lang", "zh", *words).out


def test_the_table_of_letters_says_it_beside_the_deadline(run: CommandLine) -> None:
    people = duties().replace("type: controller, name: ACME, name_zh: 甲方", "type: individuals, name: Clients")
    Path("own/acme.yaml").write_text(people, encoding="utf-8")
    words = ("notice", "package", "facts.yaml", "--law", "acme", "--incident", ID)
    rows = {line.split()[0]: line for line in run(*words).out.split("\n") if line.startswith("acme")}
    notices = {row["duty"]: row["from_memory"] for row in run(*words, "--format", "json").document["notices"]}

    assert f"2026-06-11, {FROM_MEMORY}" in rows[REMEMBERED]
    assert FROM_MEMORY not in rows[PLAIN]
    assert notices == {PLAIN: False, REMEMBERED: True}


def test_the_next_fact_says_it_of_its_limit(run: CommandLine) -> None:
    Path("facts.yaml").write_text(to_text(complete(exposure=None)), encoding="utf-8")
    Path("own/acme.yaml").write_text(duties().replace("PT24H", "PT1H"), encoding="utf-8")
    ran = run("notice", "next-fact", "facts.yaml", "--incident", ID)
    document = run("notice", "next-fact", "facts.yaml", "--incident", ID, "--format", "json").document

    assert f"limit 2026-06-10T16:00:00Z ({FROM_MEMORY}); needed by" in ran.out
    assert document["questions"][0]["from_memory"] is True


def test_json_has_it_as_a_field_of_each_clock(run: CommandLine) -> None:
    clocks = {one["id"]: one for one in run("clock", "list", "--incident", ID, "--format", "json").document["clocks"]}

    assert clocks[f"{REMEMBERED}.initial"]["from_memory"] is True
    assert clocks[f"{PLAIN}.initial"]["from_memory"] is False


def test_the_calendar_says_it_in_its_title_and_in_its_text(run: CommandLine) -> None:
    text = run("clock", "ics", "--incident", ID).out.replace("\r", "").replace("\n ", "")
    entry = {name: next(part for part in text.split("BEGIN:VEVENT") if f"UID:{name}" in part) for name in NAMES}

    assert f"is due ({FROM_MEMORY})" in entry[REMEMBERED]
    assert f"Z ({FROM_MEMORY})" in entry[REMEMBERED]
    assert FROM_MEMORY not in entry[PLAIN]


def test_the_report_says_it_beside_each_limit(run: CommandLine) -> None:
    assert run("incident", "report", ID, "--as", "html", "-o", "report.html", "--no-verify").code == 0
    html = Path("report.html").read_text(encoding="utf-8")
    rows = [row for row in html.split("<tr") if "2026-06-11 23:00" in row]

    assert {FROM_MEMORY in row for row in rows if REMEMBERED in row} == {True}
    assert {FROM_MEMORY in row for row in rows if PLAIN in row} == {False}


def test_an_alert_says_it_to_whoever_gets_it_and_the_ledger_keeps_it(tmp_path: Path) -> None:
    time = SteppedTime(NOON)
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())) as store:
        world = World(store=store, time=time, rules=[rule("read"), rule("remembered", from_memory=True)])
        world.open()
        world.event("awareness")
        world.look(after=23.5)
        (message,) = world.sinks["commander"].got
        kept = {alarm.clock: alarm.is_from_memory for one in world.history().messages for alarm in one.alarms}

    (line,) = (line for line in message.lines if line.startswith("remembered"))
    assert f"Z ({FROM_MEMORY}) [" in line
    assert kept == {"read": False, "remembered": True}
    (line,) = (line for line in message.lines if line.startswith("read"))
    assert FROM_MEMORY not in line


def test_a_chat_and_a_webhook_say_it_of_the_limit_that_they_name(tmp_path: Path) -> None:
    time = SteppedTime(NOON)
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=time.now, token=Tokens())) as store:
        world = World(store=store, time=time, rules=[rule("remembered", from_memory=True)])
        world.open()
        world.event("awareness")
        world.look(after=23.5)
        (message,) = world.sinks["commander"].got

    assert f"Z ({FROM_MEMORY})\n" in chat_text(message)
    assert to_json(message)["due_from_memory"] is True


def test_the_files_that_ship_say_it_of_every_duty_from_memory() -> None:
    for duty in book().duties:
        for text in duty.texts:
            assert {phase.clock.from_memory for phase in text.phases} == {text.deadline_is_from_memory}

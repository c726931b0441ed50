"""Every command that shows something fits its terminal, whatever long words people and hosts have written.

The commands come from the program's own register: one that lists something and stands here nowhere fails the test.
"""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path

import click
import pytest
from rich.cells import cell_len

from leakguard.cli.app import app
from leakguard.cli.lazy import LazyGroup
from leakguard.frozen import replace
from leakguard.models.events import exactly
from leakguard.models.findings import Size
from leakguard.models.records import Record
from leakguard.store.sql_store import SqlStore
from support.commands import CommandLine, command_line
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens
from support.scans import NOW

ID = "IR-2026-0001"
LONG = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
PRODUCT = LONG[:39]
"""A long name that the host gave itself: whole as it is."""
WORDS = f"the quick brown fox told {LONG} that a store of ours is open, and nobody knows since when it has been so"
SCOPE = f"""
scope: {LONG.lower()[:60]}
owner: {{organisation: '{WORDS}', contact: a@example.edu, approved_by: '{WORDS}', approved_at: 2026-01-01}}
valid: {{from: 2026-01-01, until: 2027-01-01}}
include: [127.0.0.0/24, '*.{"b" * 60}.example.edu', mail.example.edu, 192.0.2.0/28]
"""
STARTED = {
    "targets": [f"{LONG.lower()[:60]}.example.edu:9200"] * 5, "ports": [9200], "checks": ["elasticsearch_open@3"],
    "vantage": "local",
}  # fmt: skip
SCREENS: dict[str, tuple[str, ...]] = {
    "scan show": ("scan", "show"),
    "scan show RUN": ("scan", "show", "R-1"),
    "scan show FINDING": ("scan", "show", "F-1" + "a" * 15),
    "scan diff": ("scan", "diff", "R-1", "R-2"),
    "scope show": ("scope", "show"),
    "checks list": ("checks", "list"),
    "checks show": ("checks", "show", "elasticsearch_open"),
    "incident list": ("incident", "list"),
    "incident show": ("incident", "show", ID),
    "incident timeline": ("incident", "timeline", ID),
    "incident kinds": ("incident", "kinds", ID),
    "incident close": ("incident", "close", ID, "--dry-run"),
    "incident action list": ("incident", "action", "list", ID),
    "incident metrics": ("incident", "metrics"),
    "playbook list": ("playbook", "list"),
    "playbook show": ("playbook", "show", "exposed-datastore-24h"),
    "playbook next": ("playbook", "next", ID),
    "clock list": ("clock", "list", "--incident", ID),
    "clock why": ("clock", "why", "--incident", ID, "remediate"),
    "clock watch": ("clock", "watch", "--incident", ID, "--once"),
    "duties list": ("duties", "list"),
    "drill list": ("drill", "list"),
    "drill show": ("drill", "show", "university-2019"),
    "notice open-items": ("notice", "open-items", ID),
    "notice deliveries": ("notice", "deliveries", "--incident", ID),
    "evidence list": ("evidence", "list"),
    "evidence list --items": ("evidence", "list", "--items"),
    "evidence verify": ("evidence", "verify"),
    "store check": ("store", "check"),
    "store backup": ("store", "backup", "kept"),
    "watchman check": ("watchman", "check"),
    "watchman chain": ("watchman", "chain", ID),
    "oncall list": ("oncall", "list"),
    "outbound list": ("outbound", "list"),
    "report list": ("report", "list"),
    "report show": ("report", "show", "RP-2026-0001"),
    "doctor": ("doctor",),
}
"""A screen each, as it is typed."""
ELSEWHERE = {
    "duties show": "prints the file as it is",
    "app list": "needs packages; a line for each, laid out as any other",
    "app show": "needs packages; a line for each finding, laid out as any other",
    "sites diff": "needs two checks; its lines are those of `sites check`",
    "sites watch": "needs a server; its lines are those of `sites check`",
    "report verify": "records something, and prints the line of `report list`",
    "fleet status": "needs a broker; its table is held by the test of all tables",
    "fleet reports": "needs a fleet; its table is held by the test of all tables",
    "cluster show": "needs a cluster; its table is held by the test of all tables",
    "account list": "needs accounts; one line for each, laid out as any other",
    "token list": "as above, and needs a login",
    "fleet key show": "prints a key as it is", "evidence key show": "prints a key as it is",
}  # fmt: skip
"""Commands that list or show something and are not run here, each with the reason."""
REACHING = ("show", "close", "kinds", "metrics")
"""Commands of an incident that look at the clocks of laws."""
SHOWING = re.compile(
    r"(list|show|status|reports|next|timeline|diff|deliveries|open-items|why|verify|chain|watch|kinds|doctor"
    r"|store check)$"
)


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """A store in which every text is long and holds a word that is wider than a terminal."""
    leakguard = command_line(tmp_path, monkeypatch, capsys)
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=FakeClock(), token=Tokens())) as store:
        for number, run in enumerate(("R-1", "R-2"), 1):
            kept(store, run, "run_started", STARTED)
            host = f"{'a' * 60}.{LONG.lower()[:50]}.example.edu"
            finding = make_finding(f"F-{number}" + "a" * 15, run=run, host=host)
            size = Size(records=10**12 * number, bytes=9)
            verdict = replace(finding.verdict, reason=WORDS, product=PRODUCT, size=size)
            store.save_findings(run, [replace(finding, verdict=verdict)], {"127.0.0.1:9200": "exposed"})
            kept(store, run, "run_finished", {})
    (tmp_path / "scope.yaml").write_text(SCOPE, encoding="utf-8")
    report = {
        "text": f"{WORDS} 127.0.0.1:9200 198.51.100.7:6379",
        "subject": WORDS,
        "name": WORDS,
        "email": "f@example.org",
    }
    (tmp_path / "form.json").write_text(json.dumps(report), encoding="utf-8")
    (tmp_path / f"{LONG}.log").write_text(WORDS, encoding="utf-8")
    for words in (
        ("incident", "open", "--finding", "F-1" + "a" * 15, "--title", WORDS),
        ("incident", "event", ID, "notice_received", "--source", WORDS, "--reason", WORDS, "--by", WORDS[:150]),
        ("incident", "event", ID, "discovery", "--at", "2026-05-20..2026-05-22", "--reason", WORDS),
        ("playbook", "start", ID),
        ("incident", "action", "add", ID, WORDS, "--owner", WORDS[:150], "--due", "2026-12-31"),
        ("report", "import", "form.json"),
        ("evidence", "add", f"{LONG}.log", "--incident", ID, "--from", WORDS, "--note", WORDS),
    ):
        ran = leakguard(*words)
        assert ran.code == 0, ran.err
    return leakguard


def kept(store: SqlStore, run: str, kind: str, content: dict[str, object]) -> None:
    store.append(run, [Record(kind=kind, occurred_at=exactly(NOW), content=content)])


def commands(group: click.Command, path: tuple[str, ...] = ()) -> list[str]:
    """Every command of the program, as it is typed."""
    if not isinstance(group, click.Group):
        return [" ".join(path)]
    context = click.Context(group)
    names = [(name, group.get_command(context, name)) for name in group.list_commands(context)]
    return [found for name, below in names if below is not None for found in commands(below, (*path, name))]


def test_every_command_that_shows_something_stands_here() -> None:
    assert isinstance(app, LazyGroup)
    showing = {name for name in commands(app) if SHOWING.search(name)}
    known = {" ".join(words) for words in SCREENS.values()}

    missing = {name for name in showing - set(ELSEWHERE) if not any(typed.startswith(name) for typed in known)}

    assert missing - {"scan verify", "watch", "evidence stamp verify"} == set()


def is_one_word_or_command(line: str) -> bool:
    """Such a line may be wider than the terminal: cut it, and it is of no use."""
    words = line.split()
    is_command = line.strip().removeprefix("- ").startswith(("leakguard ", "Next: leakguard "))
    return is_command or len(words) == 1


@pytest.mark.parametrize("width", [80, 200])
def test_no_screen_is_wider_than_its_terminal_and_none_breaks_a_word(
    told: CommandLine, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    faults = []
    for name, words in SCREENS.items():
        ran = told("--store", "leakguard.db", *words, *(("--laws", "cn,eu") if _has_laws(words) else ()))
        assert ran.code != 2, f"{name}: {ran.err}"
        shown = f"{ran.out}\n{ran.err}"
        faults += [f"{name}: {line}" for line in shown.split("\n") if _is_too_wide(line, width)]
        faults += [f"{name}: {word}" for word in _broken_words(shown)]

    assert faults == []


def _has_laws(words: tuple[str, ...]) -> bool:
    return words[0] == "clock" or words[:2] in {("watchman", "check"), *(("incident", one) for one in REACHING)}


def _is_too_wide(line: str, width: int) -> bool:
    return cell_len(line) > width and not is_one_word_or_command(line)


def _broken_words(shown: str) -> list[str]:
    """Pieces of the long word that are not the whole of it."""
    pieces = [word for word in shown.split() if LONG[:30] in word and LONG not in word and word != PRODUCT]
    return [word for word in pieces if "…" not in word and "." not in word]

"""Who may read what a command writes: each one that writes a file is run under the widest and the narrowest umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest

from leakguard.cli.app import app
from leakguard.cli.options import Context
from leakguard.models.file_modes import PRIVATE, SERVED, SHARED, Access, Output, folder_mode, mode_of
from support.app_packages import apk, manifest
from support.commands import CommandLine, command_line
from support.edpb import for_edpb
from support.notices import complete, to_text
from support.offices import PEOPLE
from support.outbound import RECIPIENT, a_file, as_text

ID, CAC, GDPR_34 = "IR-2026-0001", "cn-cac-incident-general", "eu-gdpr-34-individuals"
TARGET = "127.77.13.9:19217"
"""Nothing listens there."""
SINGLE = ("facts.yaml", "--duty", CAC, "--stage", "initial", "--lang", "zh")
SERVED_NAMES = ("*.ics", "*.prom", "*.pub", "verify.py", "*.heartbeat", "pages", "pages/*", "scope.yaml", "mutes.yaml",
                "playbook.json", "playbook.yaml", "policy.json", "*leakguard.toml")  # fmt: skip
"""Made to be handed to others; whatever else appears is for its owner alone."""
RECIPES: dict[str, tuple[tuple[str, ...], ...]] = {
    "scope init": (("scope", "init", "--organisation", "U", "--contact", "s@u.example", "--approved-by", "CISO",
                    "--include", "127.77.13.0/24"),),
    "scope add": (("scope", "add", "127.77.14.0/24"),),
    "scan run": (
        ("scan", TARGET, "--format", "json", "-o", "scan.json", "--metrics", "scan.prom"),
        ("scan", "--dry-run", TARGET, "-o", "plan.txt"),
        ("scan", "--aws-policy", "-o", "policy.json"),
    ),
    "scan show": (("scan", "show", "{run}", "--format", "html", "-o", "scan.html"),),
    "app check": (("app", "check", "jobs.apk", "--category", "recruiting", "--html", "-o", "apps.html"),),
    "app letter": (("app", "letter", "jobs.apk", "--category", "recruiting", "--as", "html", "-o", "owner.html"),),
    "checks pages": (("checks", "pages", "-o", "pages"),),
    "incident metrics": (("incident", "metrics", "-o", "metrics.json", "--format", "json"),),
    "incident report": (("incident", "report", ID, "-o", "report.html"),),
    "report import": (("report", "import", "mail.eml"),),
    "report acknowledge": (("report", "acknowledge", "RP-2026-0001", "-o", "answer.txt"),),
    "sites check": (("scope", "add", "localhost"), ("sites", "check", "localhost:9", "-o", "sites.txt")),
    "playbook draw": (("playbook", "draw", ID, "-o", "response.svg"),),
    "playbook export": (("playbook", "export", "exposed-datastore-24h", "--cacao", "-o", "playbook.json"),),
    "playbook import": (("playbook", "import", "--cacao", "playbook.json", "-o", "playbook.yaml"),),
    "clock ics": (("clock", "ics", "--incident", ID, "-o", "deadlines.ics"),),
    "watchman once": (("watchman", "once"),),
    "notice draft": (("notice", "draft", *SINGLE, "--as", "html", "-o", "single/letter.html"),),
    "notice letters": (("notice", "letters", "facts.yaml", "--duty", GDPR_34, "--stage", "initial", "--recipients",
                        "people.csv", "--as", "html", "--workers", "1", "-o", "letters"),),
    "notice send": (
        ("notice", "approve", *SINGLE, "--incident", ID, "--by", "A. Counsel"),
        ("notice", "approve", *SINGLE, "--incident", ID, "--by", "B. Officer"),
        ("notice", "send", *SINGLE, "--incident", ID, "--to", "office@authority.example"),
    ),
    "notice pack": (("notice", "pack", *SINGLE, "-o", "pack.md"),),
    "notice register": (("notice", "register", "-o", "register.csv"),),
    "notice export": (("notice", "export", "edpb.yaml", "--edpb", "-o", "form.json"),),
    "outbound add": (("outbound", "add", "outbound.yaml"),),
    "outbound draft": (("outbound", "draft", "outbound.yaml", "--paper", "self-assessment", "-o", "papers/self.txt"),),
    "outbound list": (("outbound", "list", "--format", "ics", "-o", "outbound.ics"),),
    "evidence add": (("evidence", "add", "access.log", "--incident", ID, "--by", "scribe", "--keep"),),
    "evidence key init": (("evidence", "key", "init"),),
    "evidence head": (("evidence", "head", "--keep"),),
    "evidence stamp request": (("evidence", "stamp", "request", "-o", "head.tsq"),),
    "evidence export": (("evidence", "export", "bundle.zip"),),
    "evidence verifier": (("evidence", "verifier", "-o", "verify.py"),),
    "store backup": (("store", "backup", "kept"),),
    "store restore": (("--store", "restored.db", "store", "restore", "kept"),),
    "store move": (("--store", "restored.db", "store", "move", "moved.db"),),
}  # fmt: skip
"""Every command that writes a file that a person names, or beside the store; in this order."""
ELSEWHERE = {
    "fleet key init": "needs a fleet; `tests/fleet` holds its key to the same",
    "demo": "plays these very commands in its own folder",
    "notice package": "needs people of several states; writes letters through the same writer as `notice draft`",
    "report thank": "writes a letter through the same writer as `report acknowledge`",
    "notice import": "needs a letter that somebody edited; writes facts through the same writer as `notice draft`",
    "drill run": "walked in its own test below",
    "scan mute": "adds to a finding that is open, through the same writer as `scope add`",
    "scan unmute": "takes out what `scan mute` added, through the same writer",
    "fleet scan": "a scan by the fleet, through the same writer as `scan run`",
    "watchman run": "writes its metrics through the same writer as `scan run`",
    "export elasticsearch": "writes what a cluster refused, through the same writer as `scan run`",
}
"""Why a command that writes has no recipe here."""
WRITES = frozenset({"output", "bundle", "metrics"})


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    with (tmp_path / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write(
            '[[channel]]\nname = "letters"\nkind = "smtp"\nhost = "mail.example"\nuser = "lg"\n'
            'from = "s@university.example"\n'
            'to = ["soc@university.example"]\npassword_env = "NOT_SET"\n[escalation]\nlevels = [{role = "commander"}]\n'
            'roles = {commander = ["letters"]}\n'
        )
    made.now = "2026-06-12T12:00+08:00"
    for name, text in (("facts.yaml", to_text(complete())), ("edpb.yaml", to_text(for_edpb())), ("people.csv", PEOPLE),
                       ("access.log", "GET /\n"), ("mail.eml", "From: f@example.org\n\nopen\n"),
                       ("outbound.yaml", as_text(a_file(recipients=[RECIPIENT])))):  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "jobs.apk").write_bytes(apk(manifest("CAMERA")))
    return made


def modes_of(folder: Path, apart_from: frozenset[str] = frozenset()) -> dict[str, int]:
    paths = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
    return {name: stat.S_IMODE(path.stat().st_mode) for name, path in paths.items() if name not in apart_from}


def wrong_modes(folder: Path, apart_from: frozenset[str], mask: int) -> dict[str, str]:
    wrong = {}
    for name, mode in modes_of(folder, apart_from).items():
        is_folder = (folder / name).is_dir()
        expected = 0o700 if is_folder else 0o600
        if any(fnmatch(name, pattern) for pattern in SERVED_NAMES):
            expected = (0o777 if is_folder else 0o666) & ~mask
        if mode != expected:
            wrong[name] = f"{mode:o}, not {expected:o}"
    return wrong


def commands() -> dict[str, click.Command]:
    """Every command by the words that are typed."""
    context = click.Context(app, obj=Context())

    def walk(command: click.Command, words: tuple[str, ...]) -> Iterator[tuple[str, click.Command]]:
        if not isinstance(command, click.Group):
            yield " ".join(words), command
            return
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from walk(found, (*words, name))

    return dict(walk(app, ()))


def test_every_command_that_writes_a_file_is_walked() -> None:
    writing = {name for name, one in commands().items() if WRITES & {str(param.name) for param in one.params}}

    assert writing <= {*RECIPES, *ELSEWHERE}
    assert set(RECIPES) | set(ELSEWHERE) <= {*commands(), "fleet scan"}


@pytest.mark.enable_socket
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_what_commands_write_is_for_its_owner_alone_or_follows_the_umask(desk: CommandLine, mask: int) -> None:
    """The store, heads, keys, copies of evidence, bundles, letters, reports and logs; and what others are to read."""
    before = frozenset(modes_of(desk.folder))
    with umask(mask):
        desk("incident", "open", "--title", "open index")
        desk("incident", "event", ID, "awareness")
        desk("playbook", "start", ID)
        desk.now = "2026-06-14T12:00+08:00"
        for words in (words for recipe in RECIPES.values() for words in recipe):
            runs = desk("scan", "show", "--format", "json").document["runs"] if "{run}" in words else []
            typed = [runs[-1]["run"] if word == "{run}" else word for word in words]
            ran = desk(*typed)
            assert ran.code in {0, 1, 3, 4}, (typed, ran.err)
            assert wrong_modes(desk.folder, before, mask) == {}, typed

    written = set(modes_of(desk.folder, before))
    assert {"leakguard.db", "leakguard.db.head", "leakguard.key", "bundle.zip", "report.html", "scan.json", "form.json",
            "deadlines.ics", "scan.prom", "drill-letters.jsonl", "drill-alarms.txt", "leakguard.db.heartbeat",
            "leakguard.db.letters.key", "single/letter.html", "letters/manifest.jsonl"} <= written  # fmt: skip


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_what_sqlite_puts_beside_an_open_store_is_for_its_owner_alone(desk: CommandLine, mask: int) -> None:
    from leakguard.store.sql_store import SqlStore  # noqa: PLC0415  (one test alone has it open)
    from support.ledgers import FakeClock, Tokens, make_record  # noqa: PLC0415  (as above)

    with umask(mask):
        store = SqlStore.open("leakguard.db", now=FakeClock(), token=Tokens())
        store.append("S", [make_record()])
        found = {name: mode for name, mode in modes_of(desk.folder).items() if name.startswith("leakguard.db")}
        store.close()

    assert {"leakguard.db", "leakguard.db-wal", "leakguard.db-shm", "leakguard.db.head"} <= set(found)
    assert set(found.values()) == {0o600}


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_a_drill_is_for_its_owner_alone(desk: CommandLine, mask: int) -> None:
    with umask(mask):
        ran = desk("drill", "run", "decoy-study-2020", "--keep", "drill")
    folder = desk.folder / "drill"

    assert folder.is_dir(), ran.err
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert wrong_modes(folder, frozenset(), mask) == {}


def test_every_kind_of_output_has_one_mode_and_a_reason() -> None:
    assert set(PRIVATE) | set(SERVED) == set(Output)
    assert not set(PRIVATE) & set(SERVED)
    assert all({**PRIVATE, **SERVED}.values())
    assert {mode_of(kind) for kind in PRIVATE} == {0o600}
    assert {mode_of(kind) for kind in SERVED} == {0o666}
    shared = Access(group=7)
    assert {kind for kind in Output if mode_of(kind, shared) == 0o660} == SHARED
    assert Output.KEY not in SHARED
    assert (folder_mode(), folder_mode(shared)) == (0o700, 0o2770)


def test_a_file_that_is_there_keeps_the_mode_that_its_owner_gave_it(desk: CommandLine) -> None:
    (desk.folder / "report.html").write_text("old", encoding="utf-8")
    (desk.folder / "report.html").chmod(0o640)
    desk("incident", "open", "--title", "open index")

    assert desk("incident", "report", ID, "-o", "report.html").code == 0
    assert stat.S_IMODE((desk.folder / "report.html").stat().st_mode) == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to any group")
def test_a_store_that_a_group_shares_belongs_to_it(desk: CommandLine) -> None:
    import grp  # noqa: PLC0415  (one test alone needs it)

    group = next(one for one in grp.getgrall() if one.gr_gid not in {0, os.getegid()})
    text = (desk.folder / "leakguard.toml").read_text(encoding="utf-8")
    (desk.folder / "leakguard.toml").write_text(f'group = "{group.gr_name}"\n{text}', encoding="utf-8")
    refused = desk("incident", "open", "--title", "open index")
    os.chown(desk.folder, -1, group.gr_gid)
    desk.folder.chmod(0o2770)
    with umask(0o077):
        opened = desk("incident", "open", "--title", "open index")
        desk("evidence", "add", "access.log", "--incident", ID, "--by", "scribe", "--keep")
        desk("evidence", "key", "init")
    paths = [path for path in desk.folder.rglob("*") if path.name.startswith("leakguard.db") or len(path.name) == 64]

    assert (refused.code, opened.code) == (3, 0)
    assert "its folder" in refused.err
    assert {path.stat().st_gid for path in paths} == {group.gr_gid}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o660, 0o2770}
    assert stat.S_IMODE((desk.folder / "leakguard.key").stat().st_mode) == 0o600


def test_a_group_that_the_machine_does_not_know_is_named(desk: CommandLine) -> None:
    (desk.folder / "leakguard.toml").write_text('drill = true\ngroup = "no-such-group"\n', encoding="utf-8")

    ran = desk("incident", "open", "--title", "open index")

    assert ran.code == 2
    assert "the group `no-such-group`, and this machine has none" in ran.err

"""Every argument and option that names a file to be read, given what is no file or never ends: exit 2, named, bounded.

`READ` is the register. An option of the command line that looks like a file stands in it, or in `NOT_READ` with the
reason; a new one that stands in neither fails the first test.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from leakguard.cli.app import app
from leakguard.cli.main import run
from leakguard.cli.scan.imports import MOST_BYTES
from leakguard.files.opening import FREE_BYTES

INCIDENT, DUTY = "IR-2026-0001", "eu-gdpr-34-individuals"
URL = "https://127.0.0.1:9"
UNPACKED = 64 << 20
BAD = "BAD"
"""Stands in a command for the file."""
_FACTS_OF = ("notice", "facts.yaml", "--duty", DUTY)
READ: dict[str, tuple[str, ...]] = {
    "account add --password-file": ("account", "add", "Ada", "--role", "admin", "--password-file", BAD),
    "account password --new-password-file": ("account", "password", "--new-password-file", BAD),
    "account password --password-file": ("account", "password", "--password-file", BAD),
    "account recover --password-file": ("account", "recover", "Ada", "--reason", "r", "--password-file", BAD),
    "app check --list": ("app", "check", "--list", BAD),
    "app letter FILE": ("app", "letter", BAD, "--category", "news"),
    "app check FILES": ("app", "check", BAD, "--category", "news"),
    "checks lint FILES": ("checks", "lint", BAD),
    "clock evaluate FILE": ("clock", "evaluate", BAD),
    "clock ics --facts": ("clock", "ics", "--incident", INCIDENT, "--facts", BAD),
    "clock list --facts": ("clock", "list", "--incident", INCIDENT, "--facts", BAD),
    "cluster show --ca": ("cluster", "show", "--url", URL, "--ca", BAD),
    "cluster show --scope": ("cluster", "show", "--url", URL, "--scope", BAD),
    "drill run SCENARIO": ("drill", "run", BAD),
    "drill show SCENARIO": ("drill", "show", BAD),
    "duties lint FILES": ("duties", "lint", BAD),
    "evidence add FILES": ("evidence", "add", BAD, "--incident", INCIDENT, "--by", "Ada"),
    "evidence clock --second-password-file": ("evidence", "clock", "--mend", "--reason", "r", "--second", "Ada", "--by",
                                              "Bo", "--second-password-file", BAD),
    "evidence stamp import ANSWER": ("evidence", "stamp", "import", BAD, "--roots", "facts.yaml"),
    "evidence stamp import --roots": ("evidence", "stamp", "import", "facts.yaml", "--roots", BAD),
    "evidence verify --head": ("evidence", "verify", "--head", BAD),
    "export elasticsearch --ca": ("export", "elasticsearch", "--url", URL, "--ca", BAD),
    "incident comment --file": ("incident", "comment", INCIDENT, "--file", BAD),
    "incident close --facts": ("incident", "close", INCIDENT, "--facts", BAD),
    "incident open --from": ("incident", "open", "--from", BAD),
    "incident report --facts": ("incident", "report", INCIDENT, "--facts", BAD),
    "login --password-file": ("login", "Ada", "--password-file", BAD),
    "notice approve FACTS": ("notice", "approve", BAD, "--incident", INCIDENT, "--duty", DUTY, "--by", "Ada"),
    "notice assess FACTS": ("notice", "assess", BAD),
    "notice bounces --mbox": ("notice", "bounces", "--incident", INCIDENT, "--mbox", BAD),
    "notice check FACTS": ("notice", "check", BAD, "--duty", DUTY),
    "notice check --letter": ("notice", "check", "facts.yaml", "--duty", DUTY, "--letter", BAD),
    "notice draft FACTS": ("notice", "draft", BAD, "--duty", DUTY),
    "notice export FACTS": ("notice", "export", BAD, "--edpb"),
    "notice import FACTS": ("notice", "import", "letter.docx", BAD, "--duty", DUTY),
    "notice import LETTER": ("notice", "import", BAD, "facts.yaml", "--duty", DUTY),
    "notice letters FACTS": ("notice", "letters", BAD, "--duty", DUTY, "--recipients", "facts.yaml", "-o", "out"),
    "notice letters --key": ("notice", "letters", "facts.yaml", "--duty", DUTY, "--recipients", "p.csv", "-o", "out",
                             "--key", BAD),
    "notice letters --recipients": ("notice", "letters", "facts.yaml", "--duty", DUTY, "--recipients", BAD,
                                    "-o", "out"),
    "notice lint FILE": ("notice", "lint", BAD),
    "notice next-fact FACTS": ("notice", "next-fact", BAD),
    "notice override --facts": ("notice", "override", INCIDENT, "--duty", DUTY, "--applies", "no", "--reason", "r",
                                "--by", "Ada", "--facts", BAD),
    "notice pack FACTS": ("notice", "pack", BAD, "--duty", DUTY),
    "notice package FACTS": ("notice", "package", BAD),
    "notice register FACTS": ("notice", "register", BAD, "-o", "out"),
    "notice send FACTS": ("notice", "send", BAD, "--incident", INCIDENT, "--duty", DUTY, "--to", "a@b.example",
                          "--by", "Ada"),
    "notice settle --facts": ("notice", "settle", INCIDENT, "--place", "DE", "--role", "controller", "--reason", "r",
                              "--by", "Ada", "--facts", BAD),
    "notice severity FACTS": ("notice", "severity", BAD),
    "outbound add FACTS": ("outbound", "add", BAD),
    "outbound assess FACTS": ("outbound", "assess", BAD),
    "outbound draft FACTS": ("outbound", "draft", BAD, "--paper", "self-assessment"),
    "outbound incident FACTS": ("outbound", "incident", BAD),
    "outbound next-fact FACTS": ("outbound", "next-fact", BAD),
    "playbook done --form": ("playbook", "done", INCIDENT, "contain", "--form", BAD, "--by", "Ada"),
    "playbook draw NAME": ("playbook", "draw", BAD),
    "playbook export NAME": ("playbook", "export", BAD, "--cacao"),
    "playbook import --cacao": ("playbook", "import", "--cacao", BAD),
    "playbook migrate --to": ("playbook", "migrate", INCIDENT, "--to", BAD),
    "playbook show NAME": ("playbook", "show", BAD),
    "playbook start --playbook": ("playbook", "start", INCIDENT, "--playbook", BAD),
    "playbook validate FILE": ("playbook", "validate", BAD),
    "report import FILES": ("report", "import", BAD),
    "report acknowledge --scope": ("report", "acknowledge", "RP-2026-0001", "--scope", BAD),
    "report import --scope": ("report", "import", "facts.yaml", "--scope", BAD),
    "report show --scope": ("report", "show", "RP-2026-0001", "--scope", BAD),
    "report thank --scope": ("report", "thank", "RP-2026-0001", "--scope", BAD),
    "report import --keep-attachments": ("report", "import", "facts.yaml", "--keep-attachments", BAD),
    "sites check --keyring": ("sites", "check", "localhost", "--keyring", BAD),
    "sites check --scope": ("sites", "check", "localhost", "--scope", BAD),
    "sites watch --keyring": ("sites", "watch", "localhost", "--once", "--keyring", BAD),
    "sites watch --scope": ("sites", "watch", "localhost", "--once", "--scope", BAD),
    "scan note --scope": ("scan", "note", "F-1", "--scope", BAD),
    "scan run --from-censys": ("scan", "--from-censys", BAD),
    "scan run --from-masscan": ("scan", "--from-masscan", BAD),
    "scan run --from-nmap": ("scan", "--from-nmap", BAD),
    "scan run --from-nuclei": ("scan", "--from-nuclei", BAD),
    "scan run --from-shodan": ("scan", "--from-shodan", BAD),
    "scan run --mutes": ("scan", "127.0.0.1:9", "--mutes", BAD),
    "scan run --scope": ("scan", "--scope", BAD),
    "scan run --targets": ("scan", "--targets", BAD),
    "scope suggest --from": ("scope", "suggest", "--from", BAD),
    "scope suggest --scope": ("scope", "suggest", "--scope", BAD),
    "scan show --mutes": ("scan", "show", "R-1", "--mutes", BAD),
    "scan verify --scope": ("scan", "verify", "F-1", "--scope", BAD),
    "scope add --scope": ("scope", "add", "127.0.0.2", "--scope", BAD),
    "scope check --scope": ("scope", "check", "127.0.0.2", "--scope", BAD),
    "scope show --scope": ("scope", "show", "--scope", BAD),
    "watch --scope": ("watch", "--scope", BAD),
    "watch --targets": ("watch", "--targets", BAD),
}  # fmt: skip
READ_LATER = {
    "notice send --accepted-log": "read once letters are in doubt; by `open_file`",
    "notice send --key": "read once a manifest is finished; as `notice letters --key`",
    "notice send --recipients": "read once a manifest is finished; as `notice letters --recipients`",
    "notice send --manifest": "a folder; its manifest is opened by `open_file`",
    "notice approve --manifest": "as above",
    "playbook done --evidence": "taken in once nothing else of the step is missing; by `open_file`",
    "playbook run --scope": "read when a step that looks is due",
    "web --tls-cert": "read by the TLS library as the server starts",
    "web --tls-key": "as above",
    "scan mute --mutes": "read once the finding is known; by `read_text`",
    "scan unmute --mutes": "as above",
}
WRITTEN = {"--log-file", "-o", "--to-file", "--metrics"}
NAMES = {"--store"}
"""A database, which the store opens itself: it refuses what is none."""
PACKED = {"scan run --from-censys", "scan run --from-masscan", "scan run --from-nmap", "scan run --from-nuclei",
          "scan run --from-shodan"}  # fmt: skip
NO_FILES = {
    "evidence key init FILE", "notice lint --duty",
    "clock why --lang", "playbook next --lang", "incident report --lang", "report rules --lang",
    "outbound assess --lang", "outbound next-fact --lang", "outbound draft --lang", "outbound list --lang",
    "outbound incident --lang",
}  # fmt: skip
"""The first is written, the second says what the file beside it is, and the others name a language."""
BINARY = {
    "evidence stamp import ANSWER",
    "evidence stamp import --roots",
    "sites check --keyring",
    "sites watch --keyring",
}
"""Held against the ledger as they are: bytes that are packed are bytes."""
STREAMED = {"evidence add FILES", "notice bounces --mbox"}
"""Taken in piece by piece, so that their length is nobody's concern."""


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield from commands(found, (*words, name))
    yield " ".join(words), command


def file_like() -> Iterator[str]:
    """Parameters whose name, metavar or help speaks of a file that somebody wrote."""
    for words, command in commands(app):
        for parameter in command.params:
            name = parameter.opts[0] if isinstance(parameter, click.Option) else (parameter.name or "").upper()
            shown = f"{parameter.metavar or ''} {getattr(parameter, 'help', '') or ''}".replace("PROFILE", "")
            is_flag = isinstance(parameter, click.Option) and parameter.is_flag
            speaks = any(word in shown for word in ("FILE", "XML", "JSON", ".yaml"))
            if not is_flag and (speaks or name in {"FACTS", "FILE", "FILES", "SCENARIO", "ANSWER"}):
                yield f"{words} {name}"


def test_every_file_that_a_command_reads_stands_in_the_register() -> None:
    found = {one for one in file_like() if one.rpartition(" ")[2] not in WRITTEN | NAMES} - NO_FILES

    assert found - READ.keys() - READ_LATER.keys() == set()
    assert {one for one in READ if one not in found} <= {"evidence verify --head", "drill run SCENARIO"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scope, an incident with a playbook, facts and people, and every kind of bad file."""
    folder = tmp_path_factory.mktemp("files")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        owner = ("--organisation", "X", "--contact", "a@b.example", "--approved-by", "CISO")
        assert run(["scope", "init", *owner, "--include", "127.0.0.0/24"]) == 0
        assert run(["incident", "open", "--title", "t"]) == 0
        assert run(["playbook", "start", INCIDENT]) == 0
        assert run(["notice", "example", "university-replay"]) == 0
    example = Path(__file__).parents[2] / "templates/examples/university-replay.yaml"
    (folder / "facts.yaml").write_text(example.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "p.csv").write_text("id,name,email\n1,Ada,ada@b.example\n", encoding="utf-8")
    os.mkfifo(folder / "pipe.yaml")
    (folder / "device.yaml").symlink_to("/dev/zero")
    (folder / "folder.yaml").mkdir()
    (folder / "circle.yaml").symlink_to("circle.yaml")
    (folder / "bomb.yaml").write_bytes(gzip.compress(b"\n" * (3 * UNPACKED // 2)))
    (folder / "endless.yaml").touch()
    os.truncate(folder / "endless.yaml", 1 << 40)  # a terabyte of nothing, which takes no room
    return folder


def read_so_far() -> int:
    """Bytes that this process has read, as the kernel counts them."""
    return int(Path("/proc/self/io").read_text(encoding="ascii").split()[1])


def given(place: Path, monkeypatch: pytest.MonkeyPatch, which: str, name: str) -> tuple[int, int]:
    """How the command ends that is given this file, and how many bytes it reads."""
    monkeypatch.chdir(place)
    before = read_so_far()
    code = run([name if word == BAD else word for word in READ[which]])
    return code, read_so_far() - before


@pytest.mark.timeout(60)  # a pipe without a writer was waited for until the end of days
@pytest.mark.parametrize("name", ["pipe.yaml", "device.yaml", "folder.yaml", "circle.yaml"])
@pytest.mark.parametrize("which", READ)
def test_what_is_no_file_is_refused_by_name_before_a_byte_of_it_is_read(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], which: str, name: str
) -> None:
    code, _ = given(place, monkeypatch, which, name)

    said = capsys.readouterr().err
    assert code == 2
    assert name in said
    assert "Next: " in said


@pytest.mark.timeout(120)
@pytest.mark.parametrize("which", sorted(READ.keys() - STREAMED))
def test_a_file_that_never_ends_is_read_up_to_a_cap(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    code, count = given(place, monkeypatch, which, "endless.yaml")

    assert code == 2
    assert "endless.yaml" in capsys.readouterr().err
    assert count < 6 * UNPACKED


@pytest.mark.timeout(120)
@pytest.mark.parametrize("which", sorted(READ.keys() - STREAMED - BINARY))
def test_a_bomb_is_refused_by_name(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    code, count = given(place, monkeypatch, which, "bomb.yaml")

    said = capsys.readouterr().err
    assert code == 2
    assert "bomb.yaml" in said
    assert count < UNPACKED
    assert which not in PACKED - {"scan run --from-nmap"} or f"unpacks to more than {FREE_BYTES:,} bytes" in said
    assert MOST_BYTES > UNPACKED


@pytest.mark.parametrize(("setting", "words"), [
    ('duties = "own"', ("duties", "list")), ('templates = "own"', ("notice", "draft", "facts.yaml", "--duty", DUTY)),
    ('key = "own/pipe.yaml"', ("evidence", "head")), (None, ("scope", "show")),
])  # fmt: skip
@pytest.mark.timeout(60)
def test_a_pipe_among_the_settings_and_the_organisations_own_files_is_refused(
    place: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    setting: str | None,
    words: tuple[str, ...],
) -> None:
    """A pipe in the folder of own duties was passed over without a word, and what it should have said did not apply."""
    for name in ("facts.yaml", "leakguard.db", "scope.yaml"):
        (tmp_path / name).write_bytes((place / name).read_bytes())
    (tmp_path / "own").mkdir()
    os.mkfifo(tmp_path / "own/pipe.yaml")
    os.mkfifo(tmp_path / f"own/{DUTY}.yaml")
    if setting is None:
        os.mkfifo(tmp_path / "leakguard.toml")
    else:
        (tmp_path / "leakguard.toml").write_text(setting, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    code = run(list(words))

    assert code == 2
    assert "is a named pipe" in capsys.readouterr().err

"""The one place that turns errors into exit codes: a refusal has a next step, a bug never looks like a verdict."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from leakguard import __version__, errors
from leakguard.cli.app import app
from leakguard.cli.interruption import ending_as_interrupted
from leakguard.cli.lazy import LazyGroup
from leakguard.cli.main import run
from leakguard.errors import BadFile, ExitCode, LeakGuardError, Problem
from support.command_lines import all_commands
from support.programs import with_our_path
from support.scan_commands import ScanCommands, scan_commands
from support.scans import SCOPE_TEXT

HEAVY = {
    "elasticsearch",
    "boto3",
    "requests",
    "rich",
    "pydantic",
    "sqlalchemy",
    "jinja2",
    "typst",
    "asyncio",
    "yaml",
    "apprise",
    "icalendar",
    "celery",
    "cryptography",
    "structlog",
    "packaging",
    "argon2",
    "pyotp",
    "starlette",
    "uvicorn",
    "python_multipart",
    "authlib",
    "webauthn",
}
CODES = {
    "LeakGuardError": 3, "UsageProblem": 2, "BadFile": 2, "ScopeRefused": 2, "OutOfScope": 2, "NotFound": 2,
    "StoreUnusable": 3, "LedgerBroken": 3, "NotAllowed": 2, "NoteNotRead": 3, "LetterIncomplete": 2, "FontMissing": 3,
    "OutputLost": 3, "DocumentFailed": 3, "ChannelFailed": 3, "InQuietHours": 3, "NotTrusted": 2, "FleetUnreachable": 3,
    "CloudRefused": 2, "ClusterFailed": 3, "MailServerAway": 3, "ChannelUnset": 3, "ApprovalGone": 2, "ProcessLost": 3,
    "TooFewFiles": 3, "MachineShort": 3, "FileLost": 3, "AlertsUnready": 3, "LawsUnknown": 2,
    "CalendarUnread": 3, "NotLoggedIn": 2, "TooManyAttempts": 2, "CodeNeeded": 2, "RightMissing": 2, "MailboxAway": 3,
    "ExtraMissing": 3,
}  # fmt: skip
ERRORS = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, LeakGuardError)]

LONG = "x" * 5_000


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """A command `fail` that raises whatever is put into the list."""
    raised: list[BaseException] = []

    @click.command()
    def fail() -> None:
        raise raised[0]

    monkeypatch.setattr(sys.modules[__name__], "fail_cmd", fail, raising=False)
    monkeypatch.setitem(app._lazy, "fail", (f"{__name__}:fail_cmd", ""))  # noqa: SLF001  (a command for this test alone)
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])
    return raised


def ended() -> int:
    """How `fail` ends; it may let go of stdout, which is put back."""
    stdout, stderr = sys.stdout, sys.stderr
    try:
        code = run(["fail"])
    finally:
        changed, sys.stdout, sys.stderr = sys.stdout, stdout, stderr
    if changed is not stdout:
        changed.close()
    return code


def made(kind: type[LeakGuardError]) -> LeakGuardError:
    if kind is BadFile:
        problems = (Problem(where="a.b", text="is wrong", line=3, nearest="c"), Problem(where="", text="also this"))
        return BadFile("file.yaml", problems)
    return kind("what is wrong", next_step="what to do")


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_has_its_exit_code_and_says_what_to_do(
    kind: type[LeakGuardError], failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(made(kind))

    code = ended()

    said = capsys.readouterr()
    assert code == kind.exit_code == CODES[kind.__name__]
    assert said.out == ""
    assert said.err.startswith("Error: ")
    assert "\nNext: " in said.err


def test_every_error_is_in_the_table_of_this_test() -> None:
    assert {kind.__name__ for kind in ERRORS} == set(CODES)


def test_an_error_without_a_next_step_says_only_what_is_wrong(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(LeakGuardError("what is wrong"))

    assert run(["fail"]) == 3
    assert capsys.readouterr().err == "Error: what is wrong\n"


def test_a_bad_file_names_all_its_problems(failing: list[BaseException], capsys: pytest.CaptureFixture[str]) -> None:
    failing.append(made(BadFile))

    run(["fail"])

    assert capsys.readouterr().err == (
        "Error: file.yaml: 2 problems\n"
        "  line 3: a.b: is wrong (did you mean `c`?)\n"
        "  also this\n"
        "Next: Correct the file and run the command again.\n"
    )


def test_one_problem_is_one_problem() -> None:
    bad = BadFile("f", (Problem(where="a", text="b"),), next_step="Do this.")

    assert str(bad) == "f: 1 problem\n  a: b"
    assert bad.next_step == "Do this."
    assert (bad.name, len(bad.problems)) == ("f", 1)


@pytest.mark.parametrize(
    ("raised", "word"),
    [
        (MemoryError(), "memory"),
        (OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)), "memory"),
        (ImportError("typst.so: failed to map segment from shared object"), "memory"),
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), "files"),
    ],
    ids=repr,
)
def test_a_machine_that_has_no_more_to_give_is_no_bug(
    raised: Exception, word: str, failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(raised)

    assert run(["fail"]) == ExitCode.UNFINISHED
    said = capsys.readouterr().err
    assert said.startswith("Error: the machine ")
    assert f"more {word}\nNext: " in said


def test_a_library_that_is_not_there_is_a_bug(failing: list[BaseException]) -> None:
    failing.append(ImportError("No module named 'typst'"))

    assert run(["fail"]) == ExitCode.BUG


def test_a_bug_is_told_as_one_without_its_words(
    failing: list[BaseException], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trace may name targets, so it is printed only when asked for."""
    monkeypatch.delenv("LEAKGUARD_TRACE", raising=False)
    failing.append(RuntimeError("canary-value-77aa"))

    assert run(["fail"]) == ExitCode.BUG
    quiet = capsys.readouterr()
    monkeypatch.setenv("LEAKGUARD_TRACE", "1")
    assert run(["fail"]) == ExitCode.BUG
    loud = capsys.readouterr()

    assert "A bug in LeakGuard: RuntimeError" in quiet.err
    assert "canary-value-77aa" not in quiet.err + quiet.out
    assert "LEAKGUARD_TRACE=1" in quiet.err
    assert "canary-value-77aa" in loud.err


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (KeyboardInterrupt(), 3, "Interrupted."),
        (click.Abort(), 3, "Interrupted."),
        (EOFError(), 3, "Interrupted."),
        (click.UsageError("nonsense"), 2, "Error: nonsense"),
        (click.exceptions.Exit(4), 4, ""),
        (BrokenPipeError(32, "Broken pipe"), 3, ""),
        (OSError(5, "Input/output error"), 128, "A bug in LeakGuard: OSError"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_other_end_has_a_code_too(
    error: BaseException, code: int, says: str, failing: list[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    failing.append(error)

    assert ended() == code
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("scna",), "Next: Did you mean `leakguard scan`? List all of them: leakguard --help"),
        (("Scan",), "Did you mean `leakguard scan`?"),
        (("scope", "shwo"), "Next: Did you mean `leakguard scope show`? List all of them: leakguard scope --help"),
        (("checks", "lnt"), "Did you mean `leakguard checks lint`?"),
        (
            ("incident", "clocks"),
            "Next: Did you mean `leakguard clock list`? List all of them: leakguard incident --help",
        ),
        (("incident", "deadlines"), "Did you mean `leakguard clock list`?"),
        (("incident", "letter"), "Did you mean `leakguard notice draft`?"),
        (("clock", "incidents"), "Did you mean `leakguard incident list`?"),
        (("clock", "task"), "Did you mean `leakguard tasks`?"),
        (("incident", "events"), "Did you mean `leakguard incident event`?"),
        (("close",), "Did you mean `leakguard incident close`, `leakguard report close`?"),
        (("alerts",), "Did you mean `leakguard channel test`, `leakguard watchman run`, `leakguard clock ack`?"),
        (("verify",), "Did you mean `leakguard scan verify`, `leakguard report verify`, `leakguard evidence verify`?"),
        (("zzzz",), "Error: there is no command `leakguard zzzz`\nNext: List all of them: leakguard --help"),
    ],
)
def test_an_unknown_command_gets_the_nearest_name(
    words: tuple[str, ...], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(list(words)) == 2
    assert hint in capsys.readouterr().err


@pytest.mark.parametrize("scope", [SCOPE_TEXT, None], ids=["scope", "no scope"])
def test_a_misspelt_command_of_scan_that_may_not_be_probed_gets_the_nearest_name(
    scope: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Any word behind `scan` may be a host; only one that is refused may have been meant as a command."""
    leakguard = scan_commands(tmp_path, monkeypatch, capsys, scope=scope)

    ran, far = leakguard("scan", "shwo", "R-1"), leakguard("scan", "192.0.2.1")

    assert (ran.code, far.code) == (2, 2)
    assert "Next: Did you mean `leakguard scan show`? " in ran.err
    assert "Did you mean" not in far.err


@pytest.mark.parametrize("words", [[], ["scope"], ["checks"]])
def test_a_group_alone_shows_its_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    code = run(words)

    said = capsys.readouterr()
    assert code in {0, 2}
    assert "Commands:" in said.out + said.err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"leakguard {__version__}\n"


def test_every_command_has_help_with_examples(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever types `--help` at 03:00 wants a line to copy."""
    paths = [path for path, _ in all_commands(app)]

    for path in paths:
        assert run([*path, "--help"]) == 0, path
        said = capsys.readouterr()
        assert said.err == "", path
        assert re.search(r"Examples: (# .*? )?leakguard ", " ".join(said.out.split())), path

    assert len(paths) >= 20
    assert {("scan", "run"), ("scope", "add"), ("checks", "lint"), ("demo",), ("clock", "evaluate")} <= set(paths)


def test_every_option_is_explained() -> None:
    options = [
        (path, one) for path, command in all_commands(app) for one in command.params if isinstance(one, click.Option)
    ]

    assert len(options) >= 200
    assert [(*path, *one.opts) for path, one in options if not one.help] == []


@pytest.mark.parametrize("option", ["-q", "--no-color", "--now"])
def test_an_option_of_all_commands_is_sent_to_where_it_stands(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["checks", "list", option]) == 2
    assert f"Next: Write it before the command: leakguard {option} ...\n" in capsys.readouterr().err

    assert run(["checks", "list", "--nonsense"]) == 2
    assert "Next: " not in capsys.readouterr().err


def test_an_option_without_its_argument_is_sent_to_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["incident", "open", "--finding"]) == 2

    assert capsys.readouterr().err == (
        "Error: Option '--finding' requires an argument.\nNext: See how it is used: write --help behind the command.\n"
    )


def test_every_group_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in app.list_commands(click.Context(app)):
        assert run([name, "--help"]) == 0
        assert capsys.readouterr().out


def test_a_target_is_a_scan_and_a_command_is_a_command(leakguard: ScanCommands) -> None:
    assert "TARGET" in leakguard("scan", "--help").out
    assert leakguard("scan", "127.0.0.1:9200").code == 0
    assert leakguard("scan", "run", "127.0.0.1:9200").code == 0
    assert leakguard("scan").code == 3, "names without an address were not looked at"


def test_a_bug_in_a_command_ends_with_its_own_code(leakguard: ScanCommands) -> None:
    leakguard.world.is_broken = True

    ran = leakguard("scan", "127.0.0.1:9200")

    assert (ran.code, ran.out) == (128, "")
    assert "ZeroDivisionError" in ran.err


def modules_after(*words: str) -> set[str]:
    """The top-level modules that a fresh process has loaded when the command is done."""
    code = (
        "import sys; from leakguard.cli.main import run; code = run(sys.argv[1:]); "
        "print('MODULES', *sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    return set(done.stderr.rpartition("MODULES")[2].split())


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("scope", "--help")])
def test_help_loads_nothing_heavy(words: tuple[str, ...]) -> None:
    """`import elasticsearch` alone costs 0.9 s; help must come at once."""
    loaded = modules_after(*words)

    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_the_module_can_be_run_and_a_reader_that_leaves_gets_no_verdict() -> None:
    """`leakguard checks list | head -1` must end neither with a trace nor with the code of an exposure."""
    command = [sys.executable, "-m", "leakguard", "checks", "list"]
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(command, stdout=pipe, stderr=subprocess.PIPE, text=True, check=False)

    assert done.returncode == 3
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["zsh_source", "fish_source", "zsh_complete"])
def test_a_shell_that_got_its_completions_is_told_that_all_went_well(shell: str) -> None:
    """`_LEAKGUARD_COMPLETE=zsh_source leakguard > FILE && ...` went no further: its code was 3."""
    asked = {"_LEAKGUARD_COMPLETE": shell, "COMP_WORDS": "leakguard scop", "COMP_CWORD": "1"}
    command = [sys.executable, "-m", "leakguard"]
    done = subprocess.run(command, env={**os.environ, **asked}, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert ("_LEAKGUARD_COMPLETE" if shell.endswith("source") else "scope") in done.stdout


def test_a_shell_that_nobody_knows_gets_no_completions() -> None:
    environment = {**os.environ, "_LEAKGUARD_COMPLETE": "cmd_source"}
    command = [sys.executable, "-m", "leakguard"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (3, "")


def test_what_was_typed_cannot_steer_the_terminal_that_shows_its_refusal(leakguard: ScanCommands) -> None:
    """A list of targets may come from anybody; the lines of a message of ours stay lines."""
    wild = "a\x1b[2J\x07\u202eb\x00c d"
    (leakguard.folder / "list.txt").write_text(f"{wild}\n{wild}\n", encoding="utf-8")

    leakguard("scan", "127.0.0.1:9200")
    typed = (
        ("scan", wild.replace("\x00", "")), ("scan", "--targets", "list.txt"), ("scan", f"--{wild[:9]}"),
        ("scan", "show", wild), ("scan", "--format", wild), ("checks", wild),
    )  # fmt: skip
    for words in typed:
        ran = leakguard(*words)

        assert ran.code == 2
        assert not any(letter in ran.err for letter in "\x1b\x07\u202e\x00"), words
        assert len(ran.err.splitlines()) >= 2


@pytest.mark.parametrize(
    "words",
    [("scan", "--scope", LONG), ("incident", "list", "--store", LONG), ("checks", "lint", LONG),
     ("playbook", "show", LONG), ("scan", "--from-nmap", LONG)],
    ids=lambda words: " ".join(words)[:20],
)  # fmt: skip
def test_a_name_that_no_file_can_have_is_a_mistake_and_no_bug(words: tuple[str, ...], leakguard: ScanCommands) -> None:
    ran = leakguard(*words)

    assert ran.code in {2, 3}
    assert "Next: " in ran.err
    assert len(ran.err) < 2 * len(LONG), "told once at most"


@pytest.mark.parametrize("words", [("scan", "show", "a\udcff"), ("incident", "show", "\udcff")])
def test_what_is_no_text_is_a_mistake_and_no_bug(words: tuple[str, ...], leakguard: ScanCommands) -> None:
    """A terminal that writes Latin-1 gives such arguments."""
    leakguard("scan", "127.0.0.1:9200")

    ran = leakguard(*words)

    assert ran.code == 2
    assert "\\udcff` is not UTF-8 text" in ran.err


def test_a_device_that_never_ends_is_not_read(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "--scope", "/dev/zero")

    assert ran.code == 2
    assert "/dev/zero: 1 problem\n  is a device, which may never end" in ran.err


@pytest.mark.parametrize(
    "words",
    [("scan", "--from-nmap", "gone"), ("scan", "--targets", "gone"), ("playbook", "validate", "gone"),
     ("duties", "lint", "gone")],
)  # fmt: skip
def test_a_file_that_is_not_there_is_not_to_be_mended(words: tuple[str, ...], leakguard: ScanCommands) -> None:
    ran = leakguard(*words)

    assert ran.code == 2
    assert "Name a file that is there" in ran.err


HALF_A_FILE = """
import signal, sys, click
from leakguard.cli.app import app
from leakguard.cli.interruption import ending_as_interrupted
from leakguard.cli.main import run
from leakguard.cli.writing import replace_chunks

if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:  # as `nohup make test` leaves it to every program
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

def chunks():
    yield b"half"
    signal.raise_signal(int(sys.argv[1]))

@click.command()
def bundle():
    replace_chunks("case.zip", chunks())

app._lazy["bundle"] = ("__main__:bundle", "")
sys.exit(run(["bundle"]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_whatever_asks_a_command_to_end_leaves_no_part_of_a_file(number: signal.Signals, tmp_path: Path) -> None:
    """As `timeout`, `systemctl stop` and a closed terminal do; a bundle of evidence lay hidden beside its place."""
    done = subprocess.run(
        [sys.executable, "-c", HALF_A_FILE, str(int(number))], cwd=tmp_path, env=with_our_path(), check=False,
        timeout=60, capture_output=True, text=True,
    )  # fmt: skip

    assert (done.returncode, done.stderr.strip()) == (ExitCode.UNFINISHED, "Interrupted.")
    assert list(tmp_path.iterdir()) == []


def test_a_request_to_end_that_is_ignored_stays_so() -> None:
    """As `nohup` asks for."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_as_interrupted():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_each_synonym_stands_for_commands_that_exist() -> None:
    assert isinstance(app, LazyGroup)
    commands = {" ".join(path) for path, _ in all_commands(app)} | set(app.list_commands(click.Context(app)))

    meant = {command for commands_of_word in app.synonyms.values() for command in commands_of_word}

    assert meant <= commands
    assert not set(app.synonyms) & set(app.list_commands(click.Context(app)))

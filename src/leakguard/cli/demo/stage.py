"""The stage of the demo: a folder, the embedded lab, simulated time, and the command line itself."""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from leakguard.cli.demo.story import BACKEND, DECOY, OPEN, PAGE, REDIS, TWIN, Step
from leakguard.cli.options import DRILL_NOTE
from leakguard.cli.writing import replace_file
from leakguard.errors import ExitCode
from leakguard.models.file_modes import Output, folder_mode
from leakguard.models.texts import counted

if TYPE_CHECKING:
    from leakguard.demolab.lab import DemoLab
    from leakguard.wiring import Wiring

SETTINGS = 'store = "leakguard.db"\nscope = "scope.yaml"\nzone = "Asia/Shanghai"\ndrill = true\nlaws = "cn, eu"\n'
EXAMPLE = "examples/university-replay.yaml"
"""The facts of the case, among the shipped templates."""
OUTBOUND = "outbound/example.yaml"
"""What the university sends abroad, among the duties."""
STATED = ("LEAKGUARD_STORE", "LEAKGUARD_LAWS")
"""What does not count in a drill; the story need not say so of each command."""
_MAIL = """From: A Researcher <finder@research.example>
To: security@example.edu
Subject: Your mail log is open
Date: Sat, 23 May 2026 22:30:00 +0800
Message-ID: <one@research.example>

Hello, http://{place}/ answers without a login. I have not kept anything.
"""


@dataclass(slots=True, kw_only=True)
class Stage:
    """Plays a story in `folder`; a context manager, since the lab must end whatever happens."""

    folder: Path
    wiring: Wiring
    is_plain: bool = False
    is_full: bool = False
    """Whether each command's whole output is shown, and not only what matters first."""
    lab: DemoLab = field(init=False)

    def __enter__(self) -> Self:
        """Start the lab and write the settings of a drill."""
        replace_file(str(self.folder / "leakguard.toml"), SETTINGS, Output.CONFIGURATION)
        (self.folder / "letters").mkdir(mode=folder_mode())
        self.lab = self.wiring.demo_lab()
        self.lab.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the lab."""
        self.lab.stop()

    def play(self, story: tuple[Step, ...]) -> int:
        """Play every step; returns the exit code. A step that ends unexpectedly stops the story."""
        self._heading("LeakGuard demo: a drill on simulated time, on this machine's loopback only")
        with chdir(self.folder):
            for step in story:
                code = self._play(step)
                if code not in step.exits and step.otherwise:
                    code = self._play(Step(at=step.at, command=step.otherwise))
                if code not in step.exits:
                    click.echo(f"The demo stops here: exit code {code} was not expected.", err=True)
                    return ExitCode.UNFINISHED
        self._farewell()
        return ExitCode.CLEAN

    def _play(self, step: Step) -> int:
        if step.say:
            self._heading(step.say)
        if step.happens:
            self._happenings()[step.happens]()
        if not step.command:
            return step.exits[0]
        words = shlex.split(step.command.format(**self._names()))
        click.secho(f"$ leakguard --now {step.at} {shlex.join(words)}", bold=not self.is_plain)
        options = [*(["--no-color"] if self.is_plain else []), "--now", step.at]
        if self.is_full:
            code = _run([*options, *words])
            click.echo()
            return code
        with played_for_excerpt() as captured:
            code = _run([*options, *words])
        output = captured.getvalue()
        # What went wrong is shown whole.
        for line in excerpt(output, step) if code in step.exits else output.splitlines():
            click.echo(line)
        return code

    def _happenings(self) -> Mapping[str, Callable[[], None]]:
        return {
            "grow": self.lab.grow, "close_door": self._close_door, "write_facts": self._write_facts,
            "write_outside": self._write_outside,
        }  # fmt: skip

    def _close_door(self) -> None:
        """The administrator keeps what the settings were and what they are, which the step asks for as evidence."""
        self.lab.close_door()
        backup = self.folder / "backup"
        backup.mkdir()
        (backup / "es-open.yml").write_text("network.host: 0.0.0.0\n", encoding="utf-8")
        (backup / "es-login.yml").write_text("network.host: 0.0.0.0\nxpack.security.enabled: true\n", encoding="utf-8")

    def _write_facts(self) -> None:
        """The facts are the DPO's own file; here the shipped example stands in for an evening's work."""
        replace_file(str(self.folder / "facts.yaml"), self.wiring.bundled.text("templates", EXAMPLE))
        end = "\n" if self.is_full else ""
        click.echo(f"(facts.yaml: what the DPO has found out so far, unknown things named as unknown){end}")

    def _write_outside(self) -> None:
        """The mail of the evening before, and what the university sends abroad: an example that ships."""
        replace_file(str(self.folder / "finder.eml"), _MAIL.format(place=self._names()["open"]))
        replace_file(str(self.folder / "outbound.yaml"), self.wiring.bundled.text("duties", OUTBOUND))

    def _names(self) -> dict[str, str]:
        """What the story calls by name: the lab's addresses, the runs and the finding of the store."""
        places = {key: f"{address}:{port}" for key, (address, port) in self.lab.endpoints.items()}
        names = {"open": places[OPEN], "twin": places[TWIN], "decoy": places[DECOY], "redis": places[REDIS]}
        names |= {"page": f"http://{places[PAGE]}/", "backend": f"firebase://{places[BACKEND]}/campus-chat"}
        names["decoy_address"] = self.lab.endpoints[DECOY][0]
        names["evidence"] = "--evidence config_before=@backup/es-open.yml --evidence config_after=@backup/es-login.yml"
        return names | self._stored_names(names["open"])

    def _stored_names(self, open_target: str) -> dict[str, str]:
        if not (self.folder / "leakguard.db").exists():
            return {}
        from leakguard.wiring import Wiring  # noqa: PLC0415  (the store of the folder, not of the caller)

        store = Wiring.from_environment(store=str(self.folder / "leakguard.db")).store
        runs = [record.subject for record in store.read() if record.kind == "run_started"]
        found = [finding.id for finding in store.findings() if finding.target == open_target]
        store.close()
        names = dict(zip(("first_run", "second_run"), runs, strict=False))
        return names | ({"finding": found[min(1, len(found) - 1)]} if found else {})

    def _heading(self, text: str) -> None:
        if not self.is_full:
            click.echo()
        click.secho(f"== {text}", fg=None if self.is_plain else "cyan", bold=not self.is_plain)

    def _farewell(self) -> None:
        self._heading("Where everything lies")
        paths = [path for path in sorted(self.folder.rglob("*")) if path.is_file()]
        kept = [path for path in paths if not path.name.endswith(("-wal", "-shm"))]
        if self.is_full:
            for path in kept:
                click.echo(f"  {path}  ({_bytes_of(path):,} bytes)")
        else:
            click.echo(f"  {counted(len(kept), 'file')} in {self.folder}")
        click.echo("\nGo on by hand:")
        click.echo(f"  cd {shlex.quote(os.fspath(self.folder))} && leakguard scan show")
        if not self.is_full:
            click.echo("See all that each command prints:\n  leakguard demo --full")


class _Captured(io.StringIO):
    """What a command printed; it takes itself for a terminal where this process's own output is one."""

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        """Whether colours are of use."""
        return self._is_terminal


@contextmanager
def played_for_excerpt() -> Iterator[_Captured]:
    """Hear what a command prints, remarks among its results, as wide as this terminal is; nothing is drawn live."""
    captured, before = _Captured(is_terminal=sys.stdout.isatty()), dict(os.environ)
    os.environ["COLUMNS"] = str(shutil.get_terminal_size().columns)
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", *STATED):
        os.environ.pop(name, None)
    try:
        with redirect_stdout(captured), redirect_stderr(_Remarks(captured)):
            yield captured
    finally:
        os.environ.clear()
        os.environ.update(before)


class _Remarks(io.TextIOBase):
    """Writes where the results go, and is no terminal."""

    def __init__(self, captured: _Captured) -> None:
        self._captured = captured

    def write(self, text: str, /) -> int:
        """Write behind what was printed before."""
        return self._captured.write(text)

    def writable(self) -> bool:
        """Always."""
        return True


def excerpt(output: str, step: Step) -> Iterator[str]:
    """What the short story has of an output: its first lines, or those that are named, and how many more there are."""
    lines = [line for line in output.splitlines() if line.strip() and _plain(line) != DRILL_NOTE]
    chosen = [line for line in lines if re.search(step.about, _plain(line))] if step.about else lines
    yield from (f"  {line}" for line in chosen[: step.shows])
    left = len(lines) - len(chosen[: step.shows])
    if left:
        yield f"  ... {counted(left, 'more line')}"


def _plain(line: str) -> str:
    return click.unstyle(line)


def _run(arguments: list[str]) -> int:
    from leakguard.cli.main import run  # noqa: PLC0415  (the command line is playing itself)

    return run(arguments)


def _bytes_of(path: Path) -> int:
    """Its size; what a store has not yet written into its file lies beside it."""
    beside = path.with_name(f"{path.name}-wal")
    return sum(file.stat().st_size for file in (path, beside) if file.exists())

"""What every command shares: the context object, the store option, formats, times."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from leakguard.cli.clock_warning import warn_of_clock
from leakguard.cli.given import refuse, refuse_empty
from leakguard.cli.log_options import begin_stated
from leakguard.cli.refusals import unwritable
from leakguard.cli.repeating import STORE, repeating
from leakguard.cli.replacing import replacing, try_place
from leakguard.errors import BadFile, ScopeRefused, UsageProblem
from leakguard.files.opening import open_file
from leakguard.files.opening import read_bytes as read_bytes  # noqa: PLC0414  (every command asks for it here)
from leakguard.files.opening import read_text as read_text  # noqa: PLC0414  (as above)
from leakguard.models.file_modes import Output, mode_of

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from leakguard.models.people import Recorder
    from leakguard.models.scope import Scope
    from leakguard.store.sql_store import SqlStore
    from leakguard.use_cases.proofs.clock_contradictions import Contradiction
    from leakguard.use_cases.proofs.clock_doubts import ClockDoubt
    from leakguard.wiring import Wiring
    from leakguard.wiring.logs import RunningLog

DRILL_NOTE = "DRILL: what this folder holds is an exercise."
"""Said by every command that works in such a folder; on stderr, so that results stay what they are."""
_TERMINAL_WORDS = frozenset({"FORCE_COLOR", "TTY_COMPATIBLE"})
"""Variables by which rich takes for a terminal what does not look like one."""
Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class Context:
    """What the options before the command said; builds the wiring when a command first asks."""

    store: str | None = None
    no_color: bool = False
    quiet: bool = False
    now: str | None = None
    typed_recorder: Recorder | None = None
    """What `--by` says, or a program that is no person; `None` leaves it to the operating system."""
    laws: str | None = None
    """Whose laws to watch, in the place of the settings."""
    given: dict[str, str] = field(default_factory=dict)
    """Where this command was told to look, besides the store: what the next one has to be told as well."""
    arguments: list[str] = field(default_factory=list)
    running_log: RunningLog | None = None
    contradiction: Contradiction | None = None
    """That clocks contradict each other inside the ledger, once a command about an incident has looked."""
    clock_doubt: ClockDoubt | None = None
    """That the ledger is ahead of this machine's clock, once the store is open."""

    @cached_property
    def wiring(self) -> Wiring:
        """The adapters of this run."""
        from leakguard.wiring import Wiring  # noqa: PLC0415  (`--help` must not load it)

        wiring = Wiring.from_environment(store=self.store, simulated_now=self.now, laws=self.laws)
        begin_stated(self, wiring.settings)
        wiring.recorder = self.typed_recorder or wiring.recorder
        if wiring.settings.drill:
            self.notes.print(DRILL_NOTE, soft_wrap=True)
        wiring.on_open = self._warn_with
        return wiring

    def _warn_with(self, store: SqlStore) -> None:
        """Warnings of the store are said also with `--quiet`."""
        warn_of_clock(self, store)
        store.warn_with(lambda text: click.echo(self.repeating(f"WARNING: {text}"), err=True))

    @property
    def by(self) -> str:
        """The name of who records by this command."""
        return self.wiring.recorder.name

    @property
    def typed_by(self) -> str:
        """The name that `--by` says; empty where nobody typed one."""
        return self.typed_recorder.name if self.typed_recorder is not None else ""

    def close(self) -> None:
        """Let go of what the command opened."""
        if "wiring" in vars(self):
            self.wiring.close()

    @cached_property
    def console(self) -> Console:
        """Tables and marks for a person, on stdout."""
        return self._console(stderr=False)

    @cached_property
    def notes(self) -> Console:
        """Progress and remarks, on stderr; silent with `--quiet`."""
        return self._console(stderr=True)

    @property
    def is_watched(self) -> bool:
        """Whether a terminal shows the remarks; rich is asked, and loaded, only where something speaks for one."""
        may_be = sys.stderr.isatty() or not _TERMINAL_WORDS.isdisjoint(os.environ)
        return (may_be or "notes" in vars(self)) and self.notes.is_terminal

    def remark(self, text: str) -> None:
        """Say a line on stderr, unless it is to be quiet; where no terminal is to be drawn on, rich is not loaded."""
        if "notes" in vars(self) or self.is_watched:
            self.notes.print(text)
        elif not self.quiet:
            click.echo(self.repeating(text), err=True)

    def repeating(self, text: str) -> str:
        """A text whose commands work where this one does; everything that is printed for a person goes through it."""
        from leakguard.cli.app import app  # noqa: PLC0415  (it imports this module)

        return repeating(text, {STORE: self.store, **self.given} if self.store else self.given, app)

    @cached_property
    def live(self) -> Console:
        """A view that is drawn over and over, on stderr; somebody asked for it, so it is never silent."""
        return self._plain(stderr=True, no_color=self.has_no_color, force_terminal=True)

    def as_text(self, renderable: RenderableType) -> str:
        """A table as plain text, for a file."""
        console = self._plain(width=160, no_color=True, force_terminal=False, file=StringIO())
        with console.capture() as capture:
            console.print(renderable)
        return capture.get()

    def _console(self, *, stderr: bool) -> Console:
        width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else 160
        return self._plain(
            stderr=stderr, no_color=self.has_no_color, quiet=stderr and self.quiet, soft_wrap=False, width=width
        )

    def _plain(self, **options: Any) -> Console:  # noqa: ANN401  (rich's own)
        from leakguard.cli.plain_console import PlainConsole  # noqa: PLC0415  (`--help` must not load it)

        return PlainConsole(self.repeating, **options)

    @property
    def has_no_color(self) -> bool:
        """Whether no colours are wanted."""
        return self.no_color or bool(os.environ.get("NO_COLOR"))


def pass_context(command: Command) -> Command:
    """Hand the context to a command; one that was given an empty text anywhere is refused first."""

    @wraps(command)
    def checked(*args: Any, **values: Any) -> Any:  # noqa: ANN401  (the command's own)
        refuse_empty(click.get_current_context())
        return command(*args, **values)

    return cast("Command", click.make_pass_decorator(Context, ensure=True)(checked))


def store_option(command: Command) -> Command:
    """`--store FILE` behind the command as well as before it."""

    def remember(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            ctx.ensure_object(Context).store = value or refuse("--store")

    return click.option(
        "--store", metavar="FILE", expose_value=False, callback=remember, help="The store: a SQLite file."
    )(command)


def text_lines(path: str, *, longest: int) -> Iterator[str]:
    """As `read_text`, line by line as they are asked for; of a longer line come pieces of `longest` characters."""
    try:
        with TextIOWrapper(open_file(path), encoding="utf-8-sig") as handle:
            yield from iter(lambda: handle.readline(longest), "")
    except UnicodeDecodeError as error:
        raise BadFile.whole(path, "not UTF-8 text") from error


def scope_option(command: Command) -> Command:
    """`--scope FILE`."""
    return _place_option("--scope", "The scope file (default: scope.yaml, or leakguard.toml).")(command)


def mutes_option(command: Command) -> Command:
    """`--mutes FILE`."""
    return _place_option("--mutes", "What the owner accepts (default: mutes.yaml, or leakguard.toml).")(command)


def _place_option(name: str, text: str) -> Callable[[Command], Command]:
    """An option that says where to look, which the commands that this one prints repeat."""

    def remember(ctx: click.Context, _: click.Parameter, value: str | None) -> str | None:
        if value:
            ctx.ensure_object(Context).given[name] = value
        return value

    return click.option(name, metavar="FILE", callback=remember, help=text)


def format_option(*formats: str) -> Callable[[Command], Command]:
    """`--format`, the first one being the default; arrives as `output_format`."""
    return click.option(
        "--format",
        "output_format",
        type=click.Choice(formats),
        default=formats[0],
        show_default=True,
        help="How to print the result.",
    )


def write_new_file(path: Path, text: str, kind: Output = Output.RESULT) -> None:
    """Write a file that must not exist yet, whole or not at all; raises `UsageProblem` or `FileLost`."""
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode_of(kind))
        try:
            with os.fdopen(number, "w", encoding="utf-8") as handle:
                handle.write(text)
        except OSError:  # half a file would be taken for a whole one, and never be replaced
            path.unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise UsageProblem(f"{path} exists already", next_step="Choose another name, or remove it first.") from error
    except OSError as error:
        raise unwritable(str(path), error) from error


def write_text(text: str, output: str | None, kind: Output = Output.RESULT) -> None:
    """Write to stdout, or replace the file that `--output` names."""
    if output is None or output == "-":
        click.echo(text, nl=False)
    else:
        replace_file(output, text, kind)


def refuse_unwritable(output: str | None) -> None:
    """Raise `UsageProblem` before the work where its result could not be written; the place is left as it is."""
    if output is None or output == "-":
        return
    try:
        try_place(Path(output))
    except OSError as error:
        raise UsageProblem(
            f"{output} cannot be written: {error.strerror}", next_step="Choose another place; nothing was done yet."
        ) from error


def replace_file(path: str, text: str, kind: Output = Output.RESULT) -> None:
    """Replace a text file in one step; see `replace_bytes`."""
    replace_bytes(path, text.encode(), kind)


def replace_bytes(path: str, document: bytes, kind: Output = Output.RESULT) -> None:
    """Replace a file in one step, see `replacing`; raises `UsageProblem`, and `FileLost` for a disk without room."""
    replace_chunks(path, (document,), kind)


def replace_by_parts(path: Path, parts: Iterable[str]) -> None:
    """As `replace_bytes` for a text that is made while it is written; raises `OSError`."""
    with replacing(path) as handle:
        handle.writelines(part.encode() for part in parts)


def replace_chunks(path: str, chunks: Iterable[bytes], kind: Output = Output.RESULT) -> None:
    """As `replace_bytes` for a file that is made while it is written; what its maker raises leaves the old file."""
    try:
        with replacing(Path(path), kind) as handle:
            handle.writelines(chunks)
    except OSError as error:
        raise unwritable(path, error) from error


def load_scope(context: Context, path: str | None) -> Scope:
    """The scope of this run, refused when it is missing or not valid today."""
    from leakguard.scanning.scope.file import parse_scope  # noqa: PLC0415  (`--help` must not load it)

    name, text = read_scope(context, path)
    return parse_scope(text, name=name, now=context.wiring.now())


def read_scope(context: Context, path: str | None) -> tuple[str, str]:
    """Name and text of the scope file of this run; raises `ScopeRefused` when there is none."""
    name = path or context.wiring.settings.scope
    if name != "-" and not Path(name).exists():
        raise ScopeRefused(
            f"there is no scope file `{name}`: nothing is probed without the owner's permission",
            next_step='Write one: leakguard scope init --organisation "..." --contact ... --approved-by ...',
        )
    return name, read_text(name)

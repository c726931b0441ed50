"""What every command shares: the context object, the store option, formats, times."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property, wraps
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar, cast

import click

from leakguard.cli.clock_warning import warn_of_clock, warn_of_real_store
from leakguard.cli.given import refuse, refuse_empty
from leakguard.cli.log_options import begin_stated
from leakguard.cli.repeating import STORE, repeating
from leakguard.cli.rights import refuse_command
from leakguard.errors import ScopeRefused
from leakguard.files.opening import read_bytes as read_bytes  # noqa: PLC0414  (every command asks for it here)
from leakguard.files.opening import read_text as read_text  # noqa: PLC0414  (as above)
from leakguard.translations.catalogue import ENGLISH, LANGUAGES

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from leakguard.cli.plain_console import PlainConsole
    from leakguard.models.people import Recorder
    from leakguard.models.scope import Scope
    from leakguard.outputs.styled import StyledText
    from leakguard.store.sql_store import SqlStore
    from leakguard.use_cases.proofs.clock_contradictions import Contradiction
    from leakguard.use_cases.proofs.clock_doubts import ClockDoubt
    from leakguard.wiring import Wiring
    from leakguard.wiring.logs import RunningLog

DRILL_NOTE = "DRILL: what this folder holds is an exercise."
"""Said by every command that works in such a folder; on stderr, so that results stay what they are."""
FILE_WIDTH = 160
"""Columns of a table that goes into a file or a pipe."""
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
    root: click.Command | None = None
    """The command that all others belong to; a text that is shown before it is known has no command to repeat."""
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
        wiring.speak_as(self.typed_recorder)
        wiring.on_caller = refuse_command
        if wiring.settings.drill:
            self.notes.print("\n".join((DRILL_NOTE, *wiring.settings.passed_over)), soft_wrap=True)
        wiring.on_open = self._warn_with
        return wiring

    def _warn_with(self, store: SqlStore) -> None:
        """Warnings of the store are said also with `--quiet`."""
        warn_of_clock(self, store)
        warn_of_real_store(self)
        store.warn_with(lambda text: click.echo(self.repeating(f"WARNING: {text}"), err=True))

    @property
    def by(self) -> str:
        """The name of who records by this command."""
        return self.wiring.recorder.name

    @property
    def typed_by(self) -> str:
        """The name that `--by` says, or of the account that is logged in; empty where there is neither."""
        recorder = self.wiring.recorder
        return recorder.name if self.typed_recorder is not None or recorder.is_authenticated else ""

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
        return self._console(stderr=True, is_quiet=self.quiet)

    @property
    def is_watched(self) -> bool:
        """Whether a terminal shows the remarks; rich is asked, and loaded, only where something speaks for one."""
        may_be = sys.stderr.isatty() or not _TERMINAL_WORDS.isdisjoint(os.environ)
        return (may_be or "notes" in vars(self)) and self.notes.is_terminal

    def remark(self, text: str) -> None:
        """Say a line on stderr, unless it is to be quiet; where no terminal is to be drawn on, rich is not loaded."""
        if "notes" in vars(self) or self.is_watched or _has_width(sys.stderr):
            self.notes.print(text)
        elif not self.quiet:
            click.echo(self.repeating(text), err=True)

    def warn(self, text: str) -> None:
        """Say a line on stderr, whoever wants quiet."""
        if _has_width(sys.stderr):
            self._console(stderr=True, is_quiet=False).print(text)
        else:
            click.echo(self.repeating(text), err=True)

    def repeating(self, text: str) -> str:
        """A text whose commands work where this one does; everything that is printed for a person goes through it."""
        if self.root is None:
            return text
        return repeating(text, {STORE: self.store, **self.given} if self.store else self.given, self.root)

    @cached_property
    def live(self) -> Console:
        """A view that is drawn over and over, on stderr; somebody asked for it, so it is never silent."""
        return self._plain(stderr=True, no_color=self.has_no_color, force_terminal=True)

    def as_text(self, renderable: RenderableType) -> str:
        """A table as plain text, for a file."""
        console = self._plain(width=FILE_WIDTH, no_color=True, force_terminal=False, file=StringIO())
        with console.capture() as capture:
            console.print(renderable)
        return capture.get()

    def show(self, lines: Iterable[str], *, is_page: bool = False) -> None:
        """Lines of a result on stdout, laid out for the width, with what is late or open in colour on a terminal.

        No word and no command in them is broken. A pipe gets each line whole, and a page for 80 columns.
        """
        for line in lines:
            self.say(line, is_page=is_page)

    def say(self, line: str, *, is_page: bool = False) -> None:
        """As `show`, for one line."""
        if _has_width(sys.stdout):
            self.console.print(line)
        elif is_page:
            from leakguard.outputs.terminal import WIDTH, page  # noqa: PLC0415  (`--help` must not load it)

            click.echo(page(self.repeating(line), WIDTH))
        else:
            click.echo(self.repeating(line))

    @property
    def width(self) -> int:
        """Columns of what goes to stdout."""
        return self.console.width if _is_drawn(sys.stdout) else FILE_WIDTH

    def say_styled(self, text: StyledText) -> None:
        """As `say`, for a text with styles that was laid out for the width already."""
        if _is_drawn(sys.stdout):
            self.console.print(text.as_text())
        else:
            click.echo(text.plain)

    @property
    def size(self) -> tuple[int, int] | None:
        """Columns and lines of the terminal of results; `None` where they go into a pipe or a file."""
        return (self.console.width, self.console.height) if _has_width(sys.stdout) else None

    def _console(self, *, stderr: bool, is_quiet: bool = False) -> Console:
        is_seen = _has_width(sys.stderr if stderr else sys.stdout)
        return self._plain(
            stderr=stderr, no_color=self.has_no_color, quiet=is_quiet, lays_out=is_seen,
            width=None if is_seen else FILE_WIDTH,
        )  # fmt: skip

    def _plain(self, **options: Any) -> PlainConsole:  # noqa: ANN401  (rich's own)
        from leakguard.cli.plain_console import PlainConsole  # noqa: PLC0415  (`--help` must not load it)

        return PlainConsole(self.repeating, **options)

    @property
    def has_no_color(self) -> bool:
        """Whether no colours are wanted."""
        return self.no_color or bool(os.environ.get("NO_COLOR"))


def _has_width(stream: TextIO) -> bool:
    """Whether somebody said how wide it is: a terminal, or `COLUMNS`."""
    return bool(os.environ.get("COLUMNS")) or stream.isatty()


def _is_drawn(stream: TextIO) -> bool:
    """Whether rich draws on it: where it has a width, or a variable speaks for a terminal."""
    return _has_width(stream) or not _TERMINAL_WORDS.isdisjoint(os.environ)


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

    text = "The store of LeakGuard: a SQLite file or a PostgreSQL URL."
    return click.option("--store", metavar="FILE", expose_value=False, callback=remember, help=text)(command)


def scope_option(command: Command) -> Command:
    """`--scope FILE`."""
    text = "The scope file (default: the file named in leakguard.toml, else scope.yaml)."
    return _place_option("--scope", text)(command)


def mutes_option(command: Command) -> Command:
    """`--mutes FILE`."""
    usual = "(default: the file named in leakguard.toml, else mutes.yaml)"
    return _place_option("--mutes", f"File of muted findings, whose risk you accept {usual}.")(command)


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


def lang_option(command: Command) -> Command:
    """`--lang`: the language of the text; JSON and codes are the same in each."""
    return click.option(
        "--lang", type=click.Choice(tuple(LANGUAGES)), default=ENGLISH, show_default=True,
        help="Language of the text. JSON is not translated.",
    )(command)  # fmt: skip


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

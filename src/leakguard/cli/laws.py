"""Whose laws a command watches: by the options, the settings, the scope or the facts; asked on a terminal alone."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leakguard.cli.given import refuse
from leakguard.cli.options import Context, read_text
from leakguard.cli.writing import replace_file
from leakguard.errors import LawsUnknown, LeakGuardError, UsageProblem
from leakguard.frozen import replace

if TYPE_CHECKING:
    from leakguard.models.records import KeptRecord
    from leakguard.notices.duty_rows import Rows
    from leakguard.notices.facts import Facts
    from leakguard.use_cases.incidents.incident_rules import Reach
    from leakguard.use_cases.incidents.watched_laws import WatchedLaws

Command = TypeVar("Command", bound=Callable[..., Any])
_MOST_TRIES = 3


def laws_option(command: Command) -> Command:
    """`--laws LAWS`, which wins over the settings."""
    return _laws_option(command, "For this command alone, consider only these laws, a list such as `cn,eu`, or `all`")


def laws_of_checks_option(command: Command) -> Command:
    """`--laws LAWS` of a command that records an event: only `closed` looks at clocks."""
    what = "For the kind `closed` alone: the laws whose clocks are checked before, a list such as `cn,eu`, or `all`"
    return _laws_option(command, what)


def _laws_option(command: Command, what: str) -> Command:
    def remember(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
        if value is not None:
            ctx.ensure_object(Context).laws = value.strip() or refuse("--laws")

    return click.option(
        "--laws", metavar="LAWS", expose_value=False, callback=remember,
        help=(
                f"{what} (default: the laws of your country and of the jurisdictions that an incident concerns)."
            ),
    )(command)  # fmt: skip


def reach_of(context: Context, facts: Facts | None = None) -> Reach:
    """Whose laws are watched; raises `LawsUnknown` where nothing says it and nobody can be asked."""
    try:
        return context.wiring.reach_by_facts(facts.organisation.country if facts is not None else None)
    except LawsUnknown:
        if not is_terminal():
            raise
    _ask(context)
    return context.wiring.reach


def is_terminal() -> bool:
    """Whether somebody can be asked and can see the question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def watched_here(reach: Reach, records: Sequence[KeptRecord], book: Rows, facts: Facts | None = None) -> WatchedLaws:
    """The laws that are watched for an incident, and what is not known."""
    from leakguard.use_cases.incidents.incident_rules import watched_by  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.incidents.watched_laws import stated_places  # noqa: PLC0415  (as above)

    return watched_by(reach, records, book, stated_places(facts) if facts is not None else ())


def tell_laws(context: Context, lines: Iterable[str]) -> None:
    """Name them, a line each, on stderr."""
    from leakguard.outputs.words import printable  # noqa: PLC0415  (`--help` must not load it)

    for line in lines:
        context.remark(printable(line, longest=600))


def tell_watched(context: Context, watched: WatchedLaws, also: Iterable[str] = ()) -> None:
    """Name the laws that are watched; where there is none, also to whoever wants quiet."""
    if watched.laws or watched.is_all:
        tell_laws(context, (*watched.lines(), *also))
        return
    from leakguard.outputs.words import printable  # noqa: PLC0415  (`--help` must not load it)

    for line in watched.lines():
        context.warn(printable(line, longest=600))
    tell_laws(context, also)


def tell_seat(context: Context, reach: Reach) -> None:
    """Name what a command about many incidents watches: the places that each of them names come on top."""
    if reach.seat is None:
        tell_laws(context, [f"Laws considered: {', '.join(sorted(reach.laws)) or 'all of them'} ({reach.laws_by})."])
        return
    watched = watched_here(reach, (), context.wiring.duty_rows())
    also = "Laws of the jurisdictions that the records of an incident name are considered too."
    tell_watched(context, watched, [also])


def facts_at(context: Context, path: str | None, incident: str) -> Facts | None:
    """The facts of a file, to derive laws from; `None` without one."""
    if path is None:
        return None
    from leakguard.use_cases.incidents.incident_facts import read_incident_facts  # noqa: PLC0415  (`--help` must not load it)

    wiring = context.wiring
    return read_incident_facts(
        read_text(path), name=path, book=wiring.duties(), now=wiring.now(), journal=wiring.existing_store,
        incident=incident,
    )  # fmt: skip


def usual_facts(context: Context, incident: str, path: str | None) -> Facts | None:
    """The facts that were named, else those of the usual file where it can be read."""
    if path is not None:
        return facts_at(context, path, incident)
    from leakguard.outputs.assess_places import USUAL_FACTS  # noqa: PLC0415  (`--help` must not load it)

    with suppress(LeakGuardError):
        return facts_at(context, USUAL_FACTS, incident) if Path(USUAL_FACTS).exists() else None
    return None


def _ask(context: Context) -> None:
    """Ask for the seat, and keep the answer in leakguard.toml so that it is asked once."""
    from leakguard.settings import FILE  # noqa: PLC0415  (`--help` must not load it)

    vocabulary = context.wiring.duties().vocabulary
    for _ in range(_MOST_TRIES):
        words = "In which country is your organisation? Its laws are considered (ISO code, such as DE, CN or US-CA)"
        code = str(click.prompt(words, err=True)).strip().upper()
        if vocabulary.is_place(code):
            break
        click.echo(f"{code[:20]!r} is no ISO code of a country or a part of one.", err=True)
    else:
        raise UsageProblem("no country was named", next_step=f'Put country = "DE" into {FILE}.')
    path = Path(FILE)
    before = read_text(str(path)) if path.exists() else ""
    replace_file(str(path), f'country = "{code}"\n{before}')
    context.wiring.settings = replace(context.wiring.settings, country=code)
    context.notes.print(f'Kept in {FILE}: country = "{code}".', soft_wrap=True)

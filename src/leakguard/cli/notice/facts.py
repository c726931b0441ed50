"""What the notice commands share: the facts, the duties and the moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from leakguard.files.opening import read_text
from leakguard.notices.contradictions import contradictions
from leakguard.use_cases.letters.given_facts import FactsQuery, NoticeInput, read_given

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.notices.book import DutyBook

Command = TypeVar("Command", bound=Callable[..., Any])


def given(
    context: Context, path: str, *, now: str | None, incident: str | None, book: DutyBook | None = None
) -> NoticeInput:
    """Read the facts file, and the events and findings of a stored incident where one is named.

    `book` is for a command that needs no duty: reading all of them takes longer than its own work.
    """
    wiring = context.wiring
    asked = FactsQuery(name=path, text=read_text(path), at=now, incident=incident)
    store = wiring.existing_store if incident is not None else None
    return read_given(asked, book or wiring.duties(), store, now=wiring.now)


def say_contradictions(context: Context, work: NoticeInput) -> None:
    """What cannot all be true, or is told in two ways to two readers, on stderr."""
    for line in contradictions(work.facts, vocabulary=work.book.vocabulary):
        context.notes.print(f"Look at {line}", markup=False)


def facts_options(command: Command) -> Command:
    """`--incident ID` and `--now TIME`."""
    command = click.option(
        "--now", metavar="TIME", help="Assess the duties at TIME, without what was recorded later (default: now)."
    )(command)
    return click.option(
        "--incident", metavar="ID", help="Stored incident whose events and findings complete the facts."
    )(command)

"""What the notice commands share: the facts, the duties and the moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import click

from leakguard.cli.options import Context, read_text
from leakguard.clocks.event_file import stated_zone
from leakguard.clocks.times import parse_instant
from leakguard.notices.facts import Facts
from leakguard.use_cases.draft_notices import DutyBook, read_facts

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a notice command works on."""

    book: DutyBook
    facts: Facts
    now: datetime


def given(context: Context, path: str, *, now: str | None, incident: str | None) -> Given:
    """Read the facts file, and the events of a stored incident where one is named."""
    wiring = context.wiring
    text = read_text(path)
    moment = parse_instant(now, zone=stated_zone(text, name=path)) if now else wiring.now()
    book = wiring.duties()
    journal = wiring.existing_store if incident else None
    facts = read_facts(text, name=path, book=book, now=moment, journal=journal, incident=incident)
    return Given(book=book, facts=facts, now=moment)


def facts_options(command: Command) -> Command:
    """`--incident ID` and `--now TIME`."""
    command = click.option("--now", metavar="TIME", help="The moment to judge for (default: now).")(command)
    return click.option("--incident", metavar="ID", help="A stored incident whose events complete the facts.")(command)

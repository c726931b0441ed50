"""What the notice commands share: the facts, the duties and the moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any, TypeVar

import click

from leakguard.cli.options import Context, read_text
from leakguard.clocks.event_file import stated_zone
from leakguard.clocks.stories import EVERYTHING
from leakguard.clocks.times import parse_instant
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.notices.book import DutyBook, read_facts
from leakguard.notices.facts import Facts
from leakguard.notices.notice_content import Telling
from leakguard.use_cases.incidents.incident_facts import read_incident_facts, with_findings

Command = TypeVar("Command", bound=Callable[..., Any])


class Given(Frozen):
    """What a notice command works on."""

    book: DutyBook
    facts: Facts
    text: str
    """Of the facts file."""
    now: datetime

    @property
    def sha256(self) -> str:
        """Of the facts file's text."""
        return sha256(self.text.encode()).hexdigest()


def given(context: Context, path: str, *, now: str | None, incident: str | None, book: DutyBook | None = None) -> Given:
    """Read the facts file, and the events and findings of a stored incident where one is named.

    `book` is for a command that needs no duty: reading all of them takes longer than its own work.
    """
    wiring = context.wiring
    text = read_text(path)
    moment = parse_instant(now, zone=stated_zone(text, name=path)) if now else wiring.now()
    book = book or wiring.duties()
    if incident is None:
        return Given(book=book, facts=read_facts(text, name=path, book=book, now=moment), text=text, now=moment)
    facts = read_incident_facts(
        text, name=path, book=book, now=moment, journal=wiring.existing_store, incident=incident,
        known_at=None if now else EVERYTHING,
    )  # fmt: skip
    facts = with_findings(facts, wiring.existing_store, incident)
    return Given(book=book, facts=facts, text=text, now=moment)


def asked_for(book: DutyBook, *, duty: str | None, letter: str | None, option: str = "--letter") -> Telling:
    """The duty, or the letter that no law demands; raises `UsageProblem` unless exactly one is named.

    `option` is what the command calls the letter.
    """
    if (duty is None) is (letter is None):
        raise UsageProblem(
            f"name exactly one of --duty and {option}",
            next_step=f"A law's letter: --duty ID (leakguard notice assess). Any other: {option} finder.",
        )
    return book.duty(duty) if duty is not None else book.letter(str(letter))


def facts_options(command: Command) -> Command:
    """`--incident ID` and `--now TIME`."""
    command = click.option("--now", metavar="TIME", help="The moment to judge for (default: now).")(command)
    return click.option(
        "--incident", metavar="ID", help="A stored incident: its events and findings complete the facts."
    )(command)

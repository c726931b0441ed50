"""`leakguard incident close`: close an incident, or say everything that is missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from leakguard.cli.laws import laws_option, tell_watched
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode
from leakguard.models.unfinished import MUST, Area, UnfinishedItem
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.use_cases.incidents.incident_rules import Reach
    from leakguard.use_cases.reports.closing import ClosingResult

_AREAS = [area.value for area in Area if area not in MUST]
_EPILOG = """\b
Examples:
  leakguard incident close IR-2026-0001 --by "Ada Lovelace"
  leakguard incident close IR-2026-0001 --facts facts.yaml --dry-run
  leakguard incident close IR-2026-0001 --despite steps --despite review --by "Ada Lovelace" --reason "review on Friday"

\b
What may be missing, and the word for --despite:
  exposures  findings that were not proved closed; they cannot be overridden
  playbook   no playbook was started
  steps      steps of the playbook that are neither done nor skipped, with their owners
  clocks     clocks that run or are overdue; legal clocks continue to run after closing
  duties     duties that apply, or that need a fact or a decision, and information promised to an authority
  letters    letters that were approved and not sent
  review     the review after the incident (event lessons_recorded); the watchman reminds of it

Exit codes: 0 closed, or nothing is missing (--dry-run); 1 something is missing (--dry-run); 2 refused.
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@records("Person who closes the incident")
@click.option(
    "--reason",
    default="",
    metavar="TEXT",
    help="Why the incident is closed although something is missing. The reason is recorded.",
)
@click.option(
    "--despite",
    multiple=True,
    type=click.Choice(_AREAS),
    help="Close even though this area is incomplete. May be repeated.",
)
@click.option("--facts", metavar="FILE", help="Facts file that decides which duties apply.")
@click.option("--dry-run", is_flag=True, help="List what is missing. Change nothing.")
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def close_cmd(
    context: Context, /, *, incident: str, reason: str, despite: tuple[str, ...], facts: str | None,
    dry_run: bool, output_format: str,
) -> ExitCode:  # fmt: skip
    """Close INCIDENT. If something is missing, refuse, and list what is missing and who owns it.

    --despite with --reason overrides one area. An exposure that was not proved closed cannot be overridden. Legal
    clocks continue to run after the incident is closed.
    """
    from leakguard.cli.incident.closing import missing_of, reach_for  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.incidents.incidents import load_incident  # noqa: PLC0415  (as above)
    from leakguard.use_cases.reports.closing import ClosingRequest, close_incident  # noqa: PLC0415  (as above)

    load_incident(context.wiring.existing_store, incident)
    reach, laws = reach_for(context, incident, facts)
    tell_watched(context, laws)
    missing = missing_of(context, incident, reach, facts)
    if dry_run:
        return _try(context, incident, missing(tuple(context.wiring.existing_store.read(incident))), output_format)
    options = ClosingRequest(by=context.typed_by, reason=reason, despite=frozenset(Area(word) for word in despite))
    closed = close_incident(context.wiring.existing_store, incident, options, missing, now=context.wiring.now)
    _show(context, incident, closed, reach, output_format)
    return ExitCode.CLEAN


def _try(context: Context, incident: str, missing: tuple[UnfinishedItem, ...], output_format: str) -> ExitCode:
    from leakguard.outputs.incident import missing_json  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.reports.closing import missing_lines  # noqa: PLC0415  (as above)

    words = _words(context, incident)
    if output_format == "json":
        click.echo(json.dumps({"incident": incident, "missing": missing_json(missing), "closed_by_word": words}))
    elif missing:
        context.say(f"{incident} is not finished:")
        for line in missing_lines(incident, missing):
            context.say(printable(line, longest=600))
    else:
        context.say(f"Nothing is missing. {context.repeating(f'Next: leakguard incident close {incident}')}")
    if output_format != "json":
        _tell_words(context, words)
    return ExitCode.EXPOSED if missing else ExitCode.CLEAN


def _words(context: Context, incident: str) -> list[str]:
    """By whose word alone the exposures count as closed."""
    from leakguard.use_cases.incidents.closure_words import closed_by_word  # noqa: PLC0415  (`--help` must not load it)

    return [event.word for event in closed_by_word(context.wiring.existing_store.read(incident))]


def _tell_words(context: Context, words: list[str]) -> None:
    for word in words:
        context.notes.print(f"The exposures are {printable(word, longest=600)}", soft_wrap=True, markup=False)


def _show(context: Context, incident: str, closed: ClosingResult, reach: Reach, output_format: str) -> None:
    from leakguard.cli.incident.closing import running_of  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.incident.contradictions import contradictions_of, say_contradictions  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.outputs.incident import contradictions_json, event_json, interval_text, missing_json, running_lines  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.incidents.incidents import load_incident  # noqa: PLC0415  (as above)

    running = running_of(context, incident, reach)
    zone = load_incident(context.wiring.existing_store, incident).zone
    against = contradictions_of(context, incident, closed.event)
    say_contradictions(context, closed.event.kind, against)
    if output_format == "json":
        also = {"overridden": missing_json(closed.overridden), "still_running": [status.id for status in running]}
        also["closed_by_word"] = _words(context, incident)
        also |= {"contradicted_by": contradictions_json(against)} if against else {}
        click.echo(json.dumps({"incident": incident, **event_json(closed.event, zone=zone), **also}))
        return
    context.say(f"{incident} is closed: {closed.event.id}, {interval_text(closed.event.occurred_at, zone)}")
    if closed.overridden:
        areas = ", ".join(dict.fromkeys(item.area.value for item in closed.overridden))
        context.notes.print(f"Closed although something is missing, and recorded so: {areas}.", soft_wrap=True)
    _tell_words(context, _words(context, incident))
    for line in running_lines(running, incident, zone):
        context.notes.print(line, soft_wrap=True)
    context.remark(f"Next: leakguard incident report {incident} -o report.html")

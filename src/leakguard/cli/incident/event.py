"""`leakguard incident event`: record something that happened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.incident.contradictions import contradictions_of, say_contradictions, warn_of_odd_time
from leakguard.cli.laws import laws_of_checks_option
from leakguard.cli.moments import either_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.event_kinds import GROUPS, KINDS
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.events import Event
from leakguard.outputs.event_remarks import event_remarks
from leakguard.outputs.incident import contradictions_json, event_json, interval_text
from leakguard.use_cases.incidents.incident_brief import Brief, around_of, brief_of
from leakguard.use_cases.incidents.incident_events import NameCheck, NewEvent, record_event
from leakguard.use_cases.incidents.incidents import CLOSED
from leakguard.use_cases.incidents.recorded_closures import Contradiction

if TYPE_CHECKING:
    from leakguard.use_cases.reports.incident_ends import ClosingEvent

_KINDS = "\n\n\b\n".join(
    "\n".join([f"{title}:", *(f"  {name:<28}  {KINDS[name].meaning}" for name in names)])
    for title, names in GROUPS.items()
)
_EPILOG = f"""\b
Examples:
  leakguard incident event IR-2026-0001 discovery --source "SOC"
  leakguard incident event IR-2026-0001 notice_received --at 2026-05-23T22:30+08:00 \\
      --source "e-mail of a researcher" --reason "read in the morning"
  leakguard incident event IR-2026-0001 notice_received --at 2026-05-22 --corrects E-4 \\
      --reason "mail log read"             # corrects the date of event E-4
  leakguard incident event IR-2026-0001 filed --obligation cn-cac-incident-general --stage initial
  leakguard incident event IR-2026-0001 exposure_started --at 2026-05-01..2026-05-22 \\
      --source "backups" --reason "found in the backups on Friday"

`leakguard incident kinds INCIDENT` shows which clocks each kind starts or ends. Record every kind that has happened and
that starts or ends a clock. Several kinds can describe one thing that happened, because laws use different words for
it; a kind marked "legal term" is the word of certain laws. To record one kind does not record the others.

LeakGuard records some kinds itself: `incident open`, `scan` and `watch` record exposures, and `scan verify` records
`remediation_verified`. A playbook step that takes a decision, such as `decide_awareness`, also records the event of
that decision, such as `awareness`: do not record that event again.
`leakguard incident show INCIDENT` lists what is recorded.

Kinds, by what happened:

\b
{_KINDS}
"""


@click.command(epilog=_EPILOG)
@click.argument("incident")
@click.argument("kind")
@click.option(
    "--at",
    metavar="T",
    help=(
        "When the event happened (default: now): a time; a day, if the hour is not known; or EARLIEST..LATEST, if it "
        "happened at an unknown time between the two."
    ),
)
@click.option(
    "--reason", default="",
    help=(
        "Why the event is recorded late, or why it is corrected. For an event that no probe can show: how a person "
        "knows that it happened. With "
        "the kind `closed`, it also overrides checks (see above)."
    ),
)  # fmt: skip
@click.option("--source", default="", help="Where the information comes from.")
@click.option(
    "--corrects", metavar="E-N",
    help="Event that this one replaces or, with the kind `retracted`, withdraws. The old one stays readable.",
)  # fmt: skip
@click.option(
    "--obligation", metavar="DUTY", help="Legal duty that the event concerns. Short for --field obligation=DUTY."
)
@click.option("--stage", help="Stage of a filing. Short for --field stage=STAGE.")
@click.option(
    "--field",
    "fields",
    metavar="NAME=VALUE",
    multiple=True,
    help="Another field of this event kind, such as recipient=NAME. May be repeated.",
)
@records("Person who records it")
@format_option("text", "json")
@laws_of_checks_option
@store_option
@pass_context
def event_cmd(
    context: Context,
    /,
    *,
    incident: str,
    kind: str,
    at: str | None,
    reason: str,
    source: str,
    corrects: str | None,
    output_format: str,
    **fields: str | tuple[str, ...] | None,
) -> int:
    """Record an event: something that happened. Clocks start and end with events.

    A time without an offset is read in the time zone of the incident.

    For the kind `closed`, LeakGuard first makes the same checks as `incident close`, and refuses the event if one of
    them fails. With --reason, `closed` overrides every check that can be overridden, and the reason is recorded.
    """
    store = context.wiring.existing_store
    _refuse(context, incident, kind, corrects)
    before = brief_of(store, incident)
    zone = before.zone
    stated = _fields(fields)
    closing = _closing(context, incident) if kind == CLOSED else None
    if closing is not None:
        stated |= closing.despite()
    new = NewEvent(
        kind=kind, occurred_at=either_in(at, zone=zone) if at is not None else None, reason=reason, source=source,
        corrects=corrects, fields=stated,
    )  # fmt: skip
    check = closing.check(reason) if closing is not None else None
    kept = record_event(store, incident, new, now=context.wiring.now, check=check, names=_names_of(context, incident))
    against = contradictions_of(context, incident, kept)
    say_contradictions(context, kept.kind, against)
    _show(context, kept, before, output_format, closing.running() if closing is not None else (), against)
    return ExitCode.CLEAN


def _refuse(context: Context, incident: str, kind: str, corrects: str | None) -> None:
    if context.wiring.caller is None:
        return
    from leakguard.use_cases.responses.event_rights import refuse_event  # noqa: PLC0415  (only who logged in needs it)

    refuse_event(context.wiring.caller, context.wiring.existing_store, incident, kind, corrects)


def _show(
    context: Context, kept: Event, before: Brief, output_format: str, running: tuple[ClockStatus, ...],
    against: tuple[Contradiction, ...],
) -> None:  # fmt: skip
    incident, zone = before.id, before.zone
    odd = warn_of_odd_time(context, incident, kept)
    if output_format == "json":
        also: dict[str, object] = {"still_running": [status.id for status in running]} if kept.kind == CLOSED else {}
        also |= {"contradicted_by": contradictions_json(against)} if against else {}
        also |= {"time_doubt": odd} if odd is not None else {}
        click.echo(json.dumps(doubted(context, event_json(kept, zone=zone) | also)))
    else:
        context.say(f"{kept.id}  {kept.kind}  {interval_text(kept.occurred_at, zone)}")
        for line in _running_lines(running, incident, zone):
            context.notes.print(line, soft_wrap=True)
    for remark in event_remarks(kept, before, around_of(context.wiring.existing_store, incident, kept)):
        context.notes.print(remark, soft_wrap=True)


def _closing(context: Context, incident: str) -> ClosingEvent:
    from leakguard.cli.incident.closing import reach_for  # noqa: PLC0415  (loads the duties, for this kind alone)
    from leakguard.use_cases.reports.incident_ends import ClosingEvent  # noqa: PLC0415  (as above)

    return ClosingEvent(context.wiring, incident, reach_for(context, incident, None)[0])


def _names_of(context: Context, incident: str) -> NameCheck:
    def check(kind: str, fields: Mapping[str, str]) -> None:
        from leakguard.use_cases.incidents.event_names import name_check  # noqa: PLC0415  (loads the duties)

        wiring = context.wiring
        store = wiring.existing_store
        name_check(wiring.bundled, store, incident, wiring.duties, findings=store)(kind, fields)

    return check


def _running_lines(running: tuple[ClockStatus, ...], incident: str, zone: str) -> Iterator[str]:
    if not running:
        return
    from leakguard.outputs.incident import running_lines  # noqa: PLC0415  (`--help` must not load it)

    yield from running_lines(running, incident, zone)


def _fields(options: dict[str, str | tuple[str, ...] | None]) -> dict[str, str]:
    pairs = [f"{name}={options[name]}" for name in ("obligation", "stage") if options[name]]
    found: dict[str, str] = {}
    for pair in (*pairs, *(options["fields"] or ())):
        name, equals, value = pair.partition("=")
        if not equals or not name or name in found:
            what = "is given twice" if name in found else "is not NAME=VALUE"
            raise UsageProblem(f"the field `{name[:60]}` {what}", next_step="Write each once: --field name=value")
        found[name] = value
    return found

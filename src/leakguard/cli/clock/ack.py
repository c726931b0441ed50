"""`leakguard clock ack`: somebody has seen an alert and takes care of it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import partial

import click

from leakguard.cli.clock_warning import doubted
from leakguard.cli.moments import length_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.subjects import subject_json
from leakguard.outputs.words import printable

_EPILOG = """\b
Examples:
  leakguard clock ack IR-2026-0001 A-3f9a1c2b4d5e
  leakguard clock ack --incident IR-2026-0001 remediate --by "Ada Lovelace" --for PT30M
  leakguard clock ack remediate IR-2026-0001
  leakguard clock ack RP-2026-0001 triage                 # a promise to the sender of a report
  leakguard clock ack OUTBOUND A-3f9a1c2b4d5e             # transfers abroad; `sites` for security.txt

During that time, LeakGuard neither repeats the alert nor notifies the next level. The clock continues to run. When
the time is over, the alerts start again with the first level.
"""


_INCIDENT = re.compile(r"(?:IR|RP)-[0-9]{4}-[0-9]{4,}|OUTBOUND|sites", re.ASCII)
"""How subjects with deadlines are named; a clock that somebody named so is acknowledged with `--incident`."""


@click.command(epilog=_EPILOG)
@click.argument("words", nargs=-1, metavar="INCIDENT CLOCK|ALERT")
@click.option("--incident", metavar="ID", help="The incident, instead of the argument INCIDENT.")
@records("Person who takes care of it")
@click.option(
    "--for", "lasts", metavar="DURATION", default="PT2H", show_default=True, help="How long the acknowledgement holds."
)
@format_option("text", "json")
@store_option
@pass_context
def ack_cmd(
    context: Context, *, words: tuple[str, ...], incident: str | None, lasts: str, output_format: str
) -> ExitCode:
    """Acknowledge the alerts of CLOCK, or the message ALERT: you have seen them and take care of them.

    INCIDENT and CLOCK may be in either order.
    """
    from leakguard.models.moments import to_z  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.alerts.acknowledge import acknowledge  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.stood_clocks import clocks_if_known  # noqa: PLC0415  (as above)

    wiring = context.wiring
    incident, what = _sorted(words, incident)
    done = acknowledge(
        wiring.existing_store, incident, what, by=context.by, lasts=length_in(lasts), now=wiring.now,
        statuses=partial(
            clocks_if_known, wiring.bundled, wiring.existing_store, incident, lambda: wiring.reach, wiring.now()
        ),
    )  # fmt: skip
    if output_format == "json":
        recorder = wiring.recorder
        who = {"by": done.by, "by_source": recorder.source, "by_id": recorder.actor or None}
        about = {"incident": done.incident, "subject": subject_json(done.incident)}
        document = {**about, "clocks": list(done.clocks), **who, "until": to_z(done.until)}
        click.echo(json.dumps(doubted(context, document), ensure_ascii=False))
    else:
        clocks = ", ".join(printable(clock) for clock in done.clocks)
        context.say(f"{printable(done.by)} has {clocks} until {to_z(done.until.replace(microsecond=0))}.")
    return ExitCode.CLEAN


def _sorted(words: Sequence[str], incident: str | None) -> tuple[str, str]:
    """The incident, and the clock or the message; raises `UsageProblem` where that is not clear."""
    if incident is not None and len(words) == 1:
        return incident, words[0]
    if incident is None and len(words) == 2:  # noqa: PLR2004  (an incident and a clock)
        first, second = words
        are_incidents = [_INCIDENT.fullmatch(word) is not None for word in words]
        if are_incidents == [False, True]:
            return second, first
        if not all(are_incidents):
            return first, second
    raise UsageProblem(
        "an acknowledgement names one incident and one of its clocks or messages",
        next_step="For example: leakguard clock ack --incident IR-2026-0001 remediate",
    )

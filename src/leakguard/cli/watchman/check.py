"""`leakguard watchman check`: for cron or any monitor, from outside the watchman's process."""

from __future__ import annotations

import json

import click

from leakguard.cli.clock_warning import contradicted
from leakguard.cli.laws import laws_option, reach_of
from leakguard.cli.moments import length_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.watchman.readiness import settings_of, settings_that_hold
from leakguard.errors import ExitCode
from leakguard.outputs.words import printable

_EPILOG = """\b
Examples:
  leakguard watchman check
  leakguard watchman check --within PT2H --format json
  leakguard watchman check > problems.txt || mail -s "LeakGuard" soc@example.edu < problems.txt    # for cron

\b
Exit codes:
  0  the watchman runs, its alerts reach people, and the alert of every overdue clock is acknowledged
  1  a clock is due soon (--within)
  2  nothing was checked, because the country of the organisation is not known: state it as `country` in
     leakguard.toml, or in the scope as owner.country; or give --laws, for this check alone
  3  alerts do not reach people: the heartbeat is stale, leakguard.toml cannot be used or names nobody, a level of
     [escalation] reaches nobody, an alert is undelivered, a channel refused the last message, the watchman lacks the
     secret of a channel or cannot write its store, or the time of a machine is wrong
  3  no rule is known for the country of the organisation, so no legal clock runs for it: look up its law
  4  a clock is overdue, and nobody has acknowledged its alert, or the acknowledgement has expired

If several apply, the exit code is the highest of them. Every problem is printed, with its own code in JSON. The
command needs no secret: the watchman reports in its heartbeat which secrets it lacks.
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--within", metavar="DURATION", help="Also fail if a clock is due within this time, such as PT2H (2 hours)."
)
@click.option(
    "--stale",
    metavar="DURATION",
    default="PT3M",
    show_default=True,
    help="Maximum age of the heartbeat: PT3M is 3 minutes.",
)
@format_option("text", "json")
@laws_option
@store_option
@pass_context
def check_cmd(context: Context, *, within: str | None, stale: str, output_format: str) -> ExitCode:
    """Check that the watchman runs and that the alerts of overdue clocks are acknowledged. Nothing is written."""
    from leakguard.use_cases.alerts.heartbeats import parse_heartbeat  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.seat_problems import seat_problems  # noqa: PLC0415  (as above)
    from leakguard.use_cases.alerts.watch_check import AlertingStatus, check, checked_to_json, with_contradiction  # noqa: PLC0415  (as above)
    from leakguard.use_cases.incidents.incident_rules import rule_book  # noqa: PLC0415  (as above)

    wiring = settings_of(context)
    with settings_that_hold():
        reach = reach_of(context)
        rules = rule_book(wiring.bundled, reach)
    doubt = context.clock_doubt
    checked = check(
        wiring.existing_store,
        rules,
        parse_heartbeat(wiring.heartbeat().read()),
        AlertingStatus(
            settings=wiring.settings.watch,
            missing=wiring.missing_secrets(),
            unknown=rules.unknown,
            on_call=wiring.on_call(),
            subjects=wiring.watched_subjects(),
            lawless=seat_problems(reach, wiring.duty_rows(), wiring.duties),
        ),
        now=wiring.now(),
        within=length_in(within) if within else None,
        stale=length_in(stale),
        ahead=doubt.ahead if doubt is not None else None,
    )
    checked = with_contradiction(checked, contradicted(context, "IR-"))
    if output_format == "json":
        click.echo(json.dumps(checked_to_json(checked), ensure_ascii=False))
        return checked.exit_code
    for trouble in checked.troubles:
        context.say(printable(trouble.text, longest=400))
    for next_step in dict.fromkeys(trouble.next_step for trouble in checked.troubles if trouble.next_step):
        context.remark(f"Next: {printable(next_step, longest=400)}")
    if not checked.troubles:
        context.say("Somebody watches, and nothing waits for an answer.")
    return checked.exit_code

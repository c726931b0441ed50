"""`leakguard channel test`: one message now, and what came back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.watchman.readiness import settings_of
from leakguard.errors import ExitCode, LedgerBroken, StoreUnusable
from leakguard.outputs.channel import EXAMPLE, trial_lines
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.try_channels import Trial

_EPILOG = """\b
Examples:
  leakguard channel test  # every channel of leakguard.toml
  leakguard channel test soc-mail  # this channel only
  leakguard channel test --format json  # for a monitor, once a day

The message says that it is a test, when it was sent, and from which machine and store. No alert is raised or
acknowledged. The ledger records which channels accepted the message: `watchman check` then counts a channel that had
failed as working. A channel that accepted the message may still lose it: check that it has arrived.

Exit codes: 0 every channel accepted the message; 3 a channel refused it, or none is configured; 2 NAME is unknown.

\b
The smallest leakguard.toml, in the folder where LeakGuard runs, that notifies somebody (a role may have any name):
"""


@click.command(epilog=_EPILOG + "".join(f"  {line}\n" for line in EXAMPLE))
@click.argument("name", required=False)
@records("Person who tests it")
@format_option("text", "json")
@store_option
@pass_context
def test_cmd(context: Context, *, name: str | None, output_format: str) -> ExitCode:
    """Send one test message through the channel NAME, or through each channel, and show the answer."""
    from leakguard.use_cases.alerts.try_channels import Origin, trial_json, try_channels  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.wiring.ledger import shown_store  # noqa: PLC0415  (as above)

    wiring = settings_of(context)
    settings = wiring.settings
    origin = Origin(host=wiring.host(), store=shown_store(settings.store), zone=settings.zone, is_drill=settings.drill)
    trial = try_channels(
        settings.watch, wiring.channels(), name, origin,
        test=f"test-{wiring.token()}", now=wiring.now(), monotonic=wiring.monotonic,
    )  # fmt: skip
    _keep(context, trial)
    if output_format == "json":
        click.echo(json.dumps(trial_json(trial), ensure_ascii=False))
        return trial.exit_code
    if trial.tried and not settings.watch.escalation.levels:
        context.say("leakguard.toml names no [escalation] levels, so no alert goes to anybody.")
    for line in trial_lines(trial):
        context.say(printable(context.repeating(line), longest=600))
    if settings.drill:
        context.remark("In a drill every channel is a file of this folder; nothing left the machine.")
    return trial.exit_code


def _keep(context: Context, trial: Trial) -> None:
    """In the ledger, where there is one: a channel that was dead is alive by what it took."""
    from leakguard.use_cases.alerts.try_channels import keep_trial  # noqa: PLC0415  (`--help` must not load it)

    try:
        store = context.wiring.store_if_any
        if store is not None:
            keep_trial(store, trial, now=context.wiring.now())
    except (StoreUnusable, LedgerBroken) as error:
        context.warn(f"The result is not in the ledger, so `watchman check` does not know of it: {error.message}")

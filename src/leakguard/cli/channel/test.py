"""`leakguard channel test`: one message now, and what came back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records
from leakguard.cli.watchman.readiness import settings_of
from leakguard.errors import ExitCode, LedgerBroken, StoreUnusable
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.try_channels import Trial, Tried

_EPILOG = """\b
Examples:
  leakguard channel test                      every channel of leakguard.toml
  leakguard channel test soc-mail             this one
  leakguard channel test --format json        for a monitor, once a day

The message says that it is a test, from which machine and store, and when; no alert is raised or acknowledged. The
ledger keeps which channel took it: after that a channel that failed no longer counts as dead for `watchman check`.
Exit codes: 0 every channel took it; 3 one did not, or there is none; 2 there is no such channel.
A channel that took the message may still lose it: look whether it has arrived.

\b
The least that notifies somebody, in leakguard.toml:
"""


_EXAMPLE = (
    "[[channel]]",
    'name = "soc-mail"',
    'kind = "smtp"',
    'host = "mail.example.edu"',
    "port = 587",
    'from = "leakguard@example.edu"',
    'to = ["soc@example.edu"]',
    "[escalation]",
    'levels = [{role = "commander"}]',
    'roles = {commander = ["soc-mail"]}',
)


@click.command(epilog=_EPILOG + "".join(f"  {line}\n" for line in _EXAMPLE))
@click.argument("name", required=False)
@records("Who tries it out")
@format_option("text", "json")
@store_option
@pass_context
def test_cmd(context: Context, *, name: str | None, output_format: str) -> ExitCode:
    """Send one test message through the channel NAME, or through each one, and show what came back."""
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
        click.echo("leakguard.toml names no [escalation] levels, so no alert goes to anybody.")
    for line in _lines(trial):
        click.echo(printable(context.repeating(line), longest=600))
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
        click.echo(
            f"The result is not in the ledger, so `watchman check` does not know of it: {error.message}", err=True
        )


def _lines(trial: Trial) -> Iterator[str]:
    if not trial.tried:
        yield "Nobody is notified: leakguard.toml names no [[channel]]."
        yield "  Next: add one, for example:"
        yield from (f"    {line}" for line in _EXAMPLE)
        return
    for one in trial.tried:
        yield from _channel_lines(one)
    for use in trial.unserved:
        yield f"Reaches nobody: {use.words}: no channel of this role took the message."
    count = sum(one.is_accepted for one in trial.tried)
    arrived = f" Look whether {trial.test} has arrived." if count else ""
    yield f"{count} of {len(trial.tried)} took the message.{arrived}"


def _channel_lines(one: Tried) -> Iterator[str]:
    took = "took it" if one.is_accepted else "FAILED"
    to = f" to {', '.join(one.to)}" if one.to else ""
    yield f"{one.name} ({one.kind}{to}): {took} after {one.seconds:.2f} s"
    if one.answer:
        yield f"  answer: {one.answer}"
    if one.problem:
        yield f"  problem: {one.problem}"
        yield f"  Next: {one.next_step}"
    notified = [use.words for use in one.uses] + (["the heartbeat"] if one.is_for_heartbeats else [])
    yield f"  used by: {'; '.join(notified) or 'no level of [escalation], so no alert goes there'}"

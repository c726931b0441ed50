"""What came back from a channel that was tried, for a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.try_channels import ChannelTrial, Trial


EXAMPLE = (
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


def trial_lines(trial: Trial) -> Iterator[str]:
    """Each channel with what came back, then whom no alert would reach."""
    if not trial.tried:
        yield "Nobody is notified: leakguard.toml names no [[channel]]."
        yield "  Next: add one, for example:"
        yield from (f"    {line}" for line in EXAMPLE)
        return
    for tried in trial.tried:
        yield from _channel_lines(tried)
    for use in trial.unserved:
        yield f"Reaches nobody: {use.words}: no channel of this role took the message."
    count = sum(result.is_accepted for result in trial.tried)
    arrived = f" Look whether {trial.test} has arrived." if count else ""
    yield f"{count} of {len(trial.tried)} took the message.{arrived}"


def _channel_lines(trial: ChannelTrial) -> Iterator[str]:
    took = "took it" if trial.is_accepted else "FAILED"
    to = f" to {', '.join(trial.to)}" if trial.to else ""
    yield f"{trial.name} ({trial.kind}{to}): {took} after {trial.seconds:.2f} s"
    if trial.answer:
        yield f"  answer: {trial.answer}"
    if trial.problem:
        yield f"  problem: {trial.problem}"
        yield f"  Next: {trial.next_step}"
    notified = [use.words for use in trial.uses] + (["the heartbeat"] if trial.is_for_heartbeats else [])
    yield f"  used by: {'; '.join(notified) or 'no level of [escalation], so no alert goes there'}"

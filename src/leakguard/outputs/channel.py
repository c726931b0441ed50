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
    for one in trial.tried:
        yield from _channel_lines(one)
    for use in trial.unserved:
        yield f"Reaches nobody: {use.words}: no channel of this role took the message."
    count = sum(one.is_accepted for one in trial.tried)
    arrived = f" Look whether {trial.test} has arrived." if count else ""
    yield f"{count} of {len(trial.tried)} took the message.{arrived}"


def _channel_lines(one: ChannelTrial) -> Iterator[str]:
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

"""`leakguard evidence clock`: which entries were recorded under a wrong clock, and the entry that mends that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from leakguard.cli.moments import interval_in, length_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.recording import records, second_option
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.moments import to_z
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.models.events import Interval
    from leakguard.use_cases.proofs.clock_touched import AffectedEntries, WrongClock, WrongClocks
    from leakguard.use_cases.proofs.evidence_clock import CorrectedClocks, CorrectionRequest

_EPILOG = """\b
Examples:
  leakguard evidence clock
  leakguard evidence clock --mend --ahead PT8H --by "Ada Lovelace" --reason "time zone set as UTC until 10:30"
  leakguard evidence clock --mend --by "Ada Lovelace" --reason "nobody knows by how much it was ahead"
  leakguard evidence clock --mend --behind PT2H --by "Ada Lovelace" --reason "dead clock battery"
  leakguard evidence clock --mend --entries 4-9 --ahead PT8H --by "Ada Lovelace" --reason "host log"
  leakguard evidence clock --mend --at 8=2026-11-29T10:40+01:00 --by "Ada Lovelace" --reason "mail log" \\
      --second "Alan Turing"

\b
Exit codes:
  0  no clock contradicts another one, or the entries are corrected
  1  the ledger shows a wrong clock that no entry corrects
"""
_ENTRIES = re.compile(r"(?:E-)?([1-9][0-9]{0,17})(?:-(?:E-)?([1-9][0-9]{0,17}))?")
_AT = re.compile(r"(?:E-)?([1-9][0-9]{0,17})=(.+)", re.DOTALL)


@click.command(epilog=_EPILOG)
@click.option(
    "--mend", is_flag=True, help="Record which clock was wrong. Deadlines and states are then calculated correctly."
)
@click.option("--ahead", metavar="DURATION", help="The earlier clock was ahead by exactly this time.")
@click.option("--behind", metavar="DURATION", help="The later clock was behind by exactly this time.")
@click.option("--entries", metavar="FIRST-LAST", help="Entries that were recorded with the wrong clock.")
@click.option(
    "--at", "ats", metavar="ENTRY=TIME", multiple=True, help="True time of what this entry records. May be repeated."
)
@records("Person who states this")
@second_option(
    "Second person who agrees, needed if no clock in the ledger contradicts the time. This name is always typed."
)
@click.option(
    "--second-password-file", metavar="FILE", help="In a store with accounts: the password of --second; `-` is stdin."
)
@click.option("--reason", default="", help="How this is known.")
@format_option("text", "json")
@store_option
@pass_context
def clock_cmd(
    context: Context, *, mend: bool, output_format: str, second_password_file: str | None,
    **options: Any,  # noqa: ANN401  (click's own)
) -> int:  # fmt: skip
    """List the entries that were recorded with a wrong system clock, and correct them.

    A clock here is the system clock of a machine. Nothing is rewritten: --mend appends an entry that says which
    clock was wrong and by how much, and LeakGuard calculates with the corrected times. Times that a person stated
    with --at are not changed. If no other clock contradicts the time, two people must correct it: --by and
    --second. Without --ahead or --behind, the times count as known only roughly, between the bounds in the ledger,
    and deadlines count from the earliest time. Without --behind, the earlier clock was ahead, and the clock of this
    machine is right.
    """
    if mend:
        return _correct(context, _agreed(context, _asked(context, **options), second_password_file), output_format)
    if any(options.values()) or context.typed_recorder is not None:
        raise UsageProblem("this only lists the wrong clocks", next_step="To correct one, add --mend.")
    return _list(context, output_format)


def _list(context: Context, output_format: str) -> int:
    from leakguard.use_cases.proofs.clock_doubts import moved_words  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.use_cases.proofs.clock_touched import find_wrong_clocks  # noqa: PLC0415  (as above)

    wiring = context.wiring
    found = find_wrong_clocks(wiring.existing_store, now=wiring.now())
    if output_format == "json":
        click.echo(json.dumps(_all_json(found)))
    elif not found:
        context.say("No clock contradicts another one.")
    else:
        for line in (line for clock in found.found for line in _lines(clock)):
            context.say(printable(line, longest=600))
        for entry in found.moved:
            context.say(printable(moved_words(entry), longest=600))
        context.notes.print(_advice(found.found), soft_wrap=True)
    return ExitCode.EXPOSED if found else ExitCode.CLEAN


def _lines(clock: WrongClock) -> Iterator[str]:
    from leakguard.use_cases.proofs.clock_doubts import step_words  # noqa: PLC0415  (as above)
    from leakguard.use_cases.proofs.clock_touched import length_words  # noqa: PLC0415  (as above)

    step = clock.step
    began, ended = (to_z(moment.replace(microsecond=0)) for moment in step.ahead_times)
    yield step_words(step)
    yield f"  if it was ahead: by {length_words(step)}; it said {began} to {ended}"
    yield from (f"    {line}" for line in _touched_lines(clock.ahead))
    if step.behind is not None:
        yield "  if it was behind:"
        yield from (f"    {line}" for line in _touched_lines(clock.behind))


def _touched_lines(touched: Sequence[AffectedEntries]) -> Iterator[str]:
    if not touched:
        yield "no time of any entry came from that clock"
    for affected in touched:
        numbers = ", ".join(map(str, affected.entries[:20]))
        more = f" and {len(affected.entries) - 20} more" if len(affected.entries) > 20 else ""  # noqa: PLR2004  (as many fit a line)
        yield f"{affected.subject}: entries {numbers}{more}"


def _advice(found: Sequence[WrongClock]) -> str:
    lines = ["Find out which clock was wrong, from the log of the host or of its time service. Then"]
    which = "" if len(found) == 1 else " --entries FIRST-LAST"
    lines.append(
        f"  leakguard evidence clock --mend{which} --ahead PT8H --by NAME --reason TEXT  # the earlier one, by 8 h"
    )
    if any(clock.step.behind is not None for clock in found):
        lines.append(
            f"  leakguard evidence clock --mend{which} --behind PT8H --by NAME --reason TEXT  # the later one, by 8 h"
        )
    if all(clock.step.most_ahead is not None for clock in found):
        lines.append(
            "  leakguard evidence clock --mend --by NAME --reason TEXT  # the earlier one, nobody knows by how much"
        )
    return "\n".join(lines)


def _all_json(found: WrongClocks) -> dict[str, Any]:
    moved = [
        {
            "entry": entry.sequence, "subject": entry.subject,
            "earliest": to_z(entry.earliest) if entry.earliest is not None else None, "latest": to_z(entry.latest),
        }
        for entry in found.moved
    ]  # fmt: skip
    return {"wrong_clocks": [_found_json(clock) for clock in found.found], "moved": moved}


def _found_json(clock: WrongClock) -> dict[str, Any]:
    step = clock.step
    return {
        "if_ahead": {
            "first": step.ahead[0], "last": step.ahead[1], "least_seconds": step.least.total_seconds(),
            "most_seconds": step.most_ahead.total_seconds() if step.most_ahead is not None else None,
            "touched": _touched_json(clock.ahead),
        },
        "if_behind": {
            "first": step.behind[0], "last": step.behind[1], "least_seconds": step.least.total_seconds(),
            "most_seconds": step.most_behind.total_seconds() if step.most_behind is not None else None,
            "touched": _touched_json(clock.behind),
        } if step.behind is not None else None,
    }  # fmt: skip


def _touched_json(touched: Sequence[AffectedEntries]) -> dict[str, list[int]]:
    return {affected.subject: list(affected.entries) for affected in touched}


def _agreed(context: Context, asked: CorrectionRequest, password_file: str | None) -> CorrectionRequest:
    """With the account of the second person, in a store that has accounts."""
    from leakguard.cli.second_account import second_account  # noqa: PLC0415  (`--help` must not load it)
    from leakguard.cli.secrets import password_in  # noqa: PLC0415  (as below)
    from leakguard.frozen import replace  # noqa: PLC0415  (as above)

    what = "correct with another person what no clock contradicts"
    second = second_account(context, asked.second, password_in(password_file), what=what)
    return asked if second is None else replace(asked, second=second.name, second_id=second.actor)


def _correct(context: Context, asked: CorrectionRequest, output_format: str) -> int:
    from leakguard.use_cases.proofs.evidence_clock import correct_clocks  # noqa: PLC0415  (`--help` must not load it)

    wiring = context.wiring
    done = correct_clocks(wiring.existing_store, asked, now=wiring.now())
    if output_format == "json":
        click.echo(json.dumps(_corrected_json(done)))
    else:
        _show(context, done)
    return ExitCode.CLEAN


def _show(context: Context, done: CorrectedClocks) -> None:
    from leakguard.use_cases.proofs.clock_doubts import wrong_words  # noqa: PLC0415  (`--help` must not load it)

    for wrong in done.wrongs:
        context.say(f"Recorded: {wrong_words(wrong)}.")
    for number, at in done.instants.items():
        context.say(f"Recorded: what entry {number} tells of happened {_interval_text(at)}.")
    for line in _touched_lines(done.touched):
        context.say(f"  {printable(line)}")
    incidents = [affected.subject for affected in done.touched if affected.subject.startswith("IR-")]
    if incidents:
        context.notes.print(
            "\n".join(
                ["See what that moved:", *(f"  leakguard clock list --incident {incident}" for incident in incidents)]
            )
        )
    if done.left:
        context.notes.print(f"{done.left} more that no entry corrects: leakguard evidence clock")


def _interval_text(at: Interval) -> str:
    if at.is_exact:
        return f"at {to_z(at.earliest)}"
    return f"between {to_z(at.earliest)} and {to_z(at.latest)}"


def _corrected_json(done: CorrectedClocks) -> dict[str, Any]:
    return {
        "wrong_clocks": [
            {
                "first": wrong.first_entry, "last": wrong.last_entry,
                "ahead_least_seconds": wrong.least.total_seconds(), "ahead_most_seconds": wrong.most.total_seconds(),
            }
            for wrong in done.wrongs
        ],
        "instants": {
            str(number): {"earliest": to_z(at.earliest), "latest": to_z(at.latest)}
            for number, at in done.instants.items()
        },
        "touched": _touched_json(done.touched),
        "left": done.left,
    }  # fmt: skip


def _asked(
    context: Context,
    *,
    ahead: str | None,
    behind: str | None,
    entries: str | None,
    ats: Sequence[str],
    reason: str,
    second: str,
) -> CorrectionRequest:
    from leakguard.use_cases.proofs.evidence_clock import CorrectionRequest  # noqa: PLC0415  (as above)

    if ahead and behind:
        raise UsageProblem("a clock is ahead or behind", next_step="Leave one of --ahead and --behind out.")
    length = ahead or behind
    return CorrectionRequest(
        by=context.by,
        reason=reason,
        second=second,
        entries=_range(entries) if entries else None,
        length=length_in(length) if length else None,
        is_behind=behind is not None,
        instants=dict(_instant(text, context.wiring.settings.zone) for text in ats),
    )


def _range(text: str) -> tuple[int, int]:
    found = _ENTRIES.fullmatch(text)
    if found is None or int(found[1]) > int(found[2] or found[1]):
        raise UsageProblem(f"`{text[:60]}` names no entries", next_step="Write the first and the last: --entries 4-9")
    return int(found[1]), int(found[2] or found[1])


def _instant(text: str, zone: str) -> tuple[int, Interval]:

    found = _AT.fullmatch(text)
    if found is None:
        raise UsageProblem(
            f"`{text[:60]}` is not ENTRY=TIME", next_step="Write for example --at 8=2026-11-29T10:40+01:00"
        )
    return int(found[1]), interval_in(found[2], zone=zone)

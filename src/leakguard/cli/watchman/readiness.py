"""Settings that notify nobody: how the commands that watch end with 3 and say what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from leakguard.errors import AlertsUnready, BadFile, ExitCode, LawsUnknown, LeakGuardError, NotFound, UsageProblem
from leakguard.outputs.words import printable

if TYPE_CHECKING:
    from leakguard.alerts.readiness import NotReady
    from leakguard.cli.options import Context
    from leakguard.wiring import Wiring

_NOBODY = "Until then nobody is notified."


def settings_of(context: Context) -> Wiring:
    """The wiring; a `leakguard.toml` that cannot be used notifies nobody, so it ends with 3."""
    try:
        return context.wiring
    except BadFile as error:
        _end_with_three(error)
        raise


@contextmanager
def settings_that_hold() -> Iterator[None]:
    """Also of settings whose words are judged later, such as `laws` or the folder of duties."""
    try:
        yield
    except LawsUnknown as error:  # a question to a person, which every command asks alike
        error.next_step = f"{error.next_step} {_NOBODY}".strip()
        raise
    except (BadFile, UsageProblem, NotFound) as error:
        _end_with_three(error)
        raise


def _end_with_three(error: LeakGuardError) -> None:
    error.exit_code = ExitCode.UNFINISHED
    error.next_step = f"{error.next_step} {_NOBODY}".strip()


def refuse_unready(problems: Sequence[NotReady]) -> None:
    """Raise `AlertsUnready` with every problem and what to do about each."""
    if not problems:
        return
    lines = "\n".join(f"  {problem.text}\n    Next: {problem.next_step}" for problem in problems)
    raise AlertsUnready(
        f"the watchman does not start, since it could not notify everybody whom it has to\n{lines}",
        next_step="Fix leakguard.toml or the environment, try it with `leakguard channel test`, and start it again.",
    )


def tell_remarks(context: Context, remarks: Sequence[NotReady]) -> None:
    """Say what keeps no alert from everybody, and yet is hardly meant so."""
    for remark in remarks:
        context.remark(f"{printable(remark.text, longest=400)}. Next: {printable(remark.next_step, longest=400)}")

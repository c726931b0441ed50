"""What a check of the installation found: one answer for each thing, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum

from leakguard.errors import BadFile, ExitCode, LeakGuardError
from leakguard.frozen import Frozen
from leakguard.logs import log

SCHEMA = "leakguard.doctor/1"


class CheckupAnswer(StrEnum):
    """How one thing stands."""

    OK = "ok"
    PROBLEM = "problem"
    NOT_CHECKED = "not_checked"
    """Nobody knows: what has to be asked could not be asked. Never said of what is not used here."""


class CheckupResult(Frozen):
    """One answer."""

    part: str
    """Such as `store` or `fonts`; several answers may be about one part."""
    answer: CheckupAnswer
    text: str
    next_step: str = ""
    """What to do, with the command to copy; empty where all is well."""


class Checkup(Frozen):
    """Every answer, in the order in which things depend on one another."""

    found: tuple[CheckupResult, ...]

    @property
    def exit_code(self) -> ExitCode:
        """1 for a problem, 3 where something could not be checked, else 0."""
        answers = {result.answer for result in self.found}
        if CheckupAnswer.PROBLEM in answers:
            return ExitCode.EXPOSED
        return ExitCode.UNFINISHED if CheckupAnswer.NOT_CHECKED in answers else ExitCode.CLEAN


Said = Iterable[tuple[CheckupAnswer, str, str]]
"""Answer, what was found, what to do."""
Check = Callable[[], Said]


def well(text: str) -> tuple[CheckupAnswer, str, str]:
    """All is well, or the thing is not used here."""
    return CheckupAnswer.OK, text, ""


def problem(text: str, next_step: str) -> tuple[CheckupAnswer, str, str]:
    """Somebody has to do something."""
    return CheckupAnswer.PROBLEM, text, next_step


def unknown(text: str, next_step: str) -> tuple[CheckupAnswer, str, str]:
    """It could not be checked."""
    return CheckupAnswer.NOT_CHECKED, text, next_step


def check_up(checks: Mapping[str, Check]) -> Checkup:
    """Ask every check; one that is refused is a problem, and one that the machine refuses to answer is not checked."""
    found = [
        CheckupResult(part=part, answer=a, text=text, next_step=step)
        for part, check in checks.items()
        for a, text, step in _asked(check)
    ]
    for result in found:
        say = log.info if result.answer is CheckupAnswer.OK else log.warning
        say("doctor_found", part=result.part, answer=result.answer.value)
    return Checkup(found=tuple(found))


def _asked(check: Check) -> Iterator[tuple[CheckupAnswer, str, str]]:
    try:
        yield from check()
    except BadFile as error:
        for bad in error.problems:
            yield problem(f"{error.name}: {bad}", error.next_step)
    except LeakGuardError as error:
        yield problem(error.message, error.next_step)
    except OSError as error:
        yield unknown(f"it cannot be checked: {error.strerror}", "Run it as the user that LeakGuard runs as.")

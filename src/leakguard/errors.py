"""Every error that LeakGuard raises on purpose.

Each one says what to do next and carries the exit code that the command line ends with.
A library's own errors are caught only in its adapter and turned into one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit code tells a script."""

    CLEAN = 0
    EXPOSED = 1
    """An exposure was found, or a `check`, `verify` or `lint` command found problems."""
    USAGE = 2
    UNFINISHED = 3
    DEADLINE_MISSED = 4
    BUG = 128


class LeakGuardError(Exception):
    """A refusal with a reason and a next step; never a bug."""

    exit_code: ExitCode = ExitCode.UNFINISHED

    def __init__(self, message: str, *, next_step: str = "") -> None:
        """`message` says what is wrong, `next_step` what the reader can do about it."""
        super().__init__(message)
        self.message = message
        self.next_step = next_step


class UsageProblem(LeakGuardError):
    """The command was asked for something that makes no sense."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong in a file that a person wrote."""

    where: str
    """The field's path, such as `clocks[0].limbs[1].amount`."""
    text: str
    line: int | None = None
    """Counted from one; `None` where the file gives no place."""
    nearest: str | None = None
    """The known name that the writer probably meant."""

    def __str__(self) -> str:
        """One line: place, what is wrong, the nearest known name."""
        place = f"line {self.line}: " if self.line else ""
        where = f"{self.where}: " if self.where else ""
        hint = f" (did you mean `{self.nearest}`?)" if self.nearest else ""
        return f"{place}{where}{self.text}{hint}"


MOST_PROBLEMS = 100
"""Problems of one file that are named in a message: nobody mends more in one go."""


class BadFile(LeakGuardError):
    """A file could not be used; it carries every problem of that file at once, and names the first hundred."""

    exit_code = ExitCode.USAGE

    def __init__(self, name: str, problems: tuple[Problem, ...], *, next_step: str = "") -> None:
        """`name` is how the user called the file; `problems` are all that were found."""
        count = len(problems)
        noun = "problem" if count == 1 else "problems"
        lines = "\n".join(f"  {problem}" for problem in problems[:MOST_PROBLEMS])
        more = f"\n  and {count - MOST_PROBLEMS:,} more" if count > MOST_PROBLEMS else ""
        super().__init__(
            f"{name}: {count} {noun}\n{lines}{more}",
            next_step=next_step or "Correct the file and run the command again.",
        )
        self.name = name
        self.problems = problems

    @classmethod
    def whole(cls, name: str, text: str, *, line: int | None = None, next_step: str = "") -> BadFile:
        """One problem, of the file as a whole and not of one of its fields."""
        return cls(name, (Problem(where="", text=text, line=line),), next_step=next_step)


class ScopeRefused(LeakGuardError):
    """There is no valid permission to probe: scope missing, expired, not yet valid, without an owner."""

    exit_code = ExitCode.USAGE


class OutOfScope(LeakGuardError):
    """A target lies outside the scope, or inside its exclusions."""

    exit_code = ExitCode.USAGE


class InQuietHours(LeakGuardError):
    """The scope says that nothing is probed at this time of the day."""

    def __init__(self, message: str, *, next_step: str = "", is_waited_for: bool = False) -> None:
        """`is_waited_for` says that a scan which is told to wait begins when they end."""
        super().__init__(message, next_step=next_step)
        self.is_waited_for = is_waited_for


class LawsUnknown(UsageProblem):
    """Nothing says in which country the organisation sits, so nobody can say whose laws to watch."""


class NotFound(LeakGuardError):
    """The store knows no such run, finding, incident, step, clock or duty."""

    exit_code = ExitCode.USAGE


class CloudRefused(LeakGuardError):
    """An account of ours cannot be asked: no such profile, no credentials, or they lead to another account."""

    exit_code = ExitCode.USAGE


class StoreUnusable(LeakGuardError):
    """The store cannot be opened, read or written."""


class LedgerBroken(LeakGuardError):
    """The ledger does not verify, so nothing more is written on top of it; `evidence verify` has found just that."""


class NotAllowed(LeakGuardError):
    """The act is refused in this state: a step out of turn, an event of a closed cycle."""

    exit_code = ExitCode.USAGE


class NotLoggedIn(NotAllowed):
    """A session or a token that opens nothing: wrong, ended, expired, or of an account that is disabled."""


class TooManyAttempts(NotLoggedIn):
    """Too many logins failed lately; the next one has to wait."""

    def __init__(self, message: str, *, wait_seconds: int = 0, next_step: str = "") -> None:
        """`wait_seconds` is how long."""
        super().__init__(message, next_step=next_step)
        self.wait_seconds = wait_seconds


class CodeNeeded(NotLoggedIn):
    """The password is right, and the account has a second factor, whose code was not given."""


class RightMissing(NotAllowed):
    """The caller's roles, or the scopes of the token, do not have the right."""


class ApprovalGone(NotAllowed):
    """Somebody took an approval back while the letters were being sent, or it holds no more."""


class OutputLost(LeakGuardError):
    """What the command had to say could not be written to stdout, so no verdict was given."""


class FileLost(LeakGuardError):
    """What the command had to say could not be written to the file that was named for it: its disk has no room."""


class NoteNotRead(LeakGuardError):
    """A ransom note was asked for, and there was none to be read now."""


class LetterIncomplete(LeakGuardError):
    """A letter cannot be drafted: unknown names in a template, a required fact without a stated reason."""

    exit_code = ExitCode.USAGE


class FontMissing(LeakGuardError):
    """No font on this machine can show the letter's language."""


LIBRARIES_OF_EXTRAS: Mapping[str, str] = {
    "cjk": "cvttf-notosanscjk-regular",
    "fleet": "'celery[redis]' amqp",
    "postgres": "'psycopg[binary]'",
    "sso": "joserfc webauthn",
}
"""What each extra of pyproject.toml adds, as a shell takes it."""


def how_to_add(extra: str) -> str:
    """The command that adds an extra to an installation, wherever it came from; no index has it by its name."""
    return f"pipx inject leakguard {LIBRARIES_OF_EXTRAS[extra]} (without pipx: pip install ...)"


class ExtraMissing(LeakGuardError):
    """What was asked for needs an extra of LeakGuard that is not installed here."""

    @classmethod
    def of(cls, what: str, *, extra: str) -> ExtraMissing:
        """`what` needs it, as `a fleet`; `extra` is its name in square brackets."""
        return cls(
            f"{what} needs the extra `{extra}` of LeakGuard, which is not installed",
            next_step=f"Add its libraries: {how_to_add(extra)}.",
        )


class DocumentFailed(LeakGuardError):
    """The document could not be made."""


class ProcessLost(LeakGuardError):
    """A process that did a part of the work ended before it was done."""


class TooFewFiles(LeakGuardError):
    """The machine lets this process open fewer files than the work needs."""


class MachineShort(LeakGuardError):
    """The machine gives this process no more memory, or lets it open no more files."""


class ChannelFailed(LeakGuardError):
    """An alert could not be sent on one channel; the next one is tried at once."""

    answer: str = ""
    """What the other side said, for a person who tries the channel out; it is never stored."""


class MailboxAway(LeakGuardError):
    """A mailbox cannot be read now: its server is away, refuses the login, or says what makes no sense."""


class ChannelUnset(ChannelFailed):
    """What the channel needs is not set, so nothing was even tried."""


class CalendarUnread(LeakGuardError):
    """The calendar that says who is on call could not be read; alerts go to the channels of the settings."""

    exit_code = ExitCode.UNFINISHED


class AlertsUnready(LeakGuardError):
    """The settings cannot notify everybody whom they name, so a watchman would watch in silence."""


class MailServerAway(ChannelFailed):
    """The mail server cannot be reached or wants nothing now; it may later."""


class NotTrusted(LeakGuardError):
    """A message of the fleet is not signed by a key that the settings name, or was changed on the way."""

    exit_code = ExitCode.USAGE


class FleetUnreachable(LeakGuardError):
    """The broker cannot be reached, or no worker of a vantage answers."""


class ClusterFailed(LeakGuardError):
    """A cluster of our own cannot be reached, or refuses what was sent."""

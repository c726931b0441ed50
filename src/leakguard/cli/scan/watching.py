"""Who looks on while a scan runs, and what is said when it had to stop; for scans of this machine and of a fleet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from leakguard.cli.scan.progress import NoProgress, SeveralProgress, progress_for
from leakguard.models.scan_state import BindingLimit
from leakguard.models.scope import Scope
from leakguard.models.texts import counted
from leakguard.ports import Progress
from leakguard.scanning.quiet_hours import QuietTime

if TYPE_CHECKING:
    from leakguard.cli.options import Context
    from leakguard.cli.scan.scan_options import Options
    from leakguard.use_cases.scans.scan_assets import ScanSummary


class ScanCompleteness(Protocol):
    """How a scan ended, whoever did it."""

    @property
    def is_unfinished(self) -> bool:
        """Whether some endpoint got no clear answer."""


_LONGEST_LINE = 1_000
_MOST_NAMED = 5
"""Other scans by name; a shared store may have many."""
EndedType = TypeVar("EndedType", bound=ScanCompleteness)


class _OtherScans(NoProgress):
    """Says once which other scans go on, as two know nothing of each other's connections, and which were killed."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def started(self, total: int) -> None:
        """Look before the first packet."""
        from leakguard.use_cases.scans.killed import end_killed  # noqa: PLC0415  (`--help` must not load it)

        del total
        wiring = self._context.wiring
        for run in end_killed(wiring.store, now=wiring.now):
            quoting_note(self._context)(
                f"Run {run} was killed before it reported what it had found: leakguard scan show {run}"
            )
        if others := wiring.store.runs_at_work():
            named = f"{', '.join(others[:_MOST_NAMED])}{_and_more(len(others) - _MOST_NAMED)}"
            quoting_note(self._context)(
                f"Another scan goes on meanwhile: {named}. Each keeps to the scope's limits by itself; "
                "where they meet, let one end first, or lower --rate and --per-host."
            )


class _Bound(NoProgress):
    """Says before the first packet which limit binds, and which rate it allows."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def bound(self, limit: BindingLimit) -> None:
        """One line, where somebody would notice it."""
        from leakguard.outputs.progress import binding_line, is_felt  # noqa: PLC0415  (`--help` must not load it)

        if is_felt(limit):
            note(self._context)(binding_line(limit))


def _and_more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def watched(context: Context, scope: Scope, asked: Options, scan: Callable[[Progress], EndedType]) -> EndedType:
    """Scan while a person and a monitor look on, as far as they asked to."""
    progress: Progress = SeveralProgress((_OtherScans(context), _Bound(context), progress_for(context, asked.progress)))
    if asked.metrics is None:
        return scan(progress)
    from leakguard.cli.scan.metrics import metrics_at  # noqa: PLC0415  (few scans are watched by a monitor)

    with metrics_at(asked.metrics, context, scope.name) as metrics:
        summary = scan(SeveralProgress((progress, metrics)))
        if not summary.is_unfinished:
            metrics.succeeded()
    return summary


def why_it_stopped(summary: ScanSummary) -> Iterator[str]:
    """What ended a run before its end, unless somebody or quiet hours did."""
    if summary.is_lost:
        yield "Nobody answers any more, not even hosts that did: the network is gone, or something shuts us out."
    if summary.is_out_of_force:
        yield "The scope is not valid any more: ask the owner to approve it again and set `valid.until`."
    if summary.lost_process:
        yield f"{summary.lost_process[:1].upper()}{summary.lost_process[1:]}"


def say_how_to_go_on(
    context: Context, run: str, quiet: QuietTime | None, *, done: int, planned: int, why: Iterable[str] = ()
) -> None:
    """Why a run had to stop, and how and from when on it goes on."""
    say = note(context)
    for line in why:
        say(line)
    ended = "Quiet hours began" if quiet is not None else "Interrupted"
    say(f"{ended} after {done:,} of at most {counted(planned, 'endpoint')}.")
    since = f", from {quiet.until_words} on, or at once with --wait" if quiet is not None else ""
    say(f"Go on with: leakguard scan --resume {run}{since}")


def note(context: Context) -> Callable[[str], None]:
    """Says a line on stderr, and leaves it whole: it may end in a command, and whoever pastes two lines runs two."""
    return partial(context.notes.print, soft_wrap=True)


def quoting_note(context: Context) -> Callable[[str], None]:
    """As `note`, for lines that quote what a worker elsewhere said: whoever took one over writes to no terminal."""
    from leakguard.outputs.words import printable  # noqa: PLC0415  (`--help` must not load it)

    say = note(context)
    return lambda line: say(printable(line, longest=_LONGEST_LINE))

"""What releases changed in the duties, as the register `duties/changes/releases.yaml` tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from leakguard.clocks.rules import Amount
from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import Path, ReadText, dotted, read_yaml
from leakguard.notices.duties import Duty
from leakguard.ports import DataFolders

CHANGES = "changes/releases.yaml"
"""Among the files of duties; it holds no duty."""
Changed = Literal[
    "new", "gone", "split", "trigger", "deadline", "anchor", "threshold", "recipient", "content", "in_force_from"
]
_VERSION = re.compile(r"\d{1,9}(?:\.\d{1,9})*", re.ASCII)


class DutyChange(Shape):
    """What one release changed in one duty."""

    release: str = Field(pattern=rf"^{_VERSION.pattern}$")
    on: date
    """The day of the release."""
    duty: str
    """Its id in the release before, also where it is gone or was split."""
    parts: tuple[Changed, ...] = Field(min_length=1)
    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)
    before: dict[str, Amount] = Field(default_factory=dict)
    """By stage, how much time it had in the release before, where that changed."""

    @property
    def order(self) -> tuple[int, ...]:
        """The release as numbers."""
        return _numbers(self.release)


class _ChangeFile(Shape):
    changes: tuple[DutyChange, ...]


def load_changes(folders: DataFolders) -> tuple[DutyChange, ...]:
    """The register that ships, the newest release first; raises `BadFile`."""
    return parse_changes(folders.text("duties", CHANGES), name=f"duties/{CHANGES}")


def parse_changes(text: str, *, name: str) -> tuple[DutyChange, ...]:
    """Read the register; raises `BadFile` with all problems."""
    read = read_yaml(text, name=name)
    changes = fit(read, _ChangeFile, name=name).changes
    problems = tuple(_problems(changes, read))
    if problems:
        raise BadFile(name, problems)
    return tuple(sorted(changes, key=lambda change: (tuple(-number for number in change.order), change.duty)))


def _problems(changes: Sequence[DutyChange], read: ReadText) -> Iterator[Problem]:
    days: dict[str, date] = {}
    seen: set[tuple[str, str]] = set()
    for index, change in enumerate(changes):
        place: Path = ("changes", index, "release")
        if days.setdefault(change.release, change.on) != change.on:
            text = f"the release {change.release} has another day above: {days[change.release]}"
            yield Problem(where=dotted(place), text=text, line=read.line_of(place))
        if (change.release, change.duty) in seen:
            text = f"`{change.duty[:60]}` has an entry of this release already: join them"
            yield Problem(where=dotted(place), text=text, line=read.line_of(place))
        seen.add((change.release, change.duty))
        if change.before and "deadline" not in change.parts:
            place = ("changes", index, "before")
            text = "states an earlier deadline, and `parts` does not name `deadline`"
            yield Problem(where=dotted(place), text=text, line=read.line_of(place))


def changes_since(changes: Sequence[DutyChange], since: str | None) -> tuple[DutyChange, ...]:
    """The changes after a release, or from a day on; by default those of the newest release.

    Raises `UsageProblem` for what is neither.
    """
    if since is None:
        return tuple(change for change in changes if change.order == changes[0].order)
    if _VERSION.fullmatch(since):
        return tuple(change for change in changes if change.order > _numbers(since))
    try:
        day = date.fromisoformat(since)
    except ValueError:
        known = ", ".join(releases_of(changes))
        raise UsageProblem(
            f"`{since[:40]}` is neither a release nor a day",
            next_step=f"Write a version such as 0.1.0, or a day such as 2026-11-30; the register knows {known}.",
        ) from None
    return tuple(change for change in changes if change.on >= day)


def releases_of(changes: Iterable[DutyChange]) -> tuple[str, ...]:
    """The releases that changed a duty, the newest first."""
    return tuple(dict.fromkeys(change.release for change in changes))


def heirs_of(change: DutyChange, duties: Sequence[Duty]) -> tuple[Duty, ...]:
    """The duty of a change as it is now; the legs of one that was split; nothing where it is gone."""
    own = tuple(duty for duty in duties if duty.id == change.duty)
    return own or tuple(duty for duty in duties if change.duty in duty.split_from)


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(int(part) for part in release.split("."))

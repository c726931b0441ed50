"""The owner accepts an open finding for a while, or no longer: a line of the mute list, and an entry of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from leakguard.errors import FileLost, NotAllowed, NotFound, UsageProblem
from leakguard.files.opening import read_text
from leakguard.files.replacing import held, replacing
from leakguard.frozen import Frozen
from leakguard.models.events import exactly
from leakguard.models.file_modes import Output, mode_of
from leakguard.models.findings import Finding
from leakguard.models.glances import glance_of
from leakguard.models.mutes import Mute
from leakguard.models.records import Record
from leakguard.ports import ScanStore
from leakguard.scanning.mutes import (
    HEAD,
    LONGEST,
    entry_text,
    indent_of,
    is_own_form,
    parse_mutes,
    stated_in,
    without_entries,
)
from leakguard.use_cases.scans.muted_runs import USUAL, mutes_file

MUTED, UNMUTED = "finding_muted", "finding_unmuted"


class NewMute(Frozen):
    """What somebody states."""

    finding: str
    reason: str
    owner: str
    """Who answers for it."""
    until: str
    """The last day on which it holds, such as `2027-03-31`."""


class MuteTools(Protocol):
    """What muting needs from the outside."""

    def now(self) -> datetime:
        """The time, in UTC."""


Replace = Callable[[str, str], None]
"""Replaces a file by its name with a text, in one step."""


def mute_finding(
    store: ScanStore, tools: MuteTools, new: NewMute, *, named: str | None, by_settings: str,
    sleep: Callable[[float], object], replace: Replace,
) -> tuple[str, Mute]:  # fmt: skip
    """Write the line, and then the entry; returns the name of the list and what it says now.

    Raises `NotFound` for a finding or a list that is not there, `UsageProblem` for a day that cannot be.
    """
    found = _finding(store, new.finding)
    today = tools.now().date()
    mute = Mute(
        check=found.check_id, target=found.place, cluster_id=found.verdict.cluster_id, reason=new.reason,
        owner=new.owner, expires=_day(new.until, today=today),
    )  # fmt: skip
    name = named or mutes_file(None, by_settings) or USUAL
    with held(Path(name), sleep):
        replace(name, _with_entry(mute, name, today=today))
    content = {
        "finding": found.id, "check": found.check_id, "target": found.place, "reason": mute.reason,
        "owner": mute.owner, "expires": mute.expires.isoformat(),
    }  # fmt: skip
    store.append(found.run, [Record(kind=MUTED, occurred_at=exactly(tools.now()), content=content)])
    return name, mute


def unmute_finding(
    store: ScanStore, tools: MuteTools, identifier: str, reason: str, *, named: str | None, by_settings: str,
    sleep: Callable[[float], object], replace: Replace,
) -> tuple[str, tuple[Mute, ...]]:  # fmt: skip
    """Take out each entry that speaks of the finding, and then write who did; returns the list's name and the entries.

    Raises `NotFound` for a finding or a list that is not there, `NotAllowed` for a finding that no entry speaks of, and
    `UsageProblem` for entries that only a person can take out.
    """
    found = _finding(store, identifier)
    name = named or mutes_file(None, by_settings) or USUAL
    with held(Path(name), sleep):
        text, ended = _without_entries(found, name, today=tools.now().date())
        replace(name, text)
    content = {
        "finding": found.id, "check": found.check_id, "target": found.place, "reason": reason,
        "entries": [_mute_json(mute) for mute in ended],
    }  # fmt: skip
    store.append(found.run, [Record(kind=UNMUTED, occurred_at=exactly(tools.now()), content=content)])
    return name, ended


def _without_entries(found: Finding, name: str, *, today: date) -> tuple[str, tuple[Mute, ...]]:
    """The list without what mutes the finding today or did before, and those entries."""
    before = read_text(name) if Path(name).exists() else HEAD
    listed = parse_mutes(before, name=name, today=today)
    stated = stated_in(before, name=name)
    glance = glance_of(found)
    gone = [place for place, mute in enumerate(stated) if mute.fits(glance)]
    if not any(mute.fits(glance) for mute in listed.mutes):
        raise NotAllowed(
            f"no entry of {name} mutes `{found.id}`", next_step="It counts as open already: nothing is to be done."
        )
    after = without_entries(before, gone)
    ended = tuple(stated[place] for place in gone)
    if after is None:
        entries = "".join(entry_text(mute) for mute in ended)
        raise UsageProblem(f"`mutes` is no list of lines in {name}", next_step=f"Take out by hand:\n{entries}")
    parse_mutes(after, name=name, today=today)
    return after, ended


def _mute_json(mute: Mute) -> dict[str, str]:
    names = ("finding", "check", "target", "cluster_id", "reason", "owner")
    fields = {name: str(value) for name in names if (value := getattr(mute, name)) is not None}
    return {**fields, "expires": mute.expires.isoformat()}


def replace_list(name: str, text: str) -> None:
    """Replace the list in one step; raises `FileLost` where it cannot be written."""
    try:
        with replacing(Path(name), mode_of(Output.CONFIGURATION)) as handle:
            handle.write(text.encode())
    except OSError as error:
        raise FileLost(
            f"the mute list `{name}` cannot be written: {error.strerror}",
            next_step="Let the user who runs LeakGuard write it, or free the disk, and try again.",
        ) from error


def _with_entry(mute: Mute, name: str, *, today: date) -> str:
    before = read_text(name) if Path(name).exists() else HEAD
    parse_mutes(before, name=name, today=today)
    if not is_own_form(before):
        raise UsageProblem(f"`mutes` does not stand last in {name}", next_step=f"Add it by hand:\n{entry_text(mute)}")
    after = f"{before.rstrip()}\n{entry_text(mute, indent=indent_of(before))}"
    parse_mutes(after, name=name, today=today)
    return after


def _finding(store: ScanStore, identifier: str) -> Finding:
    found = next(iter(store.findings(ids=[identifier])), None)
    if found is None:
        raise NotFound(f"there is no finding `{identifier[:60]}`", next_step="List them: leakguard scan show RUN")
    return found


def _day(text: str, *, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageProblem(f"`{text[:40]}` is no day", next_step="Write it as 2027-03-31.") from error
    if not today <= day <= today + LONGEST:
        raise UsageProblem(f"{day} must lie within a year from {today}", next_step="Name a nearer day.")
    return day

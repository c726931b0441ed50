"""The mute list: which open findings the owner has accepted, why, who answers for it, until when.

A muted finding stays in the store and in every machine-readable output, where it is marked; it leaves the list that a
person reads and the exit code. An entry that names a cluster id speaks of that store alone: another one that appears at
its place is told.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import yaml

from leakguard.errors import BadFile, Problem
from leakguard.files.yaml_text import reading_yaml
from leakguard.frozen import Frozen, replace
from leakguard.models.findings import Finding, Outcome
from leakguard.models.glances import Glance
from leakguard.models.mutes import Mute
from leakguard.scanning.run_findings import FindingSource

LONGEST = timedelta(days=366)
"""A mute is looked at again once a year at least."""
HEAD = "# Open findings that their owner has accepted for a while: leakguard scan mute --help\nmutes:\n"
_INDENT = 2


class MuteList(Frozen):
    """The entries that hold today, and those that do not any more."""

    mutes: tuple[Mute, ...] = ()
    expired: tuple[Mute, ...] = ()

    def on(self, today: date) -> MuteList:
        """The same list on a later day: a scan may last longer than an entry holds."""
        return replace(
            self,
            mutes=tuple(mute for mute in self.mutes if mute.expires >= today),
            expired=(*self.expired, *(mute for mute in self.mutes if mute.expires < today)),
        )

    def among(self, found: FindingSource) -> dict[str, Mute]:
        """The muted findings by id, each with the first entry that speaks of it."""
        if not self.mutes:
            return {}
        spoken = ((seen.id, self._of(seen)) for seen in found.glances() if seen.is_open)
        return {identifier: mute for identifier, mute in spoken if mute is not None}

    def _of(self, seen: Glance) -> Mute | None:
        return next((mute for mute in self.mutes if mute.fits(seen)), None)


def parse_mutes(text: str, *, name: str, today: date) -> MuteList:
    """Read the list; raises `BadFile` with every problem of the file, also entries that last longer than a year."""
    with reading_yaml(text, name=name) as read:
        from leakguard.scanning.mute_shape import stated_mutes  # noqa: PLC0415  (loads pydantic; few scans have a list)

        mutes = stated_mutes(read, name=name)
        problems = tuple(
            Problem(
                where=f"mutes[{index}].expires",
                text=f"lies more than {LONGEST.days} days ahead",
                line=read.line_of(("mutes", index, "expires")),
            )
            for index, mute in enumerate(mutes)
            if mute.expires - today > LONGEST
        )
        if problems:
            raise BadFile(name, problems)
        return MuteList(
            mutes=tuple(mute for mute in mutes if mute.expires >= today),
            expired=tuple(mute for mute in mutes if mute.expires < today),
        )


def stated_in(text: str, *, name: str) -> tuple[Mute, ...]:
    """Every entry in its place, also those that have expired; raises `BadFile`."""
    with reading_yaml(text, name=name) as read:
        from leakguard.scanning.mute_shape import stated_mutes  # noqa: PLC0415  (as above)

        return stated_mutes(read, name=name)


def entry_text(mute: Mute, *, indent: int = _INDENT) -> str:
    """One entry as a line of the file, to be written at its end."""
    values = {
        "check": mute.check, "target": mute.target, "cluster_id": mute.cluster_id, "finding": mute.finding,
        "reason": mute.reason, "owner": mute.owner,
    }  # fmt: skip
    stated = ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in values.items() if value)
    return f"{' ' * indent}- {{{stated}, expires: {mute.expires.isoformat()}}}\n"


def is_own_form(text: str) -> bool:
    """Whether an entry can simply be written at the end: the list stands last, one entry a line."""
    document = yaml.compose(text)
    if not isinstance(document, yaml.MappingNode) or not document.value:
        return False
    key, value = document.value[-1]
    is_list = isinstance(value, yaml.SequenceNode) and not value.flow_style
    return key.value == "mutes" and (is_list or (isinstance(value, yaml.ScalarNode) and not value.value))


def indent_of(text: str) -> int:
    """How far the entries of the list are indented, so that another one may stand behind them."""
    listed = _listed_in(text)
    return _INDENT if listed is None else listed.start_mark.column


def without_entries(text: str, gone: Collection[int]) -> str | None:
    """The file without the entries of these places, the first being 0; what stands around them stays as it is.

    `None` for a list in brackets, of which only a person can take an entry out.
    """
    lines = text.splitlines(keepends=True)
    spans = _spans(text)
    if spans is None:
        return None
    taken = {line for place in gone for line in range(spans[place][0], spans[place][1] + 1)}
    return "".join(line for number, line in enumerate(lines) if number not in taken)


def _spans(text: str) -> list[tuple[int, int]] | None:
    """The first and the last line of each entry; `None` for a list that is written in brackets."""
    listed = _listed_in(text)
    return None if listed is None else [(node.start_mark.line, _last_line(node)) for node in listed.value]


def _listed_in(text: str) -> yaml.SequenceNode | None:
    """The list of lines, where the file has one."""
    document = yaml.compose(text)
    pairs = document.value if isinstance(document, yaml.MappingNode) else ()
    value = next((value for key, value in pairs if key.value == "mutes"), None)
    return value if isinstance(value, yaml.SequenceNode) and not value.flow_style else None


def _last_line(node: yaml.Node) -> int:
    """The line on which what it says ends; a block ends for YAML only where the next thing begins."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _last_line(node.value[-1][1])
    end = node.end_mark
    return int(end.line if end.column else end.line - 1)


class UnmutedFindings(Frozen, kw_only=False):
    """The findings without the muted ones; implements `held.Found`."""

    found: FindingSource
    muted: Mapping[str, Mute]

    def __iter__(self) -> Iterator[Finding]:
        """In their order."""
        return (finding for finding in self.found if finding.id not in self.muted)

    def __len__(self) -> int:
        """How many are left."""
        return len(self.found) - len(self.muted)

    def __contains__(self, finding: object) -> bool:
        """Whether it is one of those that are left."""
        return isinstance(finding, Finding) and finding.id not in self.muted and finding in self.found

    def glances(self) -> Iterator[Glance]:
        """See `Found.glances`."""
        return (seen for seen in self.found.glances() if seen.id not in self.muted)

    def lines(self) -> Iterator[str]:
        """Of those that are left."""
        return (line for line in self.found.lines() if _id_of(line) not in self.muted)

    def some(self, ids: Sequence[str]) -> Iterator[Finding]:
        """See `Found.some`."""
        return self.found.some([identifier for identifier in ids if identifier not in self.muted])

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """See `Found.outcomes`."""
        counts = dict(self.found.outcomes)
        for seen in self.found.glances():
            if seen.id in self.muted:
                counts[seen.outcome] -= 1
        return {outcome: count for outcome, count in counts.items() if count}


class MarkedFindings(Frozen, kw_only=False):
    """All findings, those that are muted with `muted` in their JSON; implements `held.Found`."""

    found: FindingSource
    muted: Mapping[str, Mute]

    def __iter__(self) -> Iterator[Finding]:
        """In their order."""
        return iter(self.found)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.found)

    def __contains__(self, finding: object) -> bool:
        """Whether it is one of them."""
        return finding in self.found

    def glances(self) -> Iterator[Glance]:
        """See `Found.glances`."""
        return self.found.glances()

    def lines(self) -> Iterator[str]:
        """See `Found.lines`."""
        return (self._marked(line) for line in self.found.lines())

    def some(self, ids: Sequence[str]) -> Iterator[Finding]:
        """See `Found.some`."""
        return self.found.some(ids)

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """See `Found.outcomes`."""
        return self.found.outcomes

    def _marked(self, line: str) -> str:
        mute = self.muted.get(_id_of(line))
        return line if mute is None else json.dumps({**json.loads(line), "muted": _as_json(mute)})


def _id_of(line: str) -> str:
    return str(json.loads(line)["id"])


def _as_json(mute: Mute) -> dict[str, Any]:
    return {"reason": mute.reason, "owner": mute.owner, "expires": mute.expires.isoformat()}

"""A store in memory, for tests of use cases: the same promises as the real one, and it can be made to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from leakguard.errors import NotAllowed, StoreUnusable
from leakguard.models.events import Interval
from leakguard.models.findings import Finding
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import KeyedRecord


class MemoryStore:
    """Keeps records and findings in lists."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.records: list[KeptRecord] = []
        self._findings: dict[str, Finding] = {}
        self.commits: list[int] = []
        """How many records there were after each transaction."""
        self._keys: dict[str, int] = {}
        """Each key that was kept once, and the record that it was kept with."""
        self.leases: dict[str, tuple[str, datetime]] = {}
        """By name: the holder, and until when."""
        self.saves_left: int | None = None
        """How many more batches of findings can be saved; after that the disk is full."""

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        """See `ports.Journal.append`."""
        own = [record.sequence for record in self.records if record.subject == subject]
        if after is not None and own and own[-1] > after:
            raise NotAllowed("somebody else wrote in between", next_step="Look again.")
        kept = []
        for record in records:
            kept.append(
                KeptRecord(
                    sequence=len(self.records) + 1,
                    subject=subject,
                    kind=record.kind,
                    occurred_at=record.occurred_at,
                    recorded_at=self._now(),
                    content=record.content,
                    hash="0" * 64,
                )
            )
            self.records.append(kept[-1])
        self.commits.append(len(self.records))
        return tuple(kept)

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """See `ports.IncidentStore.subjects`."""
        return tuple(dict.fromkeys(one.subject for one in self.records if one.subject.startswith(prefix)))

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.read`."""
        return iter([record for record in self.records if subject is None or record.subject == subject])

    def save_findings(self, run: str, findings: Sequence[Finding], done: Mapping[str, str]) -> None:
        """See `ports.ScanStore.save_findings`."""
        if self.saves_left is not None:
            if self.saves_left == 0:
                raise StoreUnusable("the store cannot be written: no space left", next_step="Free the disk.")
            self.saves_left -= 1
        for finding in findings:
            self._findings.setdefault(finding.id, finding)
        now = self._now()
        content = {"findings": [{"id": finding.id} for finding in findings], "done": dict(done)}
        exactly = Interval(earliest=now, latest=now)
        self.append(run, [Record(kind="findings_recorded", occurred_at=exactly, content=content)])

    def findings(self, run: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Finding]:
        """See `ports.ScanStore.findings`."""
        return iter(
            [
                finding
                for finding in self._findings.values()
                if (run is None or finding.run == run) and (ids is None or finding.id in ids)
            ]
        )

    def done_targets(self, run: str) -> Iterator[tuple[str, str]]:
        """See `ports.ScanStore.done_targets`."""
        for record in self.read(run):
            if record.kind == "findings_recorded":
                yield from record.content["done"].items()

    def read_after(self, sequence: int) -> Iterator[KeptRecord]:
        """See `ports.ScanStore.read_after`."""
        return iter(self.records[sequence:])

    def append_once(self, subject: str, keyed: Sequence[KeyedRecord]) -> tuple[KeptRecord, ...]:
        """See `ports.AlarmStore.append_once`."""
        fresh = [one for one in keyed if not self._keys.keys() & set(one.keys)]
        kept = self.append(subject, [one.record for one in fresh])
        self._keys |= {key: record.sequence for one, record in zip(fresh, kept, strict=True) for key in one.keys}
        return kept

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """See `ports.AlarmStore.take_lease`."""
        other, ends = self.leases.get(name, (holder, until))
        if other != holder and ends > now:
            return False
        self.leases[name] = (holder, until)
        return True

    def release_lease(self, name: str, holder: str) -> None:
        """See `ports.AlarmStore.release_lease`."""
        if self.leases.get(name, ("", None))[0] == holder:
            del self.leases[name]

    def beat(self, name: str, holder: str, *, now: datetime) -> None:
        """No watchman is tested with this store."""
        raise NotImplementedError

    def last_beat(self, name: str) -> datetime | None:
        """As above."""
        raise NotImplementedError

    def cut(self, count: int) -> None:
        """Leave the first `count` records, one of `commits`: a process that died had written no more."""
        del self.records[count:]
        self._keys = {key: sequence for key, sequence in self._keys.items() if sequence <= count}

    def kinds(self, subject: str) -> list[str]:
        """The kinds of a subject's records, in order."""
        return [record.kind for record in self.read(subject)]

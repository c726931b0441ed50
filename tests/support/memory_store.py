"""A store in memory, for tests of use cases: the same promises as the real one, and it can be made to fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

from leakguard.errors import NotAllowed, StoreUnusable
from leakguard.ledger.stored_findings import finding_text
from leakguard.models.bookmarks import Bookmark
from leakguard.models.events import Interval
from leakguard.models.findings import Finding, Outcome, host_of
from leakguard.models.glances import CheckHistory, Glance, KeptText, seen_of
from leakguard.models.people import Recorder
from leakguard.models.records import KeptRecord, Record
from leakguard.models.runs import RunState
from leakguard.ports import KeyedRecord
from leakguard.scanning.run_findings import FindingsInMemory


class MemoryStore:
    """Keeps records and findings in lists."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.recorder: Recorder | None = None
        self.records: list[KeptRecord] = []
        self._findings: dict[str, Finding] = {}
        self.commits: list[int] = []
        """How many records there were after each transaction."""
        self._states_then: dict[int, dict[str, dict[int, RunState]]] = {}
        """How far all runs had come at each of `commits`."""
        self._keys: dict[str, int] = {}
        """Each key that was kept once, and the record that it was kept with."""
        self.leases: dict[str, tuple[str, datetime]] = {}
        """By name: the holder, and until when."""
        self._states: dict[str, dict[int, RunState]] = {}
        self.held: set[str] = set()
        self.taken_over: set[str] = set()
        self.elsewhere: tuple[str, ...] = ()
        """Runs that another process holds."""
        self.killed: tuple[str, ...] = ()
        """Runs that a process held when it was killed."""
        self.bookmarked: Bookmark | None = None
        self.saves_left: int | None = None
        """How many more batches of findings can be saved; after that the disk is full."""

    def last(self, subject: str) -> KeptRecord | None:
        """See `ports.Journal.last`."""
        return next((record for record in reversed(self.records) if record.subject == subject), None)

    def record(self, subject: str, sequence: int) -> KeptRecord | None:
        """See `ports.Journal.record`."""
        return next((one for one in self.records if (one.subject, one.sequence) == (subject, sequence)), None)

    def corrections(self, subject: str, *, after: int) -> Iterator[KeptRecord]:
        """See `ports.Journal.corrections`."""
        own = (one for one in self.records if one.subject == subject and one.sequence > after)
        return (one for one in own if one.content.get("corrects"))

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
        self._states_then[len(self.records)] = {run: dict(states) for run, states in self._states.items()}
        return tuple(kept)

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """See `ports.IncidentStore.subjects`."""
        return tuple(dict.fromkeys(one.subject for one in self.records if one.subject.startswith(prefix)))

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.Journal.read`."""
        return iter([record for record in self.records if subject is None or record.subject == subject])

    def save_findings(
        self,
        run: str,
        findings: Sequence[Finding],
        done: Mapping[str, str],
        state: Mapping[int, RunState] | None = None,
        *,
        also: Sequence[Record] = (),
    ) -> None:
        """See `ports.ScanStore.save_findings`."""
        if run in self.taken_over:
            raise NotAllowed(f"another process has taken over the run {run}", next_step="Look at what it finds.")
        if self.saves_left is not None:
            if self.saves_left == 0:
                raise StoreUnusable("the store cannot be written: no space left", next_step="Free the disk.")
            self.saves_left -= 1
        self._states.setdefault(run, {}).update(state or {})
        records = list(also)
        if findings or done:
            now = self._now()
            content = {"findings": [{"id": finding.id} for finding in findings], "done": dict(done)}
            exactly = Interval(earliest=now, latest=now)
            records.insert(0, Record(kind="findings_recorded", occurred_at=exactly, content=content))
        if records:
            self.append(run, records)
        for finding in findings:
            self._findings.setdefault(finding.id, finding)

    def findings(self, run: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Finding]:
        """See `ports.ScanStore.findings`."""
        return iter(
            [
                finding
                for finding in self._findings.values()
                if (run is None or finding.run == run) and (ids is None or finding.id in ids)
            ]
        )

    def run_states(self, run: str) -> Mapping[int, RunState]:
        """See `ports.ScanStore.run_states`."""
        return dict(self._states.get(run, {}))

    def take_run(self, run: str) -> None:
        """See `ports.ScanStore.take_run`."""
        if run in self.taken_over:
            raise NotAllowed(f"the run {run} is in the hands of another process", next_step="Let it end.")
        self.held.add(run)

    def release_run(self, run: str) -> None:
        """See `ports.ScanStore.release_run`."""
        self.held.discard(run)

    def runs_at_work(self) -> tuple[str, ...]:
        """See `ports.ScanStore.runs_at_work`."""
        return self.elsewhere

    def let_go_of_killed(self) -> tuple[str, ...]:
        """See `ports.ScanStore.let_go_of_killed`."""
        killed, self.killed = self.killed, ()
        return killed

    def texts(self, run: str) -> Iterator[KeptText]:
        """See `ports.ScanStore.texts`."""
        for one in self.findings(run):
            yield KeptText(one.id, finding_text(one))

    def glances(self, run: str) -> Iterator[Glance]:
        """See `ports.ScanStore.glances`."""
        return FindingsInMemory(self.findings(run)).glances()

    def ids_at(self, run: str, places: Collection[tuple[str, str]]) -> frozenset[str]:
        """See `ports.ScanStore.ids_at`."""
        return frozenset(one.id for one in self.glances(run) if (one.check_id, one.place) in places)

    def outcomes(self, run: str) -> Mapping[Outcome, int]:
        """See `ports.ScanStore.outcomes`."""
        return FindingsInMemory(self.findings(run)).outcomes

    def crowds(self, run: str, *, beyond: int, apart_from: Collection[str]) -> Mapping[str, int]:
        """See `ports.ScanStore.crowds`."""
        kinds = {(one.address, one.datastore) for one in self.glances(run) if one.is_open}
        counts = Counter(address for address, datastore in kinds if datastore not in apart_from)
        return {address: count for address, count in counts.items() if count > beyond}

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """See `ports.ScanStore.of_kinds`."""
        return (record for record in self.read(subject) if record.kind in kinds)

    def last_measured(self, places: Collection[tuple[str, str]], *, apart_from: str) -> Mapping[tuple[str, str], str]:
        """See `ports.ScanStore.last_measured`."""
        known = ((one, (one.check_id, one.place)) for one in self.findings() if one.run != apart_from)
        return {key: one.id for one, key in known if key in places and one.verdict.size}

    def seen(self, hosts: Collection[str] = ()) -> Iterator[CheckHistory]:
        """See `ports.ScanStore.seen`."""
        found: dict[tuple[str, str, str], CheckHistory] = {}
        for one in filter(None, map(seen_of, self.findings())):
            if hosts and host_of(one.place) not in hosts:
                continue
            key = (one.check_id, one.endpoint, one.place)
            known = found.get(key, one)
            firsts = [each.first_open_at for each in (known, one) if each.first_open_at is not None]
            counts = [each.most_records for each in (known, one) if each.most_records is not None]
            found[key] = one._replace(first_open_at=min(firsts, default=None), most_records=max(counts, default=None))
        return iter(found.values())

    def done_targets(self, run: str) -> Iterator[tuple[str, str]]:
        """See `ports.ScanStore.done_targets`."""
        for record in self.read(run):
            if record.kind == "findings_recorded":
                yield from record.content["done"].items()

    def read_after(self, sequence: int) -> Iterator[KeptRecord]:
        """See `ports.ScanStore.read_after`."""
        return iter(self.records[sequence:])

    def bookmark(self) -> Bookmark | None:
        """See `ports.ScanStore.bookmark`."""
        return self.bookmarked

    def keep_bookmark(self, text: str, subject: str, record: Record, *, since: int) -> None:
        """See `ports.WatchStore.keep_bookmark`."""
        if any(one.kind == "content_erased" for one in self.records[since:]):
            raise NotAllowed("something was erased meanwhile", next_step="-")
        self.bookmarked = Bookmark(sequence=self.append(subject, [record])[0].sequence, text=text)

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

    def lease_holder(self, name: str) -> str | None:
        """See `ports.AlarmStore.lease_holder`."""
        return self.leases[name][0] if name in self.leases else None

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
        self._states = {run: dict(states) for run, states in self._states_then[count].items()}
        self._keys = {key: sequence for key, sequence in self._keys.items() if sequence <= count}
        if self.bookmarked is not None and self.bookmarked.sequence > count:
            self.bookmarked = None

    def kinds(self, subject: str) -> list[str]:
        """The kinds of a subject's records, in order."""
        return [record.kind for record in self.read(subject)]

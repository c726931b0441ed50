"""The owner's own cluster: held against the scope, looked at, and its names told as kinds of data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlsplit

from leakguard.errors import OutOfScope
from leakguard.frozen import Frozen
from leakguard.models.clusters import ClusterSeen, IndexSeen
from leakguard.models.kinds import DataSeen
from leakguard.models.scope import Scope
from leakguard.ports import ClusterReader, Resolve
from leakguard.sensitivity.book import KindBook, StoreContents, data_seen
from leakguard.sensitivity.found import NamedCollection
from leakguard.use_cases.scans.plan_scan import gate_of


class OwnIndex(Frozen):
    """An index and the kinds of data that its names give away."""

    seen: IndexSeen
    data: DataSeen | None


def scope_check(url: str, scope: Scope, resolve: Resolve) -> Callable[[], None]:
    """What raises `OutOfScope` unless every address of the cluster lies in the scope; it looks anew each time."""
    host = urlsplit(url).hostname or ""

    def check() -> None:
        gate = gate_of(scope, resolve)
        addresses = resolve(host)
        if not addresses:
            raise OutOfScope(
                f"{host}: the name has no address", next_step="Check the name, and the DNS of this machine."
            )
        refused = [reason for address in addresses if (reason := gate.refusal(address, host))]
        if refused:
            raise OutOfScope(
                f"{host}: {refused[0]}",
                next_step="Look only at what the owner has put into the scope; `leakguard scope show` lists it.",
            )

    return check


def look_at_cluster(view: ClusterReader, book: KindBook, *, on: date) -> tuple[ClusterSeen, tuple[OwnIndex, ...]]:
    """What the cluster tells, the largest index first."""
    try:
        seen = view.look()
    finally:
        view.close()
    indices = sorted(seen.indices, key=lambda index_seen: (-(index_seen.bytes or 0), index_seen.name))
    return seen, tuple(OwnIndex(seen=index, data=_data(index, book, on)) for index in indices)


def _data(index: IndexSeen, book: KindBook, on: date) -> DataSeen | None:
    named = NamedCollection(word="index", name=index.name, fields=tuple(name for name, _ in index.fields))
    return data_seen(StoreContents(collections=(named,), records=index.records), book, on=on)

"""Which kinds of software are proved on real servers: found open, and left alone where they are protected.

A kind is what a finding names as its datastore, and counts once: releases, and rows of the coverage that share a check,
add nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from accuracy.expected import OPEN
from accuracy.measured import DIRECT, NOTHING, Measured

GENERIC = "http_login_asked"
"""What is said of a server that asks for a login before it tells its product. It settles that a stranger is refused;
what the server is, the lab's own client has asserted."""
NO_LOGIN: Mapping[str, str] = {
    "chroma": "releases since 1.0 have no login",
    "dagster": "the open-source edition has no login",
    "dask": "its pages have no login",
    "git": "its daemon has no login",
    "hazelcast": "the open-source edition has no login",
    "jaeger": "it has no login",
    "modbus": "its protocol has no login",
    "luigi": "its scheduler has no login",
    "optuna": "its dashboard has no login",
    "tensorboard": "it has no login",
    "zipkin": "it has no login",
}
"""Kind to why it has no protected state of its own: where it is protected, something in front of it asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What of one kind is proved."""

    is_open: bool
    is_protected: bool
    """By what the product itself brings, or the module of its framework."""
    is_fronted: bool
    """By a proxy that asks for a login, in a recipe of the lab."""
    has_no_login: bool

    @property
    def is_whole(self) -> bool:
        """Open, and protected where it can be."""
        return self.is_open and (self.is_protected or self.is_fronted or self.has_no_login)

    @property
    def words(self) -> str:
        """As the table has it."""
        own = "protected" if self.is_protected else "no login of its own" if self.has_no_login else ""
        front = "protected by a front" if self.is_fronted and not self.is_protected else ""
        return ", ".join(word for word in ("open" if self.is_open else "", own, front) if word) or "-"


def proves(row: Measured, checks: Iterable[str]) -> bool:
    """Whether one of the checks was right about a server that was reached directly, or the generic one that it asks.

    A server proves its protected state where it was judged not exposed; that nothing could be said proves nothing.
    """
    if row.state != DIRECT or not row.is_right:
        return False
    ids = set(checks)
    if row.form == "open":
        return any(each.check in ids and each.outcome in OPEN for each in row.found)
    return any(each.check in ids | {GENERIC} and each.outcome == "not_exposed" for each in row.found)


def proof_of(kind: str, rows: Sequence[Measured]) -> Proof:
    """What the servers of a kind prove."""
    own = [row for row in rows if proves(row, {each.check for each in row.found if each.datastore == kind})]
    protected = [row.is_fronted for row in own if row.form == "protected"]
    return Proof(
        is_open=any(row.form == "open" for row in own),
        is_protected=not all(protected),
        is_fronted=any(protected),
        has_no_login=kind in NO_LOGIN,
    )


def proofs_by_kind(rows: Iterable[Measured]) -> Mapping[str, Proof]:
    """Kind to what is proved of it; what is no datastore is none."""
    kinds: dict[str, list[Measured]] = {}
    for row in rows:
        kinds.setdefault(row.datastore, []).append(row)
    return {kind: proof_of(kind, of) for kind, of in sorted(kinds.items()) if kind != NOTHING}


def proved_sentence(rows: Iterable[Measured]) -> str:
    """How many kinds are proved, and how."""
    proofs = proofs_by_kind(rows).values()
    whole = Counter(
        "own" if proof.is_protected else "none" if proof.has_no_login else "front" for proof in proofs if proof.is_whole
    )
    found = sum(proof.is_open for proof in proofs)
    return (
        f"{found} kinds of software are proved open on a real server. {whole.total()} of them are proved in full, that "
        f"is open, and protected where the product can be: {whole['own']} by their own login, {whole['front']} by a "
        f"login in front of them, and {whole['none']} have no login of their own. Each kind counts once, whatever its "
        "releases."
    )

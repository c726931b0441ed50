"""Scopes, gates, endpoints and findings with sensible defaults, for tests about scanning."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from leakguard.frozen import names_of, replace
from leakguard.models.findings import (
    Access,
    ExposedSince,
    Finding,
    Outcome,
    Proof,
    ProofRequest,
    Severity,
    Size,
    Verdict,
)
from leakguard.models.scan_state import STANDINGS
from leakguard.models.scope import Owner, Scope
from leakguard.scanning.gate import Gate
from leakguard.scanning.scope.entries import parse_entry

NOW = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
OWNER = Owner(
    organisation="Example University", contact="security@example.edu", approved_by="CISO", approved_at=date(2026, 11, 1)
)
SCOPE_TEXT = """\
# Our campus, agreed in November.
scope: campus-2026
owner: {organisation: Example University, contact: security@example.edu, approved_by: CISO, approved_at: 2026-11-01}
valid: {from: 2026-11-01, until: 2027-02-01}
include: [127.0.0.0/24, "[::1]", mail.example.edu, "*.lab.example.edu", "s3://campus-backups", "aws://123456789012"]
exclude: [127.0.0.7]                   # exclusion always wins
limits: {total: 500/s, per_host: 5/s}
decoys: [127.0.0.9]                    # our own honeypots
"""


def scope_of(
    *include: str, exclude: tuple[str, ...] = (), decoys: tuple[str, ...] = (), public: tuple[str, ...] = ()
) -> Scope:
    """A valid scope over these entries."""
    lists = [tuple(parse_entry(text) for text in texts) for texts in (include, exclude, decoys, public)]
    return Scope(
        name="campus-2026",
        owner=OWNER,
        valid_from=date(2026, 11, 1),
        valid_until=date(2027, 2, 1),
        include=lists[0],
        exclude=lists[1],
        decoys=lists[2],
        public=lists[3],
        digest="0" * 64,
    )


def gate_of(*include: str, exclude: tuple[str, ...] = (), decoys: tuple[str, ...] = ()) -> Gate:
    """A gate over these entries."""
    return Gate(scope=scope_of(*include, exclude=exclude, decoys=decoys))


def _placed(target: str | None) -> dict[str, Any]:
    """The fields of a finding at `192.0.2.1:9200`, `mail.example.edu:9200` or `192.0.2.1:9000/bucket`."""
    if target is None:
        return {}
    place, _, bucket = target.partition("/")
    host, _, port = place.rpartition(":")
    is_name = not host.replace(".", "").isdigit() and "[" not in host
    address = "127.0.0.1" if is_name else host.strip("[]")
    tail = f"/{bucket}" if bucket else ""
    shown = f"{address}:{port}{tail}" if is_name else target
    return {"target": shown, "address": address, "host": host if is_name else None, "port": int(port)}


def statuses(**counts: int) -> dict[str, int]:
    """The `endpoints` of a JSON document: every standing, those that are not named with zero."""
    return {**dict.fromkeys(STANDINGS, 0), **counts}


def finding_of(outcome: Outcome = Outcome.EXPOSED, **fields: Any) -> Finding:  # noqa: ANN401  (a finding's own fields)
    """A finding of an open Elasticsearch, changed by `fields` of the finding or of its verdict.

    A `target` given as `host:port` sets address or name and port to match.
    """
    fields = _placed(fields.pop("target", None)) | fields
    is_open = outcome in {Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED}
    verdict = Verdict(
        outcome=outcome,
        reason="an anonymous caller listed the indices" if is_open else "the server asked for a login",
        access=Access.READ if is_open else Access.NONE,
        product="elasticsearch",
        version="6.8.23",
        severity=Severity.HIGH if is_open else Severity.NONE,
        size=Size(records=41_000, bytes=8_400_000, collections=2, method="stated by _cat/indices") if is_open else None,
    )
    of_verdict = {name: fields.pop(name) for name in list(fields) if name in names_of(Verdict)}
    finding = Finding(
        id="F-1a2b3c4d5e",
        run="R-20261124-aaaaaa",
        check_id="elasticsearch_open",
        check_version=3,
        target="127.0.0.1:9200",
        address="127.0.0.1",
        host=None,
        port=9200,
        transport="http",
        tls=None,
        vantage="local",
        datastore="elasticsearch",
        verdict=replace(verdict, **of_verdict),
        exposed_since=ExposedSince(latest=NOW),
        remediation="Close the port at the firewall.",
        references=("https://www.elastic.co/guide",),
        observed_at=NOW,
        proof=Proof(
            requests=(ProofRequest(method="GET", what="/_cat/indices", status=200, bytes=812),),
            transcript_sha256="ab" * 32,
        ),
    )
    return replace(finding, **fields)

"""Findings as JSON: one object a line, or one document about the run; written part by part as it is read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from leakguard.frozen import as_dict
from leakguard.models.findings import Finding
from leakguard.models.scan_state import STANDINGS, BindingLimit
from leakguard.models.scope import OwnerPermission
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.run_findings import found_of
from leakguard.scanning.stores import Store, Total, folded


def jsonl_parts(findings: Iterable[Finding], *, drill: bool = False) -> Iterator[str]:
    """One `leakguard.finding/1` a line, each line ended; ASCII only, so that no terminal is fooled."""
    mark = ', "drill": true}' if drill else "}"
    return (f"{line[:-1]}{mark}\n" for line in found_of(findings).lines())


def findings_jsonl(findings: Iterable[Finding]) -> str:
    """As `jsonl_parts`, at once."""
    return "".join(jsonl_parts(findings))


def scan_json_parts(  # noqa: PLR0913  (the parts of the document)
    run: str, counts: Mapping[str, int], findings: Iterable[Finding], *, interrupted: bool = False,
    unresolved: Sequence[str] = (), left_out: Sequence[LeftOut] = (), reasons: Mapping[str, int] | None = None,
    pace: BindingLimit | None = None, unsettled: Mapping[str, int] | None = None,
    reopened: Sequence[Mapping[str, object]] = (), closed: Sequence[Mapping[str, object]] = (),
    leave: OwnerPermission | None = None, industrial: OwnerPermission | None = None, ports_left_out: Sequence[int] = (),
    drill: bool = False,
) -> Iterator[str]:  # fmt: skip
    """One document (`leakguard.scan/1`): the run, how its endpoints stand, what was not looked at, its findings.

    `endpoints` has every standing, also those of nobody; `protected_unsettled` counts by reason code.
    `reopened_exposures` are closed in an incident's record; `closed_since` were proved closed after this run.
    `stores` folds the open findings of one cluster, each with its ways in; `open` counts every store once.
    """
    found, total = found_of(findings), Total()
    head: dict[str, Any] = {
        "schema": "leakguard.scan/1", "run": run, "interrupted": interrupted,
        "endpoints": {**dict.fromkeys(STANDINGS, 0), **counts},
        "unresolved": list(unresolved), "left_out": [as_dict(each) for each in left_out],
        **_further(reasons, unsettled, pace, reopened, closed),
        **({"drill": True} if drill else {}),
        **({"default_accounts": leave.to_json()} if leave is not None else {}),
        **({"industrial": industrial.to_json()} if industrial is not None else {}),
        **({"ports_left_out": list(ports_left_out)} if ports_left_out else {}),
    }  # fmt: skip
    yield f'{json.dumps(head)[:-1]}, "findings": ['
    yield from _listed(found.lines())

    def stores() -> Iterator[str]:
        nonlocal total
        for store in filter(lambda store: store.worst.is_open, folded(found.glances())):
            total = total.plus(store)
            yield json.dumps(_store(store))

    yield '], "stores": ['
    yield from _listed(stores())
    yield f'], "open": {json.dumps(as_dict(total))}}}\n'


def _further(
    reasons: Mapping[str, int] | None, unsettled: Mapping[str, int] | None, pace: BindingLimit | None,
    reopened: Sequence[Mapping[str, object]], closed: Sequence[Mapping[str, object]],
) -> dict[str, Any]:  # fmt: skip
    """What not every run has."""
    document: dict[str, Any] = {
        "not_checked_because": dict(reasons or {}),
        "protected_unsettled": dict(unsettled or {}),
        "pace": pace_json(pace) if pace is not None else {},
        "reopened_exposures": list(reopened),
        "closed_since": list(closed),
    }
    return {name: value for name, value in document.items() if value}


def pace_json(limit: BindingLimit) -> dict[str, Any]:
    """Which limit binds and the connections a second that it allows in all; `asked` is `--rate`."""
    return {
        "binding_limit": limit.limit,
        "limit_per_second": limit.rate,
        "allows_per_second": round(limit.allows, 3),
        "asked_per_second": limit.asked,
        "least_seconds": round(limit.least_seconds, 3),
    }


def scan_json(run: str, counts: Mapping[str, int], findings: Iterable[Finding], *, interrupted: bool = False) -> str:
    """As `scan_json_parts`, at once."""
    return "".join(scan_json_parts(run, counts, findings, interrupted=interrupted))


def _listed(items: Iterable[str]) -> Iterator[str]:
    for position, item in enumerate(items):
        yield f", {item}" if position else item


def _store(store: Store) -> dict[str, Any]:
    worst = store.worst
    return {
        "datastore": worst.datastore,
        "cluster_id": worst.cluster_id,
        "severity": worst.severity.value,
        "records": worst.records,
        "bytes": worst.bytes,
        "ways": [{"finding": way.id, "target": way.target} for way in store.ways],
    }

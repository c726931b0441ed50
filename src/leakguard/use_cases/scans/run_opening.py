"""The opening of a run: what the ledger keeps before the first packet, and what a resumed run goes on with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.inspection_options import NO_INSPECTION, InspectionOptions
from leakguard.errors import NotAllowed, NotFound
from leakguard.frozen import Frozen, as_dict
from leakguard.models.scope import PERMISSIONS_IN_SCOPE, OwnerPermission, Scope
from leakguard.ports import Journal
from leakguard.scanning.plan import Plan
from leakguard.scanning.space import Space
from leakguard.scanning.targets import ports_in, told_ports

STARTED, RESUMED = "run_started", "run_resumed"


class RunOpening(Frozen):
    """Permission, options and shape of a run."""

    targets: tuple[str, ...]
    ports: tuple[int, ...]
    checks: tuple[str, ...]
    """`elasticsearch_open@1`: ids with their versions."""
    vantage: str
    parts: int
    """Parts of the space, each of which has an order and a state of its own."""
    resolved: Mapping[str, tuple[str, ...]]
    """Where the names led when the run was planned: a resumed run looks at the same addresses."""
    space_sha256: str
    """Tells whether scope and checks still give the same endpoints in the same order."""
    scope: str = ""
    """The name of the scope that permitted it."""
    owner: str = ""
    """Whose assets they are."""
    dropped: tuple[str, ...] = ()
    """What the scope lists and does not open, which a scan of all of it tells."""
    inspection: InspectionOptions = NO_INSPECTION
    """How closely open stores were to be looked at; a resumed run looks as closely."""

    @property
    def check_ids(self) -> tuple[str, ...]:
        """The ids without their versions."""
        return tuple(check.partition("@")[0] for check in self.checks)


def opening_of(plan: Plan, library: Sequence[CheckDefinition], *, vantage: str, parts: int) -> RunOpening:
    """The opening of a new run."""
    return RunOpening(
        targets=tuple(target.text for target in plan.targets), ports=plan.ports,
        checks=tuple(f"{item.id}@{item.version}" for item in library), vantage=vantage, parts=parts,
        resolved=plan.resolved, space_sha256=space_digest(plan.space), scope=plan.gate.scope.name,
        owner=plan.gate.scope.owner.organisation, dropped=tuple(target.text for target in plan.dropped),
    )  # fmt: skip


def opening_content(opening: RunOpening, plan: Plan, inspection: InspectionOptions | None = None) -> dict[str, object]:
    """As the ledger keeps it, with whose permission it was, and whether names of fields or records were asked for."""
    scope = plan.gate.scope
    closer: dict[str, object] = {"fields": inspection.fields, "sample": inspection.sample} if inspection else {}
    return closer | {
        "scope": scope.name,
        "scope_sha256": scope.digest,
        "owner": scope.owner.organisation,
        **leave_content(scope),
        "targets": list(opening.targets),
        "ports": list(told_ports(opening.ports)),
        "checks": list(opening.checks),
        "vantage": opening.vantage,
        "planned": plan.count,
        "parts": opening.parts,
        "resolved": {name: list(addresses) for name, addresses in opening.resolved.items()},
        "left_out": [as_dict(each) for each in plan.left_out],
        "space_sha256": opening.space_sha256,
        **({"dropped": list(opening.dropped)} if opening.dropped else {}),
        **({"ports_left_out": list(plan.ports_left_out)} if plan.ports_left_out else {}),
    }


def leave_content(scope: Scope) -> dict[str, object]:
    """By whose leave default accounts and industrial devices are asked, as the ledger keeps it; only what is given."""
    given: dict[str, OwnerPermission | None] = {name: getattr(scope, name) for name in PERMISSIONS_IN_SCOPE}
    return {name: leave.to_json() for name, leave in given.items() if leave is not None}


def read_opening(journal: Journal, run: str) -> RunOpening:
    """The opening of a stored run; raises `NotFound`, or `NotAllowed` for a run of a release that kept less."""
    started = next((record for record in journal.read(run) if record.kind == STARTED), None)
    if started is None:
        raise NotFound(f"the store has no run `{run[:60]}`", next_step="List the runs: leakguard scan show")
    content: Mapping[str, Any] = started.content
    if "profiles" in content:
        raise NotAllowed(
            f"the run {run} looked at accounts, which takes minutes and is not gone on with",
            next_step="Probe them again with `leakguard scan --aws PROFILE`; what was found is kept.",
        )
    if "space_sha256" not in content:
        raise NotAllowed(
            f"the run {run} was begun by an earlier release, which did not keep where it stood",
            next_step="Start a new scan of the same targets.",
        )
    return RunOpening(
        targets=tuple(content["targets"]), ports=ports_in(content["ports"]), checks=tuple(content["checks"]),
        vantage=content["vantage"], parts=content["parts"], space_sha256=content["space_sha256"],
        resolved={name: tuple(addresses) for name, addresses in content["resolved"].items()},
        scope=content.get("scope", ""), owner=content.get("owner", ""),
        dropped=tuple(content.get("dropped", ())),
        inspection=InspectionOptions(fields=content.get("fields", False), sample=content.get("sample", 0)),
    )  # fmt: skip


def refuse_changed(opening: RunOpening, plan: Plan, run: str) -> None:
    """Raise `NotAllowed` when the scope is another one, or positions no longer mean the same endpoints under it."""
    refuse_other_scope((opening.scope, opening.owner), plan.gate.scope, run)
    refuse_other_space(opening.space_sha256, plan, run)


def refuse_other_scope(begun_under: tuple[str, str], scope: Scope, run: str) -> None:
    """Raise `NotAllowed` when a run was begun under a scope of another name, or of another owner."""
    name, owner = begun_under
    if begun_under != (scope.name, scope.owner.organisation):
        raise NotAllowed(
            f"the run {run} was begun under the scope {name[:60]} of {owner[:60]}, not under "
            f"{scope.name[:60]} of {scope.owner.organisation[:60]}",
            next_step="Name the scope that it was begun under with --scope, or start a new scan of the same targets.",
        )


def refuse_other_space(begun_with: str | int, plan: Plan, run: str) -> None:
    """Raise `NotAllowed` when the plan has another space than that of which a run has the digest, or the size alone."""
    now = plan.count if isinstance(begun_with, int) else space_digest(plan.space)
    if now != begun_with:
        raise NotAllowed(
            f"the scope allows other endpoints than it did when the run {run} was begun",
            next_step="Start a new scan of the same targets; what the stopped run found is kept.",
        )


def space_digest(space: Space) -> str:
    """A digest of all endpoints in their order."""
    digest = hashlib.sha256()
    for endpoint in space.listed:
        digest.update(f"{endpoint.key} {endpoint.scheme}\n".encode())
    for part in space.stretches:
        digest.update(f"{part.version} {part.first:x}-{part.last:x} {part.ports}\n".encode())
    return digest.hexdigest()

"""An OASIS CACAO 2.0 playbook as one of ours; whatever it asks for and we cannot honour is refused by name.

Nothing in it is ever run. A document with our extension comes back equal; any other becomes steps for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.frozen import Frozen
from leakguard.playbooks.cacao.foreign import foreign_playbook
from leakguard.playbooks.cacao.names import CREATED_BY, EXTENSION
from leakguard.playbooks.cacao.own import own_playbook
from leakguard.playbooks.cacao.reading import Refusals, read_document, shown
from leakguard.playbooks.shapes import Playbook

_REFUSED = {
    "workflow_exception": "no step may come from nowhere: say in each step what follows a failure",
    "authentication_info_definitions": "no credentials are taken from a file",
    "valid_from": "a LeakGuard playbook has no day before which it must not be used",
    "valid_until": "a LeakGuard playbook has no day after which it must not be used",
}
_NOT_KEPT = (
    "labels", "priority", "severity", "impact", "industry_sectors", "derived_from", "related_to",
)  # fmt: skip
_KNOWN = frozenset(
    {
        "type", "spec_version", "id", "name", "description", "playbook_types", "playbook_activities",
        "playbook_processing_summary", "created_by", "created", "modified", "revoked", "external_references",
        "markings", "playbook_variables", "workflow_start", "workflow", "playbook_extensions", "agent_definitions",
        "target_definitions", "extension_definitions", "data_marking_definitions", "signatures", *_NOT_KEPT, *_REFUSED,
    }
)  # fmt: skip


class Imported(Frozen):
    """A playbook that came from a CACAO document."""

    playbook: Playbook
    notes: tuple[str, ...]
    """What the reader must know: what was not checked, and what was not kept."""


def from_cacao(text: str, *, name: str) -> Imported:
    """Read a CACAO document; raises `BadFile` that names every object and construct that cannot be honoured."""
    document = read_document(text, name=name)
    refusals = Refusals(name)
    _refuse_whole(document, refusals)
    is_own = EXTENSION in document.get("playbook_extensions", {})
    read = own_playbook if is_own else foreign_playbook
    playbook = read(document, refusals, name=name)
    return Imported(playbook=playbook, notes=tuple(_notes(document, is_own=is_own)))


def _refuse_whole(document: Mapping[str, Any], refusals: Refusals) -> None:
    """What would change how the whole playbook is used."""
    if document.get("revoked", False) is not False:
        refusals.add("revoked", "its author says that it must no longer be used")
    for field, reason in _REFUSED.items():
        if document.get(field):
            refusals.add(field, reason)
    for field in document:
        if field not in _KNOWN:
            refusals.add(field, "CACAO 2.0 has no such property")
    for key in document.get("playbook_extensions", {}):
        if key != EXTENSION:
            refusals.add(key, "an extension of the playbook that we do not know")


def _notes(document: Mapping[str, Any], *, is_own: bool) -> Iterator[str]:
    if document.get("signatures"):
        yield "it carries a signature, and that was NOT checked: nobody knows from it who wrote this playbook"
    if is_own and document["created_by"] != CREATED_BY:
        yield f"it is said to be by {shown(document['created_by'])}, and that is not kept"
    kept_away = [field for field in _NOT_KEPT if field in document]
    if kept_away:
        yield f"not kept: {', '.join(kept_away)}"
    if not is_own:
        yield (
            "it has no LeakGuard clocks and phases: every step is for a person, "
            "and you add due times, second persons and evidence"
        )

"""An OASIS CACAO 2.0 playbook as one of ours; whatever it asks for and we cannot honour is refused by name.

Nothing in it is ever run. A document with our extension comes back equal; any other becomes steps for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.frozen import Frozen
from leakguard.playbooks.cacao.foreign_flow import ForeignFlow
from leakguard.playbooks.cacao.foreign_steps import ForeignSteps
from leakguard.playbooks.cacao.names import CREATED_BY, EXTENSION
from leakguard.playbooks.cacao.own import own_playbook
from leakguard.playbooks.cacao.reading import Refusals, read_document, shown
from leakguard.playbooks.cacao.words import line_of, lines_of, name_of, reference_lines, rest_of
from leakguard.playbooks.definitions import playbook_of
from leakguard.playbooks.shapes import Playbook

_LONGEST_NAME = 60


def foreign_playbook(document: Mapping[str, Any], refusals: Refusals, *, name: str) -> Playbook:
    """The playbook; raises `BadFile` that names every object that cannot be honoured."""
    markings = list(_markings(document, refusals))
    steps = ForeignSteps(document, refusals)
    flow = ForeignFlow(document["workflow"], steps, refusals)
    flow.walk_all(document["workflow_start"])
    refusals.raise_any()
    last = [key for key, step in steps.values.items() if not step["next"]]
    values = {
        "playbook": name_of(document["name"], (), otherwise=_by_id(document), joint="-", most=_LONGEST_NAME),
        "title": line_of(document["name"], "An imported playbook"),
        "version": 1,
        "about": [*markings, *rest_of(document["name"]), *lines_of(document.get("description"))],
        "references": [_origin(document), *reference_lines(document.get("external_references"))],
        "roles": steps.roles,
        "start": flow.start,
        "end": last if len(last) > 1 else [],
        "steps": steps.values,
    }
    return playbook_of(values, name=name)


def _by_id(document: Mapping[str, Any]) -> str:
    """A name without a Latin letter is named after its id."""
    return name_of(f"imported-{document['id'].rpartition('--')[2][:8]}", (), otherwise="imported", joint="-")


def _origin(document: Mapping[str, Any]) -> str:
    words = [shown(document[key]) for key in ("id", "created_by", "modified")]
    return f"CACAO 2.0: {words[0]}, created by {words[1]}, modified {words[2]}"


def _markings(document: Mapping[str, Any], refusals: Refusals) -> Iterator[str]:
    """Rules of handling that a reader can follow stand before everything else; others are refused."""
    definitions = document.get("data_marking_definitions", {})
    marks = document.get("markings", [])
    for key in marks if isinstance(marks, list) else ["markings"]:
        marking = definitions.get(key) if isinstance(key, str) else None
        if marking is None:
            refusals.add(str(key), "a data marking that is not in `data_marking_definitions`")
        elif marking.get("type") == "marking-tlp":
            level = line_of(marking.get("tlpv2_level"), "TLP:RED")
            yield f"Marked {level} by its author: share it no further than that."
        elif marking.get("type") == "marking-statement":
            yield from lines_of(f"Statement of its author: {marking.get('statement')}")
        else:
            kind = shown(marking.get("type"))
            refusals.add(str(key), f"a data marking of the type {kind}: nobody here could keep it")


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


class ImportedPlaybook(Frozen):
    """A playbook that came from a CACAO document."""

    playbook: Playbook
    notes: tuple[str, ...]
    """What the reader must know: what was not checked, and what was not kept."""


def from_cacao(text: str, *, name: str) -> ImportedPlaybook:
    """Read a CACAO document; raises `BadFile` that names every object and construct that cannot be honoured."""
    document = read_document(text, name=name)
    refusals = Refusals(name)
    _refuse_whole(document, refusals)
    is_own = EXTENSION in document.get("playbook_extensions", {})
    read = own_playbook if is_own else foreign_playbook
    playbook = read(document, refusals, name=name)
    return ImportedPlaybook(playbook=playbook, notes=tuple(_notes(document, is_own=is_own)))


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

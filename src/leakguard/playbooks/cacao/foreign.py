"""A CACAO document of somebody else: its manual steps become steps for people, its conditions questions to a person.

What needs a machine, a stranger's command, a loop without a bound or a timer is refused by the id of its object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.playbooks.cacao.foreign_flow import ForeignFlow
from leakguard.playbooks.cacao.foreign_steps import ForeignSteps
from leakguard.playbooks.cacao.reading import Refusals, shown
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

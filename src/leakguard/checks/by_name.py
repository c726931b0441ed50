"""By name: a check that asks for tables, collections or classes one by one is judged for each by its own answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.protocols import OF_PAGES
from leakguard.checks.replies import View
from leakguard.checks.views import view_of
from leakguard.frozen import Frozen
from leakguard.models.observations import Reply

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
"""Names that a finding carries; another one is asked about and not told, as it may be anything."""


class NamedPart(Frozen):
    """What was asked about one name, with all that was asked of the server as a whole."""

    name: str | None
    """`None` for the server as a whole."""
    replies: Mapping[str, Reply]
    """By the ids of the requests, as if there were no other name."""
    view: View


def parts_by_name(
    definition: CheckDefinition, replies: Mapping[str, Reply], items: Mapping[str, str]
) -> Iterator[NamedPart]:
    """One for each name that may be told, in the order in which they were asked; none where the check is not split.

    `items` has the name for each id of a reply that was asked for one. Where nobody named but what each such server
    has, or a page was not read to its end, the server as a whole is told of too: what else it keeps was not asked for.
    """
    if not definition.by_name:
        return
    shared = {key: reply for key, reply in replies.items() if key not in items}
    for name in dict.fromkeys(items.values()):
        if _NAME.fullmatch(name):
            own = {key.partition(".")[0]: replies[key] for key, item in items.items() if item == name}
            together = {**shared, **own}
            yield NamedPart(name=name, replies=together, view=view_of(definition, together))
    built_in = frozenset(definition.stated.get("built_in", ()))  # each such server has these, whoever owns it
    if items and (built_in.issuperset(items.values()) or any(map(_is_cut, shared.values()))):
        yield NamedPart(name=None, replies=shared, view=view_of(definition, shared))


def _is_cut(reply: Reply) -> bool:
    """Whether a reading of pages came to no end, so that names may be missing."""
    return reply.method in OF_PAGES and isinstance(reply.document, dict) and reply.document.get("complete") is False

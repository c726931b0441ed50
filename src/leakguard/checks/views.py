"""Views: a check's replies as its rules see them."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.replies import SeenReply, View
from leakguard.models.observations import Reply


def view_of(definition: CheckDefinition, replies: Mapping[str, Reply]) -> View:
    """The replies by request id; those of a request with `each` together under its own id.

    Where one name alone is judged, its reply stands under that id by itself; see `by_name`.
    """
    seen: dict[str, SeenReply] = {}
    for request in definition.probe.requests:
        if request.id in replies:
            seen[request.id] = SeenReply([replies[request.id]])
        elif request.each is not None and (group := _group(request.id, replies)):
            seen[request.id] = SeenReply(group, is_group=True)
    return View(replies=seen, named=definition.conditions)


def _group(request: str, replies: Mapping[str, Reply]) -> list[Reply]:
    return [reply for key, reply in replies.items() if key.startswith(f"{request}.")]

"""Views: a check's replies as its rules see them."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.replies import SeenReply, View
from leakguard.models.observations import Reply


def view_of(definition: CheckDefinition, replies: Mapping[str, Reply]) -> View:
    """The replies by request id; those of a request with `each` together under its own id."""
    seen: dict[str, SeenReply] = {}
    for request in definition.probe.requests:
        if request.each is None:
            if request.id in replies:
                seen[request.id] = SeenReply([replies[request.id]])
        elif group := [reply for key, reply in replies.items() if key.startswith(f"{request.id}.")]:
            seen[request.id] = SeenReply(group, is_group=True)
    return View(replies=seen, named=definition.conditions)

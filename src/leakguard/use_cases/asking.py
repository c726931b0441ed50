"""Asks the questions of one check, one after the other."""

from __future__ import annotations

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.interview import interview
from leakguard.models.observations import Ending, Observation, Reply
from leakguard.ports import Session
from leakguard.use_cases.examination import NO_CONNECTION


async def observe(
    session: Session, definition: CheckDefinition, *, nonsense: str, bucket: str | None = None
) -> Observation:
    """What the endpoint answered; no replies where the check had nothing to ask: it needs a bucket and has none."""
    talk = interview(definition, nonsense=nonsense, bucket=bucket)
    replies: dict[str, Reply] = {}
    request = next(talk, None)
    while request is not None:
        replies[request.id] = await session.ask(request)
        if replies[request.id].ended in NO_CONNECTION:
            break
        try:
            request = talk.send(replies[request.id])
        except StopIteration:
            break
    return Observation(
        kind=definition.probe.kind, replies=replies, transport=session.transport, tls=session.tls,
        ended=next((reply.ended for reply in replies.values()), Ending.COMPLETE),
    )  # fmt: skip

"""Asks over a session what an interview or a round wants to know."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.interview import interview
from leakguard.checks.requests import Request
from leakguard.models.observations import Ending, Observation, Reply
from leakguard.ports import Session
from leakguard.use_cases.scans.turns import Turns

T = TypeVar("T")


async def ask(session: Session, talk: Generator[Request, Reply, T], turns: Turns | None = None) -> T:
    """Put the questions of `talk` to the endpoint, one after the other; what `talk` made of the answers.

    Making something of an answer may keep the loop busy; with `turns` it waits for its own.
    """
    try:
        request = next(talk)
        while True:
            reply = await session.ask(request)
            if turns is not None:
                await turns.mine()
            request = talk.send(reply)
    except StopIteration as done:
        result: T = done.value
        return result


async def observe(session: Session, definition: CheckDefinition, *, nonsense: str) -> Observation:
    """What the endpoint answered to one check."""
    replies = await ask(session, interview(definition, nonsense=nonsense))
    return Observation(
        kind=definition.probe.kind, replies=replies, transport=session.transport, tls=session.tls,
        ended=next((reply.ended for reply in replies.values()), Ending.COMPLETE),
    )  # fmt: skip

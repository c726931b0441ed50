"""Asks over a session what an interview or a round wants to know."""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import Any, TypeVar

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.interview import interview
from leakguard.checks.requests import Request
from leakguard.engine.turns import MUCH_BYTES, Turns
from leakguard.frozen import Frozen
from leakguard.models.observations import Ending, Observation, Reply
from leakguard.ports import Session

T = TypeVar("T")


class _Finished(Frozen):
    """There is no more to ask; `value` is what was made of the answers."""

    value: Any


async def ask(session: Session, talk: Generator[Request, Reply, T], turns: Turns | None = None) -> T:
    """Put the questions of `talk` to the endpoint, one after the other; what `talk` made of the answers.

    Making something of an answer may keep the loop busy; with `turns` it waits for its own, and what may take many of
    them is done beside the loop.
    """
    step, is_much = _step(talk, None), False
    while not isinstance(step, _Finished):
        reply = await session.ask(step)
        is_much = is_much or reply.size_bytes > MUCH_BYTES  # a later answer is judged together with it
        if turns is not None and is_much:
            step = await turns.beside(partial(_step, talk, reply))
        else:
            if turns is not None:
                await turns.mine()
            step = _step(talk, reply)
    result: T = step.value
    return result


def _step(talk: Generator[Request, Reply, Any], reply: Reply | None) -> Request | _Finished:
    """The next question; a thread can hand on no `StopIteration`."""
    try:
        return next(talk) if reply is None else talk.send(reply)
    except StopIteration as done:
        return _Finished(value=done.value)


async def observe(
    session: Session, definition: CheckDefinition, *, nonsense: str, turns: Turns | None = None
) -> Observation:  # fmt: skip
    """What the endpoint answered to one check; `turns` as in `ask`."""
    replies = await ask(session, interview(definition, nonsense=nonsense), turns)
    return Observation(
        kind=definition.probe.kind, replies=replies, transport=session.transport, tls=session.tls,
        ended=next((reply.ended for reply in replies.values()), Ending.COMPLETE),
    )  # fmt: skip

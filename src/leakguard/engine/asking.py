"""Sends the questions of a generator, such as an interview or a round, over a session."""

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
    """The generator has returned `value`."""

    value: Any


async def ask(session: Session, questions: Generator[Request, Reply, T], turns: Turns | None = None) -> T:
    """Send the questions that a generator yields one after the other, and return its value.

    With `turns`, answers are processed when the loop has time for them. An answer over `MUCH_BYTES`, and every later
    one, which is judged together with it, is processed in a worker thread.
    """
    step, has_large_answer = _step(questions, None), False
    while not isinstance(step, _Finished):
        reply = await session.ask(step)
        has_large_answer = has_large_answer or reply.size_bytes > MUCH_BYTES
        if turns is not None and has_large_answer:
            step = await turns.in_thread(partial(_step, questions, reply))
        else:
            if turns is not None:
                await turns.wait_for_turn()
            step = _step(questions, reply)
    result: T = step.value
    return result


def _step(questions: Generator[Request, Reply, Any], reply: Reply | None) -> Request | _Finished:
    """The next question, or the end: `StopIteration` cannot be raised out of a worker thread."""
    try:
        return next(questions) if reply is None else questions.send(reply)
    except StopIteration as done:
        return _Finished(value=done.value)


async def observe(
    session: Session, definition: CheckDefinition, *, random_word: str, turns: Turns | None = None
) -> Observation:  # fmt: skip
    """What the endpoint answered to one check; `turns` as in `ask`."""
    replies = await ask(session, interview(definition, nonsense=random_word), turns)
    return Observation(
        kind=definition.probe.kind, replies=replies, transport=session.transport, tls=session.tls,
        ended=next((reply.ended for reply in replies.values()), Ending.COMPLETE),
    )  # fmt: skip

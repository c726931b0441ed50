"""Explaining: the number of the rule is that of the rule by which the check was judged."""

from __future__ import annotations

import pytest

from leakguard.checks.explaining import deciding_rule
from leakguard.checks.judge import judge
from leakguard.models.observations import Ending, Observation, Reply
from support.fake_prober import library

STORE = next(item for item in library() if item.id == "store_open")
REDIS = next(item for item in library() if item.id == "redis_open")


def pinged(ended: Ending = Ending.COMPLETE, **document: str) -> Observation:
    reply = Reply(request="ping", method="PING", what="", ended=ended, document=document)
    return Observation(kind="redis", replies={"ping": reply}, ended=ended)


@pytest.mark.parametrize(
    ("observation", "number"),
    [
        (pinged(error="NOAUTH"), 1),
        (pinged(reply="PONG"), 2),
        (pinged(reply="what"), 3),
        (pinged(ended=Ending.REFUSED), None),
        (Observation(kind="redis", ended=Ending.SILENT), None),
    ],
)
def test_the_first_rule_that_holds_is_named(observation: Observation, number: int | None) -> None:
    found = deciding_rule(REDIS, observation)

    assert found == number
    if found is not None:
        rule, verdict = REDIS.rules[found - 1], judge(REDIS, observation)
        assert (rule.then, rule.reason) == (verdict.outcome, verdict.reason)


def test_where_no_rule_holds_none_is_named() -> None:
    reply = Reply(request="root", method="GET", what="/", ended=Ending.COMPLETE, status=418)
    observation = Observation(kind="http", replies={"root": reply})

    if deciding_rule(STORE, observation) is None:
        assert judge(STORE, observation).reason == "the replies matched no rule"

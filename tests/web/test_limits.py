"""Rates, streams and patience: bounded in memory, and fair to others."""

from __future__ import annotations

import anyio
import pytest
from starlette.types import Message

from leakguard.web import limits
from leakguard.web.limits import Limiter, Rate, Streams, TooMany, TooSlow, patient


def test_a_bucket_empties_fills_again_and_is_each_callers_own() -> None:
    now = [0.0]
    limiter = Limiter(Rate(burst=2, each_second=0.5), lambda: now[0])
    limiter.take("a")
    limiter.take("a")
    with pytest.raises(TooMany, match="too many requests") as caught:
        limiter.take("a")
    limiter.take("b")
    now[0] = 2.0
    limiter.take("a")

    assert caught.value.wait_seconds == 3
    assert "Wait 3 seconds" in caught.value.next_step
    with pytest.raises(TooMany):
        limiter.take("a")


def test_the_oldest_keys_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEYS", 2)
    limiter = Limiter(Rate(burst=1, each_second=0.001), lambda: 0.0)
    for key in ("a", "b", "c", "a"):
        limiter.take(key)
    with pytest.raises(TooMany):
        limiter.take("c")


def test_streams_are_counted_in_all_and_for_each_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_STREAMS", 3)
    monkeypatch.setattr(limits, "MOST_STREAMS_EACH", 2)
    streams = Streams()
    with streams.one("a"), streams.one("a"):
        with pytest.raises(TooMany), streams.one("a"):
            pass
        with streams.one("b"), pytest.raises(TooMany), streams.one("c"):
            pass

    assert streams.count == 0


def test_a_body_that_does_not_arrive_is_given_up_and_what_follows_it_may_take_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "PATIENCE", 0.02)

    async def never() -> Message:
        await anyio.sleep_forever()
        raise AssertionError

    async def whole_then_late() -> Message:
        if not arrived:
            arrived.append(True)
            return {"type": "http.request", "body": b"", "more_body": False}
        await anyio.sleep(0.1)
        return {"type": "http.disconnect"}

    async def play() -> str:
        receive = patient(whole_then_late)
        await receive()
        late = await receive()
        with pytest.raises(TooSlow):
            await patient(never)()
        return str(late["type"])

    arrived: list[bool] = []
    assert anyio.run(play) == "http.disconnect"

"""Hosts that speak first, or answer each command by its bytes; and what a session made of them."""

from __future__ import annotations

import base64
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping
from pathlib import Path

from leakguard.models.observations import Reply
from support.hostile import Host, Script, read_some, serving
from support.probing import Probing, Question, run

RECORDED = Path(__file__).parent.parent / "probes" / "recorded"


def recorded(name: str) -> dict[str, bytes]:
    """What a real server said, by what it was asked."""
    lines = (RECORDED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return {row["request"]: base64.b64decode(row["response_b64"]) for row in map(json.loads, lines)}


def talks(table: Mapping[bytes, bytes | None], *, greeting: bytes = b"") -> Script:
    """Greets, if there is a greeting; then answers by the first key that a request holds, with `None` by hanging up.

    A request without a key is met with silence.
    """
    return _script(table, greeting, hangs_up_after=frozenset())


def talks_and_leaves(table: Mapping[bytes, bytes], *, greeting: bytes = b"") -> Script:
    """As `talks`, but hangs up behind each answer."""
    return _script(table, greeting, hangs_up_after=frozenset(table))


def _script(table: Mapping[bytes, bytes | None], greeting: bytes, *, hangs_up_after: frozenset[bytes]) -> Script:
    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        writer.write(greeting)
        await writer.drain()
        while True:
            asked = await read_some(reader, host)
            key = next((key for key in table if key in asked), None)
            if key is None:
                continue
            said = table[key]
            if said is None:
                return
            writer.write(said)
            await writer.drain()
            if key in hangs_up_after:
                return

    return script


def ask(script: Script, kind: str, *questions: Question) -> tuple[list[Reply], Probing]:
    """The replies, and all that was sent for them."""

    async def work() -> tuple[list[Reply], Probing]:
        probing = Probing()
        async with serving(script) as host:
            return await probing.ask(host.endpoint(), kind, *questions), probing

    return run(work())

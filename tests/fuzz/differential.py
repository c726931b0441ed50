"""How curl, Python and LeakGuard read the same answers: `python -m fuzz.differential --seconds N` tries new ones.

Ends with 1 if something is read that another reader does not read so, or is called something else than HTTP.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import re
import sys
import time
from collections.abc import Sequence
from random import Random  # noqa: TID251  (its seed is the argument)

from fuzz.mutants import mutant
from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.http.client import answer_of
from leakguard.probes.protocols.http.gate import GATE
from leakguard.probes.protocols.http.reader import HttpReader
from support.hostile import serving
from support.odd_heads import LIST, one_of, read_by_curl

_BATCH = 200
_CAP = 64 * 1024
_TWO_ENDS = b"\n\r\r\n"
"""Ends a head for curl, and does not for Python; we follow curl."""
_STATED = rb"(?i)\ncontent-length[ \t]*:[ \t+\d,]*?%d[ \t+\d,]*\r*\n"
Differing = tuple[bytes, bytes | None, bytes | None]


async def differing(answers: Sequence[bytes]) -> list[Differing]:
    """The answers that we read wrongly, with what curl and Python made of them."""
    async with serving(one_of(answers)) as host:
        by_curl = await read_by_curl(host.port, len(answers))
        by_python = [await asyncio.to_thread(read_by_python, host.port, number) for number in range(len(answers))]
    each = zip(answers, by_curl, by_python, strict=True)
    return [(said, curl, python) for said, curl, python in each if not _is_well_read(said, curl, python)]


def _is_well_read(said: bytes, curl: bytes | None, python: bytes | None) -> bool:
    """Where one of them reads the list, we read it, or say that we could not read what began in HTTP.

    Python reads no header behind a line that is none, and curl no length beside an encoding; we end with the length.
    """
    ours = read_by_us(said)
    if LIST in (curl, python) and _TWO_ENDS not in said:
        may_end = curl != LIST or b"ransfer-" in said
        is_stated = ours is not None and may_end and re.search(_STATED % len(ours), said) is not None
        return ours == LIST or is_stated or (ours is None and GATE.begins(said))
    return True


def read_by_python(port: int, number: int) -> bytes | None:
    """The body as the library of Python reads it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", f"/{number}")
        return connection.getresponse().read()
    except (http.client.HTTPException, OSError, ValueError, OverflowError, MemoryError):
        return None
    finally:
        connection.close()


def read_by_us(said: bytes) -> bytes | None:
    """The body, or `None` where it cannot be read to its end."""
    reader = HttpReader()
    try:
        if not reader.feed(said) and not reader.at_end():
            return None
    except Garbled:
        return None
    body, ended = answer_of(reader, Ending.COMPLETE, len(said), _CAP)
    return body if ended is Ending.COMPLETE else None


def main() -> int:
    """Compare batches until the time is over."""
    parser = argparse.ArgumentParser(prog="fuzz.differential")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=time.time_ns())
    options = parser.parse_args()
    chance = Random(options.seed)  # noqa: S311  (it makes examples)
    ends, count = time.monotonic() + options.seconds, 0
    while not count or time.monotonic() < ends:
        found = asyncio.run(differing([mutant(chance) for _ in range(_BATCH)]))
        count += _BATCH
        for said, curl, python in found:
            sys.stdout.write(f"seed {options.seed}: {said!r}\n  curl {curl!r}\n  python {python!r}\n")
        if found:
            return 1
    sys.stdout.write(f"{'heads':12s} ok  {count}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

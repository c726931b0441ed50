"""A scan of many hostile hosts at once, in a process whose memory and whose pauses are measured.

`python -m support.matrix_scan` reads `{"hosts": {name: {"port": ..., "scheme": ..., "host": ...}}, "timeouts": {...},
"fields": ...}` and prints what came of it. The hosts live in the process that starts this one; time in which either
waits for a CPU does not count.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from leakguard.__main__ import COLLECT_AFTER
from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.inspection import Inspection
from leakguard.engine.inspection_options import InspectionOptions
from leakguard.frozen import replace
from leakguard.models.targets import Endpoint
from leakguard.models.wire import finding_to_json
from leakguard.probes import loops
from leakguard.probes.timeouts import Timeouts
from support.books import kind_book
from support.examining import examiner_with
from support.probing import Probing
from support.shipped import LIBRARY
from support.unloaded_loop import UnloadedLoop

TESTS = Path(__file__).parents[1]
ENDPOINT_SECONDS = 6.0
TIMEOUTS = Timeouts(connect=2, handshake=1.5, request=2, target=5, endpoint=ENDPOINT_SECONDS, guess=0.7)
NO_OTHERS: Mapping[str, float] = {}


def shipped() -> tuple[CheckDefinition, ...]:
    """Every check that ships."""
    return LIBRARY


async def scan_apart(
    hosts: Mapping[str, Mapping[str, Any]], *, timeouts: Mapping[str, float] = NO_OTHERS, fields: bool = False,
    is_product_loop: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """What this program tells of these hosts, run as a process of its own; it tells it in a file, as it is much.

    `timeouts` are seconds in place of those above, and `fields` says whether the names of fields are asked for as well.
    On the loop of the product (`is_product_loop`) memory is as users have it, and callbacks are not measured.
    """
    with tempfile.TemporaryFile() as said:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "support.matrix_scan", cwd=TESTS, stdin=asyncio.subprocess.PIPE, stdout=said
        )
        options = {"hosts": hosts, "timeouts": {**timeouts}, "fields": fields, "is_product_loop": is_product_loop}
        await child.communicate(json.dumps(options).encode())
        assert child.returncode == 0
        said.seek(0)
        told: dict[str, Any] = json.load(said)
    return told


class Stalls:
    """The longest that one callback kept the loop from its other work, in CPU time: a busy machine adds nothing.

    A turn of the loop says less: the longer the machine made us wait, the more callbacks are ready in one.
    """

    def __init__(self) -> None:
        self.longest = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Measure each callback that any loop runs meanwhile."""
        run_it = asyncio.Handle._run  # noqa: SLF001  (nothing public is told of each callback)

        def run_measured(handle: asyncio.Handle) -> None:
            began = time.thread_time()
            run_it(handle)
            self.longest = max(self.longest, time.thread_time() - began)

        asyncio.Handle._run = run_measured  # type: ignore[method-assign,assignment]  # noqa: SLF001  (as above)
        try:
            yield
        finally:
            asyncio.Handle._run = run_it  # type: ignore[method-assign]  # noqa: SLF001  (as above)


def peak_mebibytes() -> float:
    """The most memory that this program ever held; `ru_maxrss` would count that of the process which started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


async def scan(hosts: Mapping[str, Mapping[str, Any]], timeouts: Timeouts, *, fields: bool) -> dict[str, Any]:
    """Examine them all at once."""
    probing = Probing(timeouts=timeouts)
    second = (
        Inspection(options=InspectionOptions(fields=True), kind_definitions=kind_book, random_word="n0nsense")
        if fields
        else None
    )
    examiner = replace(examiner_with(probing, shipped()), kind_definitions=kind_book, inspection=second)
    loop = asyncio.get_running_loop()
    stalls = Stalls()
    told: dict[str, Any] = {}

    async def one(name: str, place: Mapping[str, Any]) -> None:
        began = loop.time()
        found = await examiner.examine(Endpoint(address="127.0.0.1", named=True, **place))
        findings = [finding_to_json(finding) for finding in found.findings]
        seconds = loop.time() - began
        told[name] = {"standing": found.status, "bug": found.bug, "seconds": seconds, "findings": findings}

    with stalls.measured():
        await asyncio.gather(*[one(name, place) for name, place in hosts.items()])
    places = sorted({(sent.address, sent.port) for sent in probing.sent})
    asks_for_compression = any(b"accept-encoding" in said.lower() for said in probing.said)
    return {
        "hosts": told, "stall": stalls.longest, "peak_mebibytes": peak_mebibytes(), "places": places,
        "asks_for_compression": asks_for_compression,
    }  # fmt: skip


if __name__ == "__main__":
    # As in every scan: the program's own start, and the start of its work, do so.
    gc.set_threshold(COLLECT_AFTER)
    gc.freeze()
    options = json.load(sys.stdin)
    told = loops.run(
        scan(options["hosts"], replace(TIMEOUTS, **options["timeouts"]), fields=options["fields"]),
        new_loop=None if options["is_product_loop"] else partial(UnloadedLoop, (os.getpid(), os.getppid())),
    )
    sys.stdout.write(json.dumps(told, default=str))

"""For how long hosts whose answers are made to be costly keep the loop of a scan from everybody else, in CPU time.

Nothing here fails because a machine is slow: lines are printed for a person to read. What such hosts get of memory,
and that they hide no honest store, `tests/probes/test_hostile_matrix.py` and `test_heavy_hosts.py` hold.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any

import pytest

from support.heavy import BIG, telling_databases, telling_fields
from support.hostile import Script, serving
from support.matrix_scan import scan_apart
from support.zoo import EIGHT_MEBIBYTES, PLAIN, elastic, index, rows

pytestmark = pytest.mark.enable_socket

BUDGET = 0.1
"""Seconds of CPU in which nobody else is served."""
Served = Mapping[str, tuple[str, Script]]
GROUPS: Mapping[str, Served] = {
    "the matrix of hostile hosts": {name: ("http", make()) for name, make in PLAIN.items()},
    "answers at their caps": {name: (scheme, make()) for name, (scheme, make) in BIG.items() if scheme != "s3"},
    "names that all mean something": {
        "fields": ("http", telling_fields()), "databases": ("mongodb", telling_databases()),
    },
    "a listing at its cap": {"indices": ("http", elastic(rows(index(1).encode(), EIGHT_MEBIBYTES - 2048)))},
}  # fmt: skip


async def stall_of(served: Served) -> float:
    """The longest callback of a scan of these hosts, in seconds of CPU."""
    async with contextlib.AsyncExitStack() as running:
        places: dict[str, dict[str, Any]] = {
            name: {"port": (await running.enter_async_context(serving(script))).port, "scheme": scheme}
            for name, (scheme, script) in served.items()
        }
        told = await scan_apart(places, fields=True)
    return float(told["stall"])


@pytest.mark.parametrize("name", GROUPS)
def test_the_longest_pause(name: str) -> None:
    seconds = asyncio.run(stall_of(GROUPS[name]))

    print(f"\n{name}: {seconds * 1000:.0f} ms (budget {BUDGET * 1000:.0f} ms)")  # noqa: T201  (for a person)

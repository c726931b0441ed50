"""A scan of many hosts in a process that may open few files: `python -m support.few_handles PORT HOSTS LIMIT`.

Prints how many hosts ended in which standing.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections import Counter

from leakguard.engine.examiner import Examiner
from leakguard.models.targets import Endpoint
from leakguard.probes import loops
from support.fake_prober import library
from support.probing import Probing
from support.scans import NOW, gate_of


async def examine_all(port: int, hosts: int) -> Counter[str]:
    """A hundred and twenty-eight at once, as scans do."""
    examiner = Examiner(
        prober=Probing().prober(), library=library(), gate=gate_of("127.0.0.0/8"), run="R-20261124-000001",
        vantage="local", now=lambda: NOW, random_word="n0nsense",
    )  # fmt: skip
    endpoints = iter(
        [Endpoint(address=f"127.0.{number // 250}.{number % 250 + 1}", port=port) for number in range(hosts)]
    )
    statuses: Counter[str] = Counter()

    async def work() -> None:
        for endpoint in endpoints:
            statuses[(await examiner.examine(endpoint)).status.value] += 1

    await asyncio.gather(*[work() for _ in range(128)])
    return statuses


def main() -> None:
    """Hold this process to the limit, and scan."""
    port, hosts, limit = map(int, sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    sys.stdout.write(json.dumps(loops.run(examine_all(port, hosts))))


if __name__ == "__main__":
    main()

"""How fast letters go out, and how long to wait before trying again."""

from __future__ import annotations

import re

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen

_RATE = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)/(s|min|h)", re.ASCII)
_SECONDS = {"s": 1, "min": 60, "h": 3600}


class Pace(Frozen):
    """What a run of sending keeps to."""

    per_second: float = 5.0
    """Letters handed over; 0 for as fast as the server takes them."""
    per_connection: int = 100
    """Letters in one conversation; Postfix and Exim begin to mind somewhere beyond."""
    passes: int = 4
    """The most passes over the letters, the first one included."""
    first_wait: float = 5.0
    """Seconds before the second pass; doubled for each further one."""
    longest_wait: float = 300.0
    """Seconds. In most places, greylisting asks for five minutes."""
    in_a_row: int = 10
    """So many failures one behind the other mean that something is wrong with the server, not with the letters."""
    settle: float = 60.0
    """Seconds after which a server that took a letter has surely written that into its log."""

    def wait(self, number: int) -> float:
        """Seconds to wait behind pass `number`, which is counted from one."""
        return min(self.first_wait * 2.0 ** min(number - 1, 20), self.longest_wait)


def parse_rate(text: str) -> float:
    """Letters a second of `5/s`, `30/min` or `1000/h`; raises `UsageProblem`."""
    found = _RATE.fullmatch(text.strip())
    rate = float(found[1]) / _SECONDS[found[2]] if found else 0.0
    if not rate:
        raise UsageProblem(f"`{text[:20]}` is no rate", next_step="Write 5/s, 30/min or 1000/h.")
    return rate

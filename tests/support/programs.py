"""What programs that a test starts get from us."""

from __future__ import annotations

import os
import sys


def untraced() -> dict[str, str]:
    """Our environment for a program that no coverage measures; it finds LeakGuard and the tests.

    For those that are killed, which would write nothing down, and for those whose lines other tests cover:
    tracing makes a program three times as long.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return {**kept, "PYTHONPATH": os.pathsep.join(sys.path)}

"""What programs that a test starts get from us."""

from __future__ import annotations

import os
import sys


def with_our_path() -> dict[str, str]:
    """Our environment for a program that finds LeakGuard and the tests as we do."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}

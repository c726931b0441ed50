"""What a cost that grows too fast runs into."""

from __future__ import annotations

import pytest

SECONDS = 120
"""A hundred times what the slowest of these tests takes on one busy core, and less than a cost that grows with the
square of the length takes on an idle one."""
takes_no_time = pytest.mark.timeout(SECONDS)
"""For an input that is so long that only a cost which grows with its length, and no faster, ends before the deadline.

No test compares seconds: how many a test takes is the machine's, and `make bench` measures them.
"""

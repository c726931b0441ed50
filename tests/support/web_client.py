"""A client of an application in this process: all of a process's clients share one event loop, in one thread.

Starlette's client begins a thread and a loop for each request; that took half the time of the tests of the web.
"""

from __future__ import annotations

import atexit
import functools
import warnings
from contextlib import ExitStack
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.exceptions import StarletteDeprecationWarning

with warnings.catch_warnings(action="ignore", category=StarletteDeprecationWarning):  # about the name of its client
    from starlette.testclient import TestClient as StarletteClient


class TestClient(StarletteClient):
    """Starlette's, which sends each request by the loop of all."""

    __test__ = False

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  (as what it stands for)
        """The parameters are Starlette's."""
        super().__init__(*args, **options)
        self.portal = _portal()


@functools.cache
def _portal() -> BlockingPortal:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(start_blocking_portal("asyncio"))

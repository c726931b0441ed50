"""Reads what most pages need once the server listens, so that nobody waits for it at the first page."""

from __future__ import annotations

from contextlib import suppress
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING

from leakguard.errors import LeakGuardError
from leakguard.use_cases.accounts.callers import read_registry

if TYPE_CHECKING:
    from leakguard.web.request_wiring import SharedWiring

AFTER = 0.3
"""Seconds, so that a browser that waits for the login page comes first."""


def warm_soon(shared: SharedWiring) -> None:
    """Do it in a thread of its own, which ends with the process."""
    Thread(target=_soon, args=(shared,), daemon=True, name="warming").start()


def _soon(shared: SharedWiring) -> None:
    sleep(AFTER)
    with suppress(LeakGuardError):  # whoever asks for a page is told what is wrong
        warm(shared)


def warm(shared: SharedWiring) -> None:
    """Fill what the server keeps of the store and of the duties; nothing in a store without accounts."""
    wiring = shared.for_caller(None)
    try:
        store = wiring.existing_store
        vars(wiring)["store"] = store
        if read_registry(store).has_accounts:
            now = wiring.now()
            with suppress(LeakGuardError):  # such as that nobody said whose laws are watched
                wiring.board.rows(store, wiring.bundled, wiring.reach, now)
            wiring.exposures.rows(store)
            wiring.incident_list.lines(store)
            wiring.duties()
    finally:
        wiring.close()

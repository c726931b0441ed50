"""A store in which one byte is another: thousands of bytes, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.store.sql_store import SqlStore
from store.test_tampering import fill, unseen_flips
from support.ledgers import FakeClock

pytestmark = pytest.mark.long


def test_no_flipped_byte_of_the_file_goes_unseen_where_it_matters(
    path: Path, store: SqlStore, clock: FakeClock
) -> None:
    assert unseen_flips(path, fill(store), clock, step=61) == []

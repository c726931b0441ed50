"""The register as a screen reads it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.register_rows import RegisterSearch, search_register
from support.memory_store import MemoryStore
from support.notices import GDPR_33, NOW, book


@pytest.mark.parametrize(
    ("stages", "is_told"),
    [((), False), (("initial",), True), (("initial", "withdrawn"), False), (("initial", "withdrawn", "initial"), True)],
)
def test_a_withdrawn_notice_told_nobody(stages: tuple[str, ...], *, is_told: bool) -> None:
    """After a withdrawal the duty begins anew."""
    moment = NOW

    def now() -> datetime:
        return moment

    store = MemoryStore(now)
    opened = open_incident(store, (), now=NOW, title="a search server")
    for stage in stages:
        moment += timedelta(hours=1)
        file_notice(store, book(), opened.id, NewFiling(duty=GDPR_33, stage=stage, by="A"), now=now)
    found = {
        told: [row.id for row in search_register(store, RegisterSearch(told=told), after=0, limit=5).rows]
        for told in ("yes", "no")
    }

    assert found == ({"yes": [opened.id], "no": []} if is_told else {"yes": [], "no": [opened.id]})

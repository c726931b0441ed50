"""How many questions the backends of a plan may be asked, told before the first of them."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.frozen import Frozen
from leakguard.scanning.backend_places import backend_place
from leakguard.scanning.backends import OWN
from leakguard.scanning.plan import Plan

MOST_TABLES = 50
"""As `probes.protocols.backend` has it: of one backend that are asked for."""


class BackendQuestions(Frozen):
    """One backend."""

    backend: str
    """As the user or the scope names it."""
    tables: int
    """Tables that are asked for at most."""
    questions: int
    """To the backend, at most."""
    pages: int
    """Pages of ours that may be read for it, where its key or the names of its tables are looked for."""


def backend_questions(plan: Plan) -> Iterator[BackendQuestions]:
    """One for each backend among the targets."""
    for target in plan.targets:
        if target.backend is None or target.backend.kind.kind == OWN:
            continue  # one of one's own is asked as any other web server
        place, kind = backend_place(target.backend, plan.gate, plan.resolved), target.backend.kind
        named = len([table for table in place.tables if place.allows(table)])
        tables = (MOST_TABLES if place.is_whole else min(named, MOST_TABLES)) if kind.table_questions else 0
        is_read = kind.needs_key or place.is_whole
        yield BackendQuestions(
            backend=target.text, tables=tables, questions=kind.first_questions + tables * kind.table_questions,
            pages=len(place.pages) if is_read else 0,
        )  # fmt: skip

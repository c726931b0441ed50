"""Whose a step is: the last assignment counts, and one person is told from another by account or by name."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.models.people import Signatory
from leakguard.models.records import KeptRecord
from leakguard.playbooks.assignments import STEP_ASSIGNED, Assignment, assigned_content, assignments_of
from support.ledgers import START, exactly

LI = Signatory(name="Li Wei", actor="acc_li")


def kept(sequence: int, content: dict[str, Any], kind: str = STEP_ASSIGNED) -> KeptRecord:
    return KeptRecord(
        sequence=sequence, subject="IR-2026-0001", kind=kind, occurred_at=exactly(START), recorded_at=START,
        content=content, hash="",
    )  # fmt: skip


def test_the_last_assignment_of_a_step_counts_and_nobodys_ends_it() -> None:
    records = [
        kept(1, assigned_content("contain", LI)),
        kept(2, {**assigned_content("contain", Signatory(name="Anna")), "by": "Zhang"}),
        kept(3, assigned_content("verify", LI)),
        kept(4, assigned_content("verify", None)),
        kept(5, assigned_content("contain", LI), kind="step_done"),
    ]

    assert assignments_of(records) == {
        "contain": Assignment(step="contain", to=Signatory(name="Anna"), by="Zhang", at=START)
    }
    assert assignments_of(records, since=2) == {}
    assert assignments_of(records[:3], since=2).keys() == {"verify"}


@pytest.mark.parametrize(
    ("person", "is_theirs"),
    [
        (LI, True),
        (Signatory(name="Li W.", actor="acc_li"), True),
        (Signatory(name="Li Wei", actor="acc_other"), False),
        (Signatory(name="wei LI"), True),
        (Signatory(name="Anna"), False),
    ],
)
def test_two_accounts_are_compared_by_id_and_everything_else_by_name(person: Signatory, *, is_theirs: bool) -> None:
    assert Assignment(step="contain", to=LI, by="x", at=START).is_for(person) is is_theirs

"""When two people are two, with accounts and without."""

from __future__ import annotations

import pytest

from leakguard.accounts.registry import ADDED, SUBJECT
from leakguard.accounts.two_people import needs_accounts, present, refuse_unauthenticated
from leakguard.errors import NotAllowed
from leakguard.models.people import BySource, Recorder, Signatory, may_be_one_person, recorded_by, signatory_of
from support.ledgers import MemoryJournal, make_record

ANNA = Recorder(name="Anna Berg", source=BySource.SESSION, actor="acc_anna")


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        (Signatory(name="A", actor="acc_1", how="session"), Signatory(name="A", actor="acc_2", how="token"), False),
        (Signatory(name="A", actor="acc_1", how="session"), Signatory(name="B", actor="acc_1", how="token"), True),
        (Signatory(name="Anna", actor="acc_1", how="session"), Signatory(name="anna", actor="os:1", how="typed"), True),
        (Signatory(name="Anna", actor="os:1", how="typed"), Signatory(name="Bert", actor="os:1", how="typed"), False),
        (Signatory(name="Anna", how="session"), Signatory(name="anna", actor="acc_2", how="session"), True),
    ],
)
def test_two_accounts_are_compared_by_id_and_everything_else_by_name(
    one: Signatory, other: Signatory, *, may_be: bool
) -> None:
    assert may_be_one_person(one, other) is may_be
    assert may_be_one_person(other, one) is may_be


def test_a_record_says_who_recorded_it_and_that_is_who_its_name_means() -> None:
    own = ANNA.signed("")
    others = {"by": "Li Wei", **ANNA.signed("Li Wei")}

    assert own["recorded_by"] == {"id": "acc_anna", "name": "Anna Berg", "how": "session"}
    assert signatory_of(own) == ANNA.signatory
    assert signatory_of(others) == Signatory(name="Li Wei")
    assert recorded_by(others) == ANNA.signatory
    assert recorded_by({"recorded_by": "Anna"}) == Signatory(name="")


def test_only_an_account_is_authenticated() -> None:
    assert [one for one in BySource if Recorder(name="A", source=one, actor="x").is_authenticated] == [
        BySource.SESSION, BySource.TOKEN
    ]  # fmt: skip
    assert not Signatory(name="A", how="session").is_authenticated


def test_what_another_person_confirmed_is_still_by_the_first() -> None:
    li = Recorder(name="Li Wei", source=BySource.SESSION, actor="acc_li")
    content = {"by": "Anna Berg", "claimed_by": ANNA.signatory.said, **li.signed("Anna Berg")}

    assert signatory_of(content) == ANNA.signatory
    assert recorded_by(content) == li.signatory


def test_accounts_are_needed_from_the_first_one_on_for_good() -> None:
    journal = MemoryJournal()
    refuse_unauthenticated(journal, "anybody", what="approve a letter")
    assert not needs_accounts(journal)

    journal.append(SUBJECT, [make_record(ADDED, {"actor": "acc_anna"})])

    assert needs_accounts(journal)
    with pytest.raises(NotAllowed, match="only somebody who logged in can approve a letter"):
        refuse_unauthenticated(journal, "Anna Berg", what="approve a letter")


def test_who_logged_in_speaks_under_their_own_name_alone() -> None:
    journal = MemoryJournal()
    journal.recorder = ANNA
    journal.append(SUBJECT, [make_record(ADDED, {"actor": "acc_anna"})])
    refuse_unauthenticated(journal, "Anna Berg", what="approve a letter")

    assert present(journal, " Anna Berg ") == ANNA.signatory
    assert present(journal, "Li Wei") == Signatory(name="Li Wei")
    with pytest.raises(NotAllowed):
        refuse_unauthenticated(journal, "Li Wei", what="approve a letter")

"""Custody as the ledger tells it: who had what, what is sealed, what is held."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from leakguard.frozen import replace
from leakguard.ledger.custody import (
    ADDED,
    EXPORTED,
    HANDED,
    HOLD_RELEASED,
    PUT_ON_HOLD,
    SEALED,
    UNSEALED,
    CustodyEvent,
    NewEvidence,
    custody_record,
    holds_in,
    item_sequence,
    item_to_json,
    items_of,
    new_evidence_record,
)
from leakguard.ledger.erasure import ERASED, erasure_of
from leakguard.models.records import KeptRecord, Record
from support.ledgers import START, MemoryJournal, exactly, make_chain, make_record

TAKEN = NewEvidence(name="access.log", sha256="ab" * 32, size=25, by="scribe", source="server 3", note="as found")


def kept(*records: tuple[str, Record]) -> list[KeptRecord]:
    journal = MemoryJournal()
    return [journal.append(subject, [record])[0] for subject, record in records]


def act(kind: str, *items: str, text: str = "why") -> Record:
    return custody_record(kind, items=items, by="counsel", text=text, now=START)


def test_an_item_knows_its_whole_custody() -> None:
    records = kept(
        ("IR-1", new_evidence_record(TAKEN, at=exactly(START))),
        ("IR-1", act(SEALED, "EV-1", text="S-17")),
        ("IR-1", act(HANDED, "EV-1", text="laboratory")),
        ("IR-1", act(PUT_ON_HOLD)),
        ("IR-2", act(PUT_ON_HOLD)),
        ("IR-1", act(SEALED, "EV-9")),
        ("IR-1", make_record("note")),
    )

    (item,) = items_of(records)

    assert (item.id, item.name, item.sha256, item.size, item.seal) == ("EV-1", "access.log", "ab" * 32, 25, "S-17")
    assert [(one.kind, one.text) for one in item.custody] == [
        (ADDED, "server 3"), (SEALED, "S-17"), (HANDED, "laboratory"), (PUT_ON_HOLD, "why"),
    ]  # fmt: skip


def test_what_somebody_hands_over_who_did_not_have_it_is_a_gap() -> None:
    """By the records it was with somebody else; the same name in other letters is the same person."""
    acts = [
        custody_record(HANDED, items=["EV-1"], by=by, text=to, now=START) for by, to in (("Scribe", "Bo"), ("Cy", "Di"))
    ]
    records = kept(("IR-1", new_evidence_record(TAKEN, at=exactly(START))), *(("IR-1", act) for act in acts))
    (item,) = items_of(records)

    assert item.holder == "Di"
    assert [one.is_gap for one in item.custody] == [False, False, True]
    assert item.custody[-1].holder == "Bo"
    assert item_to_json(item, holds_in(records))["custody"][-1]["is_gap"] is True


def test_one_account_under_two_names_is_no_gap_and_differs_in_name() -> None:
    """Accounts are compared by id. Whoever reads the record sees two names, so it must say that they are one person."""
    added, handed = kept(
        ("IR-1", new_evidence_record(TAKEN, at=exactly(START))), ("IR-1", act(HANDED, "EV-1", text="laboratory"))
    )
    names = (("scribe", "acc_1"), ("counsel", "acc_1"), ("counsel", "acc_2"))
    first, same, other = (
        {"by_source": "session", "recorded_by": {"id": account, "name": name, "how": "session"}}
        for name, account in names
    )

    def handed_over(recorder: Mapping[str, object]) -> CustodyEvent:
        records = [
            replace(added, content={**added.content, **first}), replace(handed, content={**handed.content, **recorder}),
        ]  # fmt: skip
        return items_of(records)[0].custody[-1]

    assert (handed_over(same).is_gap, handed_over(same).differs_in_name) == (False, True)
    assert (handed_over(other).is_gap, handed_over(other).differs_in_name) == (True, False)


def test_an_erased_item_has_no_copy_any_more() -> None:
    erased = NewEvidence(name=ERASED, sha256=ERASED, size=0, by=ERASED, has_copy=True)
    (item,) = items_of(kept(("IR-1", new_evidence_record(erased, at=exactly(START)))))

    assert (item.is_erased, item.has_copy) == (True, False)


def erased(record: KeptRecord) -> KeptRecord:
    """What is left of a record whose content was erased."""
    (entry,) = make_chain(record.content, kind=record.kind)
    return replace(record, content=json.loads(erasure_of(entry).tombstone))


def test_an_erased_hand_over_stays_in_the_custody_of_its_item_and_leaves_no_gap() -> None:
    """Who had it since is unknown, so nobody can say that whoever hands it over next did not have it."""
    acts = [
        custody_record(HANDED, items=["EV-1"], by=by, text=to, now=START) for by, to in (("scribe", "Bo"), ("Bo", "Di"))
    ]
    added, first, second = kept(
        ("IR-1", new_evidence_record(TAKEN, at=exactly(START))), *(("IR-1", act) for act in acts)
    )

    (item,) = items_of([added, erased(first), second])
    (of_erased,) = items_of([erased(added), first, second])

    assert [(one.kind, one.text) for one in item.custody] == [(ADDED, "server 3"), (HANDED, ERASED), (HANDED, "Di")]
    assert items_of([added, erased(first)])[0].holder == ERASED
    for one in (*item.custody, *of_erased.custody):
        assert (one.is_gap, one.differs_in_name) == (False, False)


@pytest.mark.parametrize("kind", [ADDED, SEALED, UNSEALED, HANDED, PUT_ON_HOLD, HOLD_RELEASED, EXPORTED])
def test_an_act_without_content_changes_no_item_as_nobody_knows_which_it_was_about(kind: str) -> None:
    """Older releases left nothing of erased content, not even the ids of the items."""
    added, sealed, nothing = kept(
        ("IR-1", new_evidence_record(TAKEN, at=exactly(START))),
        ("IR-1", act(SEALED, "EV-1", text="S-17")),
        ("IR-1", act(kind)),
    )

    assert items_of([added, sealed, replace(nothing, content={})]) == items_of([added, sealed])


def test_only_a_hold_a_release_or_an_export_without_items_is_about_the_whole_subject() -> None:
    added = ("IR-1", new_evidence_record(TAKEN, at=exactly(START)))
    about_all = {
        kind
        for kind in (ADDED, SEALED, UNSEALED, HANDED, PUT_ON_HOLD, HOLD_RELEASED, EXPORTED)
        if len(items_of(kept(added, ("IR-1", act(kind))))[0].custody) > 1
    }

    assert about_all == {PUT_ON_HOLD, HOLD_RELEASED, EXPORTED}


def test_between_two_accounts_a_gap_shows_also_where_the_names_were_erased() -> None:
    added, handed = kept(
        ("IR-1", new_evidence_record(TAKEN, at=exactly(START))), ("IR-1", act(HANDED, "EV-1", text="laboratory"))
    )

    def by(name: str, account: str) -> dict[str, object]:
        return {"by_source": "session", "recorded_by": {"id": account, "name": name, "how": "session"}}

    def is_gap(account: str) -> bool:
        first = replace(added, content={**added.content, **by("scribe", "acc_1")})
        then = replace(handed, content={**handed.content, **by("counsel", account)})
        return items_of([first, erased(then)])[0].custody[-1].is_gap

    assert is_gap("acc_2")
    assert not is_gap("acc_1")


def test_a_broken_seal_is_no_seal() -> None:
    records = kept(
        ("IR-1", new_evidence_record(TAKEN, at=exactly(START))),
        ("IR-1", act(SEALED, "EV-1", text="S-17")),
        ("IR-1", act(UNSEALED, "EV-1")),
    )

    assert items_of(records)[0].seal == ""


def test_a_hold_lasts_until_it_is_released() -> None:
    records = kept(
        ("IR-1", act(PUT_ON_HOLD)), ("IR-2", act(PUT_ON_HOLD, "EV-4", "EV-5")), ("IR-3", act(PUT_ON_HOLD)),
        ("IR-3", act(HOLD_RELEASED)), ("IR-2", act(HOLD_RELEASED, "EV-5")), ("IR-1", act(SEALED, "EV-4")),
    )  # fmt: skip

    holds = holds_in(records)

    assert (holds.subjects, holds.items) == ({"IR-1": "why"}, {"EV-4": "why"})


def test_a_release_without_content_releases_nothing_and_such_a_hold_holds_the_whole_subject() -> None:
    """Nobody knows which items it was about: what may be held is not erased."""
    held, released = kept(("IR-1", act(PUT_ON_HOLD)), ("IR-1", act(HOLD_RELEASED)))

    assert holds_in([held, replace(released, content={})]).subjects == {"IR-1": "why"}
    assert holds_in([replace(held, content={})]).subjects == {"IR-1": ""}


def test_an_item_as_json_tells_its_hold() -> None:
    records = kept(("IR-1", new_evidence_record(TAKEN, at=exactly(START))), ("IR-1", act(PUT_ON_HOLD)))

    told = item_to_json(items_of(records)[0], holds_in(records))

    assert (told["id"], told["hold"], told["seal"], told["note"]) == ("EV-1", "why", None, "as found")
    first = told["custody"][0]
    assert (first["kind"], first["by"], first["text"]) == (ADDED, "scribe", "server 3")
    assert first["at"] == "2026-05-24T01:00:00Z"
    assert (told["holder"], first["is_gap"]) == ("scribe", False)


def test_an_erased_item_is_no_longer_one_only_without_a_tombstone() -> None:
    (record,) = kept(("IR-1", Record(kind=ADDED, occurred_at=exactly(START))))

    assert items_of([record]) == ()


def test_an_id_of_an_item_is_read_and_nothing_else() -> None:
    assert (item_sequence("EV-12"), item_sequence("E-12"), item_sequence("EV-012")) == (12, None, None)

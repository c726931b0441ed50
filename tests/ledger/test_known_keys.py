"""Keys of earlier heads that the ledger knows, held against the key of now."""

from __future__ import annotations

from typing import Any

from leakguard.ledger.heads import head_of, head_to_text, heads_in_file
from leakguard.ledger.keys import SigningKey, new_key
from leakguard.ledger.signed_heads import FORMER_KEYS, ExternalHeads, Trust, key_discrepancies
from leakguard.ledger.verification_result import DiscrepancyKind
from support.bundles import KEY
from support.ledgers import make_chain

NAMESAKE = new_key(KEY.public.name, b"\x09" * 32)


def placed(key: SigningKey | None) -> ExternalHeads:
    heads = heads_in_file(head_to_text(head_of(make_chain({})[-1]), key=key))
    assert heads is not None
    return ExternalHeads(place="store.head", is_beside=True, content=heads)


def test_a_key_of_the_same_name_that_replaced_another_one_is_named() -> None:
    kept: dict[int, dict[str, Any]] = {
        3: {"key": KEY.public.text},
        5: {FORMER_KEYS: [KEY.public.text, 7, "no key"], "key": NAMESAKE.public.text},
    }

    (doubt,) = key_discrepancies(kept, [placed(NAMESAKE)], None)

    assert doubt.kind is DiscrepancyKind.CHANGED_KEY
    assert doubt.sequence == 5
    assert "which has the same name" in doubt.text


def test_the_key_that_was_there_all_the_time_raises_no_doubt() -> None:
    kept = {3: {"key": KEY.public.text, FORMER_KEYS: "spoilt"}}

    assert list(key_discrepancies(kept, [placed(KEY)], Trust(key=KEY.public))) == []


def test_where_no_head_is_signed_there_is_nothing_to_hold_keys_against() -> None:
    assert list(key_discrepancies({3: {"key": KEY.public.text}}, [placed(None)], None)) == []

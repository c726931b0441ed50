"""Accounts, roles and tokens as the ledger tells them."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.accounts.registry import (
    ADDED,
    DISABLED,
    ENABLED,
    ERASED,
    GRANTED,
    KINDS,
    ONCALL_SET,
    RECOVERED,
    REVOKED,
    SUBJECT,
    TOKEN_ADDED,
    TOKEN_REVOKED,
    Registry,
    registry_of,
)
from leakguard.accounts.rights import Right, Role
from support.ledgers import MemoryJournal, make_record

ANNA, LI = "acc_anna", "acc_li"


def told(*entries: tuple[str, dict[str, Any]]) -> Registry:
    journal = MemoryJournal()
    journal.append(SUBJECT, [make_record(kind, content) for kind, content in entries])
    return registry_of(journal.of_kinds(KINDS, SUBJECT))


def test_a_store_without_entries_has_no_accounts() -> None:
    found = told()

    assert not found.has_accounts
    assert found.account(ANNA) is None


def test_roles_are_granted_and_revoked() -> None:
    found = told(
        (ADDED, {"actor": ANNA}), (GRANTED, {"actor": ANNA, "role": "admin"}),
        (GRANTED, {"actor": ANNA, "role": "dpo"}),
        (ADDED, {"actor": LI}), (GRANTED, {"actor": LI, "role": "dpo"}), (REVOKED, {"actor": ANNA, "role": "dpo"}),
    )  # fmt: skip

    assert found.has_accounts
    assert found.accounts[ANNA].roles == {Role.ADMIN}
    assert found.holders(Role.DPO) == (LI,)


def test_an_account_is_disabled_and_enabled_and_erased_for_good() -> None:
    begun = [(ADDED, {"actor": ANNA}), (GRANTED, {"actor": ANNA, "role": "dpo"})]
    disabled = told(*begun, (DISABLED, {"actor": ANNA}))
    enabled = told(*begun, (DISABLED, {"actor": ANNA}), (ENABLED, {"actor": ANNA}), (RECOVERED, {"actor": ANNA}))
    erased = told(
        *begun, (ERASED, {"actor": ANNA}), (ENABLED, {"actor": ANNA}), (GRANTED, {"actor": ANNA, "role": "x"})
    )

    assert not disabled.accounts[ANNA].is_enabled
    assert disabled.holders(Role.DPO) == ()
    assert enabled.accounts[ANNA].is_enabled
    assert erased.accounts[ANNA].is_erased
    assert not erased.accounts[ANNA].is_enabled
    assert erased.accounts[ANNA].roles == frozenset()
    assert erased.has_accounts


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (GRANTED, {}), (GRANTED, {"actor": 7, "role": "admin"}), (GRANTED, {"actor": "", "role": "admin"}),
        (GRANTED, {"actor": LI, "role": "admin"}), (GRANTED, {"actor": ANNA, "role": "root"}),
        (GRANTED, {"actor": ANNA, "role": ["admin"]}), (GRANTED, {"actor": ANNA}), (ONCALL_SET, {"actor": ANNA}),
        (TOKEN_ADDED, {"actor": ANNA}), (TOKEN_ADDED, {"token": "tok_1"}),
        (TOKEN_REVOKED, {"token": "x", "actor": ANNA}),
    ],
)  # fmt: skip
def test_an_entry_that_names_nothing_known_changes_nothing(kind: str, content: dict[str, Any]) -> None:
    found = told((ADDED, {"actor": ANNA}), (kind, content))

    assert found.accounts[ANNA].roles == frozenset()
    assert list(found.accounts) == [ANNA]
    assert found.tokens == {}


def test_a_token_has_the_rights_that_are_known_and_ends_when_it_is_revoked() -> None:
    added = (TOKEN_ADDED, {"token": "tok_1", "actor": ANNA, "scopes": ["read_incidents", "fly"]})
    again = (TOKEN_ADDED, {"token": "tok_1", "actor": LI, "scopes": ["manage_accounts"]})
    bare = told((TOKEN_ADDED, {"token": "tok_2", "actor": ANNA, "scopes": "read_incidents"}))

    assert told(added).tokens["tok_1"].scopes == {Right.READ_INCIDENTS}
    assert told(added, again).tokens["tok_1"].actor == ANNA
    assert told(added, (TOKEN_REVOKED, {"token": "tok_1", "actor": ANNA})).tokens["tok_1"].is_revoked
    assert bare.tokens["tok_2"].scopes == frozenset()

"""Every right and every role, by the one table; and what each command needs."""

from __future__ import annotations

import itertools

import pytest

from leakguard.accounts.rights import RIGHTS, WORDS, Right, Role, allowed, rights_of
from leakguard.errors import RightMissing
from leakguard.use_cases.accounts.callers import refuse_without
from support.accounts import caller_of

pytestmark = pytest.mark.untraced

EVERY = list(itertools.product(Right, Role))


def test_the_table_names_each_right_once_and_says_what_it_is() -> None:
    assert set(RIGHTS) == set(WORDS) == set(Right)
    assert all(RIGHTS.values())
    assert all(words[0].islower() and not words.endswith(".") for words in WORDS.values())


@pytest.mark.parametrize(("right", "role"), EVERY)
def test_a_role_may_do_what_the_table_says_and_nothing_else(right: Right, role: Role) -> None:
    caller = caller_of([role])
    if role in RIGHTS[right]:
        refuse_without(caller, right)
    else:
        with pytest.raises(RightMissing, match=f"`{right}`") as refused:
            refuse_without(caller, right)
        assert all(one in str(refused.value) for one in RIGHTS[right])
        assert "leakguard account role" in refused.value.next_step

    assert caller.may(right) is (role in RIGHTS[right])


def test_nobody_may_delete_and_no_role_may_do_everything() -> None:
    assert not [right for right in Right if "delete" in right or "remove" in right]
    assert all(rights_of([role]) < set(Right) for role in Role)


def test_two_roles_have_the_rights_of_both_and_no_role_has_none() -> None:
    assert rights_of([Role.ADMIN, Role.COUNSEL]) == rights_of([Role.ADMIN]) | rights_of([Role.COUNSEL])
    assert rights_of([]) == frozenset()
    assert not any(allowed([], right) for right in Right)


def test_an_auditor_and_a_viewer_change_nothing() -> None:
    """What changes is named by a verb that is not `read`, `verify` or `export`, and not about oneself."""
    harmless = ("read_", "verify_", "export_", "manage_own_")
    for role in (Role.AUDITOR, Role.VIEWER):
        assert [one for one in rights_of([role]) if not one.startswith(harmless)] == []


def test_who_manages_accounts_does_not_decide_about_letters() -> None:
    assert not rights_of([Role.ADMIN]) & {
        Right.APPROVE_LETTERS, Right.SEND_LETTERS, Right.DO_STEPS, Right.READ_PRIVILEGED, Right.START_SCANS
    }  # fmt: skip

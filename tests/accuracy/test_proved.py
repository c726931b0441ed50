"""A kind counts as proved where a real server was right about it, and says how it is protected."""

from __future__ import annotations

import pytest

from accuracy.kept import read
from accuracy.measured import Found, Measured
from accuracy.proved import NO_LOGIN, proof_of, proofs_by_kind, proved_sentence, proves
from leakguard.frozen import replace
from support.shipped import LIBRARY

CHECK = "redis_open"


def row(form: str, outcome: str, *, check: str = CHECK, kind: str = "redis") -> Measured:
    found = Found(check=check, datastore="http" if check.startswith("http") else kind, outcome=outcome, has_size=False)
    return Measured(server="s", datastore=kind, version="1", form=form, core=True, found=(found,))


@pytest.mark.parametrize(
    ("measured", "expected"),
    [
        (row("open", "exposed"), True),
        (row("open", "inconclusive"), False),
        (row("protected", "not_exposed"), True),
        (row("protected", "not_exposed", check="http_login_asked"), True),
        (row("protected", "inconclusive"), False),
        (replace(row("open", "exposed"), state="plain proxy"), False),
    ],
)
def test_only_a_clear_and_right_verdict_on_a_server_itself_proves_something(
    measured: Measured, *, expected: bool
) -> None:
    assert proves(measured, {CHECK}) is expected


def test_a_kind_is_whole_where_it_is_open_and_protected_or_has_no_login() -> None:
    opened, locked = row("open", "exposed"), row("protected", "not_exposed")
    fronted = replace(locked, is_fronted=True)

    assert (proof_of("redis", [opened]).words, proof_of("redis", [opened]).is_whole) == ("open", False)
    assert (proof_of("redis", [opened, locked]).words, proof_of("redis", [locked]).is_whole) == (
        "open, protected",
        False,
    )
    assert proof_of("redis", [opened, fronted]).words == "open, protected by a front"
    assert proof_of("luigi", [row("open", "exposed", check="luigi_open", kind="luigi")]).is_whole
    assert proof_of("redis", []).words == "-"


def test_the_sentence_counts_each_kind_once() -> None:
    rows = [row("open", "exposed"), replace(row("open", "exposed"), server="t"), row("protected", "not_exposed")]

    assert proved_sentence(rows).startswith(
        "1 kinds of software are proved open on a real server. 1 of them are proved in full, that is open, and "
        "protected where the product can be: 1 by their own login, 0 by a login in front of them, and 0 have no login"
    )


def test_what_has_no_login_of_its_own_is_a_kind_of_the_checks_and_never_seen_protected_by_itself() -> None:
    _, rows, _ = read()
    proofs = proofs_by_kind(rows)

    assert set(NO_LOGIN) <= {check.datastore for check in LIBRARY}
    assert [kind for kind, proof in proofs.items() if proof.has_no_login and proof.is_protected] == []


def test_at_least_seventy_kinds_are_proved_open_and_protected_where_they_can_be() -> None:
    _, rows, _ = read()

    assert sum(proof.is_whole for proof in proofs_by_kind(rows).values()) >= 70

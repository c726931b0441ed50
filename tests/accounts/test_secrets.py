"""Passwords, tokens, sessions, attempts and codes, each by its rules alone."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from leakguard.accounts import passwords
from leakguard.accounts.attempts import MOST, WINDOW, account_key, address_key, wait_for
from leakguard.accounts.passwords import (
    COST,
    FEWEST,
    Cost,
    dummy_hash,
    hash_password,
    is_outdated,
    refuse_weak,
    verify_password,
)
from leakguard.accounts.rights import Right
from leakguard.accounts.sessions import LIMITS, Kind, needs_touch, why_over
from leakguard.accounts.tokens import (
    LONGEST,
    SECRET,
    expiry,
    is_secret,
    new_actor,
    new_secret,
    new_token_id,
    parse_scopes,
    secret_hash,
)
from leakguard.accounts.totp import SECONDS, new_totp, step_of, totp_link
from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.models.accounts import SessionRow
from support.accounts import CHEAP, PASSWORD, AccountTools
from support.ledgers import START

SALT = bytes(range(16))


def test_a_password_fits_its_hash_and_no_other_does() -> None:
    kept = hash_password(PASSWORD, salt=SALT, cost=CHEAP)

    assert kept.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert PASSWORD not in kept
    assert verify_password(kept, PASSWORD, cost=CHEAP)
    assert not verify_password(kept, PASSWORD + "x", cost=CHEAP)


def test_a_password_is_the_same_whichever_way_its_letters_are_composed() -> None:
    assert verify_password(
        hash_password("Zoe\u0308 am Meer 7", salt=SALT, cost=CHEAP), "Zo\u00eb am Meer 7", cost=CHEAP
    )


def test_a_password_that_is_no_text_fits_nothing_and_is_no_bug() -> None:
    assert not verify_password(hash_password(PASSWORD, salt=SALT, cost=CHEAP), "\udcff" * 20, cost=CHEAP)


@pytest.mark.parametrize("kept", ["", "plain"])
def test_what_is_no_hash_fits_no_password_and_costs_the_same(kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    hasher = passwords._hasher  # noqa: SLF001  (counts the work)

    def noted(cost: Cost) -> PasswordHasher:
        made.append(kept)
        return hasher(cost)

    monkeypatch.setattr(passwords, "_hasher", noted)

    assert not verify_password(kept, PASSWORD, cost=CHEAP)
    assert len(made) == 2


def test_the_hash_of_nobody_costs_what_a_real_one_costs_and_fits_nothing() -> None:
    real = hash_password(PASSWORD, salt=SALT, cost=CHEAP)

    assert dummy_hash(CHEAP).split("$")[:4] == real.split("$")[:4]
    assert len(dummy_hash(CHEAP).split("$")[5]) == len(real.split("$")[5])
    with pytest.raises(VerifyMismatchError):  # it is hashed and compared, and not refused unread
        PasswordHasher().verify(dummy_hash(CHEAP), PASSWORD)
    assert not verify_password(dummy_hash(CHEAP), PASSWORD, cost=CHEAP)


def test_what_is_hashed_costs_what_rfc_9106_advises() -> None:
    assert (COST.passes, COST.memory, COST.lanes) == (3, 65_536, 4)
    assert is_outdated(hash_password(PASSWORD, salt=SALT, cost=CHEAP))
    assert not is_outdated(hash_password(PASSWORD, salt=SALT, cost=CHEAP), CHEAP)


@pytest.mark.parametrize("password", ["", "x" * (FEWEST - 1), "abababababab", "y" * 2000, "long enough " * 200])
def test_a_weak_password_is_refused_and_never_shown(password: str) -> None:
    with pytest.raises(UsageProblem) as refused:
        refuse_weak(password)

    assert not password or password not in f"{refused.value} {refused.value.next_step}"


def test_a_good_password_passes() -> None:
    refuse_weak(PASSWORD)


def test_a_secret_is_known_by_its_prefix_and_is_kept_as_a_hash() -> None:
    tools = AccountTools()
    one, other = new_secret(tools.token), new_secret(tools.token)

    assert one != other
    assert SECRET.fullmatch(one)
    assert is_secret(one)
    assert len(one) == 46
    assert len(secret_hash(one)) == 64
    assert one not in secret_hash(one)
    assert not is_secret(one[:-1])
    assert not is_secret(f"{one}\n")
    assert secret_hash("\udcff")


def test_ids_are_of_their_own_shapes() -> None:
    actor = new_actor(AccountTools().token)

    assert len(actor) == 20
    assert actor.startswith("acc_")
    assert actor.islower()
    assert new_token_id(AccountTools().token).startswith("tok_")


def test_scopes_are_rights_and_an_unknown_one_names_the_nearest() -> None:
    assert parse_scopes(["read_incidents", "do_steps"]) == {Right.READ_INCIDENTS, Right.DO_STEPS}
    with pytest.raises(UsageProblem) as near:
        parse_scopes(["read_incident"])
    with pytest.raises(UsageProblem) as far:
        parse_scopes(["zzzzzzzzzzzz"])

    assert "read_incidents" in near.value.next_step
    assert "Did you mean" not in far.value.next_step


def test_a_token_ends_within_a_year() -> None:
    assert expiry(START, None) == START + timedelta(days=90)
    assert expiry(START, 1) == START + timedelta(days=1)
    for days in (0, -1, LONGEST.days + 1):
        with pytest.raises(UsageProblem):
            expiry(START, days)


@pytest.mark.parametrize("kind", Kind)
def test_a_session_ends_idle_at_its_limit_and_when_it_is_revoked(kind: Kind) -> None:
    limits = LIMITS[kind]
    row = SessionRow(
        hash="x", actor="acc_x", kind=kind, created_at=START, seen_at=START, expires_at=START + limits.absolute
    )
    used = replace(row, seen_at=START + limits.absolute)
    instant = timedelta(microseconds=1)

    assert why_over(row, START + limits.idle - instant) == ""
    assert why_over(row, START + limits.idle) == "it was not used for too long"
    assert why_over(used, START + limits.absolute - instant) == ""
    assert why_over(used, START + limits.absolute) == "it has lasted as long as a session may"
    assert why_over(replace(row, revoked_at=START), START) == "it was ended"
    assert limits.idle < limits.absolute


def test_a_use_is_kept_once_a_minute() -> None:
    row = SessionRow(hash="x", actor="a", kind="cli", created_at=START, seen_at=START, expires_at=START)

    assert not needs_touch(row, START + timedelta(seconds=59))
    assert needs_touch(row, START + timedelta(seconds=60))


def test_too_many_failures_have_to_wait_until_the_oldest_is_out_of_the_window() -> None:
    failed = [START + timedelta(seconds=number) for number in range(MOST.by_account)]
    now = START + timedelta(minutes=1)

    assert wait_for(failed[:-1], now, MOST.by_account) == timedelta(0)
    assert wait_for(failed, now, MOST.by_account) == failed[0] + WINDOW - now
    assert wait_for(failed, START + WINDOW, MOST.by_account) == timedelta(0)


def test_failures_under_a_clock_that_was_ahead_lock_nobody_out_once_it_is_right() -> None:
    """Under such a clock each code of a second factor is wrong; the account was locked until that time had come."""
    failed = [START + timedelta(hours=90, seconds=number) for number in range(MOST.by_account)]

    assert wait_for(failed, START, MOST.by_account) == timedelta(0)
    assert wait_for([START + timedelta(minutes=1)] * MOST.by_account, START, MOST.by_account) > WINDOW


@pytest.mark.parametrize("kind", Kind)
def test_a_session_that_began_under_a_clock_that_was_ahead_lasts_for_twice_its_limit_at_most(kind: Kind) -> None:
    limits = LIMITS[kind]
    begun = START + limits.absolute
    row = SessionRow(
        hash="x", actor="acc_x", kind=kind, created_at=begun, seen_at=begun, expires_at=begun + limits.absolute
    )

    assert why_over(row, START) == ""
    assert why_over(row, START - timedelta(seconds=1)) == "it began under a clock that was ahead"


def test_an_account_is_counted_under_one_key_however_it_is_typed() -> None:
    assert account_key("  Anna   BERG ") == account_key("anna berg")
    assert account_key("anna") != address_key("anna")
    assert len(account_key("x" * 5000)) < 300


def test_a_code_is_of_its_time_and_a_phone_may_be_a_step_off() -> None:
    secret = new_totp(AccountTools().token)
    code = pyotp.TOTP(secret).at(START)
    step = int(START.timestamp()) // SECONDS

    assert step_of(secret, code, START) == step
    assert step_of(secret, f"{code[:3]} {code[3:]}", START + timedelta(seconds=SECONDS)) == step
    assert step_of(secret, code, START + timedelta(seconds=3 * SECONDS)) is None
    assert step_of(secret, "12345", START) is None
    assert step_of(secret, "", START) is None


def test_an_app_takes_the_secret_by_a_link_that_names_the_account() -> None:
    secret = new_totp(AccountTools().token)

    assert totp_link(secret, "Anna Berg") == f"otpauth://totp/LeakGuard:Anna%20Berg?secret={secret}&issuer=LeakGuard"

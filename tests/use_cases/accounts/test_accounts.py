"""Accounts in use, on both databases: added, logged in to, disabled, recovered and erased."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from leakguard.accounts import passwords
from leakguard.accounts.attempts import MOST, WINDOW
from leakguard.accounts.passwords import Cost
from leakguard.accounts.registry import KINDS, SUBJECT, Registry
from leakguard.accounts.rights import Right, Role
from leakguard.accounts.sessions import LIMITS, Kind
from leakguard.accounts.tokens import new_secret, secret_hash
from leakguard.accounts.totp import step_of
from leakguard.errors import (
    CodeNeeded,
    LeakGuardError,
    NotAllowed,
    NotFound,
    NotLoggedIn,
    RightMissing,
    TooManyAttempts,
    UsageProblem,
)
from leakguard.frozen import replace
from leakguard.ledger.erasure import is_erasable
from leakguard.ledger.verification_result import Answer
from leakguard.models.accounts import AnsweredRequest, Passkey, PendingRequest, Person
from leakguard.models.people import BySource, LoginMethod, Recorder
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.accounts import log_in as logging_in
from leakguard.use_cases.accounts import manage_accounts as managing
from leakguard.use_cases.accounts.api_tokens import add_token, list_tokens, revoke_token
from leakguard.use_cases.accounts.callers import read_registry, refuse_without, who_of_session, who_of_token
from leakguard.use_cases.accounts.changing import account_record, find_person, refuse_last_admin
from leakguard.use_cases.accounts.first_links import first_link, use_first_link
from leakguard.use_cases.accounts.log_in import (
    begin_totp,
    change_password,
    log_in,
    log_in_as,
    log_out,
    take_totp,
)
from leakguard.use_cases.accounts.manage_accounts import (
    NewAccount,
    add_account,
    disable_account,
    enable_account,
    erase_account,
    grant_role,
    link_account,
    list_accounts,
    recover_account,
    revoke_role,
)
from leakguard.use_cases.proofs.evidence import verify_store
from support.accounts import CHEAP, PASSWORD, AccountTools, add, enter, open_store
from support.postgres_server import PostgresServer, postgres_server

CANARY = "canary password 7421"
ANOTHER = "another good password"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "leakguard.db")
    running: PostgresServer = request.getfixturevalue("server")
    return running.new_database()


@pytest.fixture
def tools() -> AccountTools:
    return AccountTools()


@pytest.fixture
def store(place: str, tools: AccountTools) -> Iterator[SqlStore]:
    with closing(open_store(place, tools)) as opened:
        yield opened


@pytest.fixture
def file_store(tmp_path: Path, tools: AccountTools) -> Iterator[SqlStore]:
    """One that needs no server, for rules that are the same on both."""
    with closing(open_store(str(tmp_path / "leakguard.db"), tools)) as opened:
        yield opened


def ledger_text(store: SqlStore) -> str:
    return json.dumps([dict(one.content) for one in store.read()])


def test_an_account_is_added_and_logs_in_by_its_name_and_its_mail(store: SqlStore, tools: AccountTools) -> None:
    anna = add(store, tools, "Anna  Berg", Role.ADMIN, Role.DPO, mail="Anna@example.edu")
    by_name, by_mail = enter(store, tools, " anna BERG "), enter(store, tools, "anna@EXAMPLE.edu")
    found = who_of_session(store, by_mail.secret, tools.now())

    assert anna.name == "Anna Berg"
    assert by_name.secret != by_mail.secret
    assert (found.actor, found.name, found.roles) == (anna.actor, "Anna Berg", frozenset({Role.ADMIN, Role.DPO}))
    assert found.recorder() == Recorder(
        name="Anna Berg", source=BySource.SESSION, actor=anna.actor, method="password"
    )  # fmt: skip
    assert by_name.secret not in repr(by_name)


def test_the_ledger_tells_of_accounts_by_their_ids_alone(store: SqlStore, tools: AccountTools) -> None:
    add(store, tools, "Anna Berg", Role.ADMIN, mail="anna@example.edu")
    logged_in = enter(store, tools, "Anna Berg")
    token = add_token(store, tools, logged_in.caller, name="ticket system", scopes=["read_incidents"])
    text = ledger_text(store)

    for word in ("Anna", "example.edu", "argon2", PASSWORD, logged_in.secret, token.secret, token.row.hash, "ticket"):
        assert word not in text
    assert [one.kind for one in store.read(SUBJECT)] == ["account_added", "role_granted", "token_added"]
    assert verify_store(store).answer is not Answer.MISMATCH


def test_the_first_account_is_an_admins_and_two_cannot_share_a_name(store: SqlStore, tools: AccountTools) -> None:
    with pytest.raises(NotAllowed, match="the first account has to be an admin's"):
        add(store, tools, "Li Wei", Role.DPO)
    add(store, tools, "Anna Berg", Role.ADMIN, mail="anna@example.edu")
    with pytest.raises(NotAllowed, match="another account has the name or the mail"):
        add(store, tools, "anna  BERG", Role.DPO)
    with pytest.raises(NotAllowed, match="another account has the name or the mail"):
        add(store, tools, "Anders", Role.DPO, mail="ANNA@example.edu")

    with pytest.raises(NotAllowed, match="or one that reads alike"):
        add(store, tools, "\u0410nna Berg", Role.DPO)  # a Cyrillic first letter

    assert len(list_accounts(store)) == 1


@pytest.mark.parametrize("mail", ["nobody", "a@b@c", "a b@c", "x" * 300 + "@c"])
def test_what_is_no_mail_address_is_refused(file_store: SqlStore, tools: AccountTools, mail: str) -> None:
    with pytest.raises(UsageProblem, match="no mail address"):
        add(file_store, tools, "Anna", Role.ADMIN, mail=mail)


def test_a_wrong_password_and_an_unknown_user_read_the_same(file_store: SqlStore, tools: AccountTools) -> None:
    add(file_store, tools, "Anna Berg", Role.ADMIN)
    said = []
    for name, password in (("Anna Berg", CANARY), ("Nobody", CANARY), ("Nobody", PASSWORD)):
        with pytest.raises(NotLoggedIn) as refused:
            log_in(file_store, tools, name, password, kind=Kind.WEB)
        said.append((str(refused.value), refused.value.next_step))

    assert len(set(said)) == 1
    assert CANARY not in str(said)


def test_an_unknown_user_costs_the_same_hash_as_a_known_one(
    file_store: SqlStore, tools: AccountTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One verification each, of hashes with the same parameters; so the time tells nothing of who exists."""
    add(file_store, tools, "Anna Berg", Role.ADMIN)
    add_account(file_store, tools, NewAccount(name="No Password"))
    verified: list[tuple[str, ...]] = []
    real = passwords.verify_password

    def noted(kept: str, password: str, *, cost: Cost) -> bool:
        verified.append(tuple(kept.split("$")[:4]))
        return real(kept, password, cost=cost)

    monkeypatch.setattr("leakguard.use_cases.accounts.log_in.verify_password", noted)
    for name in ("Anna Berg", "Nobody at all", "No Password", ""):
        with pytest.raises(NotLoggedIn):
            log_in(file_store, tools, name, "a wrong password", kind=Kind.WEB)

    assert len(verified) == 4
    assert set(verified) == {("", "argon2id", "v=19", f"m={CHEAP.memory},t={CHEAP.passes},p={CHEAP.lanes}")}


def test_too_many_failures_lock_the_account_for_a_while_and_no_other(store: SqlStore, tools: AccountTools) -> None:
    for name in ("Anna Berg", "Li Wei"):
        add(store, tools, name, Role.ADMIN)
    for _ in range(MOST.by_account):
        tools.wait(timedelta(seconds=1))
        with pytest.raises(NotLoggedIn):
            log_in(store, tools, "Anna Berg", CANARY, kind=Kind.WEB, address="192.0.2.1")
    with pytest.raises(TooManyAttempts) as locked:
        log_in(store, tools, "Anna Berg", PASSWORD, kind=Kind.WEB, address="192.0.2.2")
    other = log_in(store, tools, "Li Wei", PASSWORD, kind=Kind.WEB, address="192.0.2.1")
    tools.wait(WINDOW)

    assert 0 < locked.value.wait_seconds <= WINDOW.total_seconds() + 1
    assert other.caller.name == "Li Wei"
    assert log_in(store, tools, "Anna Berg", PASSWORD, kind=Kind.WEB).caller.name == "Anna Berg"


def test_wrong_passwords_count_together_whatever_word_names_the_account(
    file_store: SqlStore, tools: AccountTools
) -> None:
    about = NewAccount(name="Anna Berg", mail="anna@example.org", roles=frozenset({Role.ADMIN}), password=PASSWORD)
    person = add_account(file_store, tools, about)
    words = ("Anna Berg", "anna@example.org", person.actor, "ANNA  berg", "Anna@Example.org")
    assert len(words) == MOST.by_account
    for word in words:
        tools.wait(timedelta(seconds=1))
        with pytest.raises(NotLoggedIn):
            log_in(file_store, tools, word, CANARY, kind=Kind.WEB, address="192.0.2.1")
    for word in words:
        tools.wait(timedelta(seconds=1))
        with pytest.raises(TooManyAttempts):
            log_in(file_store, tools, word, PASSWORD, kind=Kind.WEB, address="192.0.2.1")


def test_one_address_cannot_try_one_password_on_many_accounts(file_store: SqlStore, tools: AccountTools) -> None:
    add(file_store, tools, "Anna Berg", Role.ADMIN)
    for number in range(MOST.by_address):
        with pytest.raises(NotLoggedIn):
            log_in(file_store, tools, f"user {number}", CANARY, kind=Kind.WEB, address="192.0.2.1")
    with pytest.raises(TooManyAttempts):
        log_in(file_store, tools, "Anna Berg", PASSWORD, kind=Kind.WEB, address="192.0.2.1")

    assert log_in(file_store, tools, "Anna Berg", PASSWORD, kind=Kind.WEB, address="192.0.2.9").secret


def test_somebody_who_logs_in_often_is_never_locked_out(file_store: SqlStore, tools: AccountTools) -> None:
    add(file_store, tools, "Anna Berg", Role.ADMIN)
    for _ in range(MOST.by_address + 2):
        tools.wait(timedelta(seconds=1))
        enter(file_store, tools, "Anna Berg")


def test_a_session_ends_at_its_limits_and_at_once_when_somebody_logs_out(store: SqlStore, tools: AccountTools) -> None:
    add(store, tools, "Anna Berg", Role.ADMIN)
    one, other = enter(store, tools, "Anna Berg"), enter(store, tools, "Anna Berg", kind=Kind.WEB)
    log_out(store, one.secret, tools.now())
    log_out(store, "no secret", tools.now())
    with pytest.raises(NotLoggedIn, match="it was ended"):
        who_of_session(store, one.secret, tools.now())
    tools.wait(LIMITS[Kind.WEB].idle - timedelta(seconds=1))
    who_of_session(store, other.secret, tools.now())
    tools.wait(LIMITS[Kind.WEB].idle - timedelta(seconds=1))
    assert who_of_session(store, other.secret, tools.now()).name == "Anna Berg"
    tools.wait(LIMITS[Kind.WEB].idle)
    with pytest.raises(NotLoggedIn, match="not used for too long"):
        who_of_session(store, other.secret, tools.now())
    with pytest.raises(NotLoggedIn, match="nobody is logged in"):
        who_of_session(store, f"lg_{'x' * 43}", tools.now())
    with pytest.raises(NotLoggedIn, match="no session and no token"):
        who_of_session(store, "' OR 1=1", tools.now())


def test_a_disabled_account_is_out_at_once_and_comes_back(store: SqlStore, tools: AccountTools) -> None:
    add(store, tools, "Anna Berg", Role.ADMIN)
    add(store, tools, "Li Wei", Role.DPO)
    li = enter(store, tools, "Li Wei")
    token = add_token(store, tools, li.caller, name="t", scopes=["read_incidents"])
    disable_account(store, tools, "Li Wei", reason="on leave")
    for who in (lambda: who_of_session(store, li.secret, tools.now()), lambda: enter(store, tools, "Li Wei")):
        with pytest.raises(NotLoggedIn):
            who()
    with pytest.raises(NotLoggedIn, match="disabled"):
        who_of_token(store, token.secret, tools.now())
    with pytest.raises(NotAllowed, match="disabled already"):
        disable_account(store, tools, "Li Wei")
    enable_account(store, tools, "Li Wei")
    with pytest.raises(NotAllowed, match="enabled already"):
        enable_account(store, tools, "Li Wei")

    assert enter(store, tools, "Li Wei").caller.roles == {Role.DPO}
    with pytest.raises(NotLoggedIn, match="it was ended"):
        who_of_session(store, li.secret, tools.now())


def test_somebody_can_always_manage_the_accounts(file_store: SqlStore, tools: AccountTools) -> None:
    anna = add(file_store, tools, "Anna Berg", Role.ADMIN)
    for change in (
        lambda: disable_account(file_store, tools, "Anna Berg"),
        lambda: revoke_role(file_store, tools, "Anna Berg", Role.ADMIN),
        lambda: erase_account(file_store, tools, anna.actor),
    ):
        with pytest.raises(NotAllowed, match="the last account with the role admin"):
            change()
    add(file_store, tools, "Li Wei")
    grant_role(file_store, tools, "Li Wei", Role.ADMIN, reason="deputy")
    revoke_role(file_store, tools, "Anna Berg", Role.ADMIN)

    assert [one.roles for one in list_accounts(file_store)] == [(), (Role.ADMIN,)]


def test_a_role_is_granted_once_and_an_unknown_account_is_named(file_store: SqlStore, tools: AccountTools) -> None:
    add(file_store, tools, "Anna Berg", Role.ADMIN)
    with pytest.raises(NotAllowed, match="has the role already"):
        grant_role(file_store, tools, "Anna Berg", Role.ADMIN)
    with pytest.raises(NotAllowed, match="does not have the role"):
        revoke_role(file_store, tools, "Anna Berg", Role.DPO)
    with pytest.raises(NotFound, match="no account `Bert`"):
        grant_role(file_store, tools, "Bert", Role.DPO)


def test_a_second_factor_is_asked_for_and_each_code_works_once(store: SqlStore, tools: AccountTools) -> None:
    add(store, tools, "Anna Berg", Role.ADMIN)
    caller, secret = enter(store, tools, "Anna Berg").caller, begin_totp(tools)
    with pytest.raises(NotLoggedIn, match="the code is wrong"):
        take_totp(store, tools, caller, secret=secret, code="000000")
    take_totp(store, tools, caller, secret=secret, code=pyotp.TOTP(secret).at(tools.now()))
    with pytest.raises(CodeNeeded):
        enter(store, tools, "Anna Berg")
    with pytest.raises(NotLoggedIn):  # the code that enrolled it was used
        log_in(store, tools, "Anna Berg", PASSWORD, pyotp.TOTP(secret).at(tools.now()), kind=Kind.CLI)
    tools.wait(timedelta(seconds=30))
    code = pyotp.TOTP(secret).at(tools.now())
    found = log_in(store, tools, "Anna Berg", PASSWORD, code, kind=Kind.CLI)
    assert who_of_session(store, found.secret, tools.now()).method == "password_totp"
    with pytest.raises(NotLoggedIn):
        log_in(store, tools, "Anna Berg", PASSWORD, code, kind=Kind.CLI)
    with pytest.raises(NotAllowed, match="has a second factor"):
        take_totp(store, tools, found.caller, secret=secret, code=code)

    assert list_accounts(store)[0].has_second_factor
    assert secret not in ledger_text(store)
    assert secret not in repr(store.people())


def test_a_recovery_gives_a_new_password_takes_the_factor_and_is_recorded(store: SqlStore, tools: AccountTools) -> None:
    add(store, tools, "Anna Berg", Role.ADMIN)
    logged_in, secret = enter(store, tools, "Anna Berg"), begin_totp(tools)
    take_totp(store, tools, logged_in.caller, secret=secret, code=pyotp.TOTP(secret).at(tools.now()))
    store.add_passkey(Passkey(id="k", actor=logged_in.caller.actor, public_key="p", sign_count=0, name="n",
                              created_at=tools.now()))  # fmt: skip
    with pytest.raises(UsageProblem, match="needs a reason"):
        recover_account(store, tools, "Anna Berg", password=ANOTHER, reason="")
    recover_account(store, tools, "Anna Berg", password=ANOTHER, reason="lost the phone")
    with pytest.raises(NotLoggedIn):
        who_of_session(store, logged_in.secret, tools.now())
    with pytest.raises(NotLoggedIn):
        enter(store, tools, "Anna Berg")
    last = list(store.read(SUBJECT))[-1]

    assert log_in(store, tools, "Anna Berg", ANOTHER, kind=Kind.CLI).caller.roles == {Role.ADMIN}
    assert store.passkeys() == ()
    assert (last.kind, last.content["reason"]) == ("account_recovered", "lost the phone")
    assert last.content["recorded_by"]["how"] == "os"


def test_whoever_knows_the_old_password_takes_another_one(file_store: SqlStore, tools: AccountTools) -> None:
    add(file_store, tools, "Anna Berg", Role.ADMIN)
    logged_in = enter(file_store, tools, "Anna Berg")
    with pytest.raises(NotLoggedIn, match="the old password is wrong"):
        change_password(file_store, tools, logged_in.caller, old=CANARY, new=ANOTHER)
    change_password(file_store, tools, logged_in.caller, old=PASSWORD, new=ANOTHER)
    with pytest.raises(NotLoggedIn):
        who_of_session(file_store, logged_in.secret, tools.now())

    assert log_in(file_store, tools, "Anna Berg", ANOTHER, kind=Kind.CLI).secret


def test_a_recovery_stands_whatever_change_was_under_way(
    store: SqlStore, tools: AccountTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The admin recovers the account right after the old password, or the code, was found to be right."""
    add(store, tools, "Anna Berg", Role.ADMIN)
    secret = begin_totp(tools)

    def recovering(check: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*given: Any, **more: Any) -> Any:  # noqa: ANN401  (whatever is checked)
            fits = check(*given, **more)
            monkeypatch.undo()
            recover_account(store, tools, "Anna Berg", password=next(passwords_of_admin), reason="was stolen")
            return fits

        return checked

    passwords_of_admin = iter([ANOTHER, PASSWORD, ANOTHER])
    thief = enter(store, tools, "Anna Berg").caller
    monkeypatch.setattr(logging_in, "verify_password", recovering(passwords.verify_password))
    with pytest.raises(NotAllowed, match="changed this account just now"):
        change_password(store, tools, thief, old=PASSWORD, new=CANARY)
    assert log_in(store, tools, "Anna Berg", ANOTHER, kind=Kind.CLI).secret

    monkeypatch.setattr(logging_in, "step_of", recovering(step_of))
    with pytest.raises(NotAllowed, match="changed this account just now"):
        take_totp(store, tools, thief, secret=secret, code=pyotp.TOTP(secret).at(tools.now()))
    assert log_in(store, tools, "Anna Berg", PASSWORD, kind=Kind.CLI).secret

    monkeypatch.setattr(logging_in, "verify_password", recovering(passwords.verify_password))
    with pytest.raises(NotLoggedIn):
        enter(store, tools, "Anna Berg")
    assert store.sessions_of(thief.actor, now=tools.now()) == ()


def test_a_recovery_takes_away_a_second_factor_that_was_taken_meanwhile(
    file_store: SqlStore, tools: AccountTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = add(file_store, tools, "Anna Berg", Role.ADMIN)
    thief, secret, seen = enter(file_store, tools, "Anna Berg").caller, begin_totp(tools), find_person

    def found(store: SqlStore, word: str) -> Person:
        person = seen(store, word)
        take_totp(store, tools, thief, secret=secret, code=pyotp.TOTP(secret).at(tools.now()))
        return person

    monkeypatch.setattr(managing, "find_person", found)
    recover_account(file_store, tools, "Anna Berg", password=ANOTHER, reason="was stolen")
    kept = file_store.person(anna.actor)

    assert kept is not None
    assert kept.totp == ""


def test_the_last_two_admins_cannot_erase_each_other(
    store: SqlStore, tools: AccountTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, tools, "Anna Berg", Role.ADMIN)
    li, refuse = add(store, tools, "Li Wei", Role.ADMIN), refuse_last_admin

    def between(registry: Registry, actor: str) -> None:
        refuse(registry, actor)
        monkeypatch.undo()
        erase_account(store, tools, "Anna Berg")

    monkeypatch.setattr(managing, "refuse_last_admin", between)
    with pytest.raises(NotAllowed):
        erase_account(store, tools, "Li Wei")

    assert read_registry(store).holders(Role.ADMIN) == (li.actor,)
    assert [person.name for person in store.people() if person.name] == ["Li Wei"]


def test_a_link_and_a_new_password_at_once_are_both_kept(
    file_store: SqlStore, tools: AccountTools, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = add(file_store, tools, "Anna Berg", Role.ADMIN)
    caller, seen = enter(file_store, tools, "Anna Berg").caller, find_person

    def found(store: SqlStore, word: str) -> Person:
        person = seen(store, word)
        change_password(store, tools, caller, old=PASSWORD, new=ANOTHER)
        return person

    monkeypatch.setattr(managing, "find_person", found)
    link_account(file_store, "Anna Berg", "https://id.example.edu anna")
    kept = file_store.person(anna.actor)

    assert kept is not None
    assert kept.external == "https://id.example.edu anna"
    assert log_in(file_store, tools, "Anna Berg", ANOTHER, kind=Kind.CLI).secret


def test_a_hash_of_another_cost_is_made_anew_at_the_next_login(file_store: SqlStore, tools: AccountTools) -> None:
    anna = add(file_store, tools, "Anna Berg", Role.ADMIN)
    tools.password_cost = Cost(passes=2, memory=16, lanes=1)
    enter(file_store, tools, "Anna Berg")
    kept = file_store.person(anna.actor)

    assert kept is not None
    assert "$m=16,t=2,p=1$" in kept.password_hash
    assert enter(file_store, tools, "Anna Berg").secret


def test_an_erased_account_leaves_nothing_but_an_id_and_the_ledger_still_verifies(
    store: SqlStore, tools: AccountTools, place: str
) -> None:
    add(store, tools, "Anna Berg", Role.ADMIN)
    add(store, tools, "Xaver Qwertz", Role.DPO, mail="xaver@example.edu")
    logged_in = enter(store, tools, "Xaver Qwertz")
    actor, hashed = logged_in.caller.actor, store.people()[1].password_hash
    token = add_token(store, tools, logged_in.caller, name="his script", scopes=["read_incidents"])
    store.begin_request(AnsweredRequest(actor=actor, key="k", digest="d", at=tools.now()))
    assert erase_account(store, tools, "xaver@example.edu", reason="asked for") == actor
    store.scrub()
    kept = store.person(actor)
    with pytest.raises(NotFound):
        recover_account(store, tools, actor, password=ANOTHER, reason="no way back")
    for secret, who in ((logged_in.secret, who_of_session), (token.secret, who_of_token)):
        with pytest.raises(NotLoggedIn):
            who(store, secret, tools.now())

    assert kept is not None
    assert (kept.name, kept.mail, kept.password_hash, kept.totp) == ("", "", "", "")
    assert list_accounts(store)[1].erased_at is not None
    assert verify_store(store).answer is not Answer.MISMATCH
    assert read_registry(store).accounts[actor].is_erased
    if "://" not in place:
        raw = b"".join(one.read_bytes() for one in Path(place).parent.iterdir())
        assert not [word for word in (b"Xaver", b"xaver@", hashed.encode(), b"his script") if word in raw]


def test_a_token_is_shown_once_limited_and_revoked_at_once(store: SqlStore, tools: AccountTools) -> None:
    add(store, tools, "Anna Berg", Role.ADMIN, Role.VIEWER)
    caller = enter(store, tools, "Anna Berg").caller
    made = add_token(store, tools, caller, name="monitor", scopes=["read_health", "manage_accounts"], days=2)
    tools.wait(timedelta(hours=1))
    found = who_of_token(store, made.secret, tools.now())
    (listed,) = list_tokens(store, caller)

    assert (found.how, found.scopes) == (BySource.TOKEN, frozenset({Right.READ_HEALTH, Right.MANAGE_ACCOUNTS}))
    assert found.may(Right.READ_HEALTH)
    assert not found.may(Right.READ_INCIDENTS)
    with pytest.raises(RightMissing, match="its scopes lack `read_incidents`"):
        refuse_without(found, Right.READ_INCIDENTS)
    assert listed.last_used_at == tools.now()
    assert made.secret not in repr(made)
    revoke_role(store, tools, "Anna Berg", Role.VIEWER)
    assert revoke_token(store, tools, caller, made.row.id).id == made.row.id
    with pytest.raises(NotLoggedIn, match="unknown, or was revoked"):
        who_of_token(store, made.secret, tools.now())
    with pytest.raises(NotFound):
        revoke_token(store, tools, caller, made.row.id)


def test_a_token_expires_and_never_does_more_than_its_account(file_store: SqlStore, tools: AccountTools) -> None:
    add(file_store, tools, "Anna Berg", Role.ADMIN)
    add(file_store, tools, "Li Wei", Role.DPO)
    caller = enter(file_store, tools, "Li Wei").caller
    with pytest.raises(NotAllowed, match="cannot do what its account may not do: manage_accounts"):
        add_token(file_store, tools, caller, name="t", scopes=["manage_accounts"])
    with pytest.raises(UsageProblem, match="needs the rights"):
        add_token(file_store, tools, caller, name="t", scopes=[])
    made = add_token(file_store, tools, caller, name="t", scopes=["approve_letters", "manage_own_tokens"], days=1)
    narrow = who_of_token(file_store, made.secret, tools.now())
    with pytest.raises(NotAllowed, match="read_incidents"):
        add_token(file_store, tools, narrow, name="wider", scopes=["read_incidents"])
    revoke_role(file_store, tools, "Li Wei", Role.DPO)
    assert not who_of_token(file_store, made.secret, tools.now()).may(Right.APPROVE_LETTERS)
    tools.wait(timedelta(days=1))
    with pytest.raises(NotLoggedIn, match="expired"):
        who_of_token(file_store, made.secret, tools.now())


def test_a_token_that_was_planted_beside_the_ledger_opens_nothing(file_store: SqlStore, tools: AccountTools) -> None:
    add(file_store, tools, "Anna Berg", Role.ADMIN)
    caller = enter(file_store, tools, "Anna Berg").caller
    made = add_token(file_store, tools, caller, name="t", scopes=["read_health"])
    with file_store._database.writing() as connection:  # noqa: SLF001  (as somebody with a shell)
        connection.run("UPDATE tokens SET scopes = 'manage_accounts'")
    planted = new_secret(tools.token)
    file_store.add_token(replace(made.row, id="tok_x", hash=secret_hash(planted)), [])

    assert who_of_token(file_store, made.secret, tools.now()).scopes == frozenset({Right.READ_HEALTH})
    with pytest.raises(NotLoggedIn, match="unknown, or was revoked"):
        who_of_token(file_store, planted, tools.now())


def test_only_an_admin_sees_and_ends_tokens_of_others(file_store: SqlStore, tools: AccountTools) -> None:
    add(file_store, tools, "Anna Berg", Role.ADMIN)
    add(file_store, tools, "Li Wei", Role.DPO)
    anna, li = enter(file_store, tools, "Anna Berg").caller, enter(file_store, tools, "Li Wei").caller
    made = add_token(file_store, tools, anna, name="a", scopes=["read_health"])
    his = add_token(file_store, tools, li, name="b", scopes=["read_health"])
    with pytest.raises(RightMissing):
        list_tokens(file_store, li, everybody=True)
    with pytest.raises(NotFound):
        revoke_token(file_store, tools, li, made.row.id)
    revoke_token(file_store, tools, anna, his.row.id)

    assert len(list_tokens(file_store, anna, everybody=True)) == 2
    assert [one.id for one in list_tokens(file_store, li)] == [his.row.id]


def test_the_first_link_makes_the_first_admin_and_works_once(store: SqlStore, tools: AccountTools) -> None:
    old, link = first_link(store, tools), first_link(store, tools)
    new = NewAccount(name="Anna Berg", password=PASSWORD)
    for wrong in (old, "lg_", f"lg_{'x' * 43}"):
        with pytest.raises(NotAllowed, match="this link"):
            use_first_link(store, tools, wrong, new)
    use_first_link(store, tools, link, new)
    with pytest.raises(LeakGuardError):
        use_first_link(store, tools, link, replace(new, name="Mallory"))
    with pytest.raises(NotAllowed, match="there are accounts already"):
        first_link(store, tools)

    assert [(one.name, one.roles) for one in list_accounts(store)] == [("Anna Berg", (Role.ADMIN,))]
    assert link not in ledger_text(store)


def test_who_is_vouched_for_logs_in_where_the_account_is_linked(store: SqlStore, tools: AccountTools) -> None:
    add(store, tools, "Anna Berg", Role.ADMIN)
    add(store, tools, "Li Wei", Role.DPO)
    link_account(store, "Anna Berg", "https://login.example.edu#anna")
    with pytest.raises(NotAllowed, match="linked to this login already"):
        link_account(store, "Li Wei", "https://login.example.edu#anna")
    for stranger in ("", "https://login.example.edu#mallory"):
        with pytest.raises(NotLoggedIn, match="no account is linked"):
            log_in_as(store, tools, stranger, kind=Kind.WEB, method=LoginMethod.PROVIDER)

    found = log_in_as(store, tools, "https://login.example.edu#anna", kind=Kind.WEB, method=LoginMethod.PROVIDER)

    assert (found.caller.name, found.caller.method) == ("Anna Berg", "oidc")


def test_a_passkey_that_was_copied_is_refused_by_its_counter(store: SqlStore, tools: AccountTools) -> None:
    anna = add(store, tools, "Anna Berg", Role.ADMIN)
    one = Passkey(id="k1", actor=anna.actor, public_key="p", sign_count=5, name="blue", created_at=tools.now())
    store.add_passkey(one)
    with pytest.raises(NotAllowed, match="known already"):
        store.add_passkey(one)

    assert store.passkeys(anna.actor) == (one,)
    assert store.use_passkey("k1", sign_count=6)
    assert not store.use_passkey("k1", sign_count=6)
    assert not store.use_passkey("k1", sign_count=0)
    assert not store.use_passkey("k2", sign_count=9)


def test_a_passkey_without_a_counter_is_used_again_and_again(file_store: SqlStore, tools: AccountTools) -> None:
    anna = add(file_store, tools, "Anna Berg", Role.ADMIN)
    file_store.add_passkey(
        Passkey(id="k1", actor=anna.actor, public_key="p", sign_count=0, name="", created_at=tools.now())
    )

    assert file_store.use_passkey("k1", sign_count=0)
    assert file_store.use_passkey("k1", sign_count=0)


def test_a_repeated_request_is_answered_as_the_first_one_was(store: SqlStore, tools: AccountTools) -> None:
    one = AnsweredRequest(actor="acc_a", key="k", digest="d", at=tools.now())
    done = AnsweredRequest(actor="acc_a", key="k", digest="d", status=201, answer="{}", at=tools.now())

    assert store.begin_request(one) is None
    assert store.begin_request(one) == one
    store.answer_request(done)
    assert store.begin_request(one) == done
    assert store.begin_request(AnsweredRequest(actor="acc_b", key="k", digest="d", at=tools.now())) is None
    store.forget_request("acc_b", "k")
    store.forget_requests(before=tools.now() + timedelta(seconds=1))
    assert store.begin_request(one) is None


def test_what_a_request_records_is_noted_with_it_and_another_attempt_takes_its_place(
    store: SqlStore, tools: AccountTools
) -> None:
    def attempt(name: str) -> AnsweredRequest:
        return AnsweredRequest(
            actor="acc_a", key="k", digest="d", answer=PendingRequest(attempt=name).as_text(), at=tools.now()
        )

    def record() -> None:
        store.append("x", [account_record("noted", tools.now())])

    first, second = attempt("one"), attempt("two")
    store.begin_request(first)
    assert store.recorded_by_request("acc_a", "k") == PendingRequest(attempt="one")
    assert not store.take_request(second, replace(first, digest="e"))
    assert store.take_request(second, first)
    store.work_for(first)
    before = len(list(store.read("x")))
    with pytest.raises(NotAllowed, match="took the place"):
        record()
    store.answer_request(replace(first, status=200, answer="{}"))
    store.work_for(second)
    record()
    record()
    noted = store.recorded_by_request("acc_a", "k")

    assert len(list(store.read("x"))) == before + 2
    assert noted is not None
    assert [(kind, subject) for _, kind, subject in noted.entries] == [("noted", "x")] * 2
    store.answer_request(replace(second, status=200, answer="{}"))
    assert store.recorded_by_request("acc_a", "k") is None
    store.forget_request("acc_a", "k")
    with pytest.raises(NotAllowed, match="took the place"):
        record()


def test_every_entry_about_accounts_is_of_a_kind_that_is_never_erased(
    file_store: SqlStore, tools: AccountTools
) -> None:

    add(file_store, tools, "Anna Berg", Role.ADMIN)

    assert not [kind for kind in KINDS if is_erasable(kind)]
    assert {one.kind for one in file_store.read(SUBJECT)} <= set(KINDS)

"""Passkeys: taken by who logged in, then a login of their own; what fits not exactly opens nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from leakguard.accounts.attempts import WINDOW, address_key
from leakguard.accounts.rights import Role
from leakguard.use_cases.accounts.manage_accounts import disable_account
from leakguard.web import passkeys
from leakguard.web.flows import LASTS, MOST, Flows
from leakguard.web.operation import PREFIX
from leakguard.web.sessions import TOKEN_HEADER
from support.authenticator import PRESENT, Authenticator
from support.door import ANNA, SAME, Served, set_cookies
from support.ledgers import START
from support.web_client import TestClient


def taken(served: Served, key: Authenticator) -> tuple[TestClient, str]:
    """A browser that logged in and took a passkey."""
    client, token = served.browser()
    answer = take(client, token, key)
    assert answer.status_code == 201, answer.text
    return client, token


def take(client: TestClient, token: str, key: Authenticator, **how: Any) -> Any:  # noqa: ANN401  (as what it stands for)
    page = {**SAME, TOKEN_HEADER: token}
    options = client.post("/session/passkeys/begin", json={}, headers=page).json()
    document = {"name": "a phone", "credential": key.take(options, **how)}
    return client.post("/session/passkeys", json=document, headers=page)


def log_in(client: TestClient, key: Authenticator, **how: Any) -> Any:  # noqa: ANN401  (as what it stands for)
    options = client.post("/login/passkey/begin", json={}, headers=SAME).json()
    return client.post("/login/passkey", json=key.prove(options, **how), headers=SAME)


def test_who_took_a_passkey_logs_in_with_it_alone(served: Served) -> None:
    key = Authenticator()
    taken(served, key)
    client = served.client()
    told = [log_in(client, key) for _ in range(2)]

    assert [one.status_code for one in told] == [200, 200]
    assert told[0].json()["account"]["name"] == ANNA
    assert sorted(served.methods(ANNA)) == ["passkey", "password"]
    assert client.get(f"{PREFIX}/me", headers=SAME).status_code == 200


def test_the_challenge_says_nothing_of_which_accounts_there_are(served: Served) -> None:
    before = served.client().post("/login/passkey/begin", json={}, headers=SAME).json()
    taken(served, Authenticator())
    after = served.client().post("/login/passkey/begin", json={}, headers=SAME).json()

    assert {**before, "challenge": ""} == {**after, "challenge": ""}
    assert before["userVerification"] == "required"
    assert before["challenge"] != after["challenge"]


@pytest.mark.parametrize(
    ("changes", "how"),
    [
        ({"origin": "http://localhost:9999"}, {}), ({"origin": "https://evil.example"}, {}),
        ({"party": "evil.example"}, {}), ({"count": -1}, {}), ({}, {"flags": PRESENT}), ({}, {"flags": 0}),
        ({"id": b"another"}, {}),
    ],
)  # fmt: skip
def test_what_does_not_fit_opens_nothing_and_counts_as_an_attempt(
    served: Served, changes: dict[str, Any], how: dict[str, Any]
) -> None:
    key = Authenticator()
    taken(served, key)
    log_in(served.client(), key)
    for name, value in changes.items():
        setattr(key, name, value)
    answer = log_in(served.client(), key, **how)

    assert answer.status_code == 401
    assert not [one for one in set_cookies(answer) if one.startswith("leakguard=lg_")]
    with served.wiring() as wiring:
        since = wiring.now() - WINDOW
        assert len(wiring.store.attempts(address_key("127.0.0.1"), since=since)) == 1


def test_a_signature_of_another_key_or_none_opens_nothing(served: Served) -> None:
    key, other = Authenticator(), Authenticator()
    taken(served, key)
    other.id = key.id

    assert log_in(served.client(), other).status_code == 401
    for odd in ({}, {"id": key._credential({})["id"]}, {**key._credential({}), "response": None}, key._credential({})):  # noqa: SLF001  (the part that is made to fail)
        client = served.client()
        client.post("/login/passkey/begin", json={}, headers=SAME)
        assert client.post("/login/passkey", json=odd, headers=SAME).status_code == 401


def test_a_challenge_works_once_in_the_browser_that_got_it_and_not_for_long(served: Served) -> None:
    key = Authenticator()
    taken(served, key)
    client, other = served.client(), served.client()
    options = client.post("/login/passkey/begin", json={}, headers=SAME).json()
    proof = key.prove(options)
    elsewhere = other.post("/login/passkey", json=proof, headers=SAME)
    first = client.post("/login/passkey", json=proof, headers=SAME)
    again = client.post("/login/passkey", json=proof, headers=SAME)
    late = client.post("/login/passkey/begin", json={}, headers=SAME).json()
    served.time.wait(LASTS + timedelta(seconds=1))
    expired = client.post("/login/passkey", json=key.prove(late), headers=SAME)

    assert [one.status_code for one in (elsewhere, first, again, expired)] == [401, 200, 401, 401]


def test_only_somebody_who_logged_in_takes_a_passkey(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    key = Authenticator()
    client, token = taken(served, key)
    secret = served.token(ANNA, "read_incidents", roles=frozenset(Role))
    program = served.client(authorization=f"Bearer {secret}")
    again = take(client, token, key)
    unverified = take(client, token, Authenticator(), flags=PRESENT)
    foreign = take(client, token, Authenticator(origin="https://evil.example"))
    monkeypatch.setattr(passkeys, "MOST_EACH", 1)

    assert served.client().post("/session/passkeys/begin", json={}, headers=SAME).status_code == 401
    assert program.post("/session/passkeys/begin", json={}).status_code == 409
    assert client.post("/session/passkeys/begin", json={}, headers=SAME).status_code == 403
    assert [one.status_code for one in (again, unverified, foreign)] == [409, 401, 401]
    assert take(client, token, Authenticator()).status_code == 409


def test_a_disabled_account_does_not_log_in_with_its_passkey(served: Served) -> None:
    key = Authenticator()
    taken(served, key)
    served.add("Ada Admin", Role.ADMIN)
    with served.wiring() as wiring:
        disable_account(wiring.store, wiring, ANNA, reason="left")

    assert log_in(served.client(), key).status_code == 401


def test_the_script_is_served_and_the_page_names_it(served: Served) -> None:
    script = served.client().get("/passkey.js")

    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "navigator.credentials" in script.text
    assert '<script src="/passkey.js" defer></script>' in served.client().get("/login").text


def test_only_so_many_flows_are_remembered() -> None:
    numbers = iter(range(10**6))
    flows = Flows(lambda _: str(next(numbers)))
    first, *rest = (flows.begin({"a": "b"}, START) for _ in range(MOST + 1))

    assert flows.end(first, START) == {}
    assert flows.end(rest[0], START) == {"a": "b"}
    assert flows.end(rest[0], START) == {}


def test_a_refusal_is_in_the_language_of_the_page(served: Served) -> None:
    for language, words in (("zh", "或改用密码登录"), ("en", "Try again, or log in by password")):
        client = served.client(accept_language=language)
        told = log_in(client, Authenticator()).json()
        page = client.get("/login", headers=SAME).text

        assert words in told["next_step"]
        assert told["title"] == {"zh": "通行密钥不匹配。", "en": "The passkey does not fit."}[language]
        assert ("浏览器无法在此使用通行密钥" in page) is (language == "zh")

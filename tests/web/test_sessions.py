"""Sessions of browsers: the cookie, its limits, and requests that a page of somebody else makes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.accounts.rights import Role
from leakguard.accounts.sessions import LIMITS, Kind
from leakguard.accounts.tokens import new_secret
from leakguard.use_cases.accounts.manage_accounts import disable_account, revoke_role
from leakguard.web import streams
from leakguard.web.hosts import ServeOptions
from leakguard.web.operation import PREFIX
from leakguard.web.sessions import TOKEN_HEADER, cookie_name, form_token
from support.accounts import PASSWORD
from support.door import ANNA, SAME, Served, served_in, set_cookies

INCIDENTS = f"{PREFIX}/incidents"
NEW = {"title": "a search server"}


def test_a_login_sets_a_cookie_that_no_script_and_no_other_site_gets(served: Served) -> None:
    answer = served.client().post("/login", json={"name": ANNA, "password": PASSWORD})
    (cookie,) = set_cookies(answer)

    assert cookie.startswith("leakguard=lg_")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert cookie.partition("=")[2].partition(";")[0] not in answer.text


def test_with_tls_the_cookie_has_the_prefix_that_binds_it_to_the_host(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ServeOptions(bind="0.0.0.0", tls_cert="a", tls_key="b", hosts=("lg.example.edu",))
    secure = served_in(served.folder, monkeypatch, asked=asked)
    answer = secure.client(base="https://lg.example.edu").post("/login", json={"name": ANNA, "password": PASSWORD})
    (cookie,) = set_cookies(answer)

    assert cookie.startswith("__Host-leakguard=lg_")
    assert "Secure" in cookie.split("; ")


def test_who_logged_in_reads_and_writes_with_the_token_of_the_page(served: Served) -> None:
    client, token = served.browser()
    read = client.get(f"{PREFIX}/me", headers=SAME)
    written = client.post(INCIDENTS, json=NEW, headers={**SAME, TOKEN_HEADER: token})

    assert (read.json()["name"], read.json()["how"]) == (ANNA, "session")
    assert written.status_code == 201
    assert client.get("/session", headers=SAME).json()["form_token"] == token


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"sec-fetch-site": "same-origin"}, {TOKEN_HEADER: "{token}"},
        {TOKEN_HEADER: "{token}", "sec-fetch-site": "cross-site"},
        {TOKEN_HEADER: "{token}", "sec-fetch-site": "same-site"},
        {TOKEN_HEADER: "{token}", "sec-fetch-site": "none"}, {TOKEN_HEADER: "{token}", "origin": "https://evil.example"},
        {TOKEN_HEADER: "{token}", "origin": "null"}, {TOKEN_HEADER: "{token}", "origin": "http://localhost:9999"},
        {TOKEN_HEADER: "{token}", "origin": "https://localhost"},
        {TOKEN_HEADER: "{token}", "origin": "http://localhost", "sec-fetch-site": "cross-site"},
        {TOKEN_HEADER: "0" * 64, "sec-fetch-site": "same-origin"}, {TOKEN_HEADER: "", "origin": "http://localhost"},
    ],
)  # fmt: skip
def test_a_post_that_our_own_page_did_not_make_is_refused(served: Served, headers: dict[str, str]) -> None:
    client, token = served.browser()
    answer = client.post(
        INCIDENTS, json=NEW, headers={name: value.format(token=token) for name, value in headers.items()}
    )

    assert answer.status_code == 403, answer.text
    assert answer.json()["type"].endswith("cross_site")
    assert client.get(INCIDENTS, headers=SAME).json()["incidents"] == []


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_what_another_site_loads_is_refused_too(served: Served, headers: dict[str, str]) -> None:
    client, _ = served.browser()

    assert client.get(INCIDENTS, headers=headers).status_code == 403
    assert client.get("/session", headers=headers).status_code == 403


def test_the_page_token_of_one_session_is_of_no_use_in_another(served: Served) -> None:
    _, other = served.browser()
    client, mine = served.browser()

    assert mine != other
    assert client.post(INCIDENTS, json=NEW, headers={**SAME, TOKEN_HEADER: other}).status_code == 403


def test_a_session_that_somebody_else_planted_becomes_nobodys(served: Served) -> None:
    planted = new_secret(lambda length: "5" * length)
    client = served.client()
    client.cookies.set("leakguard", planted)
    answer = client.post("/login", json={"name": ANNA, "password": PASSWORD}, headers=SAME)
    (cookie,) = set_cookies(answer)
    attacker = served.client(cookie=f"leakguard={planted}")

    assert planted not in cookie
    assert attacker.get(f"{PREFIX}/me").status_code == 401


def test_logging_in_ends_the_session_that_the_browser_had(served: Served) -> None:
    client, _ = served.browser()
    old = client.cookies["leakguard"]
    client.post("/login", json={"name": ANNA, "password": PASSWORD}, headers=SAME)

    assert client.cookies["leakguard"] != old
    assert client.get(f"{PREFIX}/me", headers=SAME).status_code == 200
    assert served.client(cookie=f"leakguard={old}").get(f"{PREFIX}/me").status_code == 401


def test_two_cookies_of_our_name_are_none(served: Served) -> None:
    client, _ = served.browser()
    mine = client.cookies["leakguard"]
    both = served.client(cookie=f"leakguard={mine}; leakguard=lg_{'a' * 43}")

    assert both.get(f"{PREFIX}/me").status_code == 401


def test_a_session_ends_without_use_and_after_its_whole_time(served: Served) -> None:
    limit = LIMITS[Kind.WEB]
    idle, _ = served.browser()
    served.time.wait(limit.idle)
    assert idle.get(f"{PREFIX}/me", headers=SAME).status_code == 401

    busy, _ = served.browser()
    step, passed = limit.idle - timedelta(minutes=1), timedelta(0)
    while passed + step < limit.absolute:
        served.time.wait(step)
        passed += step
        assert busy.get(f"{PREFIX}/me", headers=SAME).status_code == 200
    served.time.wait(limit.absolute - passed)
    assert busy.get(f"{PREFIX}/me", headers=SAME).status_code == 401


def test_logging_out_ends_the_session_at_once_and_everywhere(served: Served) -> None:
    client, token = served.browser()
    copy = served.client(cookie=f"leakguard={client.cookies['leakguard']}")
    forged = client.post("/logout", json={}, headers=SAME)
    answer = client.post("/logout", json={"form_token": token}, headers=SAME)

    assert forged.status_code == 403
    assert answer.json() == {"account": None}
    assert "Max-Age=0" in set_cookies(answer)[0]
    assert copy.get(f"{PREFIX}/me").status_code == 401


def test_disabling_an_account_ends_its_sessions_at_once(served: Served) -> None:
    served.add("Ada Admin", Role.ADMIN)
    client, _ = served.browser()
    with served.wiring() as wiring:
        disable_account(wiring.store, wiring, ANNA, reason="left")

    assert client.get(f"{PREFIX}/me", headers=SAME).status_code == 401


def test_a_role_that_was_revoked_is_gone_with_the_next_request(served: Served) -> None:
    client, token = served.browser()
    with served.wiring() as wiring:
        revoke_role(wiring.store, wiring, ANNA, Role.COMMANDER)

    assert client.post(INCIDENTS, json=NEW, headers={**SAME, TOKEN_HEADER: token}).status_code == 403


def test_an_open_stream_sends_nothing_more_once_its_session_ended(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "LASTS", 0.0)
    client, token = served.browser()
    client.post(INCIDENTS, json=NEW, headers={**SAME, TOKEN_HEADER: token})
    whole = client.get(f"{PREFIX}/events/stream", headers=SAME)
    kept = streams._event  # noqa: SLF001  (the part that is made to fail)

    def ending(number: int, document: dict[str, object]) -> bytes:
        with served.wiring() as wiring:
            wiring.store.revoke_sessions(served.people[ANNA].actor, at=wiring.now())
        return kept(number, document)

    monkeypatch.setattr(streams, "_event", ending)
    cut = client.get(f"{PREFIX}/events/stream", headers=SAME)

    assert "event: change" in whole.text
    assert "event: change" not in cut.text
    assert served.door.limiters.streams.count == 0


def test_the_page_token_does_not_give_the_session_away() -> None:
    secret = new_secret(lambda length: "7" * length)

    assert secret not in form_token(secret)
    assert form_token(secret) != form_token(secret[:-1])
    assert cookie_name(is_secure=True).startswith("__Host-")

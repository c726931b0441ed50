"""Logging in with a browser: passwords, codes, a proxy's word, and the link of a new store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from leakguard.accounts.attempts import MOST, WINDOW
from leakguard.accounts.passwords import verify_password
from leakguard.accounts.rights import Role
from leakguard.accounts.sessions import Kind
from leakguard.models.accounts import Passkey
from leakguard.models.web_settings import WebSettings
from leakguard.use_cases.accounts import log_in as log_in_module
from leakguard.use_cases.accounts.callers import read_registry
from leakguard.use_cases.accounts.first_links import first_link
from leakguard.use_cases.accounts.log_in import take_totp
from leakguard.use_cases.accounts.manage_accounts import link_account
from leakguard.web import limits
from leakguard.web.hosts import ServeOptions
from leakguard.web.operation import PREFIX
from support.accounts import PASSWORD
from support.door import ANNA, SAME, Served, served_in, set_cookies

HTML = {"accept": "text/html", **SAME}
BASE = "https://lg.example.edu"
CROSS = {"sec-fetch-site": "cross-site"}
FROM = ("192.0.2.10", 1)


def test_an_unknown_name_runs_the_same_hash_and_gets_the_same_answer(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def counted(kept: str, password: str, **cost: object) -> bool:
        hashed.append(kept.rpartition("$")[0].rpartition("$")[0])
        return verify_password(kept, password, **cost)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(log_in_module, "verify_password", counted)
    told = []
    for name in (ANNA, "nobody", "", "x" * 5000):
        answer = served.client().post("/login", json={"name": name, "password": "wrong wrong wrong"}, headers=SAME)
        told.append((answer.status_code, answer.json()["title"], answer.json()["next_step"], set_cookies(answer)))

    assert len(set(map(str, told))) == 1
    assert told[0][0] == 401
    assert len(hashed) == 4
    assert len(set(hashed)) == 1


def test_failed_logins_of_an_account_have_to_wait_and_others_do_not(served: Served) -> None:
    client = served.client()
    for _ in range(MOST.by_account):
        assert client.post("/login", json={"name": ANNA, "password": "wrong"}, headers=SAME).status_code == 401
        served.time.seconds += 60
    refused = client.post("/login", json={"name": ANNA, "password": PASSWORD}, headers=SAME)

    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= WINDOW.total_seconds() + 1
    assert client.post("/login", json={"name": "Ben Cole", "password": PASSWORD}, headers=SAME).status_code == 200
    served.time.wait(WINDOW + timedelta(seconds=1))
    assert client.post("/login", json={"name": ANNA, "password": PASSWORD}, headers=SAME).status_code == 200


def test_one_address_makes_only_so_many_hashes(served: Served) -> None:
    client = served.client()
    told = [
        client.post("/login", json={"name": f"x{number}", "password": "y"}).status_code
        for number in range(limits.LOGIN.burst + 1)
    ]

    assert told[-1] == 429
    assert (
        served.client(come_from=("127.0.0.9", 1)).post("/login", json={"name": "x", "password": "y"}).status_code == 401
    )


def test_a_second_factor_is_asked_for_and_each_code_works_once(served: Served) -> None:
    with served.wiring() as wiring:
        caller = log_in_module.log_in(wiring.store, wiring, ANNA, PASSWORD, kind=Kind.WEB).caller
        secret = log_in_module.begin_totp(wiring)
        take_totp(wiring.store, wiring, caller, secret=secret, code=pyotp.TOTP(secret).at(wiring.now()))
    served.time.wait(timedelta(minutes=2))
    client, code = served.client(), pyotp.TOTP(secret).at(served.time.now())
    asked = client.post("/login", json={"name": ANNA, "password": PASSWORD}, headers=SAME)
    wrong = client.post("/login", json={"name": ANNA, "password": PASSWORD, "code": "000000"}, headers=SAME)
    let_in = client.post("/login", json={"name": ANNA, "password": PASSWORD, "code": code}, headers=SAME)
    again = served.client().post("/login", json={"name": ANNA, "password": PASSWORD, "code": code}, headers=SAME)

    assert asked.json()["type"].endswith("code_needed")
    assert [one.status_code for one in (asked, wrong, let_in, again)] == [401, 401, 200, 401]
    assert set_cookies(asked) == []


def test_a_passkey_is_a_second_factor_that_a_password_alone_does_not_replace(served: Served) -> None:
    with served.wiring() as wiring:
        actor, now = served.people[ANNA].actor, wiring.now()
        wiring.store.add_passkey(Passkey(id="k", actor=actor, public_key="p", sign_count=0, name="", created_at=now))
    answer = served.client().post("/login", json={"name": ANNA, "password": PASSWORD}, headers=SAME)

    assert answer.status_code == 401
    assert "passkey" in answer.json()["next_step"]
    assert set_cookies(answer) == []


@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}])
def test_another_site_logs_nobody_in(served: Served, headers: dict[str, str]) -> None:
    answer = served.client().post("/login", json={"name": ANNA, "password": PASSWORD}, headers=headers)

    assert answer.status_code == 403
    assert set_cookies(answer) == []


def test_the_pages_work_without_a_script(served: Served) -> None:
    client = served.client()
    assert client.get("/", headers=HTML).headers["location"] == "/login"
    assert '<form method="post" action="/login">' in client.get("/login", headers=HTML).text
    wrong = client.post("/login", data={"name": '"><script>x', "password": "no", "code": ""}, headers=HTML)
    right = client.post("/login", data={"name": ANNA, "password": PASSWORD, "code": ""}, headers=HTML)
    home = client.get("/", headers=HTML)
    token = home.text.partition('name="form_token" value="')[2].partition('"')[0]
    left = client.post("/logout", data={"form_token": token}, headers=HTML)

    assert (wrong.status_code, right.status_code, right.headers["location"]) == (401, 303, "/")
    assert "<script>x" not in wrong.text
    assert "&gt;&lt;script&gt;x" in wrong.text
    assert ANNA in home.text
    assert (left.status_code, left.headers["location"]) == (303, "/login")
    assert client.get("/", headers=HTML).headers["location"] == "/login"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"name=a&name=b&password=c", "application/x-www-form-urlencoded", 422), (b"{", "application/json", 422),
        (b"[]", "application/json", 422), (b'{"name": 1}', "application/json", 422), (b"a", "text/plain", 422),
        (b'{"nickname": "a"}', "application/json", 422), (b'{"name": "a\\u0000"}', "application/json", 422),
        (b"[" * 9000, "application/json", 422), (b" " * (limits.MOST_FORM + 1), "application/json", 413),
        (b"\xff=1", "application/x-www-form-urlencoded", 422),
    ],
)  # fmt: skip
def test_a_form_is_read_strictly(served: Served, body: bytes, kind: str, status: int) -> None:
    answer = served.client().post("/login", content=body, headers={"content-type": kind})

    assert answer.status_code == status, answer.text


def test_who_has_a_token_has_no_session(served: Served) -> None:
    assert served.client().get("/session").status_code == 401
    client, _ = served.browser()
    assert client.get("/session", headers={**SAME, "authorization": "Bearer x"}).status_code == 401


def test_the_first_link_makes_the_first_admin_and_works_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served = served_in(tmp_path, monkeypatch)
    with served.wiring() as wiring:
        old, link = first_link(wiring.store, wiring), first_link(wiring.store, wiring)
    client = served.client()
    new = {"name": ANNA, "mail": "", "password": PASSWORD}
    assert "printed" in client.get("/login").text
    shown = [client.get("/first", params={"link": link}) for _ in range(2)]
    told = {
        "without": client.post("/first", json=new, headers=SAME).status_code,
        "of another store": client.post("/first", json={**new, "link": old}, headers=SAME).status_code,
        "another site": client.post("/first", json={**new, "link": link}, headers=CROSS).status_code,
        "weak": client.post("/first", json={**new, "link": link, "password": ""}, headers=SAME).status_code,
        "weak page": client.post("/first", data={**new, "link": link, "password": "short"}, headers=HTML).status_code,
        "right": (right := client.post("/first", json={**new, "link": link}, headers=SAME)).status_code,
        "again": served.client().post("/first", json={**new, "name": "Eve", "link": link}, headers=SAME).status_code,
    }  # fmt: skip

    assert [one.status_code for one in shown] == [200, 200]
    assert told == {
        "without": 409, "of another store": 409, "another site": 403, "weak": 400, "weak page": 400, "right": 200,
        "again": 409,
    }  # fmt: skip
    assert right.json()["account"]["roles"] == ["admin"]
    assert client.get(f"{PREFIX}/me", headers=SAME).json()["name"] == ANNA
    with served.wiring() as wiring:
        registry = read_registry(wiring.store)
    assert [state.roles for state in registry.accounts.values()] == [frozenset({Role.ADMIN})]


def test_a_named_proxy_logs_in_whom_it_vouches_for_and_nobody_else(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = WebSettings(proxy_secret_env="LG_PROXY", login_header="X-Forwarded-User")
    asked = ServeOptions(
        proxy="192.0.2.10", hosts=("lg.example.edu",), login_header="X-Forwarded-User", proxy_secret="s3cret"
    )
    behind = served_in(served.folder, monkeypatch, asked=asked, web=web)
    with behind.wiring() as wiring:
        link_account(wiring.store, ANNA, "proxy:anna")
    named = {"x-forwarded-user": "anna", "x-leakguard-proxy": "s3cret"}
    client = behind.client(base=BASE, come_from=FROM)
    without = [
        client.get("/login/proxy"), client.get("/login/proxy", headers={"x-forwarded-user": "anna"}),
        client.get("/login/proxy", headers={**named, "x-forwarded-user": "eve"}),
        client.get("/login/proxy", headers={**named, "x-leakguard-proxy": "guess"}),
    ]  # fmt: skip
    let_in = client.get("/login/proxy", headers=named)

    assert [one.status_code for one in without] == [401] * 4
    assert let_in.json()["account"]["name"] == ANNA
    behind.people = served.people
    assert behind.methods(ANNA) == ["proxy"]
    assert "Log in as anna" in client.get("/login", headers=named).text
    assert client.get(f"{PREFIX}/me", headers={**SAME, **named}).status_code == 200
    assert client.get(f"{PREFIX}/me", headers={**SAME, **named, "x-forwarded-user": "ben"}).status_code == 401

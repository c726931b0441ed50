"""One's own account over the API, by a session: password, second factor, sessions, language and zone."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from leakguard.models.accounts import Passkey
from leakguard.web.sessions import TOKEN_HEADER
from support.accounts import PASSWORD
from support.door import ANNA, SAME, Served
from support.web_client import TestClient

API = "/api/v1/account"
Own = tuple[TestClient, dict[str, str]]


@pytest.fixture
def own(served: Served) -> Own:
    client, token = served.browser(ANNA)
    return client, {TOKEN_HEADER: token, **SAME}


def test_the_account_shows_its_sessions_and_which_of_them_this_is(served: Served, own: Own) -> None:
    served.time.wait(timedelta(minutes=2))
    served.browser(ANNA)
    client, headers = own
    told = client.get(API, headers=headers).json()

    assert (told["name"], told["second_factor"], told["language"]) == (ANNA, False, None)
    assert [one["this"] for one in told["sessions"]] == [False, True]


def test_other_sessions_end_and_this_one_stays(served: Served, own: Own) -> None:
    other, _ = served.browser(ANNA)
    client, headers = own
    ended = client.post(f"{API}/sessions/end", json={}, headers=headers)

    assert ended.json() == {"ended": 1}
    assert other.get(API, headers=SAME).status_code == 401
    assert client.get(API, headers=headers).status_code == 200


def test_one_session_ends_by_its_id_and_one_that_is_none_is_refused(served: Served, own: Own) -> None:
    other, _ = served.browser(ANNA)
    client, headers = own
    there = next(one for one in client.get(API, headers=headers).json()["sessions"] if not one["this"])
    ended = client.post(f"{API}/sessions/end", json={"session": there["id"]}, headers=headers)
    again = client.post(f"{API}/sessions/end", json={"session": there["id"]}, headers=headers)

    assert (ended.status_code, again.status_code) == (200, 404)
    assert other.get(API, headers=SAME).status_code == 401


def test_a_second_factor_is_kept_once_its_code_was_sent(served: Served, own: Own) -> None:
    client, headers = own
    begun = client.post(f"{API}/second-factor/begin", headers=headers).json()
    code = pyotp.TOTP(begun["secret"]).at(served.time.now())
    wrong = client.post(f"{API}/second-factor", json={"secret": begun["secret"], "code": "000000"}, headers=headers)
    weak = client.post(f"{API}/second-factor", json={"secret": "AAAA", "code": code}, headers=headers)
    taken = client.post(f"{API}/second-factor", json={"secret": begun["secret"], "code": code}, headers=headers)

    assert begun["link"].startswith("otpauth://totp/LeakGuard")
    assert [one.status_code for one in (wrong, weak, taken)] == [401, 400, 200]
    assert client.get(API, headers=headers).json()["second_factor"] is True


def test_another_password_ends_every_session(served: Served, own: Own) -> None:
    client, headers = own
    wrong = client.post(f"{API}/password", json={"old": "not this one", "new": "another horse 99"}, headers=headers)
    changed = client.post(f"{API}/password", json={"old": PASSWORD, "new": "another horse 99"}, headers=headers)
    after = served.client().post("/login", json={"name": ANNA, "password": "another horse 99"}, headers=SAME)

    assert [one.status_code for one in (wrong, changed, after)] == [401, 200, 200]
    assert client.get(API, headers=headers).status_code == 401


def test_language_and_zone_are_kept_and_what_is_none_is_refused(own: Own) -> None:
    client, headers = own
    kept = client.put(f"{API}/preferences", json={"language": "zh", "zone": "Asia/Shanghai"}, headers=headers)
    refused = [
        client.put(f"{API}/preferences", json=wrong, headers=headers).status_code
        for wrong in ({"language": "xx"}, {"zone": "Moon/Base"})
    ]
    told = client.get(API, headers=headers).json()

    assert kept.status_code == 200
    assert refused == [400, 400]
    assert (told["language"], told["zone"]) == ("zh", "Asia/Shanghai")


def test_a_passkey_goes_and_one_of_somebody_else_does_not(served: Served, own: Own) -> None:
    client, headers = own
    with served.wiring() as wiring:
        for key, name in (("mine", ANNA), ("theirs", "Ben Cole")):
            actor = served.people[name].actor
            wiring.store.add_passkey(
                Passkey(id=key, actor=actor, public_key="p", sign_count=0, name="", created_at=wiring.now())
            )
    answers = [client.post(f"{API}/passkeys/{key}/remove", headers=headers).status_code for key in ("mine", "theirs")]

    assert answers == [200, 404]


def test_when_an_account_was_last_used_is_shown(own: Own) -> None:
    client, headers = own
    told = {
        one["name"]: one["last_used_at"] for one in client.get("/api/v1/accounts", headers=headers).json()["accounts"]
    }

    assert told[ANNA] is not None
    assert told["Ben Cole"] is None

"""Logging in at an OpenID provider: the flow of the standard, and everything that proves nothing."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from leakguard.accounts.rights import Role
from leakguard.errors import UsageProblem
from leakguard.models.web_settings import Provider as ProviderSettings
from leakguard.models.web_settings import WebSettings
from leakguard.web.operation import PREFIX
from support.door import ANNA, SAME, Served, served_in, set_cookies
from support.openid_provider import CLIENT, SECRET, Provider, provider_at_work
from support.web_client import TestClient

pytestmark = [pytest.mark.enable_socket]
BACK = "/login/oidc/callback"
NAMES = {"client_secret_env": "LG_OIDC"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Provider, Served]]:
    box: list[Served] = []
    with provider_at_work(lambda: box[0].time.now().timestamp()) as provider:
        oidc = ProviderSettings(issuer=provider.issuer, client_id=CLIENT, **NAMES)
        served = served_in(tmp_path, monkeypatch, web=WebSettings(oidc=oidc), environment={"LG_OIDC": SECRET})
        box.append(served)
        served.add(ANNA, Role.ADMIN, external=f"oidc:{provider.issuer} {provider.subject}")
        yield provider, served


def sent(client: TestClient, provider: Provider) -> tuple[str, str]:
    """A browser begins, and its user logs in at the provider: code and state."""
    begun = client.get("/login/oidc")
    assert begun.status_code == 303, begun.text
    return provider.authorise(begun.headers["location"])


def back(client: TestClient, code: str, state: str, **more: str) -> Any:  # noqa: ANN401  (as what it stands for)
    return client.get(BACK, params={"code": code, "state": state, **more}, headers={"sec-fetch-site": "cross-site"})


def test_who_is_linked_logs_in_with_code_and_pkce(world: tuple[Provider, Served]) -> None:
    provider, served = world
    client = served.client()
    answer = back(client, *sent(client, provider))

    assert answer.json()["account"]["name"] == ANNA
    assert served.methods(ANNA) == ["oidc"]
    assert client.get(f"{PREFIX}/me", headers=SAME).status_code == 200
    assert SECRET not in str(provider.asked)
    assert len(provider.asked[0]["code_verifier"]) >= 43
    assert "127.0.0.1" in served.client().get("/login").text


def test_a_provider_that_takes_the_secret_in_the_form_gets_it_there(world: tuple[Provider, Served]) -> None:
    provider, served = world
    provider.basic = False
    client = served.client()

    assert back(client, *sent(client, provider)).status_code == 200
    assert provider.asked[0]["client_secret"] == SECRET


def test_nobody_is_let_in_whom_no_account_is_linked_to(world: tuple[Provider, Served]) -> None:
    provider, served = world
    provider.subject = "another"
    client = served.client()
    answer = back(client, *sent(client, provider))

    assert answer.status_code == 401
    assert "link" in answer.json()["title"]
    assert f"oidc:{provider.issuer} another" in answer.json()["next_step"]
    assert not [one for one in set_cookies(answer) if "lg_" in one]


def test_a_login_is_ended_once_in_the_browser_that_began_it(world: tuple[Provider, Served]) -> None:
    provider, served = world
    client, victim = served.client(), served.client()
    code, state = sent(client, provider)
    sent(victim, provider)
    forced = back(victim, code, state)
    without = back(served.client(), code, state)
    wrong = back(client, code, "x" * 64)
    again = back(client, code, state)

    assert [one.status_code for one in (forced, without, wrong, again)] == [401] * 4
    assert provider.asked == []


@pytest.mark.parametrize("more", [{"error": "access_denied"}, {"iss": "https://evil.example"}, {"code": ""}])
def test_what_the_provider_refused_or_another_one_said_opens_nothing(
    world: tuple[Provider, Served], more: dict[str, str]
) -> None:
    provider, served = world
    client = served.client()
    code, state = sent(client, provider)
    told = {"code": code, "state": state, **more}

    assert client.get(BACK, params=told).status_code == 401


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"}, "another audience": {"aud": "another"},
    "two audiences and no azp": {"aud": [CLIENT, "another"]}, "another azp": {"azp": "another"},
    "expired": {"exp": 1}, "not yet": {"nbf": 9_999_999_999}, "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "no subject": {"sub": ""}, "a long subject": {"sub": "s" * 256}, "a number": {"sub": 7}, "no expiry": {"exp": None},
}  # fmt: skip


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_token_with_a_wrong_claim_proves_nothing(world: tuple[Provider, Served], lie: str) -> None:
    provider, served = world
    changed = LIES[lie]
    provider.claims = lambda claims: {name: value for name, value in {**claims, **changed}.items() if value is not None}
    client = served.client()
    answer = back(client, *sent(client, provider))

    assert answer.status_code == 401, answer.text
    assert "proves nothing" in answer.json()["title"]


def test_a_signature_that_is_not_of_the_provider_proves_nothing(world: tuple[Provider, Served]) -> None:
    provider, served = world
    stranger = RSAKey.generate_key(2048, {"kid": "k1"})
    none, secret = (
        urlsafe_b64encode(json.dumps({"alg": name}).encode()).decode().rstrip("=") for name in ("none", "HS256")
    )
    makers = {
        "another key": lambda claims: provider.signed(claims, stranger),
        "the public key as a secret": lambda claims: by_secret(
            f"{secret}.{provider.signed(claims, provider.key).split('.')[1]}", provider.key.as_pem(private=False)
        ),
        "none": lambda claims: f"{none}.{provider.signed(claims, provider.key).split('.')[1]}.",
        "no token": lambda _: "x",
    }
    for name, maker in makers.items():
        provider.sign = maker
        client = served.client()
        assert back(client, *sent(client, provider)).status_code == 401, name
        served.time.seconds += 600


def by_secret(text: str, key: bytes) -> str:
    made = hmac.digest(key, text.encode(), "sha256")
    return f"{text}.{urlsafe_b64encode(made).decode().rstrip('=')}"


def test_a_provider_that_is_another_or_not_protected_is_not_asked_further(world: tuple[Provider, Served]) -> None:
    provider, served = world
    for change in (
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": 7},
    ):
        provider.discovery = lambda told, change=change: told | change  # type: ignore[misc]  # bound now
        answer = served.client().get("/login/oidc")
        assert (answer.status_code, set_cookies(answer)) == (503, [])
    provider.discovery = lambda _: {"x": "y" * 600_000}
    assert served.client().get("/login/oidc").status_code == 503


def test_a_provider_that_sends_a_byte_now_and_then_is_not_waited_for(
    world: tuple[Provider, Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, served = world
    provider.drips = True
    monkeypatch.setattr("leakguard.web.oidc.WHOLE", 0.2)
    answer = served.client().get("/login/oidc")

    assert answer.status_code == 503
    assert "log in by password" in answer.json()["next_step"]


@pytest.mark.parametrize("how", ["cut", "gzip"])
def test_an_answer_that_is_cut_off_or_cannot_be_unpacked_is_none(world: tuple[Provider, Served], how: str) -> None:
    provider, served = world
    provider.broken = how
    answer = served.client().get("/login/oidc")

    assert answer.status_code == 503
    assert "log in by password" in answer.json()["next_step"]


ODD_KEYS: tuple[dict[str, Any], ...] = (
    {"kty": "AKP", "use": "sig", "alg": "ML-DSA-44", "pub": "AAAA"},
    {"kty": "EC", "use": "sig", "crv": "P-999", "x": "AA", "y": "AA"}, {"use": "sig", "kid": "z"},
    {"kty": "RSA", "use": "sig", "n": "!!", "e": "AQAB"}, {"kty": ["x"]}, {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
)  # fmt: skip


def test_a_key_of_an_unknown_kind_beside_the_providers_own_keeps_nobody_out(world: tuple[Provider, Served]) -> None:
    provider, served = world
    provider.more_keys = ODD_KEYS
    client = served.client()

    answer = back(client, *sent(client, provider))
    assert (answer.status_code, bool(set_cookies(answer))) == (200, True)


def test_a_provider_without_its_secret_is_said_at_the_start(
    world: tuple[Provider, Served], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, served = world
    with pytest.raises(UsageProblem, match="LG_OIDC"):
        served_in(tmp_path, monkeypatch, web=served.door.shared.settings.web)

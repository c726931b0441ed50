"""Where the server may listen, under which names it is reached, and whom a named proxy speaks for."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from leakguard.errors import UsageProblem
from leakguard.web.hosts import ServeOptions, Site, WrongHost, WrongWay, host_name, is_loopback, site_of

PROXY = "192.0.2.10"
BEHIND = ServeOptions(
    bind="0.0.0.0", proxy=PROXY, hosts=("lg.example.edu",), login_header="X-Forwarded-User", proxy_secret="s3"
)


def headers(*pairs: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.encode(), value.encode()) for name, value in pairs])


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.0.2.1", "leakguard.example.edu", ""])
def test_an_address_that_others_reach_is_refused_with_the_way_to_do_it(bind: str) -> None:
    with pytest.raises(UsageProblem, match="reached from outside") as caught:
        site_of(ServeOptions(bind=bind, hosts=("lg.example.edu",)))

    assert all(word in caught.value.next_step for word in ("--tls-cert", "--behind-proxy", "--bind"))


@pytest.mark.parametrize("bind", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_loopback_is_served_without_tls_under_its_own_names(bind: str) -> None:
    site = site_of(ServeOptions(bind=bind))

    assert is_loopback(bind)
    assert not site.is_secure
    assert site.hosts >= {"localhost", "127.0.0.1", "[::1]"}
    assert "" not in site.hosts


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        (ServeOptions(tls_cert="a.pem"), "certificate and its key"),
        (ServeOptions(tls_key="a.pem"), "certificate and its key"),
        (ServeOptions(bind="0.0.0.0", tls_cert="a", tls_key="b"), "under which name"),
        (ServeOptions(proxy=PROXY), "under which name"),
        (ServeOptions(proxy="proxy.example.edu", hosts=("a",)), "IP address"),
        (ServeOptions(hosts=("a b",)), "is no host name"), (ServeOptions(hosts=("http://a",)), "is no host name"),
        (ServeOptions(login_header="X-User", proxy_secret="s"), "named proxy proves"),
        (ServeOptions(login_header="X-User", proxy=PROXY, hosts=("a",)), "named proxy proves"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused(asked: ServeOptions, text: str) -> None:
    with pytest.raises(UsageProblem, match=text) as caught:
        site_of(asked)

    assert caught.value.next_step


def test_tls_and_a_proxy_make_a_site_secure() -> None:
    assert site_of(ServeOptions(bind="0.0.0.0", tls_cert="a", tls_key="b", hosts=("LG.example.edu",))).is_secure
    site = site_of(BEHIND)

    assert site.is_secure
    assert site.hosts == {"lg.example.edu"}


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("LocalHost:8080", "localhost"), ("[::1]:80", "[::1]"), ("a.example.edu", "a.example.edu"), ("", ""),
        ("a.example.edu:x", ""), ("a@b", ""), ("a/b", ""), ("a.example.edu.", ""), ("-a", ""), ("a" * 400, ""),
        ("a\nb", ""), ("а.example", ""),
    ],
)  # fmt: skip
def test_a_host_header_is_read_strictly(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize("named", [("evil.example",), ("localhost.evil.example",), (), ("localhost", "localhost")])
def test_a_forged_missing_or_doubled_host_is_refused(named: tuple[str, ...]) -> None:
    with pytest.raises(WrongHost):
        site_of(ServeOptions()).refuse_strangers(headers(*(("host", one) for one in named)), "127.0.0.1")


def test_only_the_named_proxy_may_connect_and_its_last_word_names_the_client() -> None:
    site = site_of(BEHIND)
    site.refuse_strangers(headers(("host", "lg.example.edu")), f"::ffff:{PROXY}")
    for peer in ("192.0.2.11", "", "testclient"):
        with pytest.raises(WrongWay):
            site.refuse_strangers(headers(("host", "lg.example.edu")), peer)

    assert site.address(headers(("x-forwarded-for", "10.0.0.1, 198.51.100.7")), PROXY) == "198.51.100.7"
    assert site.address(headers(("x-forwarded-for", "10.0.0.1, nobody")), PROXY) == PROXY
    assert site_of(ServeOptions()).address(headers(("x-forwarded-for", "10.0.0.1")), "127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize(
    ("pairs", "vouched"),
    [
        ([("x-forwarded-user", " li.wei "), ("x-leakguard-proxy", "s3")], "li.wei"),
        ([("x-forwarded-user", "li.wei")], ""),
        ([("x-forwarded-user", "li.wei"), ("x-leakguard-proxy", "s4")], ""),
        ([("x-forwarded-user", "li.wei"), ("x-leakguard-proxy", "s3"), ("x-leakguard-proxy", "s3")], ""),
        ([("x-forwarded-user", "li.wei"), ("x-forwarded-user", "anna"), ("x-leakguard-proxy", "s3")], ""),
        ([("x-leakguard-proxy", "s3")], ""),
    ],
)  # fmt: skip
def test_a_name_counts_only_with_the_proof_of_the_named_proxy(pairs: list[tuple[str, str]], vouched: str) -> None:
    assert site_of(BEHIND).vouched(headers(*pairs)) == vouched
    assert "s3" not in repr(site_of(BEHIND))


def test_without_a_named_proxy_nobody_is_vouched_for() -> None:
    site = Site(bind="127.0.0.1", hosts=frozenset({"localhost"}))

    assert site.vouched(headers(("x-forwarded-user", "li.wei"), ("x-leakguard-proxy", ""))) == ""

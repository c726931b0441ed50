"""Targets as a person types them."""

from __future__ import annotations

import ipaddress
import re
from itertools import count
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leakguard.errors import BadFile, UsageProblem
from leakguard.scanning import targets
from leakguard.scanning.targets import Target, parse_ports, parse_target, parse_target_lines, ports_in, told_ports
from support.bucket_hosts import bucket_host


def four(text: str) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(text)


def six(text: str) -> ipaddress.IPv6Address:
    return ipaddress.IPv6Address(text)


def ranged(text: str, first: str, last: str | None = None, *ports: int) -> Target:
    low, high = ipaddress.ip_address(first), ipaddress.ip_address(last or first)
    return Target(text=text, first=low, last=high, ports=ports)


@pytest.mark.parametrize(
    "target",
    [
        ranged("192.0.2.7", "192.0.2.7"),
        ranged("::1", "::1"),
        ranged("[::1]", "::1"),
        ranged("::ffff:192.0.2.7", "192.0.2.7"),
        ranged("192.0.2.7:9200", "192.0.2.7", None, 9200),
        ranged("[2001:db8::1]:9200,9300-9301", "2001:db8::1", None, 9200, 9300, 9301),
        ranged("192.0.2.0/30", "192.0.2.0", "192.0.2.3"),
        ranged("192.0.2.0/30:9200", "192.0.2.0", "192.0.2.3", 9200),
        ranged("192.0.2.1-192.0.2.3", "192.0.2.1", "192.0.2.3"),
        ranged("192.0.2.1 - 192.0.2.3", "192.0.2.1", "192.0.2.3"),
        ranged("192.0.2.1-192.0.2.3:9200,9300", "192.0.2.1", "192.0.2.3", 9200, 9300),
        ranged("[2001:db8::1]-[2001:db8::3]:9200", "2001:db8::1", "2001:db8::3", 9200),
        ranged("2001:db8::1-2001:db8::3", "2001:db8::1", "2001:db8::3"),
        ranged("2001:db8::/126", "2001:db8::", "2001:db8::3"),
        ranged("[2001:db8::]/126", "2001:db8::", "2001:db8::3"),
        Target(text="Mail.Example.edu.", host="mail.example.edu"),
        Target(text="mail.example.edu:9200", host="mail.example.edu", ports=(9200,)),
        Target(text="localhost", host="localhost"),
        Target(
            text="s3://campus-backups",
            bucket="campus-backups",
            scheme="s3",
            provider_host=bucket_host("campus-backups"),
        ),
        Target(
            text="s3://campus-backups/2019/",
            bucket="campus-backups",
            scheme="s3",
            provider_host=bucket_host("campus-backups"),
        ),
        Target(text="s3://minio.lab:9000/b", host="minio.lab", ports=(9000,), scheme="s3", bucket="b"),
        Target(
            text="s3://10.0.0.1/b", first=four("10.0.0.1"), last=four("10.0.0.1"), ports=(443,), scheme="s3", bucket="b"
        ),
        Target(text="s3://[::1]/b", first=six("::1"), last=six("::1"), ports=(443,), scheme="s3", bucket="b"),
        Target(
            text="http://A.example/dumps/x",
            host="a.example",
            ports=(80,),
            scheme="http",
            bucket="dumps",
            path="/dumps/x",
        ),
        Target(text="https://a.example.:9200", host="a.example", ports=(9200,), scheme="https"),
        Target(text="redis://[::1]", first=six("::1"), last=six("::1"), ports=(6379,), scheme="redis"),
        Target(text="mongodb://h.example", host="h.example", ports=(27017,), scheme="mongodb"),
        Target(text="tcp://h.example:7", host="h.example", ports=(7,)),
    ],
    ids=lambda target: target.text,
)
def test_a_target_is_taken_apart(target: Target) -> None:
    assert parse_target(f"  {target.text} ") == target


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "neither"),
        ("192.0.2.1/24", "did you mean `192.0.2.0/24`"),
        ("192.0.2.9-192.0.2.1", "ends before"),
        ("192.0.2.1-::1", "ends before"),
        ("192.0.2.999", "not an address"),
        ("1.2.3", "not an address"),
        ("*.example.edu", "not a host name"),
        ("exa mple", "not an address"),
        ("-example", "not an address"),
        ("host:0", "ports go from 1"),
        ("host:70000", "ports go from 1"),
        ("host:9-1", "ports go from 1"),
        ("host:1,", "not a list of ports"),
        ("example.edu:80/24", "not a network"),
        ("foo/bar", "not an address"),
        ("host:http", "neither"),
        ("ftp://example.edu", "the scheme `ftp`"),
        ("tcp://example.edu", "missing"),
        ("http://example.edu:0", "missing"),
        ("http://:80", "missing"),
        ("http://", "missing"),
        ("http://example.edu:99999", "Port out of range"),
        ("192.0.2.1-9", "its last address, whole"),
        ("192.0.2.1-192.0.2.300:9200", "its last address, whole"),
        ("192.0.2.1:9210-9200", "the lower one first"),
        ("http://exa mple/", "not an address"),
        ("http://exa\x00mple/", "not an address"),
        ("http://*.example.edu/", "not a host name"),
        ("http://[::1/", "Invalid IPv6"),
        ("fe80::1%eth0", "a zone"),
        ("[::1%lo]", "a zone"),
        ("[::1%lo]:1", "a zone"),
        ("::1%lo/64", "a zone"),
        ("::1-::5%lo", "a zone"),
        ("127.0.0.1%x:99", "a zone"),
        ("http://[::1%25lo]:80/", "a zone"),
        ("s3://", "is written `s3://BUCKET`"),
        ("s3:///x", "is written `s3://BUCKET`"),
    ],
)
def test_what_is_no_target_is_refused_with_a_next_step(text: str, says: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        parse_target(text)

    assert says in caught.value.message
    assert "host:port" in caught.value.next_step


@pytest.mark.parametrize(
    "text",
    [
        "http://admin:secret-canary@h.example",
        "redis://:secret-canary@h.example",
        "admin:secret-canary@h.example",
        "http://admin:secret-canary/@h.example",
        "http://admin:secret-canary#x@h.example:80",
        "a:secret-canary@192.0.2.0/24",
        "http://admin:a@secret-canary@h.example",
        "secret-canary@h.example:9200",
    ],
)
def test_a_password_in_a_url_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageProblem, match="nothing is ever logged in to") as refused:
        parse_target(text)

    assert "secret-canary" not in refused.value.message
    assert "admin" not in refused.value.message


@pytest.mark.parametrize("text", ["http://h.example/@folder/x", "https://h.example:8443/a@b"])
def test_an_at_sign_in_a_path_is_no_login(text: str) -> None:
    assert parse_target(text).host == "h.example"


def test_a_name_may_begin_with_an_address() -> None:
    assert parse_target("192.0.2.1-static.example.edu:9200").host == "192.0.2.1-static.example.edu"


def test_a_range_is_known_as_networks() -> None:
    assert parse_target("192.0.2.1-192.0.2.3").networks == (
        ipaddress.ip_network("192.0.2.1/32"),
        ipaddress.ip_network("192.0.2.2/31"),
    )
    assert parse_target("2001:db8::/126").networks == (ipaddress.ip_network("2001:db8::/126"),)
    assert parse_target("example.edu").networks == ()


def test_ports_are_a_list_without_repeats() -> None:
    assert parse_ports("9200,80,9199-9201") == (9200, 80, 9199, 9201)


def test_a_file_of_targets_may_have_comments_and_empty_lines() -> None:
    found = parse_target_lines("# ours\n\n192.0.2.7 # a server\n  mail.example.edu\n".splitlines(), name="hosts.txt")

    assert [target.text for target in found] == ["192.0.2.7", "mail.example.edu"]


def test_all_wrong_lines_of_a_file_come_together() -> None:
    with pytest.raises(BadFile) as caught:
        parse_target_lines("192.0.2.7\n192.0.2.1/24\nok.example\nftp://x\n".splitlines(), name="hosts.txt")

    assert [problem.line for problem in caught.value.problems] == [2, 4]
    assert caught.value.message.startswith("hosts.txt: 2 problems")


def test_a_line_that_stands_there_again_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def noted(bare: str) -> Target:
        read.append(bare)
        return parse_target(bare)

    monkeypatch.setattr(targets, "parse_target", noted)
    found = parse_target_lines(["192.0.2.7\n", "192.0.2.7 # again\n", "192.0.2.8\n"], name="hosts.txt")

    assert [target.text for target in found] == read == ["192.0.2.7", "192.0.2.8"]


def test_after_a_hundred_wrong_lines_no_more_is_read() -> None:
    lines = (f"ftp://{number}\n" for number in count())

    with pytest.raises(BadFile) as caught:
        parse_target_lines(lines, name="hosts.txt")

    assert len(caught.value.problems) == 100
    assert "There may be more" in caught.value.next_step


@pytest.mark.parametrize(
    ("cap", "line", "says"),
    [
        ("MAX_LINE", "# xx", "line 1: a line of more than 3 characters"),
        ("MAX_CHARACTERS", "# x", "line 2: more than 3 characters in all"),
        ("MAX_TARGETS", None, "line 4: more than 3 targets"),
    ],
)
def test_a_list_beyond_a_cap_is_refused(cap: str, line: str | None, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that ship are exceeded in `test_huge_files.py`."""
    monkeypatch.setattr(targets, cap, 3)

    with pytest.raises(BadFile) as caught:
        parse_target_lines((line or f"192.0.2.{number}" for number in count()), name="hosts.txt")

    assert says in caught.value.message


@given(st.text(max_size=40) | st.text("0123456789abcdef.:/-[]%*,@s3 ", max_size=40))
@example("0/0:")
@example("://")
@example("[]:1")
def test_any_text_is_a_target_or_a_usage_problem(text: str) -> None:
    try:
        target = parse_target(text)
    except UsageProblem:
        return
    leads = [target.first is not None, target.host is not None, target.bucket is not None and target.scheme == "s3"]
    assert any(leads)
    assert (target.first is None) == (target.last is None)
    assert all(1 <= port <= 65535 for port in target.ports)
    assert parse_target(target.text) == target


_PATHS = st.text(max_size=30) | st.text("ab/.%25cC3;\\\\?#\x00 \u00fc", max_size=30)


@given(_PATHS)
@example("%2e%2e/a")
@example("..;/a")
@example("a%0d%0aGET /")
@example("\udcff")
def test_what_is_asked_below_the_path_of_a_url_is_one_plain_path_or_named_as_left_out(path: str) -> None:
    try:
        target = parse_target(f"http://h.example/{path}")
    except UsageProblem:
        return
    assert re.fullmatch(r"(?:/[!-.0-~]+)*", target.path)
    assert not {"?", "#"} & set(target.path)
    assert not {".", ".."} & set(re.split(r"[/\\;]", unquote(target.path)))
    assert not re.search(r"[\x00-\x1f\x7f]", unquote(target.path))
    assert not (target.path and target.unasked_below)
    again = parse_target(f"http://h.example{target.path}")
    assert again.path == target.path


@given(ports=st.lists(st.integers(1, 200), unique=True, max_size=60) | st.just(list(range(1, 65536))))
@example(ports=[9200, *range(8000, 8008), *range(7, 0, -1)])
def test_ports_that_are_told_are_the_same_again_and_in_their_order(ports: list[int]) -> None:
    assert ports_in(told_ports(ports)) == tuple(ports)


def test_eight_ports_in_a_row_are_told_as_one_word_and_fewer_as_they_always_were() -> None:
    assert told_ports([22, *range(8000, 8008), *range(1, 8)]) == (22, "8000-8007", 1, 2, 3, 4, 5, 6, 7)
    assert told_ports(range(1, 65536)) == ("1-65535",)


@pytest.mark.parametrize("told", [["9-2"], ["0-9"], [70000], ["nine"], [""]])
def test_what_is_no_list_of_ports_in_a_record_is_refused(told: list[str | int]) -> None:
    with pytest.raises(UsageProblem):
        ports_in(told)

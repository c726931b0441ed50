"""The gate: exclusion always wins, and the address that the socket will use decides."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import OutOfScope
from leakguard.frozen import replace
from leakguard.models.targets import Endpoint
from leakguard.scanning.addresses import hidden_v4
from leakguard.scanning.buckets import parse_bucket
from leakguard.scanning.gate import Gate
from leakguard.scanning.literals import parse_address
from leakguard.scanning.network_difference import uncovered
from support.bucket_hosts import bucket_host
from support.scans import gate_of, scope_of

PUBLIC = "93.184.216.34"


def endpoint(address: str, host: str | None = None, buckets: tuple[str, ...] = ()) -> Endpoint:
    return Endpoint(address=address, port=443, host=host, buckets=buckets)


@pytest.mark.parametrize("address", ["10.0.0.1", "::ffff:10.0.0.1", "10.0.0.255"])
def test_an_included_network_opens_its_addresses(address: str) -> None:
    assert gate_of("10.0.0.0/24").refusal(address) is None


@pytest.mark.parametrize("address", ["10.0.1.1", "::1", "example.edu", "", "10.0.0.1.", "%eth0", "::10.0.0.1"])
def test_everything_else_is_refused(address: str) -> None:
    assert gate_of("10.0.0.0/24").refusal(address) is not None


@pytest.mark.parametrize(
    "excluded", ["10.0.0.7", "10.0.0.0/28", "::ffff:10.0.0.7", "::ffff:10.0.0.0/120", "10.0.0.0/8"]
)
@pytest.mark.parametrize("address", ["10.0.0.7", "::ffff:10.0.0.7", "::ffff:a00:7"])
def test_exclusion_wins_in_every_spelling(excluded: str, address: str) -> None:
    gate = gate_of("10.0.0.0/24", "mail.example.edu", exclude=(excluded,))

    assert "excluded" in (gate.refusal(address) or "")
    assert "excluded" in (gate.refusal(address, "mail.example.edu") or "")


def test_a_zone_does_not_get_an_address_past_an_exclusion() -> None:
    gate = gate_of("fe80::/64", exclude=("fe80::7",))

    assert gate.refusal("fe80::1%eth0") is None
    assert "excluded" in (gate.refusal("fe80::7%eth0") or "")
    assert "excluded" in (gate_of("fe80::/64", exclude=("fe80::7%eth0",)).refusal("fe80::7%eth1") or "")


def test_an_excluded_name_is_refused_even_on_an_included_address() -> None:
    gate = gate_of("10.0.0.0/24", exclude=("hr.example.edu", "*.secret.example.edu"))

    assert gate.refusal("10.0.0.1") is None
    assert "excluded" in (gate.refusal("10.0.0.1", "HR.example.edu.") or "")
    assert "excluded" in (gate.refusal("10.0.0.1", "a.secret.example.edu") or "")


def test_what_an_excluded_name_led_to_is_refused_by_its_address() -> None:
    gate = gate_of("10.0.0.0/24", exclude=("hr.example.edu",))
    planned = type(gate)(scope=gate.scope, excluded_addresses=frozenset({"10.0.0.8"}))

    assert "excluded" in (planned.refusal("::ffff:10.0.0.8") or "")
    assert planned.refusal("10.0.0.9") is None


@pytest.mark.parametrize("name", ["mail.example.edu", "MAIL.example.edu", "mail.example.edu.", "a.lab.example.edu"])
def test_a_name_in_the_scope_opens_a_public_address(name: str) -> None:
    assert gate_of("mail.example.edu", "*.lab.example.edu").refusal(PUBLIC, name) is None


@pytest.mark.parametrize("name", ["lab.example.edu", "xlab.example.edu", "example.edu", "evil-mail.example.edu", ""])
def test_a_wildcard_matches_neither_the_bare_domain_nor_a_longer_word(name: str) -> None:
    assert gate_of("mail.example.edu", "*.lab.example.edu").refusal(PUBLIC, name) is not None


def test_a_name_without_a_wildcard_opens_none_of_its_subdomains() -> None:
    assert gate_of("mail.example.edu").refusal(PUBLIC, "old.mail.example.edu") is not None


@pytest.mark.parametrize("excluded", [PUBLIC, "mail.example.edu", "*.example.edu"])
def test_exclusion_wins_over_a_name_that_alone_opens_the_address(excluded: str) -> None:
    gate = gate_of("mail.example.edu", exclude=(excluded,))

    assert "excluded" in (gate.refusal(PUBLIC, "mail.example.edu") or "")
    assert gate.is_excluded(PUBLIC, "mail.example.edu")
    assert gate.allows_name("mail.example.edu") is (excluded == PUBLIC)


def test_an_address_is_not_excluded_for_being_in_no_list() -> None:
    assert not gate_of("10.0.0.0/24", exclude=("10.0.0.7",)).is_excluded("10.0.0.8", "mail.example.edu")


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "192.168.1.1",
        "::1",
        "fe80::1",
        "fd00::1",
        "0.0.0.0",
        "::ffff:127.0.0.1",
    ],
)
def test_a_name_never_opens_an_inside_address(address: str) -> None:
    """DNS rebinding: the name is in the scope, and somebody points it at the inside of our network."""
    assert "inside address" in (gate_of("mail.example.edu").refusal(address, "mail.example.edu") or "")


SMALL = st.builds(
    lambda number, length: ipaddress.IPv4Network((number & ~((1 << (32 - length)) - 1), length)),
    st.integers(int(ipaddress.IPv4Address("10.0.0.0")), int(ipaddress.IPv4Address("10.0.0.63"))),
    st.integers(26, 32),
)


DISGUISES = [
    "64:ff9b:1::{hex}",
    "2002:{hex}::1",
    "::{hex}",
    "::ffff:0:{hex}",
    "64:ff9b::{hex}",
    "::ffff:{hex}",
    "2001:0:{hex}::1",
    "2001:0:5db8:d822::{flipped}",
    "64:ff9b:1:{high}:{low_around}::",
    "64:ff9b:1:{high}:{low_around_junk}::",
    "64:ff9b:1:0:{hex_around}::",
    "64:ff9b:1:{middle}::",
]


def disguised(form: str, inner: ipaddress.IPv4Address) -> str:
    """The address in IPv6 clothes; the ways of an operator's own translator are those of RFC 6052, section 2.2."""
    number = int(inner)
    words = f"{number:08x}"
    flipped = f"{~number & 0xFFFF_FFFF:08x}"
    return form.format(
        hex=f"{words[:4]}:{words[4:]}",
        flipped=f"{flipped[:4]}:{flipped[4:]}",
        high=words[:4],
        low_around=f"00{words[4:6]}:{words[6:]}00",
        low_around_junk=f"ff{words[4:6]}:{words[6:]}00",
        hex_around=f"00{words[:2]}:{words[2:6]}:{words[6:]}00",
        middle=f"00{words[:2]}:00{words[2:4]}:{words[4:]}",
    )


@pytest.mark.parametrize("form", DISGUISES)
@given(inner=st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_a_name_never_opens_an_inside_address_in_disguise(form: str, inner: ipaddress.IPv4Address) -> None:
    address = disguised(form, inner)

    assert "inside address" in (gate_of("mail.example.edu").refusal(address, "mail.example.edu") or "")


@pytest.mark.parametrize("form", DISGUISES)
@given(inner=st.ip_addresses(v=4))
def test_an_excluded_ipv4_address_is_refused_in_any_disguise(form: str, inner: ipaddress.IPv4Address) -> None:
    """By a name, by its network and in a sweep, which asks for numbers alone."""
    address = disguised(form, inner)
    gate = gate_of("mail.example.edu", "::/0", "0.0.0.0/0", exclude=(str(inner),))
    literal = ipaddress.ip_address(address)

    if int(literal) > 1:  # no address and loopback are themselves; see below
        assert "excluded" in (gate.refusal(address) or "")
        assert "excluded" in (gate.refusal(address, "mail.example.edu") or "")
        assert not gate.plain_addresses().has(int(literal), literal.version)


@pytest.mark.parametrize(("address", "is_itself"), [("::", True), ("::1", True), ("::2", False)])
def test_no_address_and_loopback_are_themselves_and_no_ipv4_address_in_disguise(
    address: str, *, is_itself: bool
) -> None:
    gate = gate_of("::/0", exclude=("0.0.0.0/0",))

    assert (gate.refusal(address) is None) is is_itself
    assert gate.plain_addresses().has(int(ipaddress.ip_address(address)), 6) is is_itself


def test_a_refusal_says_which_excluded_address_another_one_leads_to() -> None:
    gate = gate_of("::/0", exclude=("10.0.0.7",))

    assert gate.refusal("10.0.0.7") == "10.0.0.7 is excluded by the scope"
    assert gate.refusal("2002:a00:7::1") == (
        "2002:a00:7::1 leads to an excluded address: 10.0.0.7 is excluded by the scope"
    )


V6_SMALL = st.builds(
    lambda number, length: ipaddress.ip_network((number, length), strict=False),
    st.sampled_from([0x64_FF9B << 96, 0x64_FF9B_0001 << 80, 0x2002 << 112, 0xFFFF << 32]).flatmap(
        lambda first: st.integers(first + 0x0A00_0000, first + 0x0A00_003F)
    ),
    st.integers(90, 128),
)


@given(
    address=st.ip_addresses(v=6)
    | st.builds(
        lambda form, inner: ipaddress.IPv6Address(disguised(form, inner)),
        st.sampled_from(DISGUISES),
        st.ip_addresses(v=4, network="10.0.0.0/26") | st.ip_addresses(v=4),
    ),
    excludes=st.lists(SMALL | V6_SMALL, max_size=3),
)
def test_a_sweep_refuses_what_the_gate_refuses(
    address: ipaddress.IPv6Address, excludes: list[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> None:
    gate = gate_of("::/0", "0.0.0.0/0", exclude=tuple(map(str, excludes)))

    assert gate.plain_addresses().has(int(address), 6) is (gate.refusal(str(address)) is None)


@pytest.mark.parametrize(
    "address",
    ["fec0::1", "224.0.0.5", "ff02::1", "ff0e::1", "192.0.0.192", "192.88.99.1", "168.63.129.16", "64:ff9b:1::808:808",
     "64:ff9b:1:808:8:808:808:808",
     "2002:5db8:d822::1", "fd00:ec2::254", "100.100.100.200", "255.255.255.255"],
)  # fmt: skip
def test_a_name_never_opens_an_address_that_is_nobodys(address: str) -> None:
    """Groups, sites' own addresses, relays, tunnels of old, and where a provider tells a machine of itself."""
    assert "inside address" in (gate_of("mail.example.edu").refusal(address, "mail.example.edu") or "")
    with pytest.raises(OutOfScope):
        gate_of("s3://campus").check(endpoint(address, bucket_host("campus"), ("campus",)))


@pytest.mark.parametrize("address", ["2001:4860:4860::8888", "64:ff9b::5db8:d822", "192.0.1.1"])
def test_a_name_opens_a_public_address_that_leads_to_a_public_one(address: str) -> None:
    assert gate_of("mail.example.edu").refusal(address, "mail.example.edu") is None


@pytest.mark.parametrize("network", ["2002:a00:1::/48", "192.88.99.0/24", "64:ff9b:1::/48", "::/64"])
def test_a_network_that_the_owner_names_stays_open_whatever_it_is(network: str) -> None:
    gate = gate_of(network, "mail.example.edu")
    address = str(ipaddress.ip_network(network)[7])

    assert gate.refusal(address) is None
    assert gate.refusal(address, "mail.example.edu") is None


def test_an_inside_address_that_stands_in_the_scope_as_well_is_open() -> None:
    assert gate_of("mail.example.edu", "10.0.0.0/24").refusal("10.0.0.1", "mail.example.edu") is None


def test_localhost_opens_loopback_and_nothing_else_inside() -> None:
    gate = gate_of("localhost")

    assert gate.refusal("127.0.0.1", "localhost") is None
    assert gate.refusal("::1", "LOCALHOST") is None
    assert "inside address" in (gate.refusal("10.0.0.1", "localhost") or "")


def test_a_changed_name_is_refused_at_connect_time() -> None:
    """When the run was planned the name led to an included address; what the socket would use decides."""
    gate = gate_of("mail.example.edu", "10.0.0.0/28")

    gate.check(endpoint("10.0.0.1", "mail.example.edu"))
    with pytest.raises(OutOfScope, match="inside address") as caught:
        gate.check(endpoint("10.0.1.1", "mail.example.edu"))

    assert "scope show" in caught.value.next_step


def test_a_bucket_of_ours_is_open_at_its_provider_only() -> None:
    gate = gate_of("s3://campus", "s3://other")
    host = bucket_host("campus")

    gate.check(endpoint(PUBLIC, host, ("campus",)))
    for refused in (
        endpoint(PUBLIC, host),
        endpoint(PUBLIC, host, ("other",)),
        endpoint(PUBLIC, bucket_host("strange"), ("strange",)),
        endpoint("10.0.0.1", host, ("campus",)),
        endpoint("not-an-address", host, ("campus",)),
        endpoint(PUBLIC, None, ("campus",)),
    ):
        with pytest.raises(OutOfScope):
            gate.check(refused)


def test_a_bucket_whose_provider_has_no_host_of_its_own_opens_no_address() -> None:
    """OpenStack's stores are wherever somebody runs one, so no host is known that could be compared."""
    gate = gate_of("swift://AUTH_campus/photos")

    with pytest.raises(OutOfScope):
        gate.check(endpoint(PUBLIC, None, (parse_bucket("swift://AUTH_campus/photos").name,)))


@pytest.mark.parametrize(
    "exclusion", [PUBLIC, "*.s3.amazonaws.com", bucket_host("campus"), "s3://campus", "s3://campus/"]
)
def test_exclusion_wins_over_a_bucket_too(exclusion: str) -> None:
    gate = gate_of("s3://campus", exclude=(exclusion,))

    with pytest.raises(OutOfScope):
        gate.check(endpoint(PUBLIC, bucket_host("campus"), ("campus",)))


def test_a_bucket_of_another_provider_gives_no_right_to_a_strangers_s3_bucket() -> None:
    gate = gate_of("gs://campus", "oss://cn-hangzhou/campus", "aws://123456789012")

    assert not gate.allows_bucket(parse_bucket("s3://campus"))
    assert not gate.allows_bucket(parse_bucket("gs://other"))
    assert gate.allows_bucket(parse_bucket("gs://campus"))
    with pytest.raises(OutOfScope):
        gate.check(endpoint(PUBLIC, bucket_host("campus"), ("campus",)))


def test_decoys_are_known_by_address_and_by_name() -> None:
    gate = gate_of("10.0.0.0/24", decoys=("10.0.0.9", "trap.example.edu"))

    assert gate.is_decoy("10.0.0.9")
    assert gate.is_decoy("::ffff:10.0.0.9")
    assert gate.is_decoy("10.0.0.1", "trap.example.edu")
    assert not gate.is_decoy("10.0.0.1", "mail.example.edu")
    assert not gate.is_decoy("trap.example.edu")
    assert not gate_of("10.0.0.0/24").is_decoy("10.0.0.1", "mail.example.edu")


def test_addresses_are_unwrapped_and_nothing_else_is_an_address() -> None:
    assert parse_address("::ffff:10.0.0.1") == ipaddress.ip_address("10.0.0.1")
    assert parse_address("fe80::1%eth0") == ipaddress.ip_address("fe80::1")
    assert [parse_address(text) for text in ("", "10", "0x7f000001", "127.1", "010.0.0.1", "localhost")] == [None] * 6


@given(SMALL, st.lists(SMALL, max_size=6))
def test_what_is_left_uncovered_agrees_with_counting(
    network: ipaddress.IPv4Network, includes: list[ipaddress.IPv4Network]
) -> None:
    """The model: all addresses of the network, one by one."""
    left = {address for address in network if not any(address in included for included in includes)}

    rest = uncovered(network, includes)

    assert (rest is None) == (not left)
    assert rest is None or set(rest) <= left
    assert gate_of(*map(str, includes)).covers(network) == (not left)


def test_networks_of_other_versions_cover_nothing() -> None:
    four, six = ipaddress.ip_network("10.0.0.0/24"), ipaddress.ip_network("2001:db8::/64")

    assert uncovered(four, [six]) == four
    assert uncovered(six, [four, ipaddress.ip_network("2001:db8::/65")]) == ipaddress.ip_network(
        "2001:db8:0:0:8000::/65"
    )


@given(st.ip_addresses(), st.lists(SMALL, max_size=3), st.lists(SMALL, max_size=3))
def test_no_excluded_address_is_ever_open(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
    includes: list[ipaddress.IPv4Network],
    excludes: list[ipaddress.IPv4Network],
) -> None:
    gate = gate_of(*map(str, includes), "::/0", "0.0.0.0/0", exclude=tuple(map(str, excludes)))
    leads = [address] if address.version == 4 else map(ipaddress.IPv4Address, hidden_v4(int(address)))
    is_excluded = any(each in network for each in leads for network in excludes)

    assert (gate.refusal(str(address)) is not None) == is_excluded


def test_an_excluded_address_behind_a_translator_is_excluded_too() -> None:
    """64:ff9b::/96 leads to the IPv4 address in its last 32 bits (RFC 6052)."""
    gate = gate_of("10.0.0.0/8", exclude=("10.0.0.7",))

    assert gate.refusal("64:ff9b::a00:7") is not None
    assert gate.refusal("64:ff9b::a00:8") is None
    assert gate.refusal("64:ff9b::808:808") is not None


@pytest.mark.parametrize(
    "excluded", ["64:ff9b::/96", "64:ff9b::cb00:7105", "64:ff9b::cb00:7100/120", "64::/16", "::/0"]
)
def test_an_excluded_translator_address_is_not_dialled(excluded: str) -> None:
    """Although an address behind a translator is otherwise judged as the IPv4 address that it leads to."""
    gate = gate_of("203.0.113.0/24", "mail.example.edu", exclude=(excluded,))
    number = int(ipaddress.ip_address("64:ff9b::cb00:7105"))

    for host in (None, "mail.example.edu"):
        assert gate.refusal("64:ff9b::cb00:7105", host) == "64:ff9b::cb00:7105 is excluded by the scope"
    with pytest.raises(OutOfScope, match="excluded"):
        gate.check(endpoint("64:ff9b::cb00:7105"))
    assert not gate.plain_addresses().has(number, 6)


@pytest.mark.parametrize(
    ("excluded", "is_open"),
    [("64:ff9b::/96", True), ("::/0", True), ("64:ff9b::cb00:7106", True), ("64:ff9b::cb00:7105", False),
     ("64:ff9b::cb00:7100/120", False)],
)  # fmt: skip
def test_an_excluded_translator_address_takes_out_the_address_behind_it(excluded: str, *, is_open: bool) -> None:
    """The whole prefix of the translator says nothing of any address of IPv4."""
    gate = gate_of("203.0.113.0/24", exclude=(excluded,))

    for address in ("203.0.113.5", "::ffff:203.0.113.5"):
        literal = ipaddress.ip_address(address)
        assert (gate.refusal(address) is None) is is_open
        assert gate.plain_addresses().has(int(literal), literal.version) is is_open


def test_an_included_translator_address_opens_nothing_behind_it() -> None:
    gate = gate_of("64:ff9b::/96", "64:ff9b::cb00:7105", "https://[64:ff9b::a00:7]/")

    assert gate.refusal("203.0.113.5") is not None
    assert gate.endpoint_refusal(Endpoint(address="10.0.0.7", port=443)) is not None


@pytest.mark.parametrize(("account", "is_ours"), [("123456789012", True), ("210987654321", False)])
def test_an_account_is_ours_when_the_scope_names_it(account: str, *, is_ours: bool) -> None:
    assert gate_of("aws://123456789012", "10.0.0.0/8").allows_account(account) is is_ours


def test_an_excluded_account_is_left_alone() -> None:
    assert not gate_of("aws://123456789012", exclude=("aws://123456789012",)).allows_account("123456789012")


def test_an_account_opens_none_of_its_addresses() -> None:
    assert gate_of("aws://123456789012").refusal(PUBLIC, "db-1.example.rds.amazonaws.com") is not None


@pytest.mark.parametrize(("text", "is_excluded"), [("s3://theirs", True), ("s3://ours", False)])
def test_a_bucket_is_excluded_by_its_name(text: str, *, is_excluded: bool) -> None:
    assert gate_of("aws://123456789012", exclude=("s3://theirs", "10.0.0.1")).excludes_bucket(text) is is_excluded


@pytest.mark.parametrize("excluded", ["s3://backups", "s3://backups/", "  s3://backups// "])
def test_an_excluded_bucket_is_excluded_however_it_is_written(excluded: str) -> None:
    gate = gate_of("aws://123456789012", exclude=(excluded,))

    assert gate.excludes_bucket("s3://backups")
    assert gate.excludes_bucket("s3://backups/")
    assert not gate.excludes_bucket("s3://backups2")
    assert not gate.excludes_bucket("s3://")


def test_tables_of_our_own_servers_are_meant_for_strangers_at_that_host_and_port_alone() -> None:
    gate = Gate(scope=scope_of("127.0.0.0/24", public=("pocketbase://127.0.0.5:8090/posts",)))
    here = Endpoint(address="127.0.0.5", port=8090)

    assert gate.public_tables(here) == {"posts"}
    assert gate.public_tables(replace(here, port=8091)) == frozenset()
    assert gate.public_tables(replace(here, address="127.0.0.6")) == frozenset()
    assert gate_of("127.0.0.0/24").public_tables(here) == frozenset()

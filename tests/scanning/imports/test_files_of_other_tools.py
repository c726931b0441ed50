"""Files of other tools: their open TCP ports, in flat memory, and nothing else that stands in them."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable, Iterable
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile, UsageProblem
from leakguard.scanning.imports import json_tools
from leakguard.scanning.imports import nmap as nmap_files
from leakguard.scanning.imports.choose import choose
from leakguard.scanning.imports.json_values import JsonValues
from leakguard.scanning.imports.nmap import read_nmap
from leakguard.scanning.imports.seen import ImportNotes, SeenPort, seen_port
from support.scans import gate_of

NMAP = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<?xml-stylesheet href="file:///usr/share/nmap/nmap.xsl" type="text/xsl"?>
<nmaprun scanner="nmap" args="nmap -oX -" version="7.93">
<host><status state="up"/><address addr="192.0.2.1" addrtype="ipv4"/><address addr="00:00:5E:00:53:01" addrtype="mac"/>
<hostnames><hostname name="ptr.example.edu" type="PTR"/><hostname name="mail.example.edu" type="user"/></hostnames>
<ports><extraports state="closed" count="97"/>
<port protocol="tcp" portid="9200"><state state="open"/><service name="wap-wsp"/></port>
<port protocol="tcp" portid="9201"><state state="filtered"/></port>
<port protocol="udp" portid="53"><state state="open"/></port>
</ports></host>
<host><address addr="2001:db8::1" addrtype="ipv6"/>
<ports><port protocol="tcp" portid="6379"><state state="open"/></port></ports></host>
"""
CANARY = "canary-5d1e@example.edu"


def texts(seen: Iterable[SeenPort]) -> list[str]:
    return [each.text for each in seen]


def nmap(text: str) -> tuple[list[SeenPort], ImportNotes]:
    reading = ImportNotes()
    return list(read_nmap(io.BytesIO(text.encode()), reading, name="scan.xml")), reading


def from_json(reader: json_tools.Reader, text: str, *, size: int = 7) -> tuple[list[SeenPort], ImportNotes]:
    reading = ImportNotes()
    pieces = (text[at : at + size] for at in range(0, len(text), size))
    return list(json_tools.read_json(pieces, reader, reading, name="scan.json")), reading


def test_nmap_gives_its_open_tcp_ports_by_address_with_typed_names_first() -> None:
    seen, reading = nmap(NMAP + "</nmaprun>")

    assert texts(seen) == ["192.0.2.1:9200", "[2001:db8::1]:6379"]
    assert seen[0].names == ("mail.example.edu", "ptr.example.edu")
    assert (reading.skipped, reading.notes) == (2, [])


def test_a_broken_off_scan_of_nmap_is_read_as_far_as_it_goes_and_says_so() -> None:
    for text in (NMAP, NMAP + "<host><addre"):
        seen, reading = nmap(text)

        assert len(seen) == 2
        assert reading.notes == ["the file ends in the middle, as when its scan was broken off"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no XML of nmap"),
        ("canary", "no XML of nmap"),
        ("<nmaprun><host></nmaprun>", "no XML of nmap"),
        ("<html></html>", "does not begin with `<nmaprun>`"),
        ('<!DOCTYPE x [<!ENTITY a "canary"><!ENTITY b "&a;&a;">]><nmaprun>&b;</nmaprun>', "defines entities"),
    ],
)
def test_what_is_no_file_of_nmap_is_refused_without_repeating_it(text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says) as caught:
        nmap(text)

    assert "canary" not in caught.value.message


@pytest.mark.parametrize("encoding", ["utf-7", "big5", "utf-32", "canary"])
def test_an_encoding_that_nobody_knows_is_no_xml_of_nmap(encoding: str) -> None:
    with pytest.raises(BadFile, match="no XML of nmap") as caught:
        nmap(NMAP.replace("UTF-8", encoding, 1))

    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("reader", "text", "expected", "skipped"),
    [
        (
            json_tools.masscan,
            (
                '[\n{ "ip": "192.0.2.1", "ports": [ {"port": 9200, "proto": "tcp", "status": "open", "ttl": 64} ] },\n'
                '{ "ip": "192.0.2.1", "ports": [ {"port": 9200, "proto": "tcp", "service": {"banner": "x"}} ] },\n]\n'
            ),
            ["192.0.2.1:9200"],
            1,
        ),
        (
            json_tools.masscan,
            (
                '{"ip":"192.0.2.1","ports":[{"port":80,"proto":"tcp","status":"open"},{"port":53,"proto":"udp","status":"open"}]},\n'
                "{finished: 1}\n"
            ),
            ["192.0.2.1:80"],
            1,
        ),
        (
            json_tools.masscan,
            (
                '{"ip":"192.0.2.1","port":80,"proto":"tcp","rec_type":"status","data":{"status":"open"}}\n'
                '{"ip":"192.0.2.1","port":80,"proto":"tcp","rec_type":"banner","data":{"service_name":"http"}}\n'
            ),
            ["192.0.2.1:80"],
            1,
        ),
        (
            json_tools.nuclei,
            (
                '{"template-id":"a","type":"http","host":"http://192.0.2.1:9200","ip":"192.0.2.1","port":"9200"}\n'
                '{"template-id":"b","type":"tcp","host":"mail.example.edu:6379","matched-at":"mail.example.edu:6379"}\n'
                '{"template-id":"c","type":"http","url":"https://[2001:db8::1]/x","matched-at":"https://[2001:db8::1]/x"}\n'
                '{"template-id":"d","type":"dns","host":"example.edu"}\n'
                '{"template-id":"e","host":"http://[bad","port":true}\n'
            ),
            ["192.0.2.1:9200", "mail.example.edu:6379", "[2001:db8::1]:443"],
            2,
        ),
        (
            json_tools.shodan,
            (
                '{"ip_str":"192.0.2.1","port":9200,"transport":"tcp","hostnames":["a.example.edu"],"data":"HTTP/1.1"}\n'
                '{"ip_str":"192.0.2.1","port":53,"transport":"udp","hostnames":null}\n'
                '{"ip_str":"192.0.2.2","ports":[27017],"data":[{"port":27017,"transport":"tcp"}]}\n[1, "x"]\n'
            ),
            ["192.0.2.1:9200", "192.0.2.2:27017"],
            3,
        ),
        (
            json_tools.censys,
            (
                '{"result":{"hits":[{"ip":"192.0.2.1","services":[{"port":9200,"transport_protocol":"TCP"},'
                '{"port":53,"transport_protocol":"UDP"}],"dns":{"reverse_dns":{"names":["a.example.edu"]}}}]}}\n'
                '{"host_v1":{"resource":{"ip":"2001:db8::1","services":[{"port":6379,"transport_protocol":"tcp"}]}}}\n'
                '{"host":{"ip":"192.0.2.3"}}'
            ),
            ["192.0.2.1:9200", "[2001:db8::1]:6379"],
            2,
        ),
        (
            json_tools.censys,
            (
                '{"code":200,"status":"OK","result":{"ip":"192.0.2.1","services":[{"port":9200}]}}\n'
                '{"result":{"resource":{"ip":"192.0.2.2","services":[{"port":6379,"transport_protocol":"tcp"}]}}}\n'
                '{"result":{"hits":[{"host_v1":{"resource":{"ip":"192.0.2.3","services":[{"port":5432}]}}}]}}\n'
            ),
            ["192.0.2.1:9200", "192.0.2.2:6379", "192.0.2.3:5432"],
            0,
        ),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_json_of_a_tool_gives_its_open_tcp_ports(
    reader: json_tools.Reader, text: str, expected: list[str], skipped: int, size: int
) -> None:
    """However the text is cut into pieces."""
    seen, reading = from_json(reader, text, size=size)

    assert texts(seen) == expected
    assert reading.skipped == skipped


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1}\n{"canary": \n', "line 2: what begins here is no JSON"),
        ('{"a": 1} canary', "line 1: what begins here is no JSON"),
        ("1 2canary", "line 1: what begins here is no JSON"),
        ("[" * 10 + '{"a":' * 100_000 + "1", "nested too deeply"),
    ],
)
def test_what_is_no_json_is_named_by_its_line_and_never_repeated(text: str, says: str) -> None:
    with pytest.raises(BadFile, match=says) as caught:
        list(JsonValues([text], "scan.json"))

    assert "canary" not in caught.value.message


def test_one_value_longer_than_the_cap_is_refused_before_more_is_read() -> None:
    endless = iter(lambda: '"' + "x" * 100, None)

    with pytest.raises(BadFile, match="longer than 1,000 characters"):
        list(JsonValues(endless, "scan.json", 1000))

    assert len(list(islice(endless, 1))) == 1


def test_values_are_handed_out_before_the_stream_ends() -> None:
    """Flat memory: an array of millions is never held."""

    def pieces() -> Iterable[str]:
        yield "["
        for number in range(1000):
            yield f'{{"n": {number}}},'
        raise AssertionError

    assert len(list(islice(JsonValues(pieces(), "scan.json"), 999))) == 999


@pytest.mark.parametrize(
    ("cap", "says"),
    [
        ("MOST_ELEMENTS", "one of its hosts has more than 4 elements"),
        ("MOST_IN_HOST", "longer than nmap writes any"),
        ("MOST_IN_WORD", "longer than nmap writes any"),
    ],
)
def test_xml_beyond_a_cap_is_refused(cap: str, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that ship are exceeded in `tests/scanning/test_huge_files.py`."""
    monkeypatch.setattr(nmap_files, cap, 4)

    with pytest.raises(BadFile, match=says):
        nmap(NMAP)


@pytest.mark.parametrize("port", [0, 65_536, -1, True, None, 9200.0, "９２００", "9 200", "1" * 5000])
def test_a_port_is_a_plain_number_in_range(port: object) -> None:
    assert seen_port("192.0.2.1", port) is None


def test_a_place_needs_an_address_or_a_name() -> None:
    assert seen_port("canary at home", 80, [None, "*.example.edu", "192.0.2.1", "a b"]) is None


JSON_READERS = (json_tools.masscan, json_tools.nuclei, json_tools.shodan, json_tools.censys)
KEYS = (
    "ip", "ip_str", "port", "ports", "proto", "status", "rec_type", "data", "host", "host_v1", "resource", "services",
    "result", "hits", "dns", "names", "reverse_dns", "matched-at", "url", "transport", "transport_protocol",
    "hostnames",
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["192.0.2.1", "open", "tcp", "http://[", "a.example.edu:80", "9200"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)


@given(st.sampled_from(JSON_READERS), st.lists(VALUES, max_size=4), st.integers(1, 50))
def test_no_json_makes_a_reader_fail(reader: json_tools.Reader, values: list[object], size: int) -> None:
    text = "\n".join(json.dumps(value) for value in values)

    seen, _ = from_json(reader, text, size=size)

    assert all(1 <= each.port <= 65_535 for each in seen)


@given(st.text(max_size=60))
def test_any_text_is_json_or_a_bad_file(text: str) -> None:
    with contextlib.suppress(BadFile):
        from_json(json_tools.shodan, text)
    with contextlib.suppress(BadFile):
        nmap(text)


def port_of(address: str | None, port: int, *names: str) -> SeenPort:
    found = seen_port(address, port, names)
    assert found is not None
    return found


def test_only_what_the_scope_has_is_chosen_by_address_else_by_name() -> None:
    gate = gate_of("192.0.2.0/24", "mail.example.edu", exclude=("192.0.2.7", "old.example.edu"))
    seen = [
        port_of("192.0.2.1", 9200),
        port_of("192.0.2.1", 9300),
        port_of("192.0.2.1", 9200, "mail.example.edu"),
        port_of("192.0.2.7", 9200, "mail.example.edu"),
        port_of("198.51.100.1", 443, "other.example.edu", "mail.example.edu"),
        port_of("198.51.100.2", 443, "other.example.edu"),
        port_of(None, 443, "old.example.edu"),
        port_of(None, 443, "old.example.edu"),
    ]

    chosen = choose(seen, gate)

    assert [(each.text, each.ports) for each in chosen.targets] == [
        ("192.0.2.1:9200,9300", (9200, 9300)),
        ("mail.example.edu:443", (443,)),
    ]
    assert (chosen.endpoint_count, chosen.outside_count) == (3, 3)


def test_an_address_of_version_six_is_written_in_brackets() -> None:
    chosen = choose([port_of("2001:db8::1", 9200)], gate_of("2001:db8::/64"))

    assert chosen.targets[0].text == "[2001:db8::1]:9200"


def test_more_endpoints_than_memory_should_hold_are_refused() -> None:
    seen = [port_of("192.0.2.1", port) for port in (1, 2, 3)]

    with pytest.raises(UsageProblem, match="more than 2 endpoints"):
        choose(seen, gate_of("192.0.2.0/24"), most=2)


def test_endpoints_outside_of_which_there_are_too_many_to_hold_are_told_as_more() -> None:
    seen = [port_of("198.51.100.1", port) for port in (1, 2, 3, 1, 4)]

    two, four = (choose(seen, gate_of("192.0.2.0/24"), most=most) for most in (2, 4))

    assert (two.outside_count, two.is_outside_more) == (2, True)
    assert (four.outside_count, four.is_outside_more) == (4, False)


@pytest.mark.parametrize(
    "make",
    [
        lambda: nmap(NMAP.replace("wap-wsp", CANARY)),
        lambda: from_json(json_tools.shodan, json.dumps({"ip_str": "192.0.2.1", "port": 1, "data": CANARY})),
    ],
)
def test_a_banner_is_never_kept(make: Callable[[], tuple[list[SeenPort], ImportNotes]]) -> None:
    assert CANARY not in repr(make())

"""Files that no memory would hold, and the largest that are read: the caps that ship. Each takes long."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import count

import pytest

from leakguard.errors import BadFile
from leakguard.scanning import targets
from leakguard.scanning.imports.json_values import SHORTEST, JsonValues
from leakguard.scanning.imports.nmap import read_nmap
from leakguard.scanning.imports.seen import ImportNotes, SeenPort
from leakguard.scanning.targets import parse_target, parse_target_lines
from support.growth import takes_no_time

pytestmark = pytest.mark.long


def nmap(text: str) -> list[SeenPort]:
    return list(read_nmap(io.BytesIO(text.encode()), ImportNotes(), name="scan.xml"))


@takes_no_time
def test_many_small_values_behind_a_long_one_take_time_that_grows_with_their_number_alone() -> None:
    """They lie in memory together, as a long value is not looked at before twice as much has come."""
    first, many = 2**21, 300_000
    short = '{"a": "' + "x" * SHORTEST + '"}\n'
    text = '{"a": "' + "x" * first + '"}\n'
    pieces = [text[:first], text[first:] + short * many]

    assert len(list(JsonValues(pieces, "scan.json"))) == 1 + many


@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (["<a/>" * 50_000] * 21, "more than 1,000,000 elements"),
        (["<host>", *["<port/>" * 50_000] * 21], "more than 1,000,000 elements"),
        (["<host>", *["<a>" * 50_000] * 21], "more than 1,000,000 elements"),
        (['<host x="', *["a" * 100_000] * 50], "longer than nmap writes any"),
        (["<!--", *["a" * 100_000] * 50], "longer than nmap writes any"),
        ([*[f'<a x="{"a" * 100_000}"/>'] * 700], "longer than nmap writes any"),
    ],
)
def test_xml_that_no_memory_would_hold_is_refused(inside: Sequence[str], says: str) -> None:
    """A file of a few kilobytes unpacks to gigabytes, and a parser keeps what no host's end lets it drop."""
    with pytest.raises(BadFile, match=says):
        nmap("<nmaprun>" + "".join(inside))


def test_a_host_with_all_ports_open_is_read() -> None:
    port = (
        '<port protocol="tcp" portid="{}"><state state="open"/><service name="a" product="b" method="probed"/></port>'
    )
    host = '<host><address addr="192.0.2.1" addrtype="ipv4"/>' + "".join(map(port.format, range(1, 65_536))) + "</host>"

    assert len(nmap("<nmaprun>" + host * 3)) == 3 * 65_535


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("# " + "x" * 4095, "line 1: a line of more than 4,096 characters"),
        ("# " + "x" * 998, "line 67109: more than 67,108,864 characters in all"),
        (None, "line 1000001: more than 1,000,000 targets"),
    ],
    ids=["line", "whole", "targets"],
)
def test_a_list_without_end_is_refused(line: str | None, says: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = parse_target("192.0.2.7")
    monkeypatch.setattr(targets, "parse_target", lambda _: one)

    with pytest.raises(BadFile) as caught:
        parse_target_lines((line or str(number) for number in count()), name="hosts.txt")

    assert says in caught.value.message

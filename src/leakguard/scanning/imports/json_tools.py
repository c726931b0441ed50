"""The JSON of masscan, nuclei, Shodan and Censys: for each value, the open TCP ports that it names.

The shapes are those of November 2026: masscan `-oJ` and `-oD` (1.0 to 1.3), nuclei `-jsonl` (3.x), banners of Shodan
as `shodan download` and its host API give them, hosts of Censys from the search API (v2) and the platform (v3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from leakguard.scanning.imports.json_values import JsonValues
from leakguard.scanning.imports.seen import ImportNotes, SeenPort, seen_port
from leakguard.scanning.targets import SCHEME_PORTS

Json = Mapping[str, Any]
Reader = Callable[[Json], Iterator[SeenPort | None]]
"""The open ports of one value; `None` for each entry that names none."""
_OPEN, _TCP = "open", "tcp"


def read_json(chunks: Iterable[str], reader: Reader, reading: ImportNotes, *, name: str) -> Iterator[SeenPort]:
    """Each open TCP port of the file; raises `BadFile` where it is no JSON."""
    for value in JsonValues(chunks, name):
        for found in reader(value) if isinstance(value, Mapping) else (None,):
            if found is None:
                reading.skipped += 1
            else:
                yield found


def masscan(value: Json) -> Iterator[SeenPort | None]:
    """`{"ip", "ports": [{"port", "proto", "status"}]}`, or a line of `-oD` with the port on its own."""
    if "rec_type" in value:
        yield _masscan_port(value.get("ip"), {**value, **_dict(value.get("data"))})
        return
    for port in _dicts(value.get("ports")):
        yield _masscan_port(value.get("ip"), port)


def _masscan_port(address: object, port: Json) -> SeenPort | None:
    """A banner's entry repeats a port that has a status of its own elsewhere."""
    is_open = port.get("status") == _OPEN and port.get("proto", _TCP) == _TCP
    return seen_port(address, port.get("port")) if is_open else None


def nuclei(value: Json) -> Iterator[SeenPort | None]:
    """A finding: its address and port where it names them, else what its URL leads to."""
    places = [place for key in ("matched-at", "url", "host") if (place := _place(value.get(key))) is not None]
    ports = [value.get("port"), *(port for _, port in places)]
    port = next((each for each in ports if each), None)
    addresses = [value.get("ip"), *(host for host, _ in places)]
    address = next((each for each in addresses if seen_port(each, 1) is not None), None)
    yield seen_port(address, port, [host for host, _ in places])


def _place(text: object) -> tuple[str, int | None] | None:
    """Host and port of a URL or of `host:port`."""
    if not isinstance(text, str):
        return None
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        port = parts.port or SCHEME_PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.hostname, port) if parts.hostname else None


def shodan(value: Json) -> Iterator[SeenPort | None]:
    """A banner, or a host with its banners."""
    banners = value.get("data")
    for banner in _dicts(banners) if isinstance(banners, list) else (value,):
        is_tcp = banner.get("transport", _TCP) == _TCP
        address = banner.get("ip_str") or value.get("ip_str")
        yield seen_port(address, banner.get("port"), _list(banner.get("hostnames"))) if is_tcp else None


def censys(value: Json) -> Iterator[SeenPort | None]:
    """A host with its services, alone or among the hits of an answer."""
    hits = _dicts(_dict(value.get("result")).get("hits"))
    for hit in hits or (value,):
        yield from _censys_host(_inner_host(hit))


def _inner_host(value: Json) -> Json:
    """The platform wraps a host into what was asked for, and either API the answer about one host into a result."""
    for key in ("result", "host", "host_v1", "resource"):
        if isinstance(value.get(key), Mapping):
            return _inner_host(value[key])
    return value


def _censys_host(host: Json) -> Iterator[SeenPort | None]:
    dns = _dict(host.get("dns"))
    names = [host.get("name"), *_list(dns.get("names")), *_list(_dict(dns.get("reverse_dns")).get("names"))]
    services = _dicts(host.get("services"))
    if not services:
        yield None
    for service in services:
        is_tcp = str(service.get("transport_protocol", _TCP)).lower() == _TCP
        yield seen_port(host.get("ip"), service.get("port"), names) if is_tcp else None


def _dict(value: object) -> Json:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _dicts(value: object) -> list[Json]:
    return [each for each in _list(value) if isinstance(each, Mapping)]

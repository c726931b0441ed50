"""What a report names: addresses with ports, names, buckets and URLs. Whether they are ours, others ask."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from leakguard.frozen import Frozen

MOST_NAMED = 200
"""Different places of one report that are kept."""
_MOST_READ = 256 * 1024
_URL = re.compile(
    r"\b(h(?:tt|xx)ps?|rediss?|mongodb|postgres(?:ql)?|memcached|tcp|elasticsearch|es)://([^\s<>\"'`)}，。；、）】]{1,500})",
    re.IGNORECASE,
)
_ONE_WORD = frozenset({"s3", "gs"})
"""Schemes whose buckets have one word; those of the others have two."""
_BUCKET = re.compile(
    r"\b(s3|gs|az|swift|oss|cos|obs|spaces|wasabi|linode|scaleway|vultr|dreamhost|b2|ibm)://([a-z0-9][\w./-]{1,200})",
    re.IGNORECASE | re.ASCII,
)
_BUCKET_URLS = (
    (
        re.compile(
            r"(?:https?://)?([a-z0-9][a-z0-9.-]{1,61})\.s3[.-](?:[a-z0-9-]{1,30}\.)?amazonaws\.com\b", re.IGNORECASE
        ),
        "s3://{0}",
    ),
    (
        re.compile(r"https?://s3[.-](?:[a-z0-9-]{1,30}\.)?amazonaws\.com/([a-z0-9][a-z0-9.-]{1,61})", re.IGNORECASE),
        "s3://{0}",
    ),
    (re.compile(r"https?://storage\.googleapis\.com/([a-z0-9][\w.-]{1,61})", re.IGNORECASE), "gs://{0}"),
    (
        re.compile(
            r"(?:https?://)?([a-z0-9]{3,24})\.blob\.core\.windows\.net/([a-z0-9$][a-z0-9-]{1,61})", re.IGNORECASE
        ),
        "az://{0}/{1}",
    ),
    (
        re.compile(r"(?:https?://)?([a-z0-9][a-z0-9-]{1,61})\.oss-([a-z0-9-]{1,40})\.aliyuncs\.com\b", re.IGNORECASE),
        "oss://{1}/{0}",
    ),
    (
        re.compile(r"(?:https?://)?([a-z0-9][a-z0-9-]{1,61})\.cos\.([a-z0-9-]{1,40})\.myqcloud\.com\b", re.IGNORECASE),
        "cos://{1}/{0}",
    ),
    (
        re.compile(
            r"(?:https?://)?([a-z0-9][a-z0-9.-]{1,61})\.obs\.([a-z0-9-]{1,40})\.myhuaweicloud\.com\b", re.IGNORECASE
        ),
        "obs://{1}/{0}",
    ),
)
"""How addresses of buckets at their providers look, and the bucket as the scope names it."""
_V4 = re.compile(r"(?<![\d.])((?:\d{1,3}\.){3}\d{1,3})(?::(\d{1,5}))?(?![\d.]*\d)", re.ASCII)
_V6 = re.compile(r"\[([0-9A-Fa-f:.]{2,45})\](?::(\d{1,5}))?", re.ASCII)
_NAME = re.compile(
    r"(?<![\w@.-])((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}[a-z]{2,24})(?::(\d{1,5}))?(?![\w@-])",
    re.IGNORECASE | re.ASCII,
)
_PORT_WORD = re.compile(
    r"\W{0,3}(?:,|on|at|auf|端口|的)?\W{0,3}(?:tcp[ /]?)?(?:port|端口)\W{0,3}(\d{1,5})\b", re.IGNORECASE
)
_FILES = frozenset(
    {
        "txt",
        "csv",
        "json",
        "eml",
        "zip",
        "pdf",
        "png",
        "jpg",
        "gz",
        "sql",
        "html",
        "xml",
        "py",
        "docx",
        "xlsx",
        "log",
        "md",
    }
)
"""Last parts of what looks like a name and is a file."""
_DEFUSED = (("[.]", "."), ("(.)", "."), ("[:]", ":"), ("{.}", "."))
"""How careful people write addresses, so that nobody clicks them."""
_MOST_PORT = 65_535


class ReportedPlace(Frozen):
    """One place that a report names."""

    kind: str
    """`address`, `name`, `url` or `bucket`."""
    target: str
    """As `leakguard scan` takes it."""
    host: str
    port: int | None = None

    @property
    def place(self) -> str:
        """Host and port, by which two reports are about one thing; a bucket by itself."""
        return f"{self.host}:{self.port}" if self.port else self.host


def named_in(text: str) -> tuple[ReportedPlace, ...]:
    """The places in the order of the text, each once, the first two hundred; the rest is not read."""
    plain = text[:_MOST_READ]
    for written, meant in _DEFUSED:
        plain = plain.replace(written, meant)
    found = dict[str, ReportedPlace]()
    for place in _all_in(plain):
        found.setdefault(place.target, place)
    hosts_with_port = {found_place.host for found_place in found.values() if found_place.port}
    kept = [
        found_place
        for found_place in found.values()
        if found_place.port or found_place.kind == "bucket" or found_place.host not in hosts_with_port
    ]
    return tuple(kept[:MOST_NAMED])


def _all_in(text: str) -> Iterator[ReportedPlace]:
    """Buckets first, then URLs, and then what is left without them, so that nothing is found twice."""
    buckets, rest = _buckets_in(text)
    yield from buckets
    for scheme, after in _URL.findall(rest):
        yield from _of_url(scheme.lower().replace("hxx", "htt"), after)
    rest = _URL.sub(" ", rest)
    for pattern in (_V6, _V4):
        for found in pattern.finditer(rest):
            yield from _of_address(found[1], found[2] or _port_behind(rest, found.end()))
    for found in _NAME.finditer(_V4.sub(" ", rest)):
        name = found[1].lower()
        if name.rpartition(".")[2] not in _FILES:
            yield from _made("name", name, found[2])


def _buckets_in(text: str) -> tuple[list[ReportedPlace], str]:
    """The buckets, and the text without them."""
    buckets = list[ReportedPlace]()
    for scheme, name in _BUCKET.findall(text):
        words = name.rstrip("/.").split("/")[: 1 if scheme.lower() in _ONE_WORD else 2]
        buckets.append(_bucket(f"{scheme.lower()}://{'/'.join(words)}"))
    rest = _BUCKET.sub(" ", text)
    for pattern, form in _BUCKET_URLS:
        buckets += [_bucket(form.format(*(group.lower() for group in hit.groups()))) for hit in pattern.finditer(rest)]
        rest = pattern.sub(" ", rest)
    return buckets, rest


def _bucket(text: str) -> ReportedPlace:
    return ReportedPlace(kind="bucket", target=text, host=text)


def _port_behind(text: str, end: int) -> str | None:
    """`192.0.2.7 on port 9200`."""
    found = _PORT_WORD.match(text, end, end + 40)
    return found[1] if found else None


def _of_address(text: str, port: str | None) -> Iterator[ReportedPlace]:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return
    yield from _made("address", str(address), port)


def _of_url(scheme: str, after: str) -> Iterator[ReportedPlace]:
    """The host and the port of a URL; what stands before an at sign is a login and is dropped with its path."""
    place = re.split(r"[/?#\\]", after, maxsplit=1)[0].rpartition("@")[2].rstrip(".,;:!")
    place = place if place.startswith("[") else place.rstrip("]")
    host, port = (place[1:].split("]", 1)[0], place.rpartition("]:")[2]) if place.startswith("[") else _split(place)
    default = {"https": "443", "http": "80"}.get(scheme)
    named = list(_of_address(host, port or default)) or list(_made("url", host.lower(), port or default, is_name=True))
    yield from named


def _split(place: str) -> tuple[str, str]:
    host, _, port = place.partition(":")
    return host, port


def _made(kind: str, host: str, port: str | None, *, is_name: bool = False) -> Iterator[ReportedPlace]:
    if is_name and not re.fullmatch(r"[a-z0-9.-]{1,253}", host):
        return
    number = int(port) if port and re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) <= _MOST_PORT else None
    shown = f"[{host}]" if ":" in host else host
    yield ReportedPlace(kind=kind, target=f"{shown}:{number}" if number else shown, host=host, port=number)

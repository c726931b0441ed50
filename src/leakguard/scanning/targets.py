"""Targets as a person names them: addresses, ranges, names, URLs, buckets, one a line in a file."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from urllib.parse import urlsplit

from leakguard.checks.fronts import encoded_path
from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.scope import EntryKind, Network
from leakguard.scanning.addresses import Address
from leakguard.scanning.backends import Backend, is_backend, parse_backend
from leakguard.scanning.buckets import PROVIDERS, Bucket, is_bucket, parse_bucket
from leakguard.scanning.literals import parse_address
from leakguard.scanning.scope.entries import parse_entry

_PORTS = re.compile(r"^\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*$")
_A_STRETCH = 8
"""Ports in a row that are told as one word; shorter rows stay numbers, as they always were."""
_HOST_PORTS = re.compile(r"^(\[[0-9A-Fa-f:.]+\]|[^\[\]:/]+)(?::([\d,-]+))?$")
MAX_PORT = 65535
MAX_LINE = 4096
"""Characters; a name has at most 253."""
MAX_CHARACTERS = 64 * 1024 * 1024
"""Of a whole list, comments and repeats among them."""
MAX_TARGETS = 1_000_000
"""Different lines of a list; more of them are ranges, written out."""
_MOST_PROBLEMS = 100
SCHEME_PORTS = {
    "http": 80, "https": 443, "redis": 6379, "rediss": 6380, "mongodb": 27017, "postgresql": 5432, "postgres": 5432,
    "memcached": 11211, "tcp": None, "s3": 443, "gs": 443, "az": 443, "swift": 443, "svn": 3690, "git": 9418,
    "dicom": 104, "modbus": 502, "opc.tcp": 4840, "rtsp": 554,
    "rtsps": 322,
}  # fmt: skip
"""URL schemes that are understood, and the port that each one means by itself."""
_NEXT_STEP = (
    "Write an address, a range (`10.0.0.0/24`, `10.0.0.1-10.0.0.9`), a name, `host:port`, a URL, `s3://bucket` or "
    "`supabase://ref`."
)

_WITH_A_PATH = frozenset({"http", "https", "svn", "git", "rtsp", "rtsps"})
"""Schemes whose URLs say where on a server something lies: below a path, or which repository of it is meant."""
_NO_LOGIN = "a URL with a user name or a password is refused: nothing is ever logged in to"


class Target(Frozen):
    """One target of the user, taken apart; exactly one of `addresses`, `host` and a bare bucket leads."""

    text: str
    first: Address | None = None
    last: Address | None = None
    """The range of addresses, both ends included."""
    host: str | None = None
    """A name to resolve."""
    ports: tuple[int, ...] = ()
    """Empty: the default ports of the checks."""
    scheme: str | None = None
    bucket: str | None = None
    """The name to ask an object store for."""
    path: str = ""
    """The path of a web address, percent-encoded, without its last slash: products are looked for below it as well."""
    unasked_below: str = ""
    """The web address without its query, where nothing may be asked below its path, which is left out then."""
    provider_host: str | None = None
    """The provider's host for a bucket or a backend that is named without one of our own."""
    backend: Backend | None = None
    """What pages and apps talk to, where the user named such a thing."""

    @property
    def store_bucket(self) -> Bucket | None:
        """The bucket that the user named, if any; the first folder of a web address may be one of S3."""
        if self.bucket is None:
            return None
        scheme = self.scheme if self.scheme in PROVIDERS else "s3"
        return Bucket(scheme=scheme or "s3", name=self.bucket, host=self.provider_host)

    @property
    def networks(self) -> tuple[Network, ...]:
        """The range as networks; empty for a name."""
        first, last = self.first, self.last
        if isinstance(first, ipaddress.IPv4Address) and isinstance(last, ipaddress.IPv4Address):
            return tuple(ipaddress.summarize_address_range(first, last))
        if isinstance(first, ipaddress.IPv6Address) and isinstance(last, ipaddress.IPv6Address):
            return tuple(ipaddress.summarize_address_range(first, last))
        return ()


def parse_target(text: str) -> Target:
    """Take one target apart; raises `UsageProblem`."""
    bare = text.strip()
    try:
        _refuse_zone(bare)
        if "://" in bare:
            return _url(bare)
        return _range(bare) or _host(bare)
    except ValueError as error:
        why = _NO_LOGIN if "@" in bare else error  # whatever is wrong, its words may quote a part of a password
        raise UsageProblem(f"`{_without_login(bare)[:100]}` is not a target: {why}", next_step=_NEXT_STEP) from error


def parse_target_lines(lines: Iterable[str], *, name: str) -> tuple[Target, ...]:
    """A file of targets, one a line; `#` begins a comment, and what stands there again is read once.

    The first hundred wrong lines are reported together. Raises `BadFile` for them, and for a list beyond the limits,
    of which no line more is taken.
    """
    targets: dict[str, Target] = {}
    problems: list[Problem] = []
    for number, bare in _bare_lines(lines, name):
        if bare in targets:
            continue
        if len(targets) == MAX_TARGETS:
            raise _too_large(name, number, f"more than {MAX_TARGETS:,} targets")
        try:
            targets[bare] = parse_target(bare)
        except UsageProblem as error:
            problems.append(Problem(where="", text=error.message, line=number))
        if len(problems) == _MOST_PROBLEMS:
            more = f"There may be more: nothing was read behind the first {_MOST_PROBLEMS}."
            raise BadFile(name, tuple(problems), next_step=f"{_NEXT_STEP} {more}")
    if problems:
        raise BadFile(name, tuple(problems), next_step=_NEXT_STEP)
    return tuple(targets.values())


def _bare_lines(lines: Iterable[str], name: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, with their numbers and without comments."""
    total = 0
    for number, line in enumerate(lines, 1):
        total += len(line)
        if len(line) > MAX_LINE:
            raise _too_large(name, number, f"a line of more than {MAX_LINE:,} characters")
        if total > MAX_CHARACTERS:
            raise _too_large(name, number, f"more than {MAX_CHARACTERS:,} characters in all")
        if bare := line.partition("#")[0].strip():
            yield number, bare


def _too_large(name: str, number: int, what: str) -> BadFile:
    problem = Problem(where="", text=what, line=number)
    return BadFile(name, (problem,), next_step="Write one target on each line, ranges as ranges, or split the list.")


def parse_ports(text: str) -> tuple[int, ...]:
    """`9200,9300-9302` as a tuple without repeats; raises `ValueError`."""
    if not _PORTS.match(text):
        raise ValueError(f"`{text[:40]}` is not a list of ports")
    ports: dict[int, None] = {}
    for part in text.split(","):
        low, _, high = part.partition("-")
        first, last = int(low), int(high or low)
        if not 1 <= first <= last <= MAX_PORT:
            raise ValueError(f"`{part}`: ports go from 1 to {MAX_PORT}, the lower one first")
        ports.update(dict.fromkeys(range(first, last + 1)))
    return tuple(ports)


def told_ports(ports: Sequence[int]) -> tuple[int | str, ...]:
    """Ports as records and messages tell them, in their order: what follows one another as `8000-8010`."""
    port_parts: list[int | str] = []
    for _, group in groupby(enumerate(ports), key=lambda span: span[1] - span[0]):
        row = [port for _, port in group]
        port_parts += [f"{row[0]}-{row[-1]}"] if len(row) >= _A_STRETCH else row
    return tuple(port_parts)


def ports_in(ports: Iterable[int | str]) -> tuple[int, ...]:
    """What `told_ports` told; raises `UsageProblem`."""
    words = [str(port) for port in ports]
    try:
        return parse_ports(",".join(words)) if words else ()
    except ValueError as error:
        raise UsageProblem(str(error), next_step="Start a new scan of the same targets.") from error


def host_name(text: str) -> str | None:
    """The name as it is resolved, or nothing for what is no name: an address, a wildcard, a sentence."""
    try:
        return _name(text)
    except (ValueError, UsageProblem):
        return None


def _refuse_zone(bare: str) -> None:
    """An address of one machine's own link means nothing in a scope, and a port behind it would be lost."""
    place = (bare.partition("://")[2] or bare).partition("/")[0]
    if "%" in place:
        raise ValueError("a zone of an address (`%eth0`) cannot be probed: name an address without one")


def _without_login(bare: str) -> str:
    """What may be shown of a target: nothing of what stands before an `@`, wherever a password has its `/` or `:`."""
    head, mark, rest = bare.rpartition("@")
    scheme, colon, _ = head.partition("://")
    return f"{scheme if colon else ''}{colon}***@{rest}" if mark else bare


def _backend(bare: str) -> Target:
    backend = parse_backend(bare)
    if not backend.is_ours:
        return Target(
            text=bare, scheme=backend.scheme, ports=(backend.port,), provider_host=backend.host, backend=backend
        )  # fmt: skip
    literal = parse_address(backend.host)
    return Target(
        text=bare, first=literal, last=literal, host=None if literal else _name(backend.host), ports=(backend.port,),
        scheme=backend.scheme, backend=backend,
    )  # fmt: skip


def _url(bare: str) -> Target:
    if is_backend(bare) and "@" not in bare:
        return _backend(bare)
    parts = urlsplit(bare)
    if parts.username or parts.password:
        raise ValueError(_NO_LOGIN)
    host, literal = parts.hostname or "", parse_address(parts.hostname or "")
    if is_bucket(bare) and parts.port is None and literal is None:
        bucket = parse_bucket(bare, with_folders=True)
        if bucket.host is None:
            raise ValueError(f"say which of your hosts keeps it: `{parts.scheme}://HOST:PORT/{bucket.name}`")
        return Target(text=bare, bucket=bucket.name, scheme=bucket.scheme, provider_host=bucket.host)
    if parts.scheme == "aws":
        raise ValueError("an account is scanned with its owner's rights: leakguard scan --aws PROFILE")
    if parts.scheme not in SCHEME_PORTS:
        raise ValueError(f"the scheme `{parts.scheme[:20]}` is not known")
    port = SCHEME_PORTS[parts.scheme] if parts.port is None else parts.port
    if not port or not host:
        raise ValueError("the host or the port is missing")
    path = encoded_path(parts.path) if parts.scheme in _WITH_A_PATH else ""
    return Target(
        text=bare, first=literal, last=literal, host=None if literal else _name(host), ports=(port,),
        scheme=None if parts.scheme == "tcp" else parts.scheme, bucket=_bucket_in(parts.scheme, parts.path),
        path=path or "", unasked_below="" if path is not None else re.split(r"[?#]", bare, maxsplit=1)[0],
    )  # fmt: skip


def _bucket_in(scheme: str, path: str) -> str | None:
    """The bucket that a path of our own host names: as many folders as the scheme's buckets are named by."""
    folders = [folder for folder in path.strip("/").split("/") if folder]
    wanted = len(PROVIDERS[scheme].asked_as) if scheme in PROVIDERS else 1
    return "/".join(folders[:wanted]) if len(folders) >= wanted else None


def _range(bare: str) -> Target | None:
    """`10.0.0.0/24` and `10.0.0.1-10.0.0.9`, with ports or without; `2001:db8::1`, without."""
    if literal := parse_address(bare.strip("[]")):
        return Target(text=bare, first=literal, last=literal)
    if target := _from_to(bare):
        return target
    if "/" not in bare:
        return None
    network_text, _, ports = bare.partition(":") if bare.count(":") == 1 else (bare, "", "")
    network = parse_entry(network_text).network
    if network is None:
        raise ValueError("not a network")
    return Target(text=bare, first=network[0], last=network[-1], ports=parse_ports(ports) if ports else ())


def _from_to(bare: str) -> Target | None:
    """Two addresses and all between them; the ports stand behind the second one."""
    low, dash, high = bare.partition("-")
    first, ports = parse_address(low.strip().strip("[]")), ""
    if not dash or first is None:
        return None
    if (last := parse_address(high.strip().strip("[]"))) is None:
        high, _, ports = high.rpartition(":")
        last = parse_address(high.strip().strip("[]"))
    if last is None and any(letter.isalpha() for letter in high):
        return None  # `192.0.2.1-static.example.edu` is a name
    if last is None:
        raise ValueError("behind the `-` of a range stands its last address, whole")
    if first.version != last.version or int(first) > int(last):
        raise ValueError("the range ends before it begins")
    return Target(text=bare, first=first, last=last, ports=parse_ports(ports) if ports else ())


def _host(bare: str) -> Target:
    found = _HOST_PORTS.match(bare)
    if not found:
        raise ValueError("neither an address nor a name")
    name, port_text = found[1].strip("[]"), found[2]
    ports = parse_ports(port_text) if port_text else ()
    literal = parse_address(name)
    if literal:
        return Target(text=bare, first=literal, last=literal, ports=ports)
    return Target(text=bare, host=_name(name), ports=ports)


def _name(text: str) -> str:
    """A host name as it is resolved; raises `ValueError` for anything else, wildcards among it."""
    entry = parse_entry(text)
    if entry.kind is not EntryKind.NAME:
        raise ValueError("not a host name")
    return entry.name

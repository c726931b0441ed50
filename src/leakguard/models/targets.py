"""Targets: addresses of assets, as they are planned and probed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from leakguard.frozen import Frozen

_USUAL_PORTS = frozenset({80, 443})


class Approach(StrEnum):
    """Why an endpoint is spoken to in some protocol; decides how long we wait, and whether we try TLS."""

    SUGGESTED = "suggested"
    """The URL, the port or the host's own words suggest it: full patience, in plain text and in TLS."""
    GUESSED = "guessed"
    """Nothing suggests it: a short wait for the first answer, and TLS only where the host's words ask for it."""
    GUESSED_IN_TLS = "guessed_in_tls"
    """As `GUESSED`, in TLS alone."""


class BackendPlace(Frozen):
    """What is meant of a backend that pages and apps talk to, wherever it answers."""

    name: str = ""
    """The project as its host is asked for it; empty where the host alone tells."""
    tables: tuple[str, ...] = ()
    """Tables, collections or folders that the owner or the user named."""
    is_whole: bool = True
    """Whether others may be asked for as well, if a page or the backend itself names them."""
    is_own: bool = False
    """Whether it answers at a place of ours, and not at its provider's."""
    excluded: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    """Those that the owner declared as meant for strangers."""
    pages: tuple[Endpoint, ...] = ()
    """Pages of ours that may ship the backend's public key."""

    def allows(self, table: str) -> bool:
        """Whether the scope lets us ask for a table."""
        return table not in self.excluded and (self.is_whole or table in self.tables)

    def inside(self, table: str) -> str:
        """How a finding names a table: two projects of one host may have tables of one name."""
        return f"{self.name}/{table}" if self.name else table


class Endpoint(Frozen):
    """One place to knock at: an address and a port, under the name it was asked for."""

    address: str
    """A literal IPv4 or IPv6 address, without brackets; what the socket connects to."""
    port: int
    host: str | None = None
    """The host name that resolved to `address`; goes into `Host:` and TLS SNI."""
    buckets: tuple[str, ...] = ()
    """Names of buckets of ours to ask for, if this endpoint turns out to be an object store."""
    scheme: str | None = None
    """`http`, `https`, `redis`... when the user's URL said so; a hint, never a limit."""
    path: str = ""
    """The path of the user's URL, as `/mlflow`: products are looked for below it as well."""
    named: bool = False
    """Whether a person named this very endpoint: one address or name with its port, or a bucket.

    Then a silence is worth a finding of its own.
    """
    backend: BackendPlace | None = None
    """What is meant of it, where it is a backend that the scope names."""
    pages: tuple[Endpoint, ...] = ()
    """Pages of ours that may name tables of it, where the user's URL named it."""

    @property
    def target(self) -> str:
        """`address:port`, with brackets round IPv6, as findings name it; the name stands beside it."""
        return join_host_port(self.address, self.port)

    @property
    def key(self) -> str:
        """Tells this endpoint from every other one of a run; the words behind a `/` are the URL's own."""
        bucket = f"/{self.buckets[0]}" if self.scheme and len(self.buckets) == 1 else ""
        return endpoint_key(self.address, self.port, self.host) + (self.path or bucket or self._of_backend)

    @property
    def _of_backend(self) -> str:
        """The project, and the only table that is asked for."""
        backend = self.backend
        if backend is None:
            return ""
        name = backend.inside(backend.tables[0]) if len(backend.tables) == 1 and not backend.is_whole else backend.name
        return f"/{name}"


class SweepEndpoint(NamedTuple):
    """An endpoint on its way to the sweep, as small as can be: most of them turn out to be closed."""

    position: int
    """In the order of its part."""
    number: int
    """In the space of the run."""
    address: str
    port: int


def origins_of(endpoint: Endpoint) -> frozenset[str]:
    """How the endpoint names itself in a URL, in lower case: its address and its name, with the port and without."""
    names = [each for each in (endpoint.address, endpoint.host) if each]
    with_port = [join_host_port(name, endpoint.port).lower() for name in names]
    usual = [each.removesuffix(f":{endpoint.port}") for each in with_port] if endpoint.port in _USUAL_PORTS else []
    return frozenset((*with_port, *usual))


def endpoint_key(address: str, port: int, host: str | None) -> str:
    """`192.0.2.1:9200 (mail.example.edu)`: one name may lead to several addresses, and several names to one."""
    place = join_host_port(address, port)
    return f"{place} ({host})" if host else place


def join_host_port(host: str, port: int) -> str:
    """`192.0.2.1:9200`, `[2001:db8::1]:9200`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

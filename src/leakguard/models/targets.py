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
    """Whether the user named this very endpoint: then a silence is worth a finding of its own."""

    @property
    def target(self) -> str:
        """`address:port`, with brackets round IPv6, as findings name it; the name stands beside it."""
        return join_host_port(self.address, self.port)

    @property
    def key(self) -> str:
        """Tells this endpoint from every other one of a run; the words behind a `/` are the URL's own."""
        bucket = f"/{self.buckets[0]}" if self.scheme and len(self.buckets) == 1 else ""
        return endpoint_key(self.address, self.port, self.host) + (self.path or bucket)


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
    with_port = [join_host_port(each, endpoint.port).lower() for each in names]
    usual = [each.removesuffix(f":{endpoint.port}") for each in with_port] if endpoint.port in _USUAL_PORTS else []
    return frozenset((*with_port, *usual))


def endpoint_key(address: str, port: int, host: str | None) -> str:
    """`192.0.2.1:9200 (mail.example.edu)`: one name may lead to several addresses, and several names to one."""
    place = join_host_port(address, port)
    return f"{place} ({host})" if host else place


def join_host_port(host: str, port: int) -> str:
    """`192.0.2.1:9200`, `[2001:db8::1]:9200`."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

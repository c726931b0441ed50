"""Where the server is reached: what it may listen on, under which names, through which proxy, and who asks.

A browser that was led here under another name (DNS rebinding) is refused, as is who comes round the named proxy.
"""

from __future__ import annotations

import hmac
import re
from ipaddress import ip_address
from typing import TYPE_CHECKING

from leakguard.errors import LeakGuardError, UsageProblem
from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from starlette.datastructures import Headers

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
"""Names of a server that listens on this machine alone."""
PROXY_SECRET = "x-leakguard-proxy"  # noqa: S105  (the name of a header)
"""The header in which the proxy proves that it is the named one, where it says who somebody is."""
_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9][a-z0-9-]{0,62})*|\[[0-9a-f:.]{2,45}\])", re.ASCII)
_HOST = re.compile(rf"({_NAME.pattern})(?::([0-9]{{1,5}}))?", re.ASCII)
_LONGEST = 253
_WAY = (
    "Either name certificate and key: --tls-cert FILE --tls-key FILE. "
    "Or put a proxy in front that speaks TLS, and name its address: --behind-proxy ADDRESS. "
    "Or leave --bind out: then only this machine reaches it."
)


class WrongHost(LeakGuardError):
    """The request names a host that this server does not serve."""


class WrongWay(LeakGuardError):
    """The request did not come from where this server takes requests from."""


class ServeOptions(Frozen):
    """What the command line and the settings say about where to serve."""

    bind: str = "127.0.0.1"
    hosts: tuple[str, ...] = ()
    tls_cert: str = ""
    tls_key: str = ""
    proxy: str = ""
    """The IP address of the named proxy; empty without one."""
    login_header: str = ""
    """In which header the proxy says who logged in there; empty where it does not."""
    proxy_secret: str = ""


class Site(Frozen, hidden=("proxy_secret",)):
    """Where the server is reached."""

    bind: str
    hosts: frozenset[str]
    """Lower-case, without ports; IPv6 addresses in brackets."""
    is_secure: bool = False
    """Whether browsers speak TLS to it, or to its proxy."""
    proxy: str = ""
    login_header: str = ""
    proxy_secret: str = ""

    @property
    def scheme(self) -> str:
        """Of every address that a browser shows."""
        return "https" if self.is_secure else "http"

    def origin(self, headers: Headers) -> str:
        """The origin of pages that this server serves for the host that a request names."""
        return f"{self.scheme}://{headers.get('host', '').lower()}"

    def refuse_strangers(self, headers: Headers, peer: str) -> None:
        """Raise `WrongHost` for a host that is not served, `WrongWay` for who comes round the proxy."""
        if self.proxy and _address(peer) != self.proxy:
            raise WrongWay("this server is reached through its proxy alone", next_step="Ask the proxy.")
        named = headers.getlist("host")
        if len(named) != 1 or not host_name(named[0]) or host_name(named[0]) not in self.hosts:
            raise WrongHost(
                "this server does not serve the host that the request names",
                next_step="Name the host when the server is started: leakguard web --host NAME",
            )

    def address(self, headers: Headers, peer: str) -> str:
        """Who asks: the peer, or whom the named proxy speaks for."""
        if not self.proxy:
            return peer
        last = ",".join(headers.getlist("x-forwarded-for")).rpartition(",")[2].strip()
        return _address(last) or peer

    def vouched(self, headers: Headers) -> str:
        """Whom the named proxy says that this is; empty where it says nothing, or does not prove that it is the one."""
        if not self.login_header or not self.proxy_secret:
            return ""
        given = headers.getlist(PROXY_SECRET)
        is_proxy = len(given) == 1 and hmac.compare_digest(given[0].encode(), self.proxy_secret.encode())
        values = headers.getlist(self.login_header)
        return values[0].strip() if is_proxy and len(values) == 1 else ""


def host_name(header: str) -> str:
    """The host that a header names, without its port; empty for what names none."""
    found = _HOST.fullmatch(header.lower()) if len(header) <= _LONGEST + 6 else None
    return found.group(1) if found is not None else ""


def site_of(asked: ServeOptions) -> Site:
    """Where the server will be reached; raises `UsageProblem` for what nobody should do, with the way to do it."""
    is_tls, is_here = _is_tls(asked), is_loopback(asked.bind)
    if not is_here and not is_tls and not asked.proxy:
        raise UsageProblem(f"`{asked.bind}` can be reached from outside, and passwords would cross it", next_step=_WAY)
    if asked.proxy and not _address(asked.proxy):
        raise UsageProblem("--behind-proxy takes the IP address of the proxy", next_step="Such as 192.0.2.10.")
    if asked.login_header and not (asked.proxy and asked.proxy_secret):
        raise UsageProblem(
            "a header says who somebody is only where a named proxy proves that it wrote the header",
            next_step=f"Name it with --behind-proxy, and in `proxy_secret_env` its secret, sent as {PROXY_SECRET}.",
        )
    named = tuple(host_name(host) for host in asked.hosts)
    if wrong := [host for host, name in zip(asked.hosts, named, strict=True) if not name]:
        raise UsageProblem(f"`{wrong[0][:60]}` is no host name", next_step="Such as leakguard.example.edu.")
    if not named and (asked.proxy or not is_here):
        raise UsageProblem(
            "nothing says under which name this server is reached",
            next_step="Name it as browsers do: --host leakguard.example.edu",
        )
    hosts = frozenset(named) | (LOOPBACK | {host_name(asked.bind)} if is_here and not asked.proxy else frozenset())
    return Site(
        bind=asked.bind, hosts=hosts - {""}, is_secure=is_tls or bool(asked.proxy), proxy=_address(asked.proxy),
        login_header=asked.login_header.lower(), proxy_secret=asked.proxy_secret,
    )  # fmt: skip


def is_loopback(bind: str) -> bool:
    """Whether an address is reached from this machine alone."""
    try:
        return bind == "localhost" or ip_address(bind.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_tls(asked: ServeOptions) -> bool:
    if bool(asked.tls_cert) != bool(asked.tls_key):
        raise UsageProblem("TLS needs a certificate and its key", next_step="Name both: --tls-cert FILE --tls-key FILE")
    return bool(asked.tls_cert)


def _address(text: str) -> str:
    """An IP address as one always writes it; empty for what is none."""
    try:
        found = ip_address(text.strip().strip("[]"))
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)

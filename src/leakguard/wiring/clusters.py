"""The part of the wiring that knows the team's own clusters."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from leakguard.errors import BadFile, NotAllowed, UsageProblem
from leakguard.files.opening import read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from leakguard.models.exports import Destination
    from leakguard.ports import ClusterReader, DocumentSink
    from leakguard.settings import Settings

API_KEY, USER, PASSWORD = "LEAKGUARD_ES_API_KEY", "LEAKGUARD_ES_USER", "LEAKGUARD_ES_PASSWORD"
_FINGERPRINT = re.compile(r"(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}", re.ASCII)
_PEM = b"-----BEGIN CERTIFICATE-----"
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ClusterWiring:
    """Makes the adapters for clusters of our own."""

    settings: Settings

    def destination(self, url: str, *, ca_file: str = "", fingerprint: str = "") -> Destination:
        """Where to go, with the credentials of the environment.

        Raises `UsageProblem` for what is no such URL, for one that carries a password, for a login in the clear, for
        what is no fingerprint, and `BadFile` for a file that holds no authority.
        """
        from leakguard.models.exports import Destination  # noqa: PLC0415  (loaded when it is first asked for)

        secrets = {"api_key": API_KEY, "user": USER, "password": PASSWORD}
        found = {name: os.environ.get(variable, "") for name, variable in secrets.items()}
        _refuse_odd(url, has_login=any(found.values()))
        if fingerprint and not _FINGERPRINT.fullmatch(fingerprint):
            raise UsageProblem(
                "--fingerprint is the SHA-256 of a certificate: 64 hex digits, with colons or without",
                next_step="Ask the server's owner for it: openssl x509 -noout -fingerprint -sha256 -in CERTIFICATE",
            )
        if ca_file and _PEM not in read_bytes(ca_file):
            next_step = "Name the certificate of its authority."
            raise BadFile.whole(ca_file, "holds no certificate in PEM", next_step=next_step)
        return Destination(url=_with_port(url), ca_file=ca_file, fingerprint=fingerprint, **found)

    def owner_view(self, destination: Destination, check: Callable[[], None]) -> ClusterReader:
        """Looks at a cluster of our own; `check` is asked before each request."""
        from leakguard.owners.elasticsearch.owner_view import OwnerView  # noqa: PLC0415  (the client takes a second to load)

        return OwnerView(destination, check)

    def document_sink(self, destination: Destination) -> DocumentSink:
        """Takes documents; raises `NotAllowed` in a drill, from which nothing leaves."""
        if self.settings.drill:
            raise NotAllowed(
                "nothing leaves a drill", next_step="Write the documents to a file instead: --to-file FILE"
            )
        from leakguard.owners.elasticsearch.sink import ClusterSink  # noqa: PLC0415  (the client takes a second to load)

        return ClusterSink(destination)


def _refuse_odd(url: str, *, has_login: bool) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise UsageProblem("the URL cannot be read", next_step=_FORM) from error
    if parts.scheme not in {"http", "https"} or not host:
        raise UsageProblem("the URL must begin with https:// and name a host", next_step=_FORM)
    if parts.username or parts.password:
        raise UsageProblem(
            "a password does not belong into a URL: others can read it",
            next_step=f"Put it into the environment: {API_KEY}, or {USER} and {PASSWORD}.",
        )
    if has_login and parts.scheme == "http" and host not in _LOOPBACK:
        raise UsageProblem("a login would go over the network in the clear", next_step="Use https://.")


def _with_port(url: str) -> str:
    """The client wants a port to be named."""
    parts = urlsplit(url)
    if parts.port is not None:
        return url
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{443 if parts.scheme == 'https' else 80}{parts.path}"


_FORM = "Write it as https://search.example.edu:9200."

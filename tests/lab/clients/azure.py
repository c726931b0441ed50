"""An owner's client for Azure's object store: it signs its requests with the account's key."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lab.clients.web import Web

VERSION = "2021-08-06"


@dataclass(frozen=True, slots=True, kw_only=True)
class Azure:
    """The owner's view of an account of the lab."""

    port: int
    account: str
    key: str

    def put(self, path: str, query: str, body: bytes, headers: Mapping[str, str]) -> int:
        """One signed `PUT`; returns the status; `query` is a single `name=value`, or empty."""
        moment = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")  # noqa: TID251  (a signature carries the real time)
        named = {"x-ms-date": moment, "x-ms-version": VERSION, **headers}
        lines = "".join(f"{name}:{named[name]}\n" for name in sorted(named))
        # An emulator's account stands in the path, and so twice in what is signed.
        place = f"/{self.account}/{self.account}/{path}" + (f"\n{query.replace('=', ':')}" if query else "")
        length = str(len(body)) if body else ""
        text = f"PUT\n\n\n{length}\n\napplication/octet-stream\n\n\n\n\n\n\n{lines}{place}"
        digest = hmac.new(base64.b64decode(self.key), text.encode(), hashlib.sha256).digest()
        login = {"Authorization": f"SharedKey {self.account}:{base64.b64encode(digest).decode()}"}
        sent = {**named, **login, "Content-Type": "application/octet-stream"}
        target = f"/{self.account}/{path}" + (f"?{query}" if query else "")
        return Web(port=self.port).ask("PUT", target, body, sent).status

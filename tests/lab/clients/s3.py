"""An owner's client for S3-compatible servers: it signs its requests (Signature Version 4)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lab.clients.web import Answer, Web

REGION = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class S3:
    """The owner's view of an S3 server of the lab."""

    port: int
    access: str
    secret: str

    def ask(
        self, method: str, path: str, body: bytes = b"", *, query: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One signed request; `query` is a single name, or empty."""
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")  # noqa: TID251  (a signature carries the real time)
        digest = hashlib.sha256(body).hexdigest()
        signed = {
            "host": f"127.0.0.1:{self.port}",
            "x-amz-content-sha256": digest,
            "x-amz-date": moment,
            **(headers or {}),
        }
        names = ";".join(sorted(signed))
        lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        request = "\n".join([method, path, f"{query}=" if query else "", lines, names, digest])
        scope = f"{moment[:8]}/{REGION}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", moment, scope, hashlib.sha256(request.encode()).hexdigest()])
        signature = hmac.new(self._key(scope), text.encode(), hashlib.sha256).hexdigest()
        word = f"AWS4-HMAC-SHA256 Credential={self.access}/{scope}, SignedHeaders={names}, Signature={signature}"
        target = f"{path}?{query}" if query else path
        return Web(port=self.port).ask(method, target, body, {**signed, "authorization": word})

    def _key(self, scope: str) -> bytes:
        key = f"AWS4{self.secret}".encode()
        for part in scope.split("/"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key

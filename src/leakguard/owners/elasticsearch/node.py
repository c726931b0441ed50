"""A connection of the official client that any release understands.

The client's media types name its own major version, which older servers and OpenSearch refuse.
It also wants a header that neither Elasticsearch below 7.14 nor OpenSearch sends.
Both are a matter of the connection, which the client lets us make: plain JSON is what every release speaks.
"""

from __future__ import annotations

import re
from typing import Any

from elastic_transport import HttpHeaders, Urllib3HttpNode
from elastic_transport.client_utils import DEFAULT, DefaultType

from leakguard.frozen import replace

_VENDOR = re.compile(r"application/vnd\.elasticsearch\+(json|x-ndjson)\s*;\s*compatible-with=\d+")
_PRODUCT = "x-elastic-product"


class PlainNode(Urllib3HttpNode):
    """Speaks plain JSON, to whatever release."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> Any:  # noqa: ANN401  (the client does not publish the type of its answer)
        """As the client's own connection does it."""
        plain = HttpHeaders({name: _VENDOR.sub(r"application/\1", value) for name, value in (headers or {}).items()})
        answer = super().perform_request(method, target, body, plain, request_timeout)
        if _PRODUCT in answer.meta.headers:
            return answer
        named = HttpHeaders({**answer.meta.headers, _PRODUCT: "Elasticsearch"})
        return answer._replace(meta=replace(answer.meta, headers=named))

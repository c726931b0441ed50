"""The door for the owner's view: reading questions alone, each on a list, each held against the scope again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from elastic_transport import HttpHeaders
from elastic_transport.client_utils import DEFAULT, DefaultType
from elasticsearch import Elasticsearch

from leakguard.errors import NotAllowed
from leakguard.models.exports import Destination
from leakguard.owners.elasticsearch.client import client_for
from leakguard.owners.elasticsearch.node import PlainNode

READING = re.compile(
    r"(?:/|/_cluster/health|/_nodes|/_nodes/_all|/_cat/indices|/_snapshot|/[^/_.][^/]*/_mapping)(?:\?.*)?"
)
"""Paths that tell names, sizes and settings; none of them tells a document, a user or a role."""


class ReadingNode(PlainNode):
    """A connection that only reads, and asks before each request whether it may."""

    check: ClassVar[Callable[[], None]]
    """Raises when the cluster is not, or not any more, in the scope."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> Any:  # noqa: ANN401  (the client does not publish the type of its answer)
        """As any connection; raises `NotAllowed` for whatever is not on the list."""
        if method != "GET" or not READING.fullmatch(target) or body:
            raise NotAllowed(
                f"{method} is not on the list of what may be asked here", next_step="Report this as a bug."
            )
        type(self).check()
        return super().perform_request(method, target, None, headers, request_timeout)


def reading_client(destination: Destination, check: Callable[[], None]) -> Elasticsearch:
    """A client whose every connection reads alone; `check` is asked before each request."""
    node = type("CheckedNode", (ReadingNode,), {"check": staticmethod(check)})
    return client_for(destination, node_class=node)

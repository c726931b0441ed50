"""Sends documents to a cluster of our own, in bulk; what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from elasticsearch import ApiError, Elasticsearch
from elasticsearch.helpers import streaming_bulk

from leakguard.errors import ClusterFailed
from leakguard.models.exports import Destination, Document, Receipt
from leakguard.owners.elasticsearch.client import client_for, our_words

CHUNK = 500
CHUNK_BYTES = 5 * 1024 * 1024
RETRIES = 5
_THERE = 409
_OLDEST = 6
_TYPED_UNTIL = 6
"""The last major release of Elasticsearch whose documents have a type."""


class ClusterSink:
    """Implements `ports.DocumentSink`."""

    def __init__(self, destination: Destination, *, client: Elasticsearch | None = None) -> None:
        self._url = destination.url
        self._client = client or client_for(destination)
        self._type: str | None = None

    def prepare(self, name: str, template: Mapping[str, Any]) -> str:
        """Write the index template; returns why it could not be written, or nothing.

        Raises `ClusterFailed` when the cluster cannot be reached at all, or is older than Elasticsearch 6.
        """
        with our_words(self._url):
            major = self._major()
        if major is not None and major < _OLDEST:
            raise ClusterFailed(
                f"a release of {major}.x is too old", next_step=f"Use Elasticsearch {_OLDEST} or newer."
            )
        self._type = "_doc" if major is not None and major <= _TYPED_UNTIL else None
        if self._type:
            return "a release that old has no such templates; its own guess at the fields is used"
        try:
            self._client.indices.put_index_template(name=name, **template)
        except ApiError as error:
            return f"the cluster answers {error.meta.status} to the template; its own guess at the fields is used"
        return ""

    def _major(self) -> int | None:
        """The major release; `None` where the cluster does not tell, as some managed ones."""
        try:
            version = self._client.info().body["version"]
        except (ApiError, KeyError, TypeError) as error:
            if isinstance(error, ApiError) and error.meta.status in {401, 403}:
                raise
            return None
        number = str(version.get("number", "")).partition(".")[0]
        return int(number) if number.isdigit() and "distribution" not in version else None

    def send(self, documents: Iterable[Document]) -> Iterator[Receipt]:
        """Send them, in their order, at most `CHUNK_BYTES` held; a receipt for each.

        Tries again where the cluster is busy. Raises `ClusterFailed` when it cannot be reached any more.
        """
        with our_words(self._url):
            for is_taken, answer in streaming_bulk(
                self._client,
                (self._action(document) for document in documents),
                chunk_size=CHUNK,
                max_chunk_bytes=CHUNK_BYTES,
                max_retries=RETRIES,
                initial_backoff=1,
                max_backoff=30,
                raise_on_error=False,
            ):
                yield _receipt(answer["create"], is_taken=is_taken)

    def _action(self, document: Document) -> dict[str, Any]:
        kind = {"_type": self._type} if self._type else {}
        return {"_op_type": "create", "_index": document.index, "_id": document.id, "_source": document.body, **kind}

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()


def _receipt(answer: Mapping[str, Any], *, is_taken: bool) -> Receipt:
    identifier, status = str(answer.get("_id", "")), answer.get("status")
    if is_taken or status == _THERE:
        return Receipt(id=identifier, is_new=is_taken)
    error = answer.get("error")
    kind = error.get("type") if isinstance(error, Mapping) else None
    return Receipt(id=identifier, problem=f"{status} {kind or 'refused'}")

"""Proof: what was asked and a digest of the answers; a second observer can compare it, nobody can read it."""

from __future__ import annotations

import hashlib
import json
from json.encoder import encode_basestring_ascii
from typing import Any

from leakguard.models.findings import Proof, ProofRequest
from leakguard.models.observations import Observation, Reply


def proof_of(observation: Observation) -> Proof:
    """The requests in the order in which they were asked, and SHA-256 over requests and digests of answers.

    A session that asks several small questions for one request lists them in `document["requests"]`.
    """
    requests: list[ProofRequest] = []
    transcript = hashlib.sha256()
    for reply in observation.replies.values():
        requests += _inner_requests(reply.document) or (_request(reply),)
        transcript.update(_line(reply))
    return Proof(requests=tuple(requests), transcript_sha256=transcript.hexdigest())


def _request(reply: Reply) -> ProofRequest:
    """A host's names are told by their numbers: they may be somebody's address, and as long as the host likes."""
    return ProofRequest(method=reply.method, what=reply.told or reply.what, status=reply.status, bytes=reply.size_bytes)


def _inner_requests(document: Any) -> list[ProofRequest]:  # noqa: ANN401  (a decoded document)
    inner = document.get("requests") if isinstance(document, dict) else None
    return [_inner(each) for each in inner if isinstance(each, dict)] if isinstance(inner, list) else []


def _inner(asked: dict[str, Any]) -> ProofRequest:
    """A session's own note of one small question; it holds no word of the host."""
    status, octets = asked.get("status"), asked.get("bytes")
    return ProofRequest(
        method=str(asked.get("method", "")),
        what=str(asked.get("what", "")),
        status=status if isinstance(status, int) else None,
        bytes=octets if isinstance(octets, int) else 0,
    )


def _line(reply: Reply) -> bytes:
    """Question and answer as a list of compact JSON, written by hand: an encoder for each costs more than the rest.

    The question is as it was sent: it stands under the digest alone.
    """
    answer = reply.body if reply.document is None else _plain(reply.document)
    status = "null" if reply.status is None else int(reply.status)
    asked = f"{encode_basestring_ascii(reply.method)},{encode_basestring_ascii(reply.what)}"
    return f'[{asked},{status},"{reply.ended}","{hashlib.sha256(answer).hexdigest()}"]\n'.encode()


def _plain(document: Any) -> bytes:  # noqa: ANN401  (a decoded document)
    try:
        return json.dumps(document, sort_keys=True, separators=(",", ":"), default=str).encode()
    except (TypeError, ValueError, RecursionError):
        return b"unprintable"

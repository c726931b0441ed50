"""Counts that need a body with the name of a collection: all else of it is constant, to the letter.

Each asks for a number. A name is of letters, digits and a few signs that need no quoting, so that nothing can be said
with it but a name.
"""

from __future__ import annotations

import re

MOST_COUNTED = 10_000
"""Documents that are counted at most; the count of so many is billed as ten reads."""
FIRESTORE_COUNT = "firestore_count"
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}"
PATH = "/v1/projects/{project}/databases/(default)/documents:runAggregationQuery"
BODY = (
    '{{"structuredAggregationQuery":{{"structuredQuery":{{"from":[{{"collectionId":"{name}"}}]}},'
    '"aggregations":[{{"alias":"n","count":{{"upTo":"{most}"}}}}]}}}}'
)
_HEADER = re.compile(rb"([a-z-]+): ([ -~]*)")
_OWN_HEADERS = frozenset({"host", "user-agent", "accept"})
_SAID = re.compile(
    re.escape("POST " + PATH.format(project="\0") + " HTTP/1.1").replace("\0", f"(?P<project>{_NAME})").encode()
)
_MEANT = re.compile(re.escape(BODY.format(name="\0", most=MOST_COUNTED)).replace("\0", f"(?P<name>{_NAME})").encode())


def count_request(project: str, name: str, headers: dict[str, str]) -> bytes:
    """The bytes of a count; raises `ValueError` for what is no name."""
    if not (re.fullmatch(_NAME, project) and re.fullmatch(_NAME, name)):
        raise ValueError("not a name that may be counted")
    body = BODY.format(name=name, most=MOST_COUNTED)
    whole = {**headers, "content-type": "application/json", "content-length": str(len(body))}
    lines = "".join(f"{key}: {value}\r\n" for key, value in whole.items())
    return f"POST {PATH.format(project=project)} HTTP/1.1\r\n{lines}\r\n{body}".encode("ascii", "replace")


def is_count(data: bytes) -> bool:
    """Whether these bytes are a count of one collection, and nothing else."""
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.split(b"\r\n")
    read = [_HEADER.fullmatch(line) for line in lines]
    headers = {found[1].decode(): found[2].decode() for found in read if found is not None}
    constant = {"content-type": "application/json", "content-length": str(len(body))}
    return (
        _SAID.fullmatch(first) is not None
        and _MEANT.fullmatch(body) is not None
        and len(headers) == len(lines)
        and headers.keys() - constant.keys() <= _OWN_HEADERS
        and all(headers.get(name) == value for name, value in constant.items())
    )

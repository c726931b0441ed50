"""The page about webhooks says what the channel sends, and its receiver takes it."""

from __future__ import annotations

import json

import pytest

from leakguard.channels.webhook import EVENT_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER, signature
from leakguard.channels.wording import to_json
from rules.docs_parts import DOCS
from rules.webhook_parts import EXAMPLE, MEANINGS
from support.webhook_receiver import is_genuine

pytestmark = pytest.mark.untraced

PAGE = (DOCS / "reference" / "webhooks.md").read_text(encoding="utf-8")
SECRET, NOW = "canary-of-a-secret", 1_780_000_000
BODY = json.dumps(to_json(EXAMPLE)).encode()


def test_the_page_means_exactly_the_fields_of_the_document_and_the_headers_of_the_request() -> None:
    assert list(MEANINGS) == list(to_json(EXAMPLE))
    assert [one for one in (EVENT_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER) if f"| `{one}` |" not in PAGE] == []


def test_the_receiver_of_the_page_takes_what_the_channel_signs() -> None:
    headers = signature(SECRET, BODY, NOW)

    assert is_genuine(SECRET.encode(), headers, BODY, NOW + 200)


@pytest.mark.parametrize(
    ("secret", "body", "now"),
    [(b"another", BODY, NOW), (SECRET.encode(), BODY + b" ", NOW), (SECRET.encode(), BODY, NOW + 301)],
    ids=["another secret", "another body", "too late"],
)
def test_the_receiver_of_the_page_refuses_everything_else(secret: bytes, body: bytes, now: int) -> None:
    assert not is_genuine(secret, signature(SECRET, BODY, NOW), body, now)

"""Message-IDs that follow from the letter and its recipient: the same letter again has the same one.

So a mailbox can drop a repetition, a mail server's log can be asked, and a bounce finds the letter that came back.
"""

from __future__ import annotations

import hashlib
import re

PATTERN = re.compile(r"<(lg\.[0-9a-f]{40}@[A-Za-z0-9.-]{1,253})>", re.ASCII)
"""Ours among all others; 160 bits, so that nobody guesses one."""
BARE = re.compile(r"(?<![A-Za-z0-9._-])(lg\.[0-9a-f]{40}@[A-Za-z0-9.-]{1,253})", re.ASCII)
"""The same with or without its angle brackets, which some logs leave out."""
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]", re.ASCII)


def message_id(batch: str, digest: str, key: str, *, domain: str) -> str:
    """The Message-ID without its angle brackets.

    `batch` is the digest of what was approved, `digest` that of the letter, `key` the keyed hash of the recipient's id,
    and `domain` that of the sender, in ASCII.
    """
    local_part = hashlib.sha256(f"{batch}\n{digest}\n{key}".encode()).hexdigest()[:40]
    return f"lg.{local_part}@{_UNSAFE.sub('', domain) or 'leakguard.invalid'}"

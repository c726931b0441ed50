"""Who reads a letter: a fact may have a text for each kind of reader, and the recipient of a letter decides which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from leakguard.notices.notice_content import Recipient, RecipientKind

Audience = Literal["person", "guardian", "authority", "controller", "press"]
AUDIENCES: tuple[Audience, ...] = ("person", "guardian", "authority", "controller", "press")
PEOPLE: frozenset[Audience] = frozenset({"person", "guardian"})
"""Readers whose own data leaked, or who stand for them: a text may say `you` to them."""
_AUDIENCE_OF: Mapping[RecipientKind, Audience] = {
    "individuals": "person",
    "public": "person",
    "regulator": "authority",
    "cert": "authority",
    "register": "authority",
    "other": "authority",
    "consumer_agencies": "authority",
    "controller": "controller",
    "processor": "controller",
    "media": "press",
    "investors": "press",
    "staff": "person",
    "finder": "press",
}
"""A public notice stands in the place of letters to people, and staff read out to them what they ask."""
_AUTHORITIES: frozenset[RecipientKind] = frozenset({"regulator", "cert", "register", "other"})


def audience_of(recipient: Recipient) -> Audience:
    """The audience of a letter to this recipient."""
    return "guardian" if recipient.guardians else _AUDIENCE_OF[recipient.type]


def is_authority(recipient: RecipientKind) -> bool:
    """Whether the letter goes to an authority, or lies ready for one as a register of breaches does."""
    return recipient in _AUTHORITIES

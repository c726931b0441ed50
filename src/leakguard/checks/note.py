"""What is kept of a ransom note: e-mail, Bitcoin and onion addresses and a hash; every other word is dropped.

Addresses are ASCII alone, so that nothing of a host's words can move a cursor or hide in one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

from leakguard.checks.definitions import RansomMarkers
from leakguard.checks.replies import ANSWERED, SeenReply
from leakguard.checks.sizes import count_of
from leakguard.checks.wallets import is_bitcoin, is_onion
from leakguard.frozen import Frozen
from leakguard.models.observations import Ending, Reply

MOST_ADDRESSES = 10
"""Of each kind; a note names one or two, and a list of hundreds is somebody's data."""
LONGEST_EMAIL = 190
"""So that ten fit into one field of an event; the mailboxes of extortioners are short."""
_OK = 200
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_PLAIN_ESCAPES = frozenset('"\\/')
_EMAIL = re.compile(
    r"(?<![\w%+])\w[\w.%+-]{0,63}@(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.)+[A-Za-z]{2,24}(?!\w)",
    re.ASCII,
)
_WALLET = re.compile(r"(?<!\w)(?:[13][1-9A-HJ-NP-Za-km-z]{24,34}|(?:bc1|BC1)[A-Za-z0-9]{7,87})(?!\w)", re.ASCII)
_ONION = re.compile(r"(?<!\w)([a-z2-7]{56})\.onion(?!\w)", re.ASCII | re.IGNORECASE)


class NoteAddresses(Frozen):
    """Where an extortioner wants to be paid or written to, in the order of the note, each once."""

    emails: tuple[str, ...] = ()
    bitcoin: tuple[str, ...] = ()
    onions: tuple[str, ...] = ()


class NoteDigest(Frozen):
    """What tells one note from another without a word of it."""

    sha256: str
    """Of the answer's body as it came, up to the cap."""
    bytes: int
    is_cut: bool
    """Whether the host had more to say than was read."""


def is_note(markers: RansomMarkers, reply: Reply, *, is_tiny: bool) -> bool:
    """Whether an answer is a note and no records: the entry is tiny by its own statement, or by the list's.

    A check without a way to read a note has none.
    """
    if markers.note is None or reply.ended not in ANSWERED or reply.status != _OK:
        return False
    total = count_of(SeenReply([reply]).at(markers.note.records))
    return is_tiny if total is None else 0 < total <= markers.at_most_records


def digest_of(reply: Reply) -> NoteDigest:
    """The digest of an answer's body."""
    is_cut = reply.ended is Ending.CAPPED
    return NoteDigest(sha256=hashlib.sha256(reply.body).hexdigest(), bytes=len(reply.body), is_cut=is_cut)


def addresses_in(bodies: Sequence[bytes]) -> NoteAddresses:
    """The addresses in the bodies of notes, whatever else these hold; never raises."""
    texts = [_plain(body) for body in bodies]
    return NoteAddresses(
        emails=_first(email for text in texts for email in _emails(text)),
        bitcoin=_first(found for text in texts for found in _WALLET.findall(text) if is_bitcoin(found)),
        onions=_first(f"{found.lower()}.onion" for text in texts for found in _ONION.findall(text) if is_onion(found)),
    )


def _emails(text: str) -> Iterator[str]:
    for found in _EMAIL.findall(text):
        if len(found) <= LONGEST_EMAIL:
            local, _, domain = found.partition("@")
            yield f"{local}@{domain.lower()}"


def _plain(body: bytes) -> str:
    """The text with JSON's escapes undone, twice, since a note may be JSON within JSON.

    A body that was cut off is no JSON any more, so nothing is parsed.
    """
    once = _ESCAPE.sub(_unescaped, body.decode("utf-8", "replace"))
    return _ESCAPE.sub(_unescaped, once)


def _unescaped(found: re.Match[str]) -> str:
    """The letter that an escape stands for; an end of line or a tab parts two words."""
    if found[1] is not None:
        return chr(int(found[1], 16))
    return found[2] if found[2] in _PLAIN_ESCAPES else " "


def _first(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))[:MOST_ADDRESSES]

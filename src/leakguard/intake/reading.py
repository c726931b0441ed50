"""Reads a message from outside: a mail as it was saved, or the JSON of a form."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header
from email.utils import parseaddr, parsedate_to_datetime
from itertools import pairwise
from typing import Any

from leakguard.errors import BadFile, Problem
from leakguard.intake.machines import why_machine
from leakguard.intake.mail_parts import MOST_BYTES, Part, as_text, content_type, split_mail
from leakguard.intake.messages import MOST_SUBJECT, MOST_TEXT, EnclosedFile, Message, Sender

FORM_FIELDS = ("text", "subject", "name", "email")
_MOST_ADDRESS, _MOST_NAME, _MOST_FILE_NAME, _MOST_CODED = 254, 200, 120, 1_000
_ADDRESS = re.compile(r"[^\s@<>\"(),;:\\]{1,64}@[^\s@<>\"(),;:\\]{1,189}")
_PAGE = "text/html"
_FIELD_LINE = re.compile(rb"[!-9;-~]{1,76}:[ \t]")
_NEXT_MAIL = re.compile(
    rb"(\r?\n\r?\n)From \S{1,320} [^\r\n]{0,40}\d\d:\d\d[^\r\n]{0,40}\r?\n(?=[!-9;-~]{1,76}:[ \t\r\n])"
)
"""Where an mbox goes on (RFC 4155): a line with sender and time behind an empty one, and a header below it."""
MOST_MAILS = 500
"""Of one file."""
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_SEALED = "the text: it is encrypted or sealed ({how}); decrypt the mail, and import that too"
_CUT = f"the text: more than {MOST_TEXT:,} characters are not kept"


def mails_in(data: bytes, *, name: str) -> tuple[bytes, ...]:
    """The mails of an mbox, each with its first line; a file that is none is one. Raises `BadFile` for too many."""
    if not data.lstrip(b"\r\n").startswith(b"From "):
        return (data,)
    starts = [found.end(1) for found in _NEXT_MAIL.finditer(data)]
    if len(starts) >= MOST_MAILS:
        raise BadFile.whole(name, f"holds more than {MOST_MAILS:,} mails", next_step="Split the file.")
    return tuple(data[begin:end] for begin, end in pairwise((0, *starts, len(data))))


def read_message(data: bytes, *, name: str) -> Message:
    """A mail, or the JSON of a form where the text begins with a brace; raises `BadFile` for what is neither."""
    if data.lstrip()[:1] == b"{":
        return read_form(data, name=name)
    return read_mail(data, name=name)


def read_mail(data: bytes, *, name: str) -> Message:
    """A mail in the form of the internet (RFC 5322); raises `BadFile` for what has no header."""
    if len(mails_in(data, name=name)) > 1:
        raise BadFile.whole(name, "holds several mails", next_step="Take in each of them by itself.")
    start = data.lstrip(b"\r\n")
    if not (_FIELD_LINE.match(start) or start.startswith(b"From ")):
        problem = "neither a mail with its header, nor the JSON of a form"
        raise BadFile.whole(name, problem, next_step="Save the mail with its source, as an .eml file.")
    head, parts, remarks = split_mail(data)
    sender = _sender(head)
    texts, enclosed = _texts_and_files(parts)
    text, cut = _within(texts)
    moments = (_moment(head.get("date", "")), _moment(head.get("received", "").rpartition(";")[2]))
    sealed, digest = _sealed(parts, text), hashlib.sha256(data).hexdigest()
    mark = "" if sealed else head.get("message-id", "").strip()  # the same mail, decrypted, is something new
    return Message(
        channel="mail", text=text, subject=_line(_uncoded(head.get("subject", "")), MOST_SUBJECT), sender=sender,
        enclosed=enclosed, sha256=digest, message_mark=hashlib.sha256((mark or digest).encode()).hexdigest(),
        machine=why_machine(head, content_type(head.get("content-type", ""))[0], sender.address),
        sent_at=moments[0], arrived_at=moments[1], remarks=(*remarks, *cut, *sealed),
    )  # fmt: skip


def _sealed(parts: Sequence[Part], text: str) -> tuple[str, ...]:
    """That nobody can read what was written, in a remark; nothing where it is open."""
    kinds = {part.kind for part in parts}
    if "application/pgp-encrypted" in kinds or text.startswith("-----BEGIN PGP MESSAGE-----"):
        return (_SEALED.format(how="OpenPGP"),)
    return (_SEALED.format(how="S/MIME"),) if kinds & _SMIME and not text else ()


def read_form(data: bytes, *, name: str) -> Message:
    """What a form sent as JSON; raises `BadFile` that names every problem."""
    if len(data) > MOST_BYTES:
        raise BadFile.whole(name, f"longer than {MOST_BYTES:,} bytes")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadFile.whole(name, f"not JSON that can be read ({type(error).__name__})") from error
    problems = tuple(_form_problems(value))
    if problems:
        raise BadFile(name, problems)
    address = str(value.get("email") or "").strip()
    text, cut = _within([str(value["text"])])
    digest = hashlib.sha256(data).hexdigest()
    return Message(
        channel="form", text=text, subject=_line(str(value.get("subject") or ""), MOST_SUBJECT),
        sender=Sender(name=_line(str(value.get("name") or ""), _MOST_NAME), address=address),
        enclosed=(), sha256=digest, message_mark=hashlib.sha256(digest.encode()).hexdigest(), remarks=cut,
    )  # fmt: skip


def _form_problems(value: Any) -> Iterable[Problem]:  # noqa: ANN401  (JSON holds anything)
    if not isinstance(value, dict):
        yield Problem(where="", text="must be an object with the field `text`")
        return
    yield from _field_problems(value)
    if not isinstance(value.get("text"), str) or not value["text"].strip():
        yield Problem(where="text", text="is missing: what was found, and where")
    address = value.get("email")
    if isinstance(address, str) and address.strip() and not is_address(address.strip()):
        yield Problem(where="email", text="is no e-mail address")


def _field_problems(value: dict[str, Any]) -> Iterable[Problem]:
    for field, text in value.items():
        if field == "attachments":
            yield Problem(where=field, text="a form takes no files; ask for them by mail, encrypted")
        elif field not in FORM_FIELDS:
            yield Problem(where=str(field)[:60], text=f"unknown field; known are {', '.join(FORM_FIELDS)}")
        elif text is not None and not isinstance(text, str):
            yield Problem(where=field, text="must be a text")


def is_address(text: str) -> bool:
    """Whether it looks like an address that could be answered."""
    return len(text) <= _MOST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def _sender(head: Mapping[str, str]) -> Sender:
    """Where an answer would go: `Reply-To`, else `From`; the name is always that of `From`."""
    name, address = _address_in(head.get("from", ""))
    _, other = _address_in(head.get("reply-to", ""))
    chosen = next((name for name in (other, address) if is_address(name)), "")
    return Sender(name=_line(_uncoded(name), _MOST_NAME), address=chosen)


def _address_in(field: str) -> tuple[str, str]:
    """A name and an address; neither where the field cannot be read, as one of hundreds of opening brackets."""
    try:
        return parseaddr(field[:_MOST_CODED])
    except (RecursionError, IndexError, ValueError, TypeError):
        return "", ""


def _texts_and_files(parts: Sequence[Part]) -> tuple[list[str], tuple[EnclosedFile, ...]]:
    """The texts, and the files; a page in HTML is left out where the same stands beside it as plain text."""
    bodies = [(part, as_text(part.content, part.charset)) for part in parts if not part.is_attachment]
    in_plain_text = {part.alternative for part, text in bodies if part.kind != _PAGE and text.strip()} - {0}
    texts = [
        words_of_page(text) if part.kind == _PAGE else text
        for part, text in bodies
        if part.kind != _PAGE or part.alternative not in in_plain_text
    ]
    return texts, tuple(_enclosed(part) for part in parts if part.is_attachment)


def _enclosed(part: Part) -> EnclosedFile:
    named = _line(_uncoded(part.name), _MOST_FILE_NAME).replace("/", "_").replace("\\", "_")
    return EnclosedFile(
        name=named or f"(no name, {part.kind})", size=len(part.content),
        sha256=hashlib.sha256(part.content).hexdigest(), content=part.content,
    )  # fmt: skip


def words_of_page(page: str) -> str:
    """The words of a page in HTML, and the targets of its links; nothing is rendered, and no rule looks back."""
    texts = list[str]()
    for number, piece in enumerate(page[: 4 * MOST_TEXT].split("<")):
        tag, closed, words = piece.partition(">") if number else ("", ">", piece)
        link = re.search(r"""href\s{0,9}=\s{0,9}["']?([^"'\s>]{1,2000})""", tag[:4000], re.IGNORECASE)
        if link:
            texts.append(f" {link[1]} ")
        if tag[:20].lower().startswith(("br", "p", "/p", "div", "/div", "li", "tr", "/tr", "h")):
            texts.append("\n")
        if closed and not tag[:20].lower().startswith(("style", "script")):
            texts.append(words)
    return html.unescape("".join(texts))


def _within(texts: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    whole = "\n".join(text.replace("\r\n", "\n").replace("\r", "\n") for text in texts).replace("\0", "\ufffd")
    return whole[:MOST_TEXT].strip(), (_CUT,) if len(whole) > MOST_TEXT else ()


def _uncoded(text: str) -> str:
    """Encoded words (RFC 2047) as text; what does not decode stays as it is."""
    try:
        pieces = decode_header(text[:_MOST_CODED])
    except (MessageError, ValueError, LookupError):
        return text
    return "".join(piece if isinstance(piece, str) else as_text(piece, charset or "") for piece, charset in pieces)


def _line(text: str, most: int) -> str:
    """One line that can be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:most]


def _moment(text: str) -> datetime | None:
    """A date of a header in UTC; nothing where it is none, or has no zone."""
    try:
        found = parsedate_to_datetime(text.strip()[:100])
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None

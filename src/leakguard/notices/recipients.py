"""Recipients: the rows of a table of people, read one by one. A bad row is told by line and problem, never by value.

One line is one row, so a forgotten quotation mark costs that row and no other; lines of an address stand between `|`.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from itertools import islice
from typing import Literal

from leakguard.errors import BadFile, Problem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.notices.recipient_cells import (
    Cells,
    parse_address,
    parse_answer,
    parse_data,
    parse_email,
    parse_id,
    parse_lang,
    parse_place,
    parse_shown,
)
from leakguard.notices.vocabulary import Lang, Vocabulary

Encoding = Literal["utf-8", "gb18030"]
ReadLine = Callable[[int], bytes]
"""As `readline` of a binary file: at most so many bytes, up to the end of the line; empty at the end of the file."""
MOST_IN_LINE = 16_384
"""Bytes of one row; all its cells at their longest have some 8,000."""
MOST_ROWS = 2_000_000
"""Rows of one file; their ids are remembered to find the same one twice, with about 100 bytes each."""
NEEDED = ("id", "data")
MOST_PROBLEMS = 20
"""Of a header that are told: a file of another kind has nothing but problems."""
COLUMNS = (
    *NEEDED,
    "name",
    "email",
    "address",
    "language",
    "jurisdiction",
    "account_leaked",
    "minor",
    "guardian",
)
_DELIMITERS = (",", ";", "\t")
_CREDENTIALS = "credentials"
_FOREIGN = {
    b"\xff\xfe": "is UTF-16, which spreadsheets call Unicode text; save it as CSV UTF-8",
    b"\xfe\xff": "is UTF-16, which spreadsheets call Unicode text; save it as CSV UTF-8",
    b"PK\x03\x04": "is a spreadsheet such as XLSX; save it as CSV UTF-8",
    b"\xd0\xcf\x11\xe0": "is an old spreadsheet such as XLS; save it as CSV UTF-8",
}
"""How files of other kinds begin."""
_SAVE_ANEW = "; save the file as CSV UTF-8, or say --encoding gb18030 if a Chinese program wrote it in GB 18030"
"""Guessing would turn an umlaut of Western Europe into a Chinese sign: most such bytes are good GB 18030 as well."""
_NO_LINES: tuple[str, ...] = ()


class Recipient(Frozen):
    """One person to be told; lives in memory only, and only while that person's letter is made or sent."""

    id: str
    """Opaque, and the only one of its file."""
    lang: Lang
    data: tuple[str, ...]
    """The kinds of this person's data, sorted."""
    name: str = ""
    email: str = ""
    address: tuple[str, ...] = ()
    jurisdiction: str = ""
    """An ISO code; empty when nobody said."""
    is_account_leaked: bool = False
    """The log-in of the e-mail account itself leaked: nothing goes there (California, Civil Code 1798.82(j)(5))."""
    guardian: str = ""
    """Who is told in the place of a minor."""
    line: int
    """In the file, counted from one."""


class SetAside(Frozen):
    """A row that cannot be used, and why; nothing of the row itself."""

    line: int
    problems: tuple[str, ...]


class RowRules(Frozen):
    """What the rows of one file are read by."""

    vocabulary: Vocabulary
    lang: Lang
    """Of a row that names none."""
    more_data: tuple[str, ...] = ()
    """Finer kinds of data than the vocabulary lists, such as those that the facts file states."""
    encoding: Encoding = "utf-8"
    can_show: Callable[[str], bool] = lambda _: True
    """Whether the letter's format has signs for a text."""

    @property
    def known_data(self) -> frozenset[str]:
        """The kinds of data that a row may name."""
        return frozenset((*self.vocabulary.categories, *self.more_data))


def read_recipients(readline: ReadLine, rules: RowRules, *, name: str) -> Iterator[Recipient | SetAside]:
    """Read the rows one by one, in their order; blank lines are passed over.

    Raises `BadFile` for a file without a usable header, before the first row, and for one with too many rows.
    """
    lines = _lines(readline, rules.encoding)
    header, delimiter = _header(next(lines, _Line(number=1)), name=name)
    seen, known = set[bytes](), rules.known_data
    for count, line in enumerate(lines):
        if count >= MOST_ROWS:
            text = f"has more than {MOST_ROWS:,} rows; split it"
            raise BadFile.whole(name, text, line=line.number)
        if not line.problem and not line.text.strip():
            continue
        row = _row(line, header, delimiter, rules, known)
        yield row if isinstance(row, SetAside) else _once(row, seen)


def _once(row: Recipient, seen: set[bytes]) -> Recipient | SetAside:
    """The row, unless its id stood in the file before."""
    key = blake2b(row.id.encode(), digest_size=16).digest()
    if key in seen:
        return SetAside(line=row.line, problems=("id: is in an earlier row too",))
    seen.add(key)
    return row


class _Line(Frozen):
    """One line of the file; with a problem it has no text."""

    number: int
    text: str = ""
    problem: str = ""


def _lines(readline: ReadLine, encoding: Encoding) -> Iterator[_Line]:
    """The lines, one by one; of one that is too long only a piece is ever held."""
    number = 0
    while piece := readline(MOST_IN_LINE + 1):
        number += 1
        is_long = len(piece) > MOST_IN_LINE
        while is_long and piece and not piece.endswith(b"\n"):
            piece = readline(MOST_IN_LINE + 1)
        if number == 1:
            piece = piece.removeprefix(b"\xef\xbb\xbf")
        too_long = _Line(number=number, problem=f"is longer than {MOST_IN_LINE:,} bytes")
        yield too_long if is_long else _decoded(number, piece, encoding)


def _decoded(number: int, line: bytes, encoding: Encoding) -> _Line:
    foreign = [words for begin, words in _FOREIGN.items() if line.startswith(begin)] if number == 1 else []
    if foreign:
        return _Line(number=number, problem=foreign[0])
    try:
        return _Line(number=number, text=line.removesuffix(b"\n").removesuffix(b"\r").decode(encoding))
    except UnicodeDecodeError:
        other = _SAVE_ANEW if encoding == "utf-8" else ""
        return _Line(number=number, problem=f"is no {encoding.upper()} text{other}")


def _header(first: _Line, *, name: str) -> tuple[tuple[str, ...], str]:
    """The columns and what separates them; raises `BadFile` with what is wrong with them."""
    if first.problem:
        raise BadFile(name, (Problem(where="the header", line=1, text=first.problem),))
    delimiter = max(_DELIMITERS, key=lambda sign: len(set(_columns(first.text, sign)) & set(COLUMNS)))
    columns = _columns(first.text, delimiter)
    problems = tuple(islice(_header_problems(columns), MOST_PROBLEMS))
    if problems:
        raise BadFile(name, problems)
    return columns, delimiter


def _columns(text: str, delimiter: str) -> tuple[str, ...]:
    return tuple(cell.strip().lower() for cell in _split(text, delimiter) or ())


def _header_problems(columns: Sequence[str]) -> Iterator[Problem]:
    """What is unknown is told by its place: a file without a header begins with a person."""
    for place, column in enumerate(columns, 1):
        if column not in COLUMNS:
            near = nearest_name(column[:40], list(COLUMNS))
            yield Problem(where=f"column {place}", line=1, text="unknown column", nearest=near)
        elif column in columns[: place - 1]:
            yield Problem(where=f"column {place}", line=1, text=f"the column `{column}` stands here twice")
    missing = [column for column in NEEDED if column not in columns]
    if missing:
        yield Problem(where="", line=1, text=f"the header lacks {', '.join(missing)}")


def _split(text: str, delimiter: str) -> list[str] | None:
    """The cells of one line; `None` when its quotation marks do not fit."""
    try:
        return next(csv.reader((text,), delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _row(
    line: _Line, header: Sequence[str], delimiter: str, rules: RowRules, known: Collection[str]
) -> Recipient | SetAside:
    number = line.number
    if line.problem:
        return SetAside(line=number, problems=(line.problem,))
    cells = _split(line.text, delimiter)
    if cells is None:
        return SetAside(line=number, problems=("a quotation mark is not closed on its line, or out of place",))
    if len(cells) != len(header):
        return SetAside(line=number, problems=(f"has {len(cells)} cells; the header has {len(header)}",))
    return _recipient(number, dict(zip(header, cells, strict=True)), rules, known)


def _recipient(number: int, given: Mapping[str, str], rules: RowRules, known: Collection[str]) -> Recipient | SetAside:
    cells = Cells(given=given, problems=[])
    data = cells.read("data", partial(parse_data, known=known), _NO_LINES)
    leaked = cells.read("account_leaked", parse_answer, None)
    read_name = partial(parse_shown, can_show=rules.can_show)
    is_minor = cells.read("minor", parse_answer, False)  # noqa: FBT003  (the value is the data)
    person = Recipient(
        id=cells.read("id", parse_id, ""),
        lang=cells.read("language", parse_lang, rules.lang),
        data=data,
        name=cells.read("name", read_name, ""),
        email=cells.read("email", parse_email, ""),
        address=cells.read("address", partial(parse_address, can_show=rules.can_show), _NO_LINES),
        jurisdiction=cells.read("jurisdiction", partial(parse_place, vocabulary=rules.vocabulary), ""),
        is_account_leaked=bool(leaked),
        guardian=cells.read("guardian", read_name, ""),
        line=number,
    )
    has_credentials = any(kind.split(".")[0] == _CREDENTIALS for kind in data)
    cells.need("id", unless=bool(person.id), text="is empty")
    cells.need("data", unless=bool(data), text="is empty; a letter tells people which of their own data leaked")
    cells.need("guardian", unless=not is_minor or bool(person.guardian), text="is needed for a minor")
    cells.need(
        "account_leaked",
        unless=not has_credentials or leaked is not None,
        text="must be yes or no where credentials leaked: no mail goes to an account that others can open",
    )
    return SetAside(line=number, problems=tuple(cells.problems)) if cells.problems else person

"""What the answers of an open store say of the data in it: kinds by names, since when, of how many people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.namings import Naming, namings_in, oldest_in
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.replies import SeenReply, View
from leakguard.checks.rerating import with_data
from leakguard.checks.sizes import MAX_NUMBER, count_of, found_at
from leakguard.checks.views import view_of
from leakguard.engine.examination import Judged
from leakguard.engine.turns import MUCH_BYTES
from leakguard.frozen import replace
from leakguard.scanning.diff import OPEN
from leakguard.sensitivity.book import KindBook, Seen, data_seen, fields_of_people
from leakguard.sensitivity.compiled import book_in
from leakguard.sensitivity.found import NamedCollection

BookMaker = Callable[[], KindBook]
"""Reads the book when the first open store is met, and gives the same one from then on."""
DISTINCT = "distinct."
"""How the ids of the answers begin that count different values."""


def load_kind_book(texts: Mapping[str, str], compiled: bytes | str = "") -> KindBook:
    """The book of the files by name: as it was compiled, or from the files where they changed since."""
    if compiled and (book := book_in(compiled, texts)) is not None:
        return book
    from leakguard.sensitivity.reading import parse_book  # noqa: PLC0415  (the compiled form needs no reader)

    return parse_book(texts)


def with_kinds(judged: Sequence[Judged], book: BookMaker, *, now: datetime) -> tuple[Judged, ...]:
    """The verdicts, those on open stores with what their answers say of the data."""
    return tuple(_told(item, book(), now) if item.verdict.outcome in OPEN else item for item in judged)


def is_much(judged: Sequence[Judged]) -> bool:
    """Whether an answer of what is open is so long that `with_kinds` may take a while."""
    told = (item.observation.replies.values() for item in judged if item.verdict.outcome in OPEN)
    return any(reply.size_bytes > MUCH_BYTES for replies in told for reply in replies)


def collections_of(item: Judged, view: View | None = None) -> tuple[NamedCollection, ...]:
    """What the answers name, the second look's as well; `view` is what `view_of` makes of the check's own."""
    check, replies = item.definition, item.observation.replies
    namings = namings_in(check.names, view or view_of(check, replies)) if check.names else ()
    look = check.field_look
    if look is not None and any(request.id in replies or request.each for request in look.probe.requests):
        namings += namings_in(check.field_places, view_of(look, replies))
    if item.bucket is not None:
        namings = tuple(one for one in namings if not check.by_name or one[1] == item.bucket)
        namings += ((*_told_as(check, item.bucket), ()),)
    return _joined(namings)


def _told_as(check: CheckDefinition, inside: str) -> tuple[str, str]:
    """What of the endpoint a verdict is on: a bucket, or a table without the project that it belongs to."""
    if check.by_name:
        return check.by_name, inside
    is_table = PROTOCOLS[check.probe.kind].for_backends
    return ("table", inside.rpartition("/")[2]) if is_table else ("bucket", inside)


def _extensions(item: Judged, view: View) -> dict[str, int]:
    found = found_at(item.definition.extensions, view)
    counts = {end: count_of(count) for end, count in found.items()} if isinstance(found, dict) else {}
    return {end: count for end, count in counts.items() if count is not None}


def _joined(namings: Sequence[Naming]) -> tuple[NamedCollection, ...]:
    """A collection that both looks name is one, with its fields."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for word, name, fields in namings:
        found[word, name] = (*found.get((word, name), ()), *fields)
    return tuple(NamedCollection(word=word, name=name, fields=fields) for (word, name), fields in found.items())


def _told(item: Judged, book: KindBook, now: datetime) -> Judged:
    view = view_of(item.definition, item.observation.replies)
    collections = collections_of(item, view)
    seen = Seen(
        collections=collections, extensions=_extensions(item, view), sampled=item.sampled, sample_note=item.sample_note,
        records=_at_most(item), distinct=_distinct(item, collections, book),
    )  # fmt: skip
    oldest = oldest_in(item.definition.since, view, now=now)
    return replace(item, verdict=with_data(item.verdict, data_seen(seen, book, on=now.date())), oldest=oldest)


def _at_most(item: Judged) -> int | None:
    """How many records bound the number of people: none that were counted in part or after an extortioner's visit.

    Nor those of which one may tell of everybody, as a file and a series do.
    """
    size = item.verdict.size
    if item.definition.holds_many or size is None or not size.exact or item.verdict.ransomed.verdict != "no":
        return None
    return size.records if size.records is not None and size.records <= MAX_NUMBER else None


def _distinct(item: Judged, collections: Sequence[NamedCollection], book: KindBook) -> int | None:
    """The largest number of different values in a field that tells people apart, as the server counts or estimates."""
    check, replies = item.definition, item.observation.replies
    asked = check.distinct
    counts = [
        count_of(SeenReply([reply]).at(asked.path))
        for key, reply in replies.items()
        if asked is not None and key.startswith(DISTINCT)
    ]
    if check.estimates and check.field_look is not None:
        telling = {(one.name, field) for one in collections for field in fields_of_people(one, book)}
        view = view_of(check.field_look, replies)
        for place in check.estimates:
            reply = view.answered(place.request)
            counts += _estimated(reply.at(place.path) if reply else None, telling)
    return max((count for count in counts if count is not None), default=None)


def _estimated(listed: object, telling: set[tuple[str, str]]) -> list[int | None]:
    found: list[int | None] = []
    for one in listed if isinstance(listed, list) else ():
        match one:
            case [str(name), str(field), count, *_] if (name, field) in telling:
                found.append(count_of(count))
    return found

"""What the answers of an open data store say: kinds of data (by names), the date of the oldest, how many people."""

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
from leakguard.engine.examination import CheckResult
from leakguard.engine.turns import MUCH_BYTES
from leakguard.frozen import replace
from leakguard.scanning.diff import OPEN
from leakguard.sensitivity.book import KindBook, StoreContents, data_seen, fields_of_people
from leakguard.sensitivity.compiled import book_in
from leakguard.sensitivity.found import NamedCollection

KindDefinitionsGetter = Callable[[], KindBook]
"""Returns the definitions of kinds of data (`KindBook`), which are read at the first call."""
DISTINCT = "distinct."
"""The prefix of the ids of the requests that count distinct values."""


def load_kind_book(texts: Mapping[str, str], compiled: bytes | str = "") -> KindBook:
    """The definitions of kinds of data: the compiled ones, unless the files have changed since.

    `texts` are the contents of the files by name. Raises `BadFile` for a file that is wrong.
    """
    if compiled and (book := book_in(compiled, texts)) is not None:
        return book
    from leakguard.sensitivity.reading import parse_book  # noqa: PLC0415  (the compiled form needs no reader)

    return parse_book(texts)


def with_data_kinds(
    results: Sequence[CheckResult], kind_definitions: KindDefinitionsGetter, *, now: datetime
) -> tuple[CheckResult, ...]:
    """The results; those on open data stores with what their answers say about the data."""
    return tuple(
        _with_data(item, kind_definitions(), now) if item.verdict.outcome in OPEN else item for item in results
    )


def has_large_answer(results: Sequence[CheckResult]) -> bool:
    """Whether an answer of an open data store is so long that `with_data_kinds` may take a while."""
    of_open_stores = (item.observation.replies.values() for item in results if item.verdict.outcome in OPEN)
    return any(reply.size_bytes > MUCH_BYTES for replies in of_open_stores for reply in replies)


def collections_of(item: CheckResult, view: View | None = None) -> tuple[NamedCollection, ...]:
    """The collections that the answers name, with those of an inspection; `view` is that of the check's own answers."""
    check, replies = item.definition, item.observation.replies
    namings = namings_in(check.names, view or view_of(check, replies)) if check.names else ()
    field_check = check.field_check
    if field_check is not None and any(request.id in replies or request.each for request in field_check.probe.requests):
        namings += namings_in(check.field_places, view_of(field_check, replies))
    if item.bucket is not None:
        namings = tuple(naming for naming in namings if not check.by_name or naming[1] == item.bucket)
        namings += ((*_collection_of_verdict(check, item.bucket), ()),)
    return _joined(namings)


def _collection_of_verdict(check: CheckDefinition, bucket: str) -> tuple[str, str]:
    """The word (such as `table`) and the name of the collection that a verdict is about.

    The name is that of a bucket, or the last part of a table's path.
    """
    if check.by_name:
        return check.by_name, bucket
    is_table = PROTOCOLS[check.probe.kind].for_backends
    return ("table", bucket.rpartition("/")[2]) if is_table else ("bucket", bucket)


def _extensions(item: CheckResult, view: View) -> dict[str, int]:
    found = found_at(item.definition.extensions, view)
    counts = {end: count_of(count) for end, count in found.items()} if isinstance(found, dict) else {}
    return {end: count for end, count in counts.items() if count is not None}


def _joined(namings: Sequence[Naming]) -> tuple[NamedCollection, ...]:
    """The collections, each once with all its fields: the check and the inspection may name the same."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for word, name, fields in namings:
        found[word, name] = (*found.get((word, name), ()), *fields)
    return tuple(NamedCollection(word=word, name=name, fields=fields) for (word, name), fields in found.items())


def _with_data(item: CheckResult, definitions: KindBook, now: datetime) -> CheckResult:
    view = view_of(item.definition, item.observation.replies)
    collections = collections_of(item, view)
    contents = StoreContents(
        collections=collections, extensions=_extensions(item, view), sampled=item.sampled, sample_note=item.sample_note,
        records=_at_most(item), distinct=_distinct(item, collections, definitions),
    )  # fmt: skip
    oldest = oldest_in(item.definition.since, view, now=now)
    seen = data_seen(contents, definitions, on=now.date())
    return replace(item, verdict=with_data(item.verdict, seen), oldest=oldest)


def _at_most(item: CheckResult) -> int | None:
    """The number of records, which is an upper bound of the number of people.

    `None` if the count is inexact or too large, the data store was ransomed, or one record may describe many people, as
    in files and time series.
    """
    size = item.verdict.size
    if item.definition.holds_many or size is None or not size.exact or item.verdict.ransomed.verdict != "no":
        return None
    return size.records if size.records is not None and size.records <= MAX_NUMBER else None


def _distinct(item: CheckResult, collections: Sequence[NamedCollection], definitions: KindBook) -> int | None:
    """The largest count or estimate, by the server, of distinct values in a field that identifies people."""
    check, replies = item.definition, item.observation.replies
    distinct = check.distinct
    counts = [
        count_of(SeenReply([reply]).at(distinct.path))
        for key, reply in replies.items()
        if distinct is not None and key.startswith(DISTINCT)
    ]
    if check.estimates and check.field_check is not None:
        telling = {
            (collection.name, field)
            for collection in collections
            for field in fields_of_people(collection, definitions)
        }
        view = view_of(check.field_check, replies)
        for place in check.estimates:
            reply = view.answered(place.request)
            counts += _estimated(reply.at(place.path) if reply else None, telling)
    return max((count for count in counts if count is not None), default=None)


def _estimated(listed: object, telling: set[tuple[str, str]]) -> list[int | None]:
    found: list[int | None] = []
    for row in listed if isinstance(listed, list) else ():
        match row:
            case [str(name), str(field), count, *_] if (name, field) in telling:
                found.append(count_of(count))
    return found

"""The facts of an incident as the ledger keeps them: each writing is a record, and the last one counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import Frozen
from leakguard.ledger.erasure import is_erased
from leakguard.models.events import Interval
from leakguard.models.people import by_source
from leakguard.models.records import KeptRecord, Record
from leakguard.notices.book import DutyBook, read_facts
from leakguard.ports import Journal, Now
from leakguard.use_cases.incidents.incidents import incident_of

if TYPE_CHECKING:
    from leakguard.notices.facts import Facts

WRITTEN = "facts_written"
"""The kind of the record; its content has `text` and `sha256`, and `places`: where people live by these facts."""
NAME = "facts"
"""What problems call the text."""
MOST_CHARACTERS = 1_000_000
_RESIDENTS = "subjects_by_jurisdiction"


class KeptFacts(Frozen):
    """What was written last, by whom and when."""

    incident: str
    text: str
    """As it was written: YAML, of which JSON is a part."""
    sha256: str
    sequence: int
    written_at: datetime
    by: str
    by_source: str

    @property
    def document(self) -> Any:  # noqa: ANN401  (a file holds anything)
        """The text as plain values; times stay text."""
        return read_yaml(self.text, name=NAME).value


def kept_facts(journal: Journal, incident: str) -> KeptFacts:
    """The facts of an incident; raises `NotFound` for an unknown incident, and where nobody wrote any."""
    records = tuple(journal.read(incident))
    incident_of(incident, records)
    found = last_facts(incident, records)
    if found is None:
        raise NotFound(
            f"nobody has written the facts of {incident} yet",
            next_step="Write them: PUT /api/v1/incidents/ID/facts. An example: leakguard notice example",
        )
    return found


def last_facts(incident: str, records: Iterable[KeptRecord]) -> KeptFacts | None:
    """What these records of one incident tell of its facts; an erased writing tells nothing."""
    last = _last(records)
    return _facts(incident, last) if last is not None else None


def _last(records: Iterable[KeptRecord]) -> KeptRecord | None:
    last = None
    for record in records:
        if record.kind == WRITTEN and not is_erased(record.content):
            last = record
    return last


def write_facts(journal: Journal, book: DutyBook, incident: str, text: str, *, read: str | None, now: Now) -> KeptFacts:
    """Keep the facts as they are now; `read` is the SHA-256 of the facts that the writer has read.

    Raises `BadFile` with all problems, `NotFound`, `UsageProblem` for a text that is too long, and `NotAllowed` where
    other facts stand there than those that were read: nobody overwrites what they have not seen.
    """
    if len(text) > MOST_CHARACTERS:
        raise UsageProblem(f"facts may have {MOST_CHARACTERS:,} characters", next_step="Leave out what no fact needs.")
    records = tuple(journal.read(incident))
    zone = incident_of(incident, records).zone
    moment = now()
    facts = read_facts(text, name=NAME, book=book, now=moment, zone=zone)
    before = last_facts(incident, records)
    if before is not None and before.sha256 != (read or "").lower():
        raise NotAllowed(
            f"the facts of {incident} were written by {before.by or 'somebody'} since you read them"
            if read
            else f"{incident} has facts already, and you do not say that you have read them",
            next_step=f'Read them, and write on from there: If-Match: "{before.sha256}"',
        )
    digest = sha256(text.encode()).hexdigest()
    if before is not None and before.sha256 == digest:
        return before
    content: Mapping[str, Any] = {"text": text, "sha256": digest, "places": _places(facts)}
    record = Record(kind=WRITTEN, occurred_at=Interval(earliest=moment, latest=moment, zone=zone), content=content)
    return _facts(incident, journal.append(incident, (record,), after=records[-1].sequence)[0])


def _places(facts: Facts) -> list[str]:
    """Their codes stand in the record too, so that what watches clocks need not read the facts."""
    residents = facts.get(_RESIDENTS)
    return list(map(str, residents.value)) if residents is not None and isinstance(residents.value, Mapping) else []


def places_written(records: Iterable[KeptRecord]) -> tuple[str, ...]:
    """Codes of where people live, by the facts that these records of one incident tell last."""
    last = _last(records)
    if last is None:
        return ()
    places = last.content.get("places")
    return (
        tuple(map(str, places)) if isinstance(places, list | tuple) else _places_in(str(last.content.get("text") or ""))
    )


def _places_in(text: str) -> tuple[str, ...]:
    """The same of a record that was written before such records had the codes."""
    document = read_yaml(text, name=NAME).value
    stated = document.get("facts") if isinstance(document, Mapping) else None
    fact = stated.get(_RESIDENTS) if isinstance(stated, Mapping) else None
    counts = (fact.get("value") or fact.get("estimate")) if isinstance(fact, Mapping) else None
    return tuple(map(str, counts)) if isinstance(counts, Mapping) else ()


def _facts(incident: str, record: KeptRecord) -> KeptFacts:
    content = record.content
    return KeptFacts(
        incident=incident, text=str(content.get("text") or ""), sha256=str(content.get("sha256") or ""),
        sequence=record.sequence, written_at=record.recorded_at, by=str(content.get("by") or ""),
        by_source=by_source(content),
    )  # fmt: skip

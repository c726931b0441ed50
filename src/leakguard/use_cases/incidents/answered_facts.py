"""Single facts of an incident: answered one by one, compared with what somebody else wrote, begun from nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.errors import BadFile, NotAllowed, NotFound, UsageProblem
from leakguard.files.yaml_entries import GONE, EditedText, comments_of, edited, written
from leakguard.files.yaml_text import Path, read_yaml
from leakguard.frozen import Frozen
from leakguard.ledger.erasure import is_erased
from leakguard.notices.book import DutyBook
from leakguard.ports import IncidentStore, Journal, Now
from leakguard.use_cases.incidents.incidents import incident_of
from leakguard.use_cases.incidents.kept_facts import NAME, WRITTEN, KeptFacts, last_facts, write_facts

HEADS = (
    "organisation", "obligated_as", "not_obligated_as", "facts", "edpb", "by_jurisdiction", "addressees", "zone",
    "not_known_yet",
)  # fmt: skip
"""What of a facts file can be answered one by one; the rest is written as a file."""
_OF_ONE_KEY = frozenset({"obligated_as", "not_obligated_as", "zone", "not_known_yet"})
MOST_ANSWERS = 500
EARLIER = 50
"""Incidents before this one in which the organisation is searched: who reports seldom changes."""
_KEPT = ("name", "role", "country", "region", "main_establishment", "body", "sector", "registration", "contact", "dpo")


class AnsweredFacts(Frozen):
    """The facts after an answer."""

    kept: KeptFacts
    lost_comments: int = 0
    """Comments that stood in what was replaced."""


class ChangedFact(Frozen):
    """One entry that is not as it was."""

    path: str
    before: Any
    after: Any


class Changes(Frozen):
    """What was written since."""

    kept: KeptFacts
    changed: tuple[ChangedFact, ...]


def answer_facts(
    journal: Journal, book: DutyBook, incident: str, answers: Mapping[str, object], *, read: str | None, now: Now
) -> AnsweredFacts:
    """Write single entries of the facts, named as `facts.exposure`; `None` takes one out. The rest stays as it is.

    `read` is the SHA-256 of the facts that the writer has seen. Raises as `write_facts` does, and `UsageProblem` for
    what is no entry of a facts file.
    """
    records = tuple(journal.read(incident))
    incident_of(incident, records)
    before = last_facts(incident, records)
    if before is not None and before.sha256 != (read or "").lower():  # what they say of the old text may be wrong now
        raise _changed_since(before)
    text = text_with(before.text if before is not None else "", incident, answers)
    try:
        kept = write_facts(journal, book, incident, text.text, read=read, now=now)
    except BadFile as error:
        raise BadFile(NAME, error.problems, next_step="Correct the answer, and send it again.") from error
    return AnsweredFacts(kept=kept, lost_comments=text.lost_comments)


def _changed_since(before: KeptFacts) -> NotAllowed:
    return NotAllowed(
        f"the facts of {before.incident} were written by {before.by or 'somebody'} since you read them",
        next_step="Read what changed, then save your answer again.",
    )


def text_with(text: str, incident: str, answers: Mapping[str, object]) -> EditedText:
    """A facts file with these answers. An empty text becomes a file of its own."""
    changes = {_path(name): GONE if value is None else value for name, value in answers.items()}
    document = read_yaml(text, name=NAME).value if text.strip() else {}
    if isinstance(document, dict) and document.get("facts"):
        return edited(text, changes, name=NAME)
    begun = {"incident": incident, "organisation": {}, "obligated_as": [], "facts": {}, **(document or {})}
    whole = read_yaml(edited(written(begun), changes, name=NAME).text, name=NAME).value
    return EditedText(text=written(whole), lost_comments=comments_of(text))


def _path(name: str) -> Path:
    head, _, rest = name.partition(".")
    if head not in HEADS or bool(rest) is (head in _OF_ONE_KEY):
        raise UsageProblem(
            f"`{name[:60]}` is no entry that can be answered",
            next_step="Name one as `facts.exposure`, `organisation.name` or `obligated_as`.",
        )
    return tuple(name.split("."))


def changed_since(journal: Journal, incident: str, read: str) -> Changes:
    """What of the facts is not as in the version with this SHA-256. Raises `NotFound` for a version that is none."""
    found, last = None, None
    for record in journal.of_kinds((WRITTEN,), incident):
        if is_erased(record.content):
            continue
        last = last_facts(incident, (record,))
        found = last if last is not None and last.sha256 == read.lower() else found
    if found is None or last is None:
        raise NotFound(f"no version of the facts of {incident} has this hash", next_step="Read the facts as they are.")
    return Changes(kept=last, changed=tuple(_changed(_entries(found.document), _entries(last.document))))


def _entries(document: Any) -> dict[str, Any]:  # noqa: ANN401  (a file holds anything)
    """Each entry by the name under which it is answered."""
    found: dict[str, Any] = {}
    for head, value in document.items():
        if isinstance(value, dict) and head not in _OF_ONE_KEY:
            found |= {f"{head}.{name}": item for name, item in value.items()}
        else:
            found[head] = value
    return found


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ChangedFact]:
    for path in (*after, *(name for name in before if name not in after)):
        if before.get(path) != after.get(path):
            yield ChangedFact(path=path, before=before.get(path), after=after.get(path))


class ProposedAnswers(Frozen):
    """What the organisation said of itself before."""

    incident: str
    organisation: Mapping[str, Any]
    obligated_as: tuple[str, ...] = ()
    not_obligated_as: tuple[str, ...] = ()


def propose_organisation(store: IncidentStore, but: str) -> ProposedAnswers | None:
    """Who reports, as the latest other incident with facts states it; `None` where none of the last ones has any."""
    for incident in [subject for subject in store.subjects("IR-") if subject != but][-EARLIER:][::-1]:
        last = last_facts(incident, tuple(store.of_kinds((WRITTEN,), incident)))
        document = last.document if last is not None else {}
        who = document.get("organisation") if isinstance(document, dict) else None
        if isinstance(who, dict):
            roles = document.get("obligated_as") or who.get("obligated_as") or ()
            no_roles = document.get("not_obligated_as") or who.get("not_obligated_as") or ()
            return ProposedAnswers(
                incident=incident, organisation={name: who[name] for name in _KEPT if name in who},
                obligated_as=tuple(roles), not_obligated_as=tuple(no_roles),
            )  # fmt: skip
    return None

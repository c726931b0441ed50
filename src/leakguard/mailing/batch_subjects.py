"""Which letter each batch was, by every entry that tells it: an approval, or the entry about what was sent.

Erasure leaves this in both (see `ledger.erasure`), for a letter that went out must not go out again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from leakguard.ledger.erasure import ERASED
from leakguard.mailing.approvals import APPROVED, Subject
from leakguard.mailing.sealing import SENT
from leakguard.models.records import KeptRecord

_SUBJECT_FIELDS = ("covers", "duty", "stage", "lang")


def subjects_in(records: Iterable[KeptRecord]) -> Mapping[str, Subject]:
    """By the digest that was approved, which names the batch; the language is empty where no entry says it any more.

    A batch is missing if an earlier release erased its approvals and no `letters_sent` can be read: it was erased
    too, or never written because the process was killed.
    """
    found: dict[str, Subject] = {}
    for record in records:
        if record.kind not in {APPROVED, SENT}:
            continue
        digest, subject = record.content.get("digest"), _subject(record.content)
        known = found.get(str(digest))
        if subject is not None and digest and digest != ERASED and (known is None or not known.lang):
            found[str(digest)] = subject
    return found


def may_be_same(subject: Subject, other: Subject) -> bool:
    """Whether both may be the same letter: a language that is not known may be any, and so may a stage not named."""
    pairs = ((subject.lang, other.lang), (subject.stage, other.stage))
    may_be = all(not one or not another or one == another for one, another in pairs)
    return may_be and (subject.covers, subject.duty) == (other.covers, other.duty)


def _subject(content: Mapping[str, Any]) -> Subject | None:
    covers, duty, stage, lang = (str(content.get(name) or "") for name in _SUBJECT_FIELDS)
    if not covers or not duty or ERASED in {covers, duty, stage}:
        return None
    return Subject(covers=covers, duty=duty, stage=stage, lang="" if lang == ERASED else lang)

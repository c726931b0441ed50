"""What the shape of a duty cannot refuse: a recipient that is two, and a source that nobody named."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum

from leakguard.errors import Problem
from leakguard.frozen import Frozen
from leakguard.notices.duties import Duty
from leakguard.notices.provenance import provenance_of

_IN_BRACKETS = re.compile(r"\((?!\s*(?:and|or)\b)[^)]*\)")
"""An abbreviation or an explanation; `(and data subjects)` is a second recipient."""
_SEPARATORS = re.compile(r"\s+and\s+|\s+or\s+|\s*[,;/&+()]\s*", re.IGNORECASE)
_ALWAYS_TWO = re.compile(r"\s\+\s|;|\s/\s")
_SOMEBODY = re.compile(
    r"\b(office|ministry|department|commission|commissioner|agency|authority|authorities|board|bureau|police|csirt|cert|"
    r"enisa|regulator|attorney general|public security|state of|entity|division|director|"
    r"subjects?|users?|individuals|people|media|customers|consumers)\b",
    re.IGNORECASE,
)
"""What names somebody who can be told."""
_PARENT = re.compile(r"(Department|Ministry) of ")
"""What an office belongs to, behind its name: `Office for Civil Rights, Department of Health and Human Services`."""
_GROUPS = frozenset({"individuals", "controller", "investors", "public", "media"})
"""Recipients that are many by nature: `subscriber or user` is one group."""


class Remark(StrEnum):
    """What a file should have and may be used without; each is counted."""

    TRIED = "tried"
    NAME_ZH = "name_zh"
    LAW_ZH = "law_zh"
    TEXT_ZH = "text_zh"
    NOT_ASKED_BEFORE = "versions"

    @property
    def words(self) -> str:
        """As a sentence goes on behind the number of duties."""
        return _WORDS[self]


_WORDS = {
    Remark.TRIED: "without `tried`: neither the law nor an office's page was read, nor is it told what was tried",
    Remark.NAME_ZH: "whose recipient has no `name_zh`",
    Remark.LAW_ZH: "without `law_zh`",
    Remark.TEXT_ZH: "with a version whose `text` has no `text_zh`",
    Remark.NOT_ASKED_BEFORE: "in force since a day before which no `versions` state the law",
}


class DutyRemark(Frozen):
    """A remark, and the duties to which it applies."""

    remark: Remark
    duties: tuple[str, ...]


def rule_problems(index: int, duty: Duty) -> Iterator[Problem]:
    """What makes a duty wrong although its shape is right; `index` is its place in the file."""
    where = f"duties[{index}]"
    if not duty.source_url.strip():
        yield Problem(where=f"{where}.source_url", text="names no source")
    if names_two(duty):
        text = (
            f"`{duty.recipient.name[:80]}` names two recipients: write a duty for each, with a clock of its own; "
            "where it is the name of one, state `is_one: true`"
        )
        yield Problem(where=f"{where}.recipient.name", text=text)
    if duty.confidence == "own-knowledge" and not duty.verify_fields:
        text = "is missing: a duty from memory (`own-knowledge`) names what is to be verified"
        yield Problem(where=f"{where}.verify_fields", text=text)
    for part, source in duty.sources.items():
        if source.kind == "own-knowledge":
            yield Problem(where=f"{where}.sources.{part}", text="is no source: write the part into `from_memory`")
    if len(duty.verify_fields) != len(duty.verify_fields_zh):
        yield Problem(where=f"{where}.verify_fields_zh", text="has not as many entries as `verify_fields`")


def names_two(duty: Duty) -> bool:
    """Whether the recipient of a duty is more than one: a filing to the first would end the clock of the second."""
    recipient = duty.recipient
    name = _IN_BRACKETS.sub(" ", recipient.name)
    if recipient.is_one:
        return False
    if recipient.type not in _GROUPS and (_ALWAYS_TWO.search(name) or re.search(r"\bor\b", name)):
        return True
    named = [part for part in _SEPARATORS.split(name) if _SOMEBODY.search(part)]
    is_of_a_ministry = len(named) == len(("office", "ministry")) and _PARENT.match(named[1]) is not None
    return len(named) > 1 and not is_of_a_ministry


def remarks(duties: Sequence[Duty]) -> tuple[DutyRemark, ...]:
    """What the duties should have and may be used without."""
    found: dict[Remark, list[str]] = {}
    for duty in duties:
        for remark in _remarks_on(duty):
            found.setdefault(remark, []).append(duty.id)
    return tuple(DutyRemark(remark=remark, duties=tuple(found[remark])) for remark in Remark if remark in found)


def _remarks_on(duty: Duty) -> Iterator[Remark]:
    if provenance_of(duty).lacks_tried:
        yield Remark.TRIED
    if not duty.recipient.name_zh:
        yield Remark.NAME_ZH
    if not duty.law_zh and "zh" not in duty.named:
        yield Remark.LAW_ZH
    if any(version.text and not version.text_zh for version in duty.versions):
        yield Remark.TEXT_ZH
    if duty.in_force_from is not None and not duty.versions and duty.status in {"in_force", "voluntary"}:
        yield Remark.NOT_ASKED_BEFORE

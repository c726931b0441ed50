"""The doubt before a letter leaves China for a foreign office: it stands among what has to be settled first."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.models.letters import Letter, texts_of
from leakguard.notices.competence import is_office
from leakguard.notices.duties import Duty
from leakguard.notices.fact_values import Contact
from leakguard.notices.facts import Facts
from leakguard.notices.notice_content import NoticeContent
from leakguard.outbound.leaving import carried, is_foreign, letter_doubt
from leakguard.outbound.rule_files import load_rules
from leakguard.ports import DataFolders

_CONTACTS = ("org_contact", "dpo_contact")
_NAMED = "accountability"
"""The fact that tells who was held to account."""


def abroad_doubts(folders: DataFolders, notice: NoticeContent, facts: Facts, letter: Letter) -> Iterator[str]:
    """What to ask counsel before a letter to a foreign office; nothing where it carries counts and kinds alone."""
    if not isinstance(notice, Duty) or not is_office(notice.recipient):
        return
    if not is_foreign(facts.organisation.country, notice.id.partition("-")[0]):
        return
    texts = [text for block in letter.blocks for text in texts_of(block)]
    kinds = carried(texts, tuple(_own(facts)), names_people=_names_people(notice, facts))
    if doubt := letter_doubt(load_rules(folders), kinds):
        yield doubt


def _own(facts: Facts) -> Iterator[str]:
    """How those who sign and answer are reached."""
    stated = [fact.value for name in _CONTACTS if (fact := facts.get(name)) is not None]
    for contact in (facts.organisation.contact, facts.organisation.dpo, *stated):
        if isinstance(contact, Contact):
            yield from contact.ways
            yield from contact.text.texts.values() if contact.text is not None else ()


def _names_people(notice: Duty, facts: Facts) -> bool:
    fact = facts.get(_NAMED)
    return fact is not None and fact.has_value and any(item.item == _NAMED for item in notice.content)

"""Whether a letter tells anything that nobody knows yet, so that it announces no supplement where none comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leakguard.notices.completeness import ItemStanding
from leakguard.notices.data_effects import PLACES, effects_of, tells_effects, tells_places
from leakguard.notices.facts import Facts, FactState
from leakguard.notices.letters.template import IF_STATED, LetterTemplate
from leakguard.notices.notice_content import NoticeContent


def still_open(
    notice: NoticeContent, facts: Facts, statuses: Mapping[str, ItemStanding], template: LetterTemplate
) -> bool:
    """Whether the letter tells an item, an effect or a place as unknown, or lists items that nobody stated."""
    if facts.not_known_yet is not None and any(
        how == "said" and facts.get(name) is None for name, how in statuses.items()
    ):
        return True
    if tells_effects(notice) and any(effect.state == "unknown" for effect in effects_of(facts)):
        return True
    return any(
        fact.state is FactState.UNKNOWN
        for name in _expected_items(notice, statuses, template)
        if (fact := facts.get(name)) is not None
    )


def _expected_items(
    notice: NoticeContent, statuses: Mapping[str, ItemStanding], template: LetterTemplate
) -> Iterator[str]:
    """What the duty asks for, and what the template tells although nobody asks."""
    also = (item.removesuffix(IF_STATED) for part in template.parts for item in part.items if item.endswith(IF_STATED))
    for name in dict.fromkeys((*statuses, *also)):
        if statuses.get(name) != "not_needed" and name not in notice.must_not_contain:
            yield name
    if tells_places(notice):
        yield PLACES

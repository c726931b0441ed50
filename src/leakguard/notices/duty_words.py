"""Which words of a duty the vocabulary must know, so that none is a slip of the pen, and which it has for its law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from leakguard.files.yaml_text import Path
from leakguard.notices.expressions import Expression
from leakguard.notices.vocabulary import Vocabulary

if TYPE_CHECKING:
    from leakguard.notices.duties import Duty

Use = tuple[Path, str, Mapping[str, Any], str]
"""Where a word stands, the word, the known ones, and what it is."""


def words_used(duty: Duty, vocabulary: Vocabulary) -> Iterator[Use]:
    """Every word of a duty and of its earlier versions that the vocabulary must know."""
    yield from _words_of(duty, vocabulary)
    for number, version in enumerate(duty.versions):
        for place, word, known, what in _words_of(version.duty, vocabulary) if version.duty is not None else ():
            yield ("versions", number, *place), word, known, what


def _words_of(duty: Duty, vocabulary: Vocabulary) -> Iterator[Use]:
    for index, word in enumerate(duty.obligated):
        yield ("obligated", index), word, vocabulary.obligated, "addressee"
    yield from _items_of_rules(duty, vocabulary)
    yield from _items_of_content(duty, vocabulary)
    for index, word in enumerate(duty.must_not_contain):
        yield ("must_not_contain", index), word, vocabulary.items, "content item"
    yield from _items_of_stages(duty, vocabulary)
    for rule_place, rule in _rules_of(duty):
        for leaf in rule.leaves():
            yield from _words_in(leaf, rule_place, vocabulary)


def _items_of_content(duty: Duty, vocabulary: Vocabulary) -> Iterator[Use]:
    """The items of the whole notice, with their conditions."""
    for index, content in enumerate(duty.content):
        yield ("content", index, "item"), content.item, vocabulary.items, "content item"
        yield ("content", index, "required"), content.required, vocabulary.conditions, "condition"
        if content.or_:
            yield ("content", index, "or"), content.or_, vocabulary.items, "content item"


def _items_of_stages(duty: Duty, vocabulary: Vocabulary) -> Iterator[Use]:
    for number, phase in enumerate(duty.phases):
        for index, item in enumerate(phase.content):
            place = ("phases", number, "content", index)
            yield place, item.item, vocabulary.items, "content item"
            if item.required:
                yield place, item.required, vocabulary.conditions, "condition"


def _items_of_rules(duty: Duty, vocabulary: Vocabulary) -> Iterator[Use]:
    """A rule about the form of an item must mean one."""
    for index, rule in enumerate(duty.format_rules):
        if rule.item:
            yield ("format_rules", index, "item"), rule.item, vocabulary.items, "content item"


def _rules_of(duty: Duty) -> Iterator[tuple[Path, Expression]]:
    yield ("trigger", "rule"), duty.trigger.rule
    for index, phase in enumerate(duty.phases):
        if phase.when is not None:
            yield ("phases", index, "when"), phase.when
    for index, exemption in enumerate(duty.exemptions):
        if exemption.when is not None:
            yield ("exemptions", index, "when"), exemption.when


def _words_in(leaf: Expression, place: Path, vocabulary: Vocabulary) -> Iterator[Use]:
    if leaf.fact is not None:
        yield place, leaf.fact.split(".")[0], vocabulary.facts, "fact"
    for code in (leaf.residents, leaf.organisation_in, leaf.operates_in):
        if code is not None and not vocabulary.is_place(code):
            yield place, code, vocabulary.regions, "place"
    for category in leaf.categories or ():
        if not vocabulary.is_category(category):
            yield place, category, vocabulary.categories, "kind of data"


def with_names(duty: Duty, vocabulary: Vocabulary) -> Duty:
    """With the names that further languages have for its law; what the duty states itself comes first."""
    english = duty.law_words("en")
    names = {lang: laws[english] for lang, laws in vocabulary.laws.items() if english in laws}
    versions = tuple(
        version.model_copy(update={"duty": with_names(version.duty, vocabulary)})
        if version.duty is not None
        else version
        for version in duty.versions
    )
    return duty.model_copy(update={"named": names | duty.named, "versions": versions}) if names or versions else duty

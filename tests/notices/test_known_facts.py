"""The facts that were read last are not read again, as long as they would come out the same."""

from __future__ import annotations

from datetime import timedelta

from leakguard.frozen import replace
from leakguard.notices.book import read_facts
from leakguard.notices.facts import Facts
from leakguard.notices.known_facts import MOST, KnownFacts
from support.notices import NOW, book, complete, to_text

DAY = timedelta(days=1)


class Reading:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.facts = read_facts(to_text(complete()), name="facts.yaml", book=book(), now=NOW)
        self.times = 0

    def __call__(self) -> Facts:
        self.times += 1
        return self.facts


def key(text: str) -> tuple[str, str, None]:
    return text, "facts.yaml", None


def test_the_same_text_is_read_once_and_again_for_other_words_or_an_earlier_moment() -> None:
    known, read, words = KnownFacts(), Reading(), book().vocabulary
    late = max([NOW, *(event.recorded_at for event in read.facts.events)]) + DAY

    assert known.of(key("a"), words, late, read) is known.of(key("a"), words, late + DAY, read)
    assert read.times == 1
    known.of(key("b"), words, late, read)
    known.of(key("a"), replace(words), late, read)
    known.of(key("a"), replace(words), late - DAY / 2, read)
    assert read.times == 4


def test_an_event_that_is_not_over_is_read_again() -> None:
    known, read, words = KnownFacts(), Reading(), book().vocabulary
    (first, *rest) = read.facts.events
    read.facts = replace(read.facts, events=(replace(first, recorded_at=NOW), *rest))

    known.of(key("a"), words, NOW, read)
    known.of(key("a"), words, NOW, read)
    assert read.times == 2


def test_only_so_many_are_remembered_and_the_oldest_goes_first() -> None:
    known, read, words = KnownFacts(), Reading(), book().vocabulary
    late = max([NOW, *(event.recorded_at for event in read.facts.events)]) + DAY

    for number in range(MOST + 1):
        known.of(key(str(number)), words, late, read)
    known.of(key("1"), words, late, read)
    assert read.times == MOST + 1
    known.of(key("0"), words, late, read)
    assert read.times == MOST + 2

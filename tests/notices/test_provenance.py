"""What each rule rests on, and which rest on weak sources."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.clocks.rules import Amount
from leakguard.notices.duties import Duty, parse_duties
from leakguard.notices.provenance import Weakness, counts_of, parts_of, provenance_of, ranked_by_provenance
from notices.test_law_of_day import BELIEVED, FILE, READ
from support.notices import book


def duty_of(**changes: object) -> Duty:
    (duty,) = parse_duties(FILE.replace("SOURCE", READ), name="fd.yaml", vocabulary=book().vocabulary)
    return duty.model_copy(update=changes)


def with_source(part: str) -> dict[str, Any]:
    text = FILE.replace("SOURCE", READ).replace(
        '    article: "1"',
        f'    article: "1"\n    sources: {{{part}: {{url: "https://x.example/", kind: secondary, on: "2026-01-02"}}}}',
    )
    (duty,) = parse_duties(text, name="fd.yaml", vocabulary=book().vocabulary)
    return {str(part): source for part, source in duty.sources.items()}


def test_a_rule_that_was_read_in_the_law_is_not_weak() -> None:
    assert provenance_of(duty_of()).weak == ()
    assert parts_of(duty_of()) == ()
    assert provenance_of(duty_of()).lacks_tried is False


@pytest.mark.parametrize(
    ("changes", "weak"),
    [
        ({"from_memory": ("deadline",)}, {Weakness.DEADLINE_FROM_MEMORY}),
        ({"from_memory": ("content",)}, {Weakness.PARTS_FROM_MEMORY}),
        ({"source_kind": "secondary"}, {Weakness.SECONDARY}),
        ({"source_kind": "unread"}, {Weakness.UNREAD}),
        ({"confidence": "own-knowledge"}, {Weakness.DEADLINE_FROM_MEMORY, Weakness.OWN_KNOWLEDGE}),
        ({"source_kind": "official"}, set()),
    ],
)
def test_each_weakness_is_named(changes: dict[str, Any], weak: set[Weakness]) -> None:
    assert set(provenance_of(duty_of(**changes)).weak) == weak


def test_a_deadline_with_a_source_of_its_own_does_not_rest_on_memory() -> None:
    duty = duty_of(confidence="own-knowledge", sources=with_source("deadline"))

    assert Weakness.DEADLINE_FROM_MEMORY not in provenance_of(duty).weak
    assert [one.part for one in parts_of(duty) if one.source is not None] == ["deadline"]


def test_memory_goes_before_a_source_that_was_named_for_the_same_part() -> None:
    (part,) = parts_of(duty_of(from_memory=("content",), sources=with_source("content")))

    assert (part.part, part.source) == ("content", None)


def test_deadlines_from_memory_come_first_and_of_them_the_shortest() -> None:
    stage = duty_of().phases[0]
    week = stage.clock.limbs[0].model_copy(update={"amount": Amount.model_validate({"calendar": "P7D"})})
    later = stage.model_copy(update={"clock": stage.clock.model_copy(update={"limbs": (week,)})})
    slow = duty_of(id="slow", from_memory=("deadline",), phases=(later,))
    quick = duty_of(id="quick", from_memory=("deadline",))
    dormant = duty_of(id="dormant", from_memory=("deadline",), status="proposed")
    secondary, sound = duty_of(id="secondary", source_kind="secondary"), duty_of(id="sound")

    found = ranked_by_provenance([sound, dormant, secondary, slow, quick])

    assert [one.duty.id for one in found] == ["quick", "slow", "secondary", "dormant", "sound"]
    assert [one.hours for one in found[:2]] == [24, 168]


def test_the_counts_are_of_every_duty_and_of_what_the_law_was_before() -> None:
    (believed,) = parse_duties(FILE.replace("SOURCE", BELIEVED), name="fd.yaml", vocabulary=book().vocabulary)
    counts = counts_of(ranked_by_provenance([duty_of(), believed.model_copy(update={"source_kind": "secondary"})]))

    assert (counts.duties, counts.by_kind["primary"], counts.by_kind["secondary"]) == (2, 1, 1)
    assert (counts.weak, counts.without_tried) == (1, 1)
    assert (counts.earlier_texts, counts.earlier_read) == (4, 3)


def test_what_was_tried_takes_the_mark_away() -> None:
    assert provenance_of(duty_of(source_kind="unread")).lacks_tried
    assert not provenance_of(duty_of(source_kind="unread", tried="2026-11-30: the page did not answer")).lacks_tried


def test_nothing_that_ships_was_reviewed_by_an_organisation() -> None:
    assert [duty.id for duty in book().duties for one in duty.texts if one.reviewed is not None] == []

"""Drawings of playbooks: every step, role, clock, condition, way back and loop, and where a response stands."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leakguard.clocks.rules import Amount
from leakguard.errors import UsageProblem
from leakguard.playbooks.definitions import parse_playbook
from leakguard.playbooks.drawing.layers import MAX_BENDS, depths, place
from leakguard.playbooks.drawing.mermaid import render_mermaid
from leakguard.playbooks.drawing.picture import END, START, Drawing, LineKind, Mark, drawing_of
from leakguard.playbooks.drawing.plan import plan_of
from leakguard.playbooks.drawing.strokes import BoxPlan
from leakguard.playbooks.drawing.svg import render_svg
from leakguard.playbooks.drawing.text import broken, units, xml
from leakguard.playbooks.shapes import Playbook
from leakguard.playbooks.states import StepState
from support.examples import examples
from support.playbook_values import playbooks
from support.responses import small

GOLDEN = Path(__file__).parent / "golden"
LOOPS = r"""
playbook: loops
title: 'Loops & <brackets> "quotes" `ticks` #5; %% a\b'
version: 7
roles: {commander: leads, dpo: decides}
clocks:
  strict: {anchor: awareness, amount: {none: true}, end: closed}
  many:
    title: Two limbs
    limbs:
      - {anchor: awareness, amount: {calendar: P1M}}
      - {anchor: notice_received, amount: {business_days: 4}}
    combine: max
    calendar: DE
    end: closed
  hours:
    anchor: awareness
    amount: {business_hours: PT8H}
    schedule: {days: [mon], from: "09:00", to: "17:00"}
    end: closed
  inner: {anchor: awareness, amount: {year_end_plus: P60D}, end: closed}
start: [a]
end: [c, d]
steps:
  a: {kind: human, title: 第一步要做的事情很多很多很多很多, phase: learn, owner: commander, do: [x], next: [b]}
  b:
    kind: decision
    title: B
    phase: decide
    owner: dpo
    second_person: commander
    do: [x]
    form:
      done: {type: yes_no, label: Done?}
      count: {type: number, label: How many?}
    repeat: {until: {field: done, is: true}, at_most: 3, every: PT2H}
    next: [c, d]
  c:
    kind: notice
    title: C
    phase: tell
    owner: dpo
    do: ["leakguard incident event {incident} closed"]
    when: [{step: b, field: count, at_least: 500}, {step: b, field: done, is_not: false}]
  d:
    kind: human
    title: D
    phase: learn
    owner: dpo
    do: [x]
    form: {ok: {type: choice, label: Ok?, options: [x, y, z]}}
    repeat: {until: {field: ok, one_of: [x, y]}, at_most: 2, from: a}
"""
MARKS = {
    "contain": Mark(state=StepState.DONE, text="Ann <b>"),
    "note": Mark(state=StepState.SKIPPED),
    "verify": Mark(state=StepState.RUNNING),
    "decide": Mark(state=StepState.READY, text="due at noon"),
    "tell": Mark(state=StepState.WAITING),
    "learn": Mark(state=StepState.UNSURE),
}


def loops() -> Playbook:
    return parse_playbook(LOOPS, name="loops.yaml")


@pytest.mark.parametrize(
    ("name", "drawing"),
    [
        ("small.mmd", drawing_of(small())),
        ("running.mmd", drawing_of(small(), MARKS)),
        ("loops.mmd", drawing_of(loops())),
    ],
)
def test_mermaid_text_is_as_it_was_agreed(name: str, drawing: Drawing) -> None:
    assert render_mermaid(drawing) == (GOLDEN / name).read_text(encoding="utf-8")


def test_no_word_of_a_playbook_can_end_the_quotes_of_mermaid() -> None:
    found = render_mermaid(drawing_of(small(**{"title: Close it": 'title: "a\\"]; x %%{init} <script> #amp; `"'})))

    label = re.search(r's_contain\["(.*)"\]', found)

    assert label is not None
    assert not set('"`%;') & set(re.sub(r"#\d+;", "", label[1]))
    assert "<script" not in found


def test_the_drawing_says_who_until_when_and_under_which_answer() -> None:
    boxes = {box.id: box for box in drawing_of(loops()).boxes}

    assert boxes["b"].notes == ("dpo, with commander", "again every PT2H until done is yes, 3 times at most")
    assert boxes["c"].notes == ("dpo", "only if b: count is at least 500 and b: done is not no")
    assert boxes["d"].notes == ("dpo", "again from a until ok is x or y, 2 times at most")
    assert drawing_of(loops()).clocks == (
        "strict: without undue delay from awareness, until closed",
        "many: Two limbs. P1M from awareness or, if later, 4 working days from notice_received, until closed",
        "hours: PT8H in working hours from awareness, until closed",
        "inner: the end of the year and P60D from awareness, until closed",
    )


def test_a_clock_within_another_says_so() -> None:
    inner = "inner: {anchor: first(notice_received), amount: {elapsed: PT2H}, end: contained, within: remediate}"
    found = drawing_of(small(**{"start: [contain]": f"  {inner}\nstart: [contain]"}))

    assert found.clocks[1].endswith("until contained, within remediate")
    assert Amount(calendar="P1M").unit == "calendar"


def elements(svg: str, name: str) -> list[ET.Element]:
    return ET.fromstring(svg).findall(f".//{{http://www.w3.org/2000/svg}}{name}")  # noqa: S314  (our own text)


def test_the_svg_names_every_step_state_role_and_clock() -> None:
    svg = render_svg(drawing_of(small(), MARKS))
    words = "\n".join(element.text or "" for element in elements(svg, "text"))

    for expected in (
        "A small response",
        "verify, automated",
        "done: Ann <b>",
        "ready: due at noon",
        "skipped",
        "start",
    ):
        assert expected in words
    assert "Clock remediate: PT24H from first(notice_received)" in words
    assert "counsel: agrees" in words
    classes = [element.get("class") for element in elements(svg, "g") if element.get("class")]
    assert classes == ["step done", "step skipped", "step current", "step current", "step waiting", "step failed"]


def test_the_svg_has_colours_for_light_and_dark_pages_and_no_script() -> None:
    svg = render_svg(drawing_of(loops()))

    assert "prefers-color-scheme:dark" in svg
    assert not re.search(r"<script|javascript:|href=|url\(http", svg)
    assert len(elements(svg, "path")) > 10


def test_ways_back_and_loops_have_lines_of_their_own() -> None:
    kinds = [stroke.kind for stroke in plan_of(drawing_of(small())).strokes]

    assert kinds.count(LineKind.FAILED) == 1
    assert [stroke.kind for stroke in plan_of(drawing_of(loops())).strokes].count(LineKind.AGAIN) == 2


@given(playbooks())
@examples(8)
def test_boxes_never_cover_one_another_and_what_follows_stands_below(playbook: Playbook) -> None:
    drawing = drawing_of(playbook)
    plan = plan_of(drawing)
    boxes = {one.box.id: one for one in plan.boxes}

    ET.fromstring(render_svg(drawing))  # noqa: S314  (our own text)
    assert len(plan.strokes) == len(drawing.lines)
    for line in drawing.lines:
        if line.kind is LineKind.NEXT:
            assert boxes[line.source].top + boxes[line.source].height < boxes[line.target].top
    assert not any(_overlap(one, other) for one in plan.boxes for other in plan.boxes if one is not other)
    assert all(one.left >= -0.01 and one.left + one.width <= plan.width + 0.01 for one in plan.boxes)


def _overlap(one: BoxPlan, other: BoxPlan) -> bool:
    return (
        one.left < other.left + other.width
        and other.left < one.left + one.width
        and one.top < other.top + other.height
        and other.top < one.top + one.height
    )


@given(playbooks())
@examples(8)
def test_mermaid_has_one_line_for_each_box_and_each_line(playbook: Playbook) -> None:
    drawing = drawing_of(playbook)
    lines = render_mermaid(drawing).splitlines()

    assert sum(bool(re.match(r"    (s_\w+|begin|finish)[\[{(>]", line)) for line in lines) == len(drawing.boxes)
    assert sum(".->" in line or "-->" in line for line in lines) >= len(drawing.lines)


def test_lines_that_cross_are_put_in_order() -> None:
    """Two lines that cross in the order of the names, and need not."""
    edges = [("a", "d"), ("b", "c")]
    found = place(dict.fromkeys("abcd", 10.0), edges, depths("abcd", edges))

    assert found.layers in ((("a", "b"), ("d", "c")), (("b", "a"), ("c", "d")))
    assert abs(found.centre["a"] - found.centre["d"]) < 1


def test_a_long_line_bends_round_what_stands_between() -> None:
    edges = [("a", "b"), ("b", "c"), ("a", "c")]
    found = place(dict.fromkeys("abc", 100.0), edges, depths("abc", edges))

    assert found.bends == {(2, 1): "/2/1"}
    assert abs(found.centre["/2/1"] - found.centre["b"]) >= 50 + 8


def test_more_lines_than_anybody_could_read_are_refused() -> None:
    names = [str(number) for number in range(60)]
    edges = [(one, other) for place, one in enumerate(names) for other in names[place + 1 :]]
    assert len(edges) < MAX_BENDS

    with pytest.raises(UsageProblem, match="too many lines"):
        place(dict.fromkeys(names, 1.0), edges, depths(names, edges))


def test_round_marks_cannot_be_names_of_steps() -> None:
    assert not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", START)
    assert not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", END)


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("short", 10, ["short"]),
        ("two words", 5, ["two", "words"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("关上门再说", 4, ["关上", "门再", "说"]),
        ("a b c d e f g h i j", 3, ["a b", "c d", "e f", "..."]),
        ("", 5, [""]),
    ],
)
def test_lines_break_at_words_and_wide_letters_count_twice(text: str, most: int, expected: list[str]) -> None:
    assert broken(text, most) == expected


@given(st.text(), st.integers(4, 20))
@example("立即通知安全团队并保存全部访问日志" * 4, 20)
def test_no_line_is_longer_than_it_may_be(text: str, most: int) -> None:
    assert all(units(line) <= most for line in broken(text, most))


@given(st.text())
def test_any_text_can_stand_in_xml(text: str) -> None:
    found = ET.fromstring(f'<t a="{xml(text)}">{xml(text)}</t>')  # noqa: S314  (our own text)

    assert len(found.text or "") == len(text)


def test_only_the_states_that_occur_have_a_colour() -> None:
    found = render_mermaid(drawing_of(small(), {"contain": Mark(state=StepState.DONE)}))

    assert "classDef done" in found
    assert "classDef failed" not in found

"""Shapes: every problem of a file at once, with its line and the nearest known name."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import pytest
from pydantic import Field, StringConstraints, ValidationError, create_model, field_validator

from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, fit, fitting_part, load, nearest_name
from leakguard.files.yaml_text import ReadText, read_yaml

CANARY = "hunter2-canary"


class Circle(Shape):
    kind: Literal["circle"]
    radius: float


class Square(Shape):
    kind: Literal["square"]
    side: float
    day: date | None = None


class Drawing(Shape):
    title: str
    from_: int = Field(alias="from", default=0)
    shapes: tuple[Circle | Square, ...] = ()
    parts: dict[str, Square] = Field(default_factory=dict)
    frame: Square | None = None
    texts: str | tuple[str, ...] = ""

    @field_validator("title")
    @classmethod
    def _is_short(cls, text: str) -> str:
        if len(text) > 20:
            raise ValueError("a title has at most 20 letters")
        return text


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(BadFile) as caught:
        load(text, Drawing, name="drawing.yaml")
    return caught.value.problems


def test_a_good_file_becomes_frozen_values() -> None:
    drawing = load("title: House\nfrom: 3\nshapes: [{kind: circle, radius: 2}]\n", Drawing, name="drawing.yaml")

    assert drawing.from_ == 3
    assert drawing.shapes == (Circle(kind="circle", radius=2.0),)
    with pytest.raises(ValidationError):
        drawing.title = "other"


def test_all_problems_come_together_with_lines_and_nearest_names() -> None:
    text = "titel: x\nfrom: many\nframe:\n  kind: square\n  sid: 1\n  side: x\n"

    found = {str(problem) for problem in problems_of(text)}

    assert "line 1: titel: unknown field (did you mean `title`?)" in found
    assert "line 1: title: this field is missing" in found
    assert "line 5: frame.sid: unknown field (did you mean `side`?)" in found
    assert any(text.startswith("line 2: from: ") for text in found)
    assert any(text.startswith("line 6: frame.side: ") for text in found)


def test_an_alias_is_named_as_the_file_writes_it() -> None:
    (problem,) = problems_of("title: x\nfrm: 1\n")

    assert problem.nearest == "from"


def test_problems_inside_a_union_name_fields_and_not_classes() -> None:
    found = problems_of("title: x\nshapes:\n  - {kind: circle, radius: wide}\n  - {kind: square, sied: 2}\n")

    assert all("Circle" not in problem.where and "Square" not in problem.where for problem in found)
    assert {problem.line for problem in found} == {3, 4}
    assert any(problem.where == "shapes[1].sied" and problem.nearest == "side" for problem in found)


def test_problems_inside_a_mapping_of_parts_are_followed() -> None:
    (problem,) = problems_of("title: x\nparts:\n  door: {kind: square, side: 1, dya: 2026-01-01}\n")

    assert (problem.where, problem.line, problem.nearest) == ("parts.door.dya", 3, "day")


def test_a_far_name_gets_no_guess() -> None:
    (problem,) = problems_of("title: x\nzzzzzz: 1\n")

    assert problem.nearest is None
    assert nearest_name("sied", ["side", "radius"]) == "side"


def test_a_beginning_says_more_than_what_is_spelt_alike() -> None:
    """Half of the name of a duty is spelt as that of another country's."""
    duties = ["uk-gdpr-33-ico", "eu-gdpr-33-authority", "eu-gdpr-33-authority-lead"]

    assert nearest_name("eu-gdpr-33", duties) == "eu-gdpr-33-authority"
    assert nearest_name("eu", duties) is None
    assert nearest_name("", duties) is None


def test_a_wrong_item_of_a_choice_is_named_once_for_each_reason() -> None:
    found = problems_of("title: x\ntexts: [1]\n")

    assert found
    assert len(found) == len(set(found))


def test_our_own_sentence_is_shown_without_the_librarys_words() -> None:
    (problem,) = problems_of("title: " + "x" * 21)

    assert problem.text == "a title has at most 20 letters"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"^[a-z][a-z0-9_]{0,39}$", "name: must be a name of small letters, digits and `_`, such as close_port"),
        (r"^[a-z][a-z0-9-]{0,59}$", "name: must be a name of small letters, digits and `-`, such as our-own-24h"),
        (r"^\d{4}-\d{2}-\d{2}$", "name: must be a day, such as 2026-05-23"),
        (r"^x$", "name: String should match pattern '^x$'"),
    ],
)
def test_a_name_that_is_spelt_wrongly_is_told_in_words(pattern: str, said: str) -> None:
    shape = create_model("Named", __base__=Shape, name=(Annotated[str, StringConstraints(pattern=pattern)], ...))
    with pytest.raises(BadFile) as caught:
        load("name: Two Words", shape, name="own.yaml")

    assert said in str(caught.value.problems[0])


def test_a_problem_never_repeats_what_the_file_says() -> None:
    found = problems_of(f"title: [{CANARY}]\nfrom: {CANARY}\nframe: {CANARY}\nshapes: {CANARY}\n")

    assert len(found) >= 4
    assert CANARY not in "".join(map(str, found))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: x\nshapes:", "shapes: must be a list"),
        ("title: 5", "title: must be text; put it in quotes"),
        ("title: x\nparts: 5", "parts: must be a mapping of fields"),
        ("title: x\nframe: 5", "frame: must be a mapping of fields"),
    ],
)
def test_a_wrong_type_is_said_in_words_of_yaml(text: str, said: str) -> None:
    with pytest.raises(BadFile) as refused:
        load(text, Drawing, name="d.yaml")

    assert said in refused.value.message


class Gallery(Shape):
    squares: tuple[Square, ...] = Field(min_length=1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("squares: []", ["squares: must have at least one entry"]),
        ("squares: [{kind: square, side: wide}]", ["squares[0].side"]),
    ],
)
def test_a_list_whose_only_entry_is_wrong_is_not_called_empty(text: str, said: list[str]) -> None:
    with pytest.raises(BadFile) as refused:
        load(text, Gallery, name="g.yaml")

    told = [str(problem).removeprefix("line 1: ") for problem in refused.value.problems]
    assert [one.startswith(start) for one, start in zip(told, said, strict=True)] == [True]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("title: x\nfrom: word\ncolour: red", {"title": "x"}),
        ("title: x\nparts: {a: {kind: square, side: 1}, b: {kind: square}, c: 5}", {"title": "x", "parts": ["a"]}),
        ("title: x\nshapes: [{kind: square, side: 1}, 5]", {"title": "x"}),
        ("from: 3", None),
        ("{}", None),
    ],
)
def test_what_fits_is_left_when_the_rest_is_dropped(text: str, left: dict[str, object] | None) -> None:
    """An entry of a list goes with its list, so that the numbers of the others stay."""
    found = fitting_part(read_yaml(text, name="d.yaml"), Drawing)
    kept = None if found is None else {"title": found.title} | ({"parts": list(found.parts)} if found.parts else {})

    assert kept == left
    assert found is None or found.shapes == ()


@pytest.mark.parametrize("text", ["[1, 2]", "word", "3"])
def test_a_file_must_be_a_mapping(text: str) -> None:
    (problem,) = problems_of(text)

    assert str(problem) == "line 1: the file must be a mapping of fields"


def test_values_that_were_read_before_can_be_fitted() -> None:
    assert fit(ReadText(value={"title": "x"}), Drawing, name="a").title == "x"

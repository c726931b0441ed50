"""Light shapes: what they read without pydantic is what pydantic reads, and pydantic names what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from msgspec import json as fast_json
from pydantic import BaseModel, ValidationError

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.files.fitting import load
from leakguard.files.light_reading import reader_of
from leakguard.files.light_shapes import (
    AfterValidator,
    BeforeValidator,
    Field,
    LightShape,
    StringConstraints,
    model_validator,
)
from leakguard.files.light_twins import read_leniently
from leakguard.files.shapes import Shape
from leakguard.files.yaml_text import read_yaml
from leakguard.notices.duties import Duty
from leakguard.notices.duty_form import expand
from leakguard.notices.vocabulary import Vocabulary
from leakguard.playbooks.shapes import Playbook

ROOT = Path(__file__).parents[2]


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("must be even")
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Part(LightShape):
    """One part."""

    kind: Literal["part"]
    size: Annotated[int, Field(strict=True, ge=0, le=10), AfterValidator(_even)] = 2
    from_: str = Field(default="here", alias="from")


class Other(LightShape):
    """Another."""

    kind: Literal["other"]


class Thing(LightShape):
    """Holds one of everything that shapes may hold."""

    SIZE: ClassVar[int] = 3

    name: Annotated[str, StringConstraints(pattern=r"^[a-z]+$", max_length=5)]
    words: Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)] = ("a",)
    day: date | None = None
    share: float = 0.5
    colour: Colour = Colour.RED
    either: str | list[str] = ""
    flag: bool | str | None = None
    parts: dict[str, Part] = Field(default_factory=dict)
    one: Annotated[Part | Other, Field(discriminator="kind")] | None = None
    inner: Thing | None = None
    any_: Any = Field(default=None, alias="any")
    at_least_one: tuple[str, ...] = Field(default=("x",), min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        return {"name": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _not_both(self) -> Thing:
        if self.flag and self.either:
            raise ValueError("not both")
        return self

    @cached_property
    def size(self) -> int:
        """Of all its parts."""
        return sum(part.size for part in self.parts.values())


class Bigger(Thing):
    """With more fields, and the checks of the other."""

    more: int


WHOLE: dict[str, Any] = {
    "name": "abc", "words": "one", "day": "2026-02-03", "share": 1, "colour": "blue", "either": ["x"],
    "flag": False, "parts": {"p": {"kind": "part", "size": 4, "from": "there"}}, "one": {"kind": "other"},
    "inner": "below", "any": {"x": [1]}, "at_least_one": ["y"],
}  # fmt: skip


def test_what_fits_is_read_into_frozen_values() -> None:
    thing = Thing.model_validate(WHOLE)

    assert (thing.name, thing.words, thing.day, thing.share) == ("abc", ("one",), date(2026, 2, 3), 1.0)
    assert (thing.colour, thing.either, thing.flag, thing.any_) == (Colour.BLUE, ["x"], False, {"x": [1]})
    assert thing.parts["p"] == Part.model_validate({"kind": "part", "size": 4, "from": "there"})
    assert thing.one == Other(kind="other")
    assert thing.inner == Thing(name="below")
    assert thing.size == thing.size == 4
    with pytest.raises(AttributeError):
        thing.name = "other"  # type: ignore[misc]


def test_a_field_may_be_named_by_its_name_or_by_its_alias_but_not_by_both() -> None:
    assert Part.model_validate({"kind": "part", "from_": "x"}) == Part.model_validate({"kind": "part", "from": "x"})
    with pytest.raises(ValidationError):
        Part.model_validate({"kind": "part", "from_": "x", "from": "y"})


def test_a_shape_that_builds_on_another_has_its_fields_aliases_and_checks() -> None:
    bigger = Bigger.model_validate(WHOLE | {"more": 1})

    assert (bigger.any_, bigger.more) == ({"x": [1]}, 1)
    with pytest.raises(ValidationError, match="not both"):
        Bigger.model_validate(WHOLE | {"more": 1, "flag": True})


WRONG: dict[str, dict[str, Any]] = {
    "a name of another pattern": {"name": "A"},
    "a name with an end of line": {"name": "abc\n"},
    "a name that is too long": {"name": "abcdef"},
    "no name": {"name": None},
    "too few words": {"words": []},
    "a word that is none": {"words": [1]},
    "no day": {"day": "2026-02-30"},
    "a share in words": {"share": "half"},
    "no colour": {"colour": "green"},
    "a part that is odd": {"parts": {"p": {"kind": "part", "size": 3}}},
    "a part that is too big": {"parts": {"p": {"kind": "part", "size": 12}}},
    "a part whose size is a truth": {"parts": {"p": {"kind": "part", "size": True}}},
    "a part of another kind": {"parts": {"p": {"kind": "other"}}},
    "neither kind": {"one": {"kind": "third"}},
    "a field that nobody knows": {"nmae": "x"},
    "a wrong field within": {"inner": {"name": "x", "inner": {"name": "Y"}}},
    "both": {"flag": "yes"},
    "nothing where something must be": {"at_least_one": []},
    "a mapping in the place of a list": {"at_least_one": {"x": 1}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_does_not_fit_is_refused_with_every_problem(wrong: dict[str, Any]) -> None:
    value = WHOLE | wrong
    with pytest.raises(ValueError):  # noqa: PT011  (a reader that has no words)
        reader_of(Thing)(value)

    with pytest.raises(ValidationError) as refused:
        Thing.model_validate(value)
    with pytest.raises(ValidationError) as two:
        Thing.model_validate(value | {"colour": "no colour", "day": "no day"})

    assert len(refused.value.errors()) >= 1
    assert len(two.value.errors()) >= 2


LENIENT: dict[str, dict[str, Any]] = {
    "a number in quotes": {"share": "0.25"},
    "a truth in words": {"any": 1, "flag": "on"},
    "a day with a time": {"day": "2026-02-03T00:00:00"},
    "a set": {"at_least_one": frozenset({"x"})},
}


@pytest.mark.parametrize("lenient", LENIENT.values(), ids=LENIENT)
def test_what_only_pydantic_takes_is_taken_as_it_takes_it(lenient: dict[str, Any]) -> None:
    value = {"name": "abc", **lenient}

    assert Thing.model_validate(value) == read_leniently(Thing, value)


def test_the_lines_and_the_nearest_names_of_problems_are_told_as_of_other_shapes() -> None:
    text = "name: abc\nparts:\n  p: {kind: part, sise: 4}\ninner:\n  name: X\n"

    with pytest.raises(BadFile) as refused:
        load(text, Thing, name="thing.yaml")

    told = {(one.where, one.line, one.nearest) for one in refused.value.problems}
    assert told == {("parts.p.sise", 3, "size"), ("inner.name", 5, None)}


def test_a_shape_of_pydantic_may_hold_light_ones() -> None:
    class Holder(Shape):
        thing: Thing
        many: tuple[Part, ...] = ()

    held = Holder.model_validate({"thing": WHOLE, "many": [{"kind": "part"}, Part(kind="part", size=4)]})

    assert held.thing == Thing.model_validate(WHOLE)
    assert held.many == (Part(kind="part"), Part(kind="part", size=4))
    assert held.model_dump(by_alias=True, exclude_defaults=True)["thing"]["parts"] == {
        "p": {"kind": "part", "size": 4, "from": "there"}
    }
    assert json.loads(held.model_dump_json())["many"][0] == {"kind": "part", "size": 2, "from_": "here"}
    assert Holder.model_validate(held.model_dump(mode="json", by_alias=True)) == held
    with pytest.raises(ValidationError) as refused:
        Holder.model_validate({"thing": WHOLE | {"colour": "green"}, "many": [{"kind": "part", "size": 3}]})
    assert [error["loc"] for error in refused.value.errors()] == [("thing", "colour"), ("many", 0, "size")]


def test_types_that_are_marked_for_light_shapes_hold_in_shapes_of_pydantic_too() -> None:
    class Model(Shape):
        even: Annotated[int, Field(strict=True, ge=0, le=10), AfterValidator(_even)]
        words: Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
        name: Annotated[str, StringConstraints(pattern=r"^[a-z]+$", max_length=5)]

    assert Model.model_validate({"even": 4, "words": "one", "name": "abc"}).words == ("one",)
    refused: tuple[dict[str, Any], ...] = (
        {"even": 3}, {"even": 12}, {"even": "4"}, {"words": []}, {"name": "A"}, {"name": "abcdef"},
    )  # fmt: skip
    for wrong in refused:
        with pytest.raises(ValidationError):
            Model.model_validate({"even": 4, "words": "one", "name": "abc", **wrong})


def test_fields_are_told_as_pydantic_tells_them() -> None:
    assert [info.alias or name for name, info in Part.model_fields.items()] == ["kind", "size", "from"]
    assert issubclass(type(Part.model_fields["size"]), object)
    assert not issubclass(Part, BaseModel)


def test_values_are_written_as_pydantic_writes_them() -> None:
    thing = Thing.model_validate(WHOLE)

    plain = thing.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert plain == {
        "name": "abc", "words": ["one"], "day": "2026-02-03", "share": 1.0, "colour": "blue", "either": ["x"],
        "flag": False, "parts": {"p": {"kind": "part", "size": 4, "from": "there"}}, "one": {"kind": "other"},
        "inner": {"name": "below"}, "any": {"x": [1]}, "at_least_one": ["y"],
    }  # fmt: skip
    assert Thing.model_validate(plain) == thing
    assert Part(kind="part").model_dump() == {"kind": "part", "size": 2, "from_": "here"}
    assert Part(kind="part").model_dump(exclude={"size"}) == {"kind": "part", "from_": "here"}
    assert Thing(name="é").model_dump(exclude_none=True, exclude_defaults=True) == {"name": "é"}
    part = Part.model_validate({"kind": "part", "from": "é"})
    assert part.model_dump_json() == '{"kind":"part","size":2,"from_":"é"}'
    assert thing.model_copy(update={"name": "x"}).name == "x"


def test_values_are_the_same_out_of_json() -> None:
    thing = Thing.model_validate(WHOLE | {"either": "x", "one": None})
    written = fast_json.encode(thing.parts)

    assert json.loads(written) == {"p": {"kind": "part", "size": 4, "from": "there"}}
    assert fast_json.decode(written, type=dict[str, Part]) == thing.parts


def every_file() -> Iterator[tuple[str, Any, Any]]:
    """What ships as plain values: each duty, each playbook, the vocabulary."""
    bundled = BundledFiles(ROOT)
    for name, text in bundled.texts("playbooks").items():
        yield name, Playbook, read_yaml(text, name=name).value
    for name, text in bundled.texts("duties").items():
        value = read_yaml(text, name=name).value
        if "duties" in value:
            yield from ((name, Duty, duty) for duty in expand(value, [])["duties"])
    yield "vocabulary.yaml", Vocabulary, read_yaml(bundled.text("duties", "vocabulary.yaml"), name="").value


def changed(value: Any, number: int) -> Iterator[Any]:  # noqa: ANN401  (plain values)
    """The value with one place of it changed into something else, for some of its places."""
    others: tuple[Any, ...] = (None, True, 7, "word", [], {}, ["word"], {"word": 1}, 0.5, "2026-01-01")
    if isinstance(value, dict):
        for place, (key, inner) in enumerate(value.items()):
            yield {**value, key: others[(number + place) % len(others)]}
            yield from ({**value, key: one} for one in changed(inner, number + place) if (number + place) % 3 == 0)
        yield {**value, "unknown": 1}
        yield dict(list(value.items())[1:])
    elif isinstance(value, list) and value:
        place = number % len(value)
        yield [*value[:place], others[number % len(others)], *value[place + 1 :]]
        yield from ([*value[:place], one, *value[place + 1 :]] for one in changed(value[place], number))


def test_what_ships_needs_no_leniency_and_is_read_as_pydantic_reads_it() -> None:
    for name, shape, value in every_file():
        assert reader_of(shape)(value) == read_leniently(shape, value), name


def test_whatever_is_changed_in_what_ships_is_never_taken_unless_pydantic_takes_it_so() -> None:
    seen = taken = 0
    for number, (name, shape, value) in enumerate(every_file()):
        for one in changed(value, number) if number % 9 == 0 else ():
            seen += 1
            try:
                read = reader_of(shape)(one)
            except ValueError:
                continue
            taken += 1
            assert read == read_leniently(shape, one), name
    assert seen > 1_000
    assert 0 < taken < seen

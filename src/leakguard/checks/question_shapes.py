"""Shapes of questions, of conditions over their answers, and of what is named in these; see `shapes`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, field_validator, model_validator

from leakguard.checks.conditions import Stated
from leakguard.checks.expressions import refused_expression
from leakguard.checks.requests import (
    DEFAULT_ITEMS,
    IDENTIFY_BYTES,
    LISTING_BYTES,
    MAX_ITEMS,
    refused_distinct,
    refused_headers,
    refused_question,
    refused_what,
    refused_whole,
)
from leakguard.files.shapes import Shape
from leakguard.models.observations import Ending

T = TypeVar("T")


def unless(refusal: str | None) -> None:
    """Raise `ValueError` with a refusal, if there is one."""
    if refusal:
        raise ValueError(refusal)


def _nonempty(value: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
    unless("this list must not be empty" if value == [] else None)
    return value


def _compiles(text: str) -> str:
    unless(refused_expression(text))
    return text


def _may_be_asked(text: str) -> str:
    unless(refused_question(text))
    return text


def _may_be_sent(text: str) -> str:
    unless(refused_what(text))
    return text


def _may_be_set(headers: dict[str, str]) -> dict[str, str]:
    unless(refused_headers(headers))
    return headers


Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=64)]
Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
Some = Annotated[tuple[T, ...], BeforeValidator(_nonempty)]
Link = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)]
RequestId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$", max_length=40)]
Expression = Annotated[str, AfterValidator(_compiles)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Scalar = str | int | Number | bool
JsonType = Literal["array", "object", "string", "number", "boolean"]
QuestionPath = Annotated[str, AfterValidator(_may_be_asked)]


class JsonShape(Shape):
    """A test of a reply's JSON, or of a decoded document; every stated part must hold."""

    path: Expression = "@"
    type: JsonType | None = None
    equals: Scalar | None = None
    one_of: tuple[Scalar, ...] | None = Field(default=None, alias="in")
    starts_with: str | None = None
    contains: str | None = None
    nonempty: bool | None = None
    min: Number | None = None


class ConditionShape(Shape):
    """All stated parts must hold; an empty condition always holds."""

    is_: str | None = Field(default=None, alias="is")
    """The name of one of the check's `conditions`."""
    request: str | None = None
    status: tuple[int, ...] | None = None
    header: dict[str, str] | None = None
    """A name to a text that the header must contain; an empty text asks for presence alone."""
    tells_nothing: bool | None = None
    """Whether a front page says nothing of what lies behind it; see `fronts.tells_nothing`."""
    sends_to_login: bool | None = None
    """Whether it is a redirect to a login; see `logins.sends_to_login`."""
    contains: str | tuple[str, ...] | None = None
    """Every text must stand in the body."""
    lacks: str | tuple[str, ...] | None = None
    """No text may stand in the body."""
    json_: JsonShape | None = Field(default=None, alias="json")
    ended: tuple[Ending, ...] | None = None
    all_: tuple[ConditionShape, ...] | None = Field(default=None, alias="all")
    any_: tuple[ConditionShape, ...] | None = Field(default=None, alias="any")
    not_: ConditionShape | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _names_a_request(self) -> ConditionShape:
        asks = self.model_fields_set & {
            "status",
            "header",
            "tells_nothing",
            "sends_to_login",
            "contains",
            "lacks",
            "json_",
            "ended",
        }
        unless("a test of a reply needs `request`" if asks and self.request is None else None)
        return self


class EachShape(Shape):
    """Ask once for each name in an earlier answer."""

    request: str
    path: Expression
    at_most: int = Field(default=DEFAULT_ITEMS, ge=1, le=MAX_ITEMS, strict=True)
    after: Literal["", "/", "/items/"] = ""


class RequestShape(Shape):
    """One question: `get` or `head` with a path, `ask` with a name, or `method`."""

    id: RequestId
    get: QuestionPath | None = None
    head: QuestionPath | None = None
    ask: str | None = None
    method: str | None = None
    what: Annotated[str, AfterValidator(_may_be_sent)] = ""
    headers: Annotated[dict[str, str], AfterValidator(_may_be_set)] = Field(default_factory=dict)
    cap_bytes: int = Field(default=IDENTIFY_BYTES, ge=1, le=LISTING_BYTES, strict=True)
    only_if: ConditionShape = ConditionShape()
    each: EachShape | None = None
    leave: Literal["default_accounts"] | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> RequestShape:
        unless(refused_whole(stated_by(self)))
        return self


class PlaceShape(Shape):
    """Where in the answers a value stands."""

    request: str
    path: Expression


class NumberPlaceShape(Shape):
    """Where in the answers a number stands: by a path in JSON, in a header, or by one of the other words in a text."""

    request: str
    path: Expression | None = None
    count: Words | None = None
    count_behind: Words | None = None
    sum_behind: Words | None = None
    metric: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=100)] | None = None
    header: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=100)] | None = None

    @model_validator(mode="after")
    def _is_one_way(self) -> NumberPlaceShape:
        ways = self.model_fields_set - {"request"}
        one_of = "state one of `path`, `count`, `count_behind`, `sum_behind`, `metric` and `header`"
        unless(None if len(ways) == 1 else one_of)
        return self


class NamePlaceShape(Shape):
    """Where the answers name collections or fields."""

    request: str
    word: Slug
    path: Expression = "@"
    shape: Literal["names", "pairs", "mapping"] = "names"


class DistinctShape(Shape):
    """How the different values of a field are counted."""

    get: str
    path: Expression
    only_if: ConditionShape = ConditionShape()

    @field_validator("get")
    @classmethod
    def _is_one_field(cls, text: str) -> str:
        unless(refused_distinct(text))
        return text


class FieldsShape(Shape):
    """A second look that a person has to ask for: names of fields."""

    requests: Some[RequestShape]
    places: Some[NamePlaceShape]
    distinct: DistinctShape | None = None
    estimates: tuple[PlaceShape, ...] = ()


def stated_by(shape: Shape) -> Stated:
    """The plain values that a file states, without what it leaves out."""
    return shape.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)

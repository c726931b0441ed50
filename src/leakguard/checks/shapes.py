"""Shapes of check files: what a file may state, refused with every problem at once; the values are `definitions`."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, field_validator, model_validator

from leakguard.checks.conditions import Stated
from leakguard.checks.cross_references import problems_between_fields
from leakguard.checks.expressions import refused_expression
from leakguard.checks.requests import (
    DEFAULT_ITEMS,
    IDENTIFY_BYTES,
    LISTING_BYTES,
    MAX_ITEMS,
    refused_distinct,
    refused_headers,
    refused_note,
    refused_question,
    refused_what,
    refused_whole,
)
from leakguard.checks.verbs import Kind
from leakguard.errors import BadFile
from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import read_yaml
from leakguard.models.findings import Access, Outcome, Right, Stranger
from leakguard.models.observations import Ending

T = TypeVar("T")


def _unless(refusal: str | None) -> None:
    if refusal:
        raise ValueError(refusal)


def _nonempty(value: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
    _unless("this list must not be empty" if value == [] else None)
    return value


def _compiles(text: str) -> str:
    _unless(refused_expression(text))
    return text


def _may_be_asked(text: str) -> str:
    _unless(refused_question(text))
    return text


def _may_be_sent(text: str) -> str:
    _unless(refused_what(text))
    return text


def _may_be_set(headers: dict[str, str]) -> dict[str, str]:
    _unless(refused_headers(headers))
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
        asks = self.model_fields_set & {"status", "header", "contains", "lacks", "json_", "ended"}
        _unless("a test of a reply needs `request`" if asks and self.request is None else None)
        return self


class EachShape(Shape):
    """Ask once for each name in an earlier answer."""

    request: str
    path: Expression
    at_most: int = Field(default=DEFAULT_ITEMS, ge=1, le=MAX_ITEMS, strict=True)


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

    @model_validator(mode="after")
    def _asks_one_thing(self) -> RequestShape:
        _unless(refused_whole(stated_by(self)))
        return self


class ProbeShape(Shape):
    """Which protocol is spoken, on which ports by default, and what is asked."""

    kind: Kind
    ports: Some[Port]
    requests: Some[RequestShape]


class RuleShape(Shape):
    """If `when` holds, the outcome and its reason."""

    when: ConditionShape
    then: Outcome
    reason: Words
    access: Access | None = None


class PlaceShape(Shape):
    """Where in the answers a value stands."""

    request: str
    path: Expression


class SourceShape(Shape):
    """One way to learn a word about the server."""

    when: ConditionShape = ConditionShape()
    request: str | None = None
    path: Expression | None = None
    header: str | None = None
    after: str = ""
    value: Words | None = None


class IdentityShape(Shape):
    """How product, version and cluster are learnt."""

    product: tuple[SourceShape, ...] = ()
    version: tuple[SourceShape, ...] = ()
    cluster_id: tuple[SourceShape, ...] = ()


class MeasureShape(Shape):
    """One way to learn the size."""

    when: ConditionShape = ConditionShape()
    records: PlaceShape | None = None
    bytes: PlaceShape | None = None
    collections: PlaceShape | None = None
    method: Words
    exact: bool = True


class DecoyShape(Shape):
    """Something that a real server would not do."""

    when: ConditionShape
    signal: Words


class RightShape(Shape):
    """How it is learnt whether a group of strangers has a right."""

    who: Stranger
    right: Right
    allowed: ConditionShape | None = None
    denied: ConditionShape | None = None


class NoteShape(Shape):
    """How a note is read once a person asks for it by hand."""

    get: str
    records: Expression
    cap_bytes: int = Field(default=IDENTIFY_BYTES, ge=1, le=IDENTIFY_BYTES, strict=True)

    @field_validator("get")
    @classmethod
    def _is_one_entry(cls, text: str) -> str:
        _unless(refused_note(text))
        return text


class RansomShape(Shape):
    """Names that extortionists leave behind."""

    entries: Some[PlaceShape]
    names: Some[Words]
    weak_names: tuple[Words, ...] = ()
    at_most_records: int = 5
    at_most_bytes: int = 1_000_000
    note: NoteShape | None = None


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
        _unless(refused_distinct(text))
        return text


class FieldsShape(Shape):
    """A second look that a person has to ask for: names of fields."""

    requests: Some[RequestShape]
    places: Some[NamePlaceShape]
    distinct: DistinctShape | None = None
    estimates: tuple[PlaceShape, ...] = ()


class CheckShape(Shape):
    """One check file."""

    id: Slug
    version: int = Field(ge=1, strict=True)
    title: Words
    datastore: Slug
    lifecycle: Literal["stable", "experimental"]
    why: Words
    probe: ProbeShape
    conditions: dict[str, ConditionShape] = Field(default_factory=dict)
    rules: Some[RuleShape]
    identity: IdentityShape = IdentityShape()
    measure: tuple[MeasureShape, ...] = ()
    decoys: tuple[DecoyShape, ...] = ()
    permissions: tuple[RightShape, ...] = ()
    ransom: RansomShape | None = None
    names: tuple[NamePlaceShape, ...] = ()
    since: tuple[PlaceShape, ...] = ()
    extensions: PlaceShape | None = None
    fields: FieldsShape | None = None
    remediation: Words
    references: Some[Link]
    covers: tuple[Words, ...] = ()
    fallback: bool = False

    @field_validator("id")
    @classmethod
    def _names_a_condition(cls, text: str) -> str:
        _unless("an id is `<datastore>_<condition>`" if "_" not in text else None)
        return text


def stated_by(shape: Shape) -> Stated:
    """The plain values that a file states, without what it leaves out."""
    return shape.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)


def read_check(text: str, *, name: str) -> Stated:
    """What a check file states; raises `BadFile` with every problem, its line and the nearest known name."""
    read = read_yaml(text, name=name)
    problems = tuple(problems_between_fields(read))
    try:
        shape = fit(read, CheckShape, name=name)
    except BadFile as bad:
        raise BadFile(name, (*bad.problems, *problems)) from bad
    if problems:
        raise BadFile(name, problems)
    return stated_by(shape)

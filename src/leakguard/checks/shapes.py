"""Shapes of check files: what a file may state, refused with every problem at once; the values are `definitions`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from leakguard.checks.conditions import Stated
from leakguard.checks.cross_references import problems_between_fields
from leakguard.checks.protocols import Kind
from leakguard.checks.question_shapes import (
    ConditionShape,
    Expression,
    FieldsShape,
    Link,
    NamePlaceShape,
    NumberPlaceShape,
    PlaceShape,
    Port,
    RequestShape,
    Slug,
    Some,
    Words,
    stated_by,
    unless,
)
from leakguard.checks.requests import (
    IDENTIFY_BYTES,
    refused_note,
)
from leakguard.errors import BadFile
from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import reading_yaml
from leakguard.models.findings import Access, Outcome, ReasonCode, Right, Stranger


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
    reason_code: ReasonCode | None = None


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
    records: NumberPlaceShape | None = None
    bytes: NumberPlaceShape | None = None
    collections: NumberPlaceShape | None = None
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
        unless(refused_note(text))
        return text


class RansomShape(Shape):
    """Names that extortionists leave behind."""

    entries: Some[PlaceShape]
    names: Some[Words]
    weak_names: tuple[Words, ...] = ()
    at_most_records: int = 5
    at_most_bytes: int = 1_000_000
    note: NoteShape | None = None

    @field_validator("names", "weak_names")
    @classmethod
    def _are_globs(cls, globs: tuple[str, ...]) -> tuple[str, ...]:
        strange = [glob for glob in globs if {*glob} & {*"?[]"}]
        unless(f"in {strange[0]!r} only `*` may stand for something else" if strange else None)
        return globs


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
    holds_many: bool = False
    fields: FieldsShape | None = None
    remediation: Words
    references: Some[Link]
    covers: tuple[Words, ...] = ()
    fallback: bool = False
    shipped: str | None = None
    by_name: Slug | None = None
    built_in: tuple[Words, ...] = ()
    serves_pages: bool = False
    of_a_framework: bool = False

    @field_validator("id")
    @classmethod
    def _names_a_condition(cls, text: str) -> str:
        unless("an id is `<datastore>_<condition>`" if "_" not in text else None)
        return text


def read_check(text: str, *, name: str) -> Stated:
    """What a check file states; raises `BadFile` with every problem, its line and the nearest known name."""
    with reading_yaml(text, name=name) as read:
        problems = tuple(problems_between_fields(read))
        try:
            shape = fit(read, CheckShape, name=name)
        except BadFile as bad:
            raise BadFile(name, (*bad.problems, *problems)) from bad
        if problems:
            raise BadFile(name, problems)
        return stated_by(shape)

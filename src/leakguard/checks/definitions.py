"""Check definitions: the shape of `checks/*.yaml`, and a loader that names every problem of a file at once.

The values are used elsewhere: `views.next_request(definition, replies, nonsense=...)` says what to ask,
`judge.judge(definition, observation)` says what the answers mean.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import quote

from pydantic import BeforeValidator, Field, StringConstraints, field_validator

from leakguard.checks.conditions import Condition
from leakguard.checks.cross_references import problems_between_fields
from leakguard.checks.expressions import Expression
from leakguard.checks.requests import IDENTIFY_BYTES, Request, RequestDefinition, refuse_path
from leakguard.checks.verbs import Kind
from leakguard.errors import BadFile
from leakguard.files.shapes import Shape, fit
from leakguard.files.yaml_text import read_yaml
from leakguard.models.findings import Access, Outcome, Right, Stranger

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=64)]
Port = Annotated[int, Field(ge=1, le=65535, strict=True)]
T = TypeVar("T")


def _nonempty(value: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
    if value == []:
        raise ValueError("this list must not be empty")
    return value


Some = Annotated[tuple[T, ...], BeforeValidator(_nonempty)]
Link = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=500)]


class ProbePlan(Shape):
    """Which protocol is spoken, on which ports by default, and what is asked."""

    kind: Kind
    ports: Some[Port]
    requests: Some[RequestDefinition]


class Rule(Shape):
    """If `when` holds, the outcome and its reason; the first rule that holds decides."""

    when: Condition
    then: Outcome
    reason: Words
    access: Access | None = None
    """By default what the outcome implies: `read` when exposed, `names` when partially exposed."""


class Place(Shape):
    """Where in the answers a value stands."""

    request: str
    path: Expression


class Source(Shape):
    """One way to learn a word about the server: from JSON, from a header, or a fixed word of ours."""

    when: Condition = Condition()
    request: str | None = None
    path: Expression | None = None
    header: str | None = None
    after: str = ""
    """With `header`: the value starts behind this text, as in `CouchDB/3.3.3`; absent text means no value."""
    value: Words | None = None


class Identity(Shape):
    """How product, version and cluster are learnt; the first source that gives a word wins."""

    product: tuple[Source, ...] = ()
    version: tuple[Source, ...] = ()
    cluster_id: tuple[Source, ...] = ()


class Measure(Shape):
    """One way to learn the size; the first whose condition holds and that gives a number wins."""

    when: Condition = Condition()
    records: Place | None = None
    bytes: Place | None = None
    collections: Place | None = None
    method: Words
    exact: bool = True


class DecoySignal(Shape):
    """Something that a real server would not do."""

    when: Condition
    signal: Words


class RightOfStrangers(Shape):
    """How it is learnt whether a group of strangers has a right; where neither holds it is unknown."""

    who: Stranger
    right: Right
    allowed: Condition | None = None
    denied: Condition | None = None


class NoteRequest(Shape):
    """How a note is read once a person asks for it by hand: no part of `probe.requests`, and never asked in a scan."""

    get: str
    """The path, with `{item}` for the name of the entry."""
    records: Expression
    """Where the answer states how many records the entry holds."""
    cap_bytes: int = Field(default=IDENTIFY_BYTES, ge=1, le=IDENTIFY_BYTES, strict=True)

    @field_validator("get")
    @classmethod
    def _is_one_entry(cls, text: str) -> str:
        refuse_path(text)
        if "/{item}/" not in text or text.count("{") > 1:
            raise ValueError("the path has `/{item}/` once, for the name of one entry, and nothing else is filled in")
        return text

    def of(self, name: str) -> Request:
        """The question for one entry."""
        path = self.get.replace("{item}", quote(name, safe=""))
        return Request(id="note", method="GET", what=path, cap_bytes=self.cap_bytes)


class RansomMarkers(Shape):
    """Names that extortionists leave behind, believed only together with a tiny size."""

    entries: Some[Place]
    """Each gives a list of `{name, records, bytes}`; numbers may be texts or missing."""
    names: Some[Words]
    """Globs over a whole name, in any case of letters."""
    weak_names: tuple[Words, ...] = ()
    """Globs that mean nothing alone."""
    at_most_records: int = 5
    at_most_bytes: int = 1_000_000
    note: NoteRequest | None = None
    """Where the check knows how; over HTTP alone."""


class CheckDefinition(Shape):
    """One check: what is asked, how it is judged, how it is measured, how it is mended."""

    id: Slug
    version: int = Field(ge=1, strict=True)
    title: Words
    datastore: Slug
    lifecycle: Literal["stable", "experimental"]
    why: Words
    probe: ProbePlan
    conditions: dict[str, Condition] = Field(default_factory=dict)
    """Conditions with a name; they are asked for with `is: <name>` and may not ask for one another."""
    rules: Some[Rule]
    identity: Identity = Identity()
    measure: tuple[Measure, ...] = ()
    decoys: tuple[DecoySignal, ...] = ()
    permissions: tuple[RightOfStrangers, ...] = ()
    """Of object stores, each group and right at most once."""
    ransom: RansomMarkers | None = None
    remediation: Words
    references: Some[Link]
    covers: tuple[Words, ...] = ()
    """The rows of the coverage table that this check answers for, by their names."""
    fallback: bool = False
    """Judged only when no other check of the same kind applied."""

    @field_validator("id")
    @classmethod
    def _names_a_condition(cls, text: str) -> str:
        if "_" not in text:
            raise ValueError("an id is `<datastore>_<condition>`")
        return text


def parse_check(text: str, *, name: str) -> CheckDefinition:
    """Read one check file; raises `BadFile` with every problem, its line and the nearest known name."""
    read = read_yaml(text, name=name)
    problems = tuple(problems_between_fields(read))
    try:
        definition = fit(read, CheckDefinition, name=name)
    except BadFile as bad:
        raise BadFile(name, (*bad.problems, *problems)) from bad
    if problems:
        raise BadFile(name, problems)
    return definition

"""Methods of severity as data: the shapes of the files in `duties/severity/`."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from leakguard.files.shapes import Shape
from leakguard.notices.expressions import Expression


class Source(Shape):
    """Where a method comes from, and how sure we are of it."""

    name: str
    url: str = Field(pattern=r"^https?://")
    kind: Literal["primary", "primary-quoted", "official", "secondary", "unread"]
    verified_on: date
    confidence: Literal["sourced", "own-knowledge"]
    verify_fields: tuple[str, ...] = ()


class Factor(Shape):
    """One question that a method weighs."""

    id: str
    text: str
    when: Expression


class Row(Shape):
    """An outcome and the factors that lead to it; the first row that holds decides."""

    outcome: str
    text: str
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    @property
    def factors(self) -> tuple[str, ...]:
        """Every factor that the row names."""
        return (*self.all_of, *self.any_of, *self.none_of)


class Otherwise(Shape):
    """The outcome when no row holds."""

    outcome: str
    text: str


class DecisionTable(Shape):
    """A method that weighs factors."""

    method: str
    title: str
    source: Source
    decided_by: str
    outcomes: dict[str, str]
    """Each outcome in words, the gravest first."""
    factors: tuple[Factor, ...]
    rows: tuple[Row, ...]
    otherwise: Otherwise
    presumed: str | None = None
    """The outcome that the law presumes as long as the factors are open."""

    def factor(self, identifier: str) -> Factor:
        """The factor of this id; the reader made sure that there is one."""
        return next(factor for factor in self.factors if factor.id == identifier)


class Band(Shape):
    """A band of the score, from `start` on."""

    band: str
    start: float = Field(alias="from")
    cnil: str
    """The word of the CNIL's method for the same gravity."""
    edpb_template: str
    """The word of the EDPB's common template for the same gravity."""
    means: str
    points_to: str


class Adjustments(Shape):
    """The reasons for which the class of the data moves by whole steps."""

    raise_: tuple[str, ...] = Field(alias="raise")
    lower: tuple[str, ...]


Scale = dict[str, float]
FACT_OF = {
    "ei": "identification_ease",
    "confidentiality": "confidentiality_loss",
    "integrity": "integrity_loss",
    "availability": "availability_loss",
    "malicious": "malicious",
}
"""The fact that names the value of each scale."""


class Scales(Shape):
    """The values that each input may take, from the mildest to the gravest."""

    ei: Scale
    confidentiality: Scale
    integrity: Scale
    availability: Scale
    malicious: Scale


class EnisaMethod(Shape):
    """The parameters of ENISA's method of 2013."""

    method: str
    title: str
    source: Source
    decided_by: str
    classes: dict[str, int]
    class_of: dict[str, str]
    inherits: tuple[str, ...]
    unclassed: tuple[str, ...]
    adjustments: Adjustments
    scales: Scales
    bands: tuple[Band, ...] = Field(min_length=1)
    flags: tuple[Factor, ...]

"""What a rule rests on: the kind of its source, what is from memory, and which lawyer looked at it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from leakguard.files.light_shapes import Field, LightShape, model_validator

SourceKind = Literal["primary", "primary-quoted", "official", "secondary", "unread"]
"""`unread`: the address of the law itself, which nobody has read for this file."""
Confidence = Literal["sourced", "own-knowledge"]
Part = Literal["deadline", "anchor", "threshold", "content", "recipient", "in_force_from", "exemptions", "form"]
"""What of a duty may rest on memory alone."""


class Source(LightShape):
    """What a statement rests on, of a rule or of an office."""

    url: str = ""
    """Empty where it rests on memory."""
    kind: SourceKind | Literal["own-knowledge"]
    on: date
    """The day on which it was read, or written down from memory."""

    @model_validator(mode="after")
    def _has_an_address(self) -> Source:
        if not self.url and self.kind != "own-knowledge":
            raise ValueError("names no source; what nobody read is `own-knowledge`")
        return self


class Review(LightShape):
    """That a lawyer looked at a rule, for one organisation."""

    by: str = Field(min_length=1)
    on: date
    note: str = ""

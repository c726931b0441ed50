"""What a rule rests on: the kind of its source, what is from memory, and which lawyer looked at it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from leakguard.files.light_shapes import Field, LightShape

SourceKind = Literal["primary", "primary-quoted", "official", "secondary", "unread"]
"""`unread`: the address of the law itself, which nobody has read for this file."""
Confidence = Literal["sourced", "own-knowledge"]
Part = Literal["deadline", "anchor", "threshold", "content", "recipient", "in_force_from", "exemptions", "form"]
"""What of a duty may rest on memory alone."""


class Source(LightShape):
    """What one part of a duty rests on, where that is not the source of the whole."""

    url: str
    kind: SourceKind
    on: date
    """The day on which it was read."""


class Review(LightShape):
    """That a lawyer looked at a rule, for one organisation."""

    by: str = Field(min_length=1)
    on: date
    note: str = ""

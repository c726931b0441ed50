"""File shapes: frozen pydantic models that refuse unknown fields.

A shape describes a file; the package that owns the file defines its shapes on `Shape`, or on `LightShape` where a
command that everybody waits for reads them.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from leakguard.files.fitting import (
    ShapeType,
    fit,
    fitting_part,
    load,
    problems_of,
)
from leakguard.files.names import nearest_name

__all__ = ["Shape", "ShapeType", "fit", "fitting_part", "load", "nearest_name", "problems_of"]


class Shape(BaseModel):
    """The base of every file shape: frozen, strict about names, usable as a value in pure packages."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=False)

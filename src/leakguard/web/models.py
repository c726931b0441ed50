"""The base of what requests bring: every field that is unknown is refused, and every problem is named at once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from leakguard.models.people import refuse_unreadable

MOST_TEXT = 2000
MOST_ITEMS = 500
MOST_PAGE = 1000


class Body(BaseModel):
    """A document in the body of a request."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Query(BaseModel):
    """What stands behind the question mark."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _reason(text: str) -> str:
    refuse_unreadable(text, option="reason")
    return text


def _printable(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a sign that no text has")
    return text


Text = Annotated[str, Field(max_length=MOST_TEXT), AfterValidator(_printable)]
"""A text that may be empty."""
Words = Annotated[str, Field(min_length=1, max_length=MOST_TEXT), AfterValidator(_printable)]
"""A text that says something."""
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
"""An id, or a name of ours."""
Reason = Annotated[Text, AfterValidator(_reason)]
"""Why; where there is one, a person can read it."""
NeededReason = Annotated[Words, AfterValidator(_reason)]
Stated = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_printable)]
"""A moment, a whole day, or `EARLIEST..LATEST`, as a person writes it."""


class Page(Query):
    """A part of a list, in the order in which the ledger has it."""

    after: int = Field(default=0, ge=0, le=2**53, description="The `next` of the page before.")
    limit: int = Field(default=100, ge=1, le=MOST_PAGE)


class AsOf(Query):
    """As of when."""

    now: Stated | None = Field(default=None, description="How it stood, as known at this moment (default: now).")


class InLanguage(Query):
    """In which language."""

    lang: Literal["en", "zh"] = Field(default="en", description="The language of the texts of the playbook.")

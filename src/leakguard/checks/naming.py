"""Naming: where a check's answers name collections, fields and endings of files, and how to ask for more names."""

from __future__ import annotations

from functools import cached_property
from typing import Self
from urllib.parse import quote

from leakguard.checks.conditions import ALWAYS, Condition, Stated
from leakguard.checks.requests import IDENTIFY_BYTES, Request
from leakguard.frozen import Frozen


class Place(Frozen):
    """Where in the answers a value stands: by a path in JSON, or by one of the other words in a text."""

    request: str
    path: str = ""
    """A JMESPath expression."""
    count: str = ""
    """The value is how often this text stands in the body."""
    count_behind: str = ""
    """The value is how many numbers stand right behind this text."""
    sum_behind: str = ""
    """The value is the sum of these numbers."""
    metric: str = ""
    """The value is the sum of all samples of this metric, in the text form of Prometheus."""
    header: str = ""
    """The value stands in this header."""


class NamePlace(Frozen):
    """Where the answers name collections or fields, in one of three shapes."""

    request: str
    word: str
    """What the product calls a collection: `index`, `table`, `database`."""
    path: str = "@"
    shape: str = "names"
    """`names`: collections; `pairs`: lists of a collection and a field, or its fields; `mapping`: as Elasticsearch."""


class DistinctRequest(Frozen):
    """How the different values of a field are counted: the answer is a number, and no value."""

    get: str
    """The path, with `{item}` for the name of the collection and `{field}` for that of the field."""
    path: str
    """Where the answer states the number."""
    only_if: Condition = ALWAYS
    """Looks at the answers to the questions for names of fields."""

    def of(self, collection: str, field: str, number: int) -> Request:
        """The question for one field."""
        path = self.get.replace("{item}", quote(collection, safe="")).replace("{field}", quote(field, safe=""))
        return Request(id=f"distinct.{number}", method="GET", what=path, cap_bytes=IDENTIFY_BYTES)


def place_in(stated: Stated, name: str) -> Place | None:
    """The place that is stated under a name, if there is one."""
    return Place(**stated[name]) if name in stated else None


class Naming(Frozen, kw_only=False, dict=True):
    """The part of a check that tells of names."""

    stated: Stated
    """As `shapes.CheckShape` has it: plain values, without what the file leaves out."""

    @cached_property
    def names(self) -> tuple[NamePlace, ...]:
        """Where its usual answers name collections."""
        return tuple(NamePlace(**each) for each in self.stated.get("names", ()))

    @cached_property
    def since(self) -> tuple[Place, ...]:
        """Where its usual answers tell when the oldest of the data came in, in milliseconds since 1970."""
        return tuple(Place(**each) for each in self.stated.get("since", ()))

    @cached_property
    def extensions(self) -> Place | None:
        """Where its answers count how names of files end."""
        return place_in(self.stated, "extensions")

    @cached_property
    def holds_many(self) -> bool:
        """Whether what is counted as a record, such as a file or a series, may tell of any number of people."""
        return bool(self.stated.get("holds_many", False))

    @cached_property
    def field_places(self) -> tuple[NamePlace, ...]:
        """Where the answers to `field_check` name fields."""
        return tuple(NamePlace(**each) for each in self.stated.get("fields", {}).get("places", ()))

    @cached_property
    def distinct(self) -> DistinctRequest | None:
        """How different values are counted by a question of their own; over HTTP alone."""
        stated = self.stated.get("fields", {}).get("distinct")
        if not stated:
            return None
        only_if = Condition(stated=stated["only_if"]) if "only_if" in stated else ALWAYS
        return DistinctRequest(get=stated["get"], path=stated["path"], only_if=only_if)

    @cached_property
    def estimates(self) -> tuple[Place, ...]:
        """Where the answers to `field_check` list collection, field and the number of its different values."""
        return tuple(Place(**each) for each in self.stated.get("fields", {}).get("estimates", ()))

    @cached_property
    def field_check(self) -> Self | None:
        """The same check with the questions for names of fields alone, which only an inspection asks; else `None`."""
        if "fields" not in self.stated:
            return None
        probe = {**self.stated["probe"], "requests": self.stated["fields"]["requests"]}
        rest = {name: it for name, it in self.stated.items() if name != "fields"}
        return type(self)(stated={**rest, "probe": probe})

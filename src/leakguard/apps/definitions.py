"""The rules by which a package is judged, as `reading` reads them from `apps/*.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

FOLDER = "apps"
Confidence = Literal["sourced", "secondary", "from-memory", "inference"]
"""Read in the text itself; read in copies or commentary; not read; our own conclusion, which no text states."""
Speaks = Literal["part", "hint", "nothing"]


class Need(StrEnum):
    """How what an app asks for stands to the personal information that its category needs."""

    NEEDED = "needed"
    EXPLAINABLE = "explainable"
    """A usual function of the category uses it; it must be optional, and asked for when the function is used."""
    UNRELATED = "unrelated"
    NO_INFORMATION = "no_information"
    """It leads to no personal information."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text in both languages."""

    en: str
    zh: str

    def in_language(self, lang: str) -> str:
        """Chinese for `zh`, else English."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule stands, and how sure we are of it."""

    title: Words
    url: str
    """The official address."""
    read_in: str
    """What was read in fact."""
    checked_on: date
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Something that an app asks for, such as the address book, whatever a system calls the permission."""

    id: str
    words: Words
    kinds: tuple[str, ...]
    """Kinds of data as `sensitivity/` names them; none where it leads to no personal information."""
    permissions: tuple[str, ...]
    ios_keys: tuple[str, ...]
    is_special: bool
    """Whether people grant it in the settings of the system, and not by a question."""
    concerns_others: bool
    """Whether it holds data of people who do not use the app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How one access stands to one category."""

    need: Need
    why: Words
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """One of the 39 categories of the Provisions."""

    id: str
    number: int
    words: Words
    function: Words
    """The basic function."""
    necessary: tuple[Words, ...]
    """The necessary personal information; none for the categories that need nothing."""
    fits: Mapping[str, Fit]
    """By the id of an access; what is not here is unrelated."""
    confidence: Confidence
    """Of what is stated to be necessary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sdk:
    """A library that is usual in apps, and that its maker may collect by."""

    id: str
    title: str
    purpose: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class SdkNames:
    """Ids of libraries by what they are recognised by."""

    android: Mapping[str, str]
    """By the beginning of the names of their classes."""
    ios: Mapping[str, str]
    """By the name of their framework or bundle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One of the six groups of illegal collection, and what a look at a package alone says of it."""

    number: int
    words: Words
    speaks: Speaks
    what: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRules:
    """Everything that `apps/` states."""

    provisions: Source
    method: Source
    accesses_source: Source
    sdks_source: Source
    accesses: Mapping[str, Access]
    by_permission: Mapping[str, Access]
    by_ios_key: Mapping[str, Access]
    categories: Mapping[str, Category]
    unrelated: Fit
    """What is said of an access that a category does not name."""
    sdks: Mapping[str, Sdk]
    sdk_names: SdkNames
    groups: tuple[Group, ...]
    digest: str
    """Of the tables by which a package is judged: another one judges otherwise."""

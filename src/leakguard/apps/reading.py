"""Reading: the files of `apps/`, refused with every problem of a file at once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from leakguard.apps.definitions import (
    Access,
    AppRules,
    Category,
    Confidence,
    Fit,
    Group,
    Need,
    Sdk,
    SdkNames,
    Source,
    Speaks,
    Words,
)
from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, load, nearest_name

CATEGORIES, ACCESSES, SDKS, GROUPS = "categories.yaml", "accesses.yaml", "sdks.yaml", "groups.yaml"
FILES = (CATEGORIES, ACCESSES, SDKS, GROUPS)
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=40)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Link = Annotated[str, StringConstraints(pattern=r"^https://\S+$", max_length=300)]
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.]*(\.\*)?$", max_length=120)]


class _Words(Shape):
    en: Line
    zh: Line


class _Source(Shape):
    title: _Words
    url: Link
    read_in: Line
    checked_on: date
    confidence: Confidence


class _Category(Shape):
    id: Slug
    number: int = Field(ge=1)
    name: _Words
    function: _Words
    necessary: tuple[Slug, ...]
    needed: dict[Slug, Slug] = Field(default_factory=dict)
    explainable: dict[Slug, Slug] = Field(default_factory=dict)
    confidence: Confidence


class _Categories(Shape):
    version: int = Field(ge=1)
    provisions: _Source
    unrelated: _Words
    reasons: dict[Slug, _Words]
    anywhere: dict[Slug, Slug]
    information: dict[Slug, _Words]
    categories: tuple[_Category, ...] = Field(min_length=1)


class _Access(Shape):
    id: Slug
    name: _Words
    kinds: tuple[Line, ...] = ()
    permissions: tuple[Name, ...] = ()
    ios_keys: tuple[Name, ...] = ()
    special: bool = False
    others: bool = False


class _Accesses(Shape):
    version: int = Field(ge=1)
    source: _Source
    accesses: tuple[_Access, ...] = Field(min_length=1)


class _Sdk(Shape):
    id: Slug
    title: Line
    purpose: Slug
    android: tuple[Name, ...] = ()
    ios: tuple[Name, ...] = ()


class _Sdks(Shape):
    version: int = Field(ge=1)
    source: _Source
    purposes: dict[Slug, _Words]
    sdks: tuple[_Sdk, ...]


class _Group(Shape):
    number: int = Field(ge=1)
    name: _Words
    speaks: Speaks
    what: _Words


class _Groups(Shape):
    version: int = Field(ge=1)
    source: _Source
    groups: tuple[_Group, ...] = Field(min_length=1)


def parse_rules(texts: Mapping[str, str]) -> AppRules:
    """The rules from the files by name; raises `BadFile` with every problem of a file."""
    accesses = load(texts[ACCESSES], _Accesses, name=ACCESSES)
    categories = load(texts[CATEGORIES], _Categories, name=CATEGORIES)
    sdks = load(texts[SDKS], _Sdks, name=SDKS)
    groups = load(texts[GROUPS], _Groups, name=GROUPS)
    _refuse(ACCESSES, _wrong_accesses(accesses))
    _refuse(CATEGORIES, _wrong_categories(categories, [access.id for access in accesses.accesses]))
    _refuse(SDKS, _wrong_sdks(sdks))
    known = {access.id: _access(access) for access in accesses.accesses}
    return AppRules(
        provisions=_source(categories.provisions), method=_source(groups.source),
        accesses_source=_source(accesses.source), sdks_source=_source(sdks.source), accesses=known,
        by_permission={name: each for each in known.values() for name in each.permissions},
        by_ios_key={name: each for each in known.values() for name in each.ios_keys},
        categories={category.id: _category(category, categories) for category in categories.categories},
        unrelated=Fit(need=Need.UNRELATED, why=_words(categories.unrelated), confidence="inference"),
        sdks={sdk.id: Sdk(id=sdk.id, title=sdk.title, purpose=_words(sdks.purposes[sdk.purpose]))
              for sdk in sdks.sdks},
        sdk_names=SdkNames(
            android={name: sdk.id for sdk in sdks.sdks for name in sdk.android},
            ios={name: sdk.id for sdk in sdks.sdks for name in sdk.ios},
        ),
        groups=tuple(
            Group(number=group.number, words=_words(group.name), speaks=group.speaks, what=_words(group.what))
            for group in groups.groups
        ),
        digest=hashlib.sha256("\0".join((texts[ACCESSES], texts[CATEGORIES])).encode()).hexdigest()[:16],
    )  # fmt: skip


def _access(stated: _Access) -> Access:
    return Access(
        id=stated.id, words=_words(stated.name), kinds=stated.kinds, permissions=stated.permissions,
        ios_keys=stated.ios_keys, is_special=stated.special, concerns_others=stated.others,
    )  # fmt: skip


def _category(stated: _Category, whole: _Categories) -> Category:
    fits = {
        access: Fit(need=Need.EXPLAINABLE, why=_words(whole.reasons[reason]), confidence="inference")
        for access, reason in (whole.anywhere | stated.explainable).items()
    }
    fits |= {
        access: Fit(need=Need.NEEDED, why=_words(whole.information[information]), confidence=stated.confidence)
        for access, information in stated.needed.items()
    }
    return Category(
        id=stated.id, number=stated.number, words=_words(stated.name), function=_words(stated.function),
        necessary=tuple(_words(whole.information[each]) for each in stated.necessary), fits=fits,
        confidence=stated.confidence,
    )  # fmt: skip


def _words(stated: _Words) -> Words:
    return Words(en=stated.en, zh=stated.zh)


def _source(stated: _Source) -> Source:
    return Source(
        title=_words(stated.title), url=stated.url, read_in=stated.read_in, checked_on=stated.checked_on,
        confidence=stated.confidence,
    )  # fmt: skip


def _wrong_accesses(stated: _Accesses) -> list[str]:
    names = [name for access in stated.accesses for name in (*access.permissions, *access.ios_keys)]
    return [*_twice([access.id for access in stated.accesses]), *_twice(names)]


def _wrong_categories(stated: _Categories, accesses: list[str]) -> list[str]:
    wrong = _twice([category.id for category in stated.categories])
    wrong += _twice([str(category.number) for category in stated.categories])
    wrong += _unknown("anywhere", stated.anywhere, accesses) + _unknown(
        "anywhere", stated.anywhere.values(), stated.reasons
    )
    for category in stated.categories:
        wrong += _unknown(category.id, category.necessary, stated.information)
        wrong += _unknown(category.id, (*category.needed, *category.explainable), accesses)
        wrong += _unknown(category.id, category.explainable.values(), stated.reasons)
        wrong += [
            f"`{category.id}`: `{access}` is needed for `{information}`, which its `necessary` does not list"
            for access, information in category.needed.items()
            if information not in category.necessary
        ]
        both = category.needed.keys() & category.explainable.keys()
        wrong += [f"`{category.id}`: `{access}` is both needed and explainable" for access in sorted(both)]
    return wrong


def _wrong_sdks(stated: _Sdks) -> list[str]:
    names = [name for sdk in stated.sdks for name in (*sdk.android, *sdk.ios)]
    wrong = [*_twice([sdk.id for sdk in stated.sdks]), *_twice(names)]
    for sdk in stated.sdks:
        wrong += _unknown(sdk.id, (sdk.purpose,), stated.purposes)
    return wrong


def _unknown(where: str, names: Iterable[str], known: Iterable[str]) -> list[str]:
    listed = list(known)
    return [
        f"`{where}` names `{name}`, which there is not{_meant(name, listed)}" for name in names if name not in listed
    ]


def _meant(name: str, known: list[str]) -> str:
    near = nearest_name(name, known)
    return f" (did you mean `{near}`?)" if near else ""


def _twice(names: list[str]) -> list[str]:
    return [f"`{name}` stands there twice" for name in dict.fromkeys(names) if names.count(name) > 1]


def _refuse(name: str, wrong: list[str]) -> None:
    """Raise `BadFile` where anything is wrong with the file as a whole."""
    if wrong:
        raise BadFile(name, tuple(Problem(where="", text=text) for text in wrong))

"""The names of countries, compiled once for each release of babel, which takes longer to load than all duties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from leakguard.files.compiled_values import compiled_in, to_compiled
from leakguard.files.kept import Forms, Memory, installed_release
from leakguard.models.languages import LANGS, Lang

FORM = "names"
_CODES, _RELEASE = "codes", "release"
Names = Callable[[Lang], Mapping[str, str]]
"""By code, in one language."""
CACHE: Memory[Names] = Memory()


def country_name(code: str, lang: Lang) -> str:
    """The name of a country by its ISO code: `Germany`, `德国`; the code itself where CLDR has none."""
    kept = CACHE.kept()
    found = kept(lang).get(code) if kept is not None else None
    return found if found is not None else _asked(code, lang)


def kept_names(codes: Iterable[str], forms: Forms) -> Names | None:
    """The names of these countries in every language; nothing where they cannot be kept."""
    texts = {_CODES: " ".join(sorted(codes)), _RELEASE: installed_release("babel")}
    found = compiled_in(forms(FORM, texts, compile_names), texts)
    if found is None:
        return None

    @cache
    def names_in(lang: Lang) -> Mapping[str, str]:
        names: dict[str, str] | None = found.part(lang, dict[str, str])
        return names or {}

    return names_in


def compile_names(texts: Mapping[str, str]) -> str:
    """What babel says of the countries that are named."""
    codes = texts[_CODES].split()
    return to_compiled(texts, {lang: {code: _asked(code, lang) for code in codes} for lang in LANGS})


def _asked(code: str, lang: Lang) -> str:
    from leakguard.notices.locale_forms import country_name as named  # noqa: PLC0415  (loads babel)

    return named(code, lang)

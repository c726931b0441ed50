"""Reads the values of facts: what each kind may look like in a file.

A refusal names the kind and what was expected, never the value: a facts file may hold what it must not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from leakguard.clocks.times import parse_interval
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen, replace
from leakguard.models.events import Interval
from leakguard.notices.coded_texts import coded
from leakguard.notices.fact_values import Contact, Encryption, LocalisedText, Money, Span, Value
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.notices.vocabulary import LANGS, FactKind, Kind, Vocabulary
from leakguard.notices.wording import tidy

MAX_TEXT = 20_000
"""Characters of one fact; a letter of ten pages has about as many."""
JOINERS = "\u200c\u200d"
"""Persian, Hindi and other scripts spell with these signs, which show nothing by themselves."""
_UNSEEN = str.maketrans("", "", JOINERS)
MAX_PARTS = 100
"""Paragraphs or list entries of one fact."""
MAX_COUNT = 10**18
"""More than any count of records that was ever published, by nine digits."""
MAX_STEPS = 3
"""ENISA's classes have four values, so three steps reach every one of them from every other."""
_LENGTH_OF_DAY = len("2019-05-22")
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_CONTACT_FIELDS = ("name", "email", "phone", "address", "web")


class ParseContext(Frozen):
    """What a value is read with."""

    vocabulary: Vocabulary
    zone: str | None
    """The zone of local times; a bare day needs none."""
    kind: FactKind
    is_estimate: bool = False


def parse_value(raw: object, reading: ParseContext) -> Value:
    """Read one value of its kind; raises `ValueError` with what was expected."""
    if reading.is_estimate and reading.kind.kind not in {"count", "moment", "money", "residents"}:
        raise ValueError("only counts, dates and amounts can be estimates; write `value`")
    return _PARSERS[reading.kind.kind](raw, reading)


def parse_said(raw: object) -> LocalisedText:
    """A text, or one text a language; raises `ValueError`."""
    if isinstance(raw, Mapping):
        unknown = [key for key in raw if key not in LANGS]
        if unknown or not raw:
            raise ValueError(f"a text in several languages has the fields {', '.join(LANGS)}, and no others")
        return LocalisedText(texts={lang: _clean(raw[lang]) for lang in LANGS if lang in raw})
    if isinstance(raw, int) and not isinstance(raw, bool):
        from leakguard.notices.locale_forms import number  # noqa: PLC0415  (loads babel)

        return LocalisedText(texts={lang: number(raw, lang) for lang in LANGS}, is_plain=True)
    return LocalisedText(texts=dict.fromkeys(LANGS, _clean(raw)), is_plain=True)


def parse_contact(raw: object) -> Contact:
    """A contact in one text, or as name, email, phone, address and web; raises `ValueError`."""
    if not isinstance(raw, Mapping) or set(raw) <= set(LANGS):
        return Contact(text=parse_said(raw))
    unknown = [key for key in raw if key not in _CONTACT_FIELDS]
    if unknown:
        raise ValueError(f"a contact has the fields {', '.join(_CONTACT_FIELDS)}, and no others")
    name = parse_said(raw["name"]) if raw.get("name") is not None else None
    ways = tuple(_line(raw[field]) for field in _CONTACT_FIELDS[1:] if raw.get(field) is not None)
    if name is None and not ways:
        raise ValueError("is empty; state a name, and an e-mail address, a telephone number or a page")
    return Contact(name=name, ways=ways)


def parse_span(raw: object) -> Span:
    """A whole number, or `{low, high}`; raises `ValueError`."""
    if isinstance(raw, Mapping):
        if set(raw) != {"low", "high"}:
            raise ValueError("an estimate of a count has the fields `low` and `high`, and no others")
        low, high = _count(raw["low"]), _count(raw["high"])
        if low > high:
            raise ValueError("`low` is larger than `high`")
        return Span(low=low, high=high)
    exact = _count(raw)
    return Span(low=exact, high=exact)


def _count(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 0 <= raw <= MAX_COUNT:
        raise ValueError(f"must be a whole number from 0 to {MAX_COUNT:,}")
    return raw


def _clean(raw: object) -> str:
    """A text without control characters, of sensible length, without values of people."""
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError("must be a text that is not empty")
    if len(raw) > MAX_TEXT:
        raise ValueError(f"a text longer than {MAX_TEXT:,} characters")
    text = tidy(raw if raw.isprintable() else "".join(filter(_is_kept, raw)))
    seen = text.translate(_UNSEEN)
    if not seen.strip():
        raise ValueError("must be a text that is not empty")
    refuse_personal_values(seen)
    return text


def _is_kept(sign: str) -> bool:
    return sign.isprintable() or sign.isspace() or sign in JOINERS


def _line(raw: object) -> str:
    return _clean(str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw)


def _text(raw: object, reading: ParseContext) -> tuple[LocalisedText, ...]:
    parts = raw if isinstance(raw, list) else [raw]
    if not 0 < len(parts) <= MAX_PARTS:
        raise ValueError(f"must have 1 to {MAX_PARTS} entries")
    if isinstance(raw, Mapping) and any(isinstance(part, list) for part in raw.values()):
        return _lists_side_by_side(raw)
    return tuple(coded(part, reading.kind, reading.vocabulary) or parse_said(part) for part in parts)


def _lists_side_by_side(raw: Mapping[str, object]) -> tuple[LocalisedText, ...]:
    """`{en: [a, b], zh: [c, d]}` as pairs: both lists say the same things in the same order."""
    lists = [part for part in raw.values() if isinstance(part, list)]
    if len(lists) != len(raw) or len({len(part) for part in lists}) != 1 or not lists[0]:
        raise ValueError("the lists of all languages must have equally many entries")
    if len(lists[0]) > MAX_PARTS:
        raise ValueError(f"must have 1 to {MAX_PARTS} entries")
    return tuple(parse_said(dict(zip(raw, row, strict=True))) for row in zip(*lists, strict=True))


def _moment(raw: object, reading: ParseContext) -> Interval:
    zone = reading.zone or ("UTC" if _has_days_only(raw) else None)
    try:
        return parse_interval(raw, zone=zone)
    except UsageProblem as error:
        raise ValueError(error.message) from error


def _has_days_only(raw: object) -> bool:
    ends = list(raw.values()) if isinstance(raw, Mapping) else [raw]
    return all(isinstance(end, str) and len(end) == _LENGTH_OF_DAY for end in ends)


def _categories(raw: object, reading: ParseContext) -> tuple[str, ...]:
    if not isinstance(raw, list) or not 0 < len(raw) <= MAX_PARTS or not all(isinstance(item, str) for item in raw):
        raise ValueError("must be a list of kinds of data, such as [contact.email]")
    if not all(reading.vocabulary.is_category(item) for item in raw):
        known = ", ".join(name for name in reading.vocabulary.categories if "." not in name)
        raise ValueError(f"names a kind of data that is not known; the kinds are {known}, finer ones after a dot")
    return tuple(dict.fromkeys(raw))


def _flag(raw: object, _: ParseContext) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("must be true or false")  # noqa: TRY004  (a file's problem, collected with the others)
    return raw


def _choice(raw: object, reading: ParseContext) -> str:
    if not isinstance(raw, str) or raw not in reading.kind.options:
        raise ValueError(f"must be one of {', '.join(reading.kind.options)}")
    return raw


def _money(raw: object, reading: ParseContext) -> Money:
    """One amount, or a list of the same one in several currencies."""
    if not isinstance(raw, list):
        return _amount(raw, reading)
    if not 0 < len(raw) <= MAX_PARTS:
        raise ValueError(f"must have 1 to {MAX_PARTS} entries")
    first, *others = (_amount(item, reading) for item in raw)
    if len({money.currency for money in (first, *others)}) < len(raw):
        raise ValueError("has two amounts in one currency")
    return replace(first, others=tuple(others))


def _amount(raw: object, reading: ParseContext) -> Money:
    fields = {"low", "high", "currency"} if reading.is_estimate else {"amount", "currency"}
    if not isinstance(raw, Mapping) or set(raw) != fields:
        raise ValueError(f"an amount has the fields {', '.join(sorted(fields))}, and no others")
    currency = raw["currency"]
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise ValueError("`currency` must be a code of three letters, such as CNY")
    span = {"low": raw["low"], "high": raw["high"]} if reading.is_estimate else raw["amount"]
    return Money(span=parse_span(span), currency=currency)


def _encryption(raw: object, _: ParseContext) -> Encryption:
    if not isinstance(raw, Mapping) or not set(raw) <= {"encrypted", "key_safe"} or "encrypted" not in raw:
        raise ValueError("has the fields `encrypted` and `key_safe`, each true, false or null")
    values = (raw["encrypted"], raw.get("key_safe"))
    if not all(value is None or isinstance(value, bool) for value in values):
        raise ValueError("`encrypted` and `key_safe` are true, false or null")
    return Encryption(encrypted=values[0], key_safe=values[1])


def _residents(raw: object, reading: ParseContext) -> Mapping[str, Span]:
    if not isinstance(raw, Mapping) or not raw or not all(isinstance(code, str) for code in raw):
        raise ValueError("must be counts by jurisdiction, such as {CN: 40000, DE: 120}")
    strange = next((code for code in raw if not reading.vocabulary.is_place(code)), None)
    if strange is not None:
        raise ValueError(f"names a jurisdiction that is no ISO code, `{strange[:20]}`; write DE, GB, US-CA")
    return {code: parse_span(count) for code, count in raw.items()}


def _places(raw: object, reading: ParseContext) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(
        isinstance(code, str) and reading.vocabulary.is_place(code) for code in raw
    ):
        raise ValueError("must be a list of ISO codes, such as [CN, DE]")
    return tuple(raw)


def _steps(raw: object, reading: ParseContext) -> Mapping[str, Span]:
    """Whole steps up or down, each with its reason; an empty mapping says that nothing moves the base."""
    options = reading.kind.options
    if not isinstance(raw, Mapping) or not all(reason in options for reason in raw):
        raise ValueError(
            f"must be whole steps by reason, such as {{{options[0]}: 1}}; the reasons are {', '.join(options)}"
        )
    if not all(type(step) is int and 0 < abs(step) <= MAX_STEPS for step in raw.values()):
        raise ValueError(f"a step is a whole number from 1 to {MAX_STEPS}, with a minus when it lowers")
    return {str(reason): Span(low=step, high=step) for reason, step in raw.items()}


_PARSERS: dict[Kind, Callable[[object, ParseContext], Value]] = {
    "text": _text,
    "count": lambda raw, _: parse_span(raw),
    "moment": _moment,
    "categories": _categories,
    "contact": lambda raw, _: parse_contact(raw),
    "flag": _flag,
    "choice": _choice,
    "money": _money,
    "encryption": _encryption,
    "residents": _residents,
    "places": _places,
    "steps": _steps,
}

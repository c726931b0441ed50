"""Makes a page of a template: escaped, translated, in the zone of its reader. Undefined names are errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton, format_time, get_timezone_location
from babel.numbers import format_compact_decimal, format_decimal
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from markupsafe import Markup

from leakguard.clocks.times import zone_of
from leakguard.translations.catalogue import LANGUAGES, catalogue
from leakguard.web.console.plain import origin_words, plain_name, playbook_title
from leakguard.web.console.segments import Part, segments
from leakguard.web.console.static import static

if TYPE_CHECKING:
    from jinja2.runtime import Context

    from leakguard.web.console.desk import Desk

LOCALES = {"en": "en_GB", "zh": "zh_CN"}
_PLACE = re.compile(r"%\(\w+\)s")
_OPTIONS = re.compile(
    r"""[:：]\s*(?:leakguard incident close [^:：]+|(?:--(?:reason|by|second)\s+(?:NAME|TEXT|"[^"]*"|“[^”]*”)\s*)+"""
    r"""|--field [^:：]+=(?:\.\.\.)?)$"""
)
"""What a page has fields and buttons for, at the end of a next step."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_DAY_ALONE = len("2026-01-01")
_THOUSAND, _UNITS = 1000, ("bytes", "kB", "MB", "GB", "TB", "PB")


def rendered(template: str, context: Mapping[str, Any]) -> str:
    """The page. `context` has `desk`, or `language` where nobody is logged in."""
    desk = context.get("desk")
    language = desk.words.language if desk is not None else context["language"]
    return _environment(language).get_template(template).render(context)


@cache
def _environment(language: str) -> Environment:
    made = Environment(
        loader=PackageLoader("leakguard.web.console"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )  # fmt: skip
    words = catalogue(language)
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {
        "language": language, "languages": LANGUAGES, "asset": lambda name: static()[name].path, "url": url_of,
        "span_words": lambda: span_words(words.gettext),
    }  # fmt: skip
    made.filters |= {
        "said": words.said, "moment": moment, "day": day, "span": span, "number": number, "short": short_number,
        "instant": instant, "both": both, "utc": utc, "elsewhere": elsewhere, "there": there_in, "size": size,
        "worded": worded, "sentence": sentence, "on_page": on_page, "tongue": tongue, "shown": shown, "plain": plain,
        "origin": origin, "segments": parts_of, "zoned": zoned, "playbook": playbook_of,
    }  # fmt: skip
    made.tests["english"] = is_english
    return made


_SIGN = re.compile(r"[\u2e80-\u9fff]")
_WORDS = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")


def is_english(text: str, language: str) -> bool:
    """Whether a text of ours stayed English on a page of another language."""
    return language != "en" and _SIGN.search(text) is None and _WORDS.search(text) is not None


@pass_context
def shown(context: Context, text: str) -> str:
    """A text of data in the reader's language; where it stays English it is marked so, for those who hear the page."""
    language = context["language"]
    translated = catalogue(language).said(text)
    return Markup('<span lang="en">{}</span>').format(translated) if is_english(translated, language) else translated


@pass_context
def plain(context: Context, code: str) -> str:
    """The plain name of an id; empty where there is none, or where nobody is logged in."""
    desk: Desk | None = context.get("desk")
    return plain_name(desk, code) if desk is not None else ""


@pass_context
def parts_of(context: Context, text: str) -> Iterator[Part]:
    """The parts of a sentence: words, names and moments."""
    return segments(context.get("desk"), text, context["language"])


@pass_context
def origin(context: Context, text: str) -> str:
    """Where a record says that it comes from, in plain words."""
    return origin_words(context["desk"], text)


@pass_context
def playbook_of(context: Context, name: str) -> str:
    """What a playbook is called."""
    return playbook_title(context["desk"], name)


@pass_context
def tongue(context: Context, code: str) -> str:
    """The name of a language in the reader's own."""
    desk: Desk = context["desk"]
    try:
        return Locale.parse(code, sep="-").get_display_name(LOCALES[desk.words.language]) or code
    except (ValueError, UnknownLocaleError):
        return code


def url_of(path: str, *parts: object, **query: object) -> str:
    """A path with `{}` for each part, and what stands behind the question mark; empty values are left out."""
    filled = path.format(*(quote(str(part), safe="") for part in parts))
    asked = {name.rstrip("_"): str(value) for name, value in query.items() if value not in {None, ""}}
    return f"{filled}?{urlencode(asked)}" if asked else filled


def instant(value: str | datetime) -> datetime:
    """The moment that a document names, in UTC."""
    read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return read.astimezone(UTC) if read.tzinfo is not None else read.replace(tzinfo=UTC)


@pass_context
def moment(context: Context, value: str | datetime | None, form: str = "") -> str:
    """A moment in the reader's zone: the time alone for today, with the day otherwise; `full` has both and the year."""
    if not value:
        return ""
    desk: Desk = context["desk"]
    locale = LOCALES[desk.words.language]
    local, now = instant(value).astimezone(desk.zone), desk.now.astimezone(desk.zone)
    if form == "full":
        return _whole(local, desk.words.language)
    time = format_time(local, "HH:mm", locale=locale)
    if local.date() == now.date() and form != "dated":
        return time
    pattern = "MMMd" if local.year == now.year else "yyyyMMMd"
    return f"{format_skeleton(pattern, local, locale=locale)} {time}"


def _whole(local: datetime, language: str) -> str:
    form = "yyyy-MM-dd HH:mm" if language == "zh" else "d MMM yyyy, HH:mm"
    return format_datetime(local, form, locale=LOCALES[language])


@pass_context
def there_in(context: Context, value: str | datetime, zone: str) -> str:
    """The same moment in another zone, with the day and the year."""
    return _whole(instant(value).astimezone(zone_of(zone)), context["language"])


@pass_context
def both(context: Context, value: str | datetime | None) -> str:
    """For the title of a time: UTC, and the zone of the reader."""
    if not value:
        return ""
    desk: Desk = context["desk"]
    read = instant(value)
    local = read.astimezone(desk.zone)
    return f"{read:%Y-%m-%d %H:%M:%S} UTC · {local:%Y-%m-%d %H:%M} {zoned(context, desk.zone.key)}"


def utc(value: str | datetime) -> str:
    """The time of day in UTC."""
    return f"{instant(value):%H:%M}"


@pass_context
def elsewhere(context: Context, value: str | datetime, zone: str) -> str:
    """The same moment where it counts: with the city of that zone, or UTC where that is the reader's own zone."""
    desk: Desk = context["desk"]
    place = zone_of(zone)
    read = instant(value)
    here, there = read.astimezone(desk.zone), read.astimezone(place)
    if here.utcoffset() == there.utcoffset():
        return f"{here.isoformat()[-6:]} · {read:%H:%M} UTC" if here.utcoffset() else "UTC"
    city = (
        "UTC"
        if place.key == "UTC"
        else get_timezone_location(place, locale=LOCALES[desk.words.language], return_city=True)
    )
    weekday = (
        "" if here.date() == there.date() else f"{format_datetime(there, 'EEE', locale=LOCALES[desk.words.language])} "
    )
    return f"{weekday}{there:%H:%M} {city}"


@pass_context
def zoned(context: Context, zone: str) -> str:
    """A time zone by the city that the reader knows it by; in English by its own name."""
    if context["language"] == "en" or zone == "UTC":
        return zone
    return str(get_timezone_location(zone_of(zone), locale=LOCALES[context["language"]], return_city=True))


@pass_context
def day(context: Context, value: str | datetime | None) -> str:
    """A day: that of a moment in the reader's zone, or a day that stands by itself."""
    if not value:
        return ""
    desk: Desk = context["desk"]
    is_alone = isinstance(value, str) and len(value) == _DAY_ALONE
    on = date.fromisoformat(str(value)) if is_alone else instant(value).astimezone(desk.zone)
    return format_date(on, "medium", locale=LOCALES[desk.words.language])


@pass_context
def span(context: Context, seconds: float | None) -> str:
    """A length of time in its two largest units: `2 d 23 h`, `3 h 04 min`, `12 min`, `less than a minute`."""
    if seconds is None:
        return ""
    text = catalogue(context["language"]).gettext
    left = abs(int(seconds))
    if left < _MINUTE:
        return text("less than a minute")
    days, rest = divmod(left, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    if days:
        return (
            text("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
            if hours
            else text("%(days)s d") % {"days": days}
        )
    if hours:
        return text("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": f"{minutes:02}"}
    return text("%(minutes)s min") % {"minutes": minutes}


def span_words(text: Callable[[str], str]) -> Mapping[str, str]:
    """The same words with `{}` for each number, for a page that counts by itself."""
    found = {
        "less": text("less than a minute"), "d": text("%(days)s d"), "dh": text("%(days)s d %(hours)s h"),
        "hm": text("%(hours)s h %(minutes)s min"), "m": text("%(minutes)s min"), "s": text("%(seconds)s s"),
        "late": text("%(span)s late"),
    }  # fmt: skip
    return {name: _PLACE.sub("{}", words) for name, words in found.items()}


@pass_context
def number(context: Context, value: float | None) -> str:
    """A number with the groups of the language; empty for none."""
    return "" if value is None else format_decimal(value, locale=LOCALES[context["language"]])


@pass_context
def short_number(context: Context, value: float | None) -> str:
    """A large number, short: `9.5 billion`."""
    if value is None:
        return ""
    return format_compact_decimal(value, format_type="long", fraction_digits=1, locale=LOCALES[context["language"]])


def sentence(text: str) -> str:
    """A message as a sentence of its own: with a capital and a full stop."""
    if not text:
        return ""
    end = "" if text[-1] in ".!?…。！？" else "。" if any("\u2e80" <= sign <= "\u9fff" for sign in text) else "."
    begin = text[0].upper() if text.partition(" ")[0].isalpha() else text[0]  # an id stays as it is
    return f"{begin}{text[1:]}{end}"


def on_page(text: str) -> str:
    """A next step without the options of the command line that the form has fields for."""
    return sentence(_OPTIONS.sub("", text.rstrip(".。")).rstrip()) if _OPTIONS.search(text.rstrip(".。")) else text


@pass_context
def size(context: Context, value: int | None) -> str:
    """A number of bytes in the largest unit that it fills: `8.4 TB`."""
    if value is None:
        return ""
    left, unit = float(value), _UNITS[0]
    for unit in _UNITS:
        if left < _THOUSAND or unit == _UNITS[-1]:
            break
        left /= _THOUSAND
    shown = format_decimal(round(left, 1), locale=LOCALES[context["language"]])
    if unit == _UNITS[0]:
        return catalogue(context["language"]).gettext("%(n)s bytes") % {"n": shown}
    return f"{shown} {unit}"


@pass_context
def worded(context: Context, texts: Mapping[str, str] | None) -> str:
    """A text of a document that is there in English and in Chinese, in the reader's language; empty for none."""
    language = context["language"]
    return (texts.get(language) or catalogue(language).said(texts.get("en") or "")) if texts else ""

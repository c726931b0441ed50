"""The languages that letters are written in, and how each of them is set: the one place that knows these customs."""

from __future__ import annotations

from typing import Literal

from leakguard.frozen import Frozen

Lang = Literal["en", "zh", "ja", "ko", "pt", "fr", "es", "de", "it", "nl", "pl", "zh-hant"]
LANGS: tuple[Lang, ...] = ("en", "zh", "ja", "ko", "pt", "fr", "es", "de", "it", "nl", "pl", "zh-hant")
"""As commands, facts and the names of files write them; `zh-hant` is traditional Chinese."""
BOTH: tuple[Lang, ...] = ("en", "zh")
"""Every template is written in these; what the other languages say stands in a catalogue for each."""
_NO_BREAK = "\N{NO-BREAK SPACE}"
_TRADITIONAL = frozenset({"hant", "tw", "hk", "mo"})
"""What a tag of Chinese says of its script, or of a place that writes it so."""


class LanguageStyle(Frozen):
    """How letters of one language are written and set; where nothing else is said, as in Western Europe."""

    name: str
    """In English, for messages to whoever drafts."""
    tag: str
    """BCP 47, for documents; without a region where one letter serves several countries."""
    locale: str
    """What babel calls the forms of its dates, times, numbers and lists."""
    usa_locale: str = ""
    """The same for readers in the United States, where they write dates another way."""
    region: str = ""
    """Picks the shapes of signs in a document."""
    cjk: Literal["", "SC", "TC", "JP", "KR"] = ""
    """Which region's font shows its signs; empty for a language in Latin letters."""
    is_wide: bool = False
    """Full-width signs, and no space between words."""
    stop: str = "."
    unit_space: str = " "
    """Between a number and what it counts."""
    group: str = ""
    """Between thousands, where it is not the locale's own."""
    closings: tuple[str, str] = ("", "")
    """Of a letter to whoever it may concern, and to a reader by name, where they differ."""
    usa_closing: str = ""
    """What stands in the place of both for readers in the United States."""
    first_day: str = ""
    """How the first day of a month is written, where it is not `1`."""
    elisions: tuple[tuple[str, str], ...] = ()
    """What an article or an `or` becomes before a day that begins with a vowel: patterns, each with its text."""
    capital_cells: bool = False
    """Whether a text in a table begins with a capital, as its nouns do anyway."""
    after_day: str = ""
    """Behind a day in full, as behind `10 października 2026`."""
    after_office: str = ""
    """Behind the name of an office or a company in an address."""
    numbers_headings: bool = False
    """Letters to people have numbered headings too."""
    ordinals: Literal["digits", "chinese"] = "digits"
    shows_addressee: bool = True
    """Between the sender and the date."""
    greets_by_name: bool = True
    """The salutation names the reader; elsewhere the line above the date does, and the salutation is a greeting."""
    date_at_foot: bool = False
    """Below the signature."""
    seal: str = ""
    """Behind the name of the organisation that signs a letter to an office: where its seal goes."""
    attachments: str = ""
    """Stands before the names of what is attached, below the closing of a letter to an office; else in its body."""
    refuses_foreign: bool = False
    """A text that was written once, and visibly in another language, keeps the letter from being written."""
    ways: tuple[str, str, str] = ("", "", "")
    """What stands before an e-mail address, a telephone number and a page, where they are never written bare."""
    names_currency: bool = False
    """Amounts are told with the name of the currency and not with its code."""
    counts_in_myriads: bool = False
    """Counts of whole ten thousands are told in them: `230万人`, `95亿条记录`."""
    signs_right: bool = False
    """The signature stands at the right."""
    centres_title: bool = False
    indent: int = 0
    """First line of a paragraph, in widths of a sign."""


STYLES: dict[Lang, LanguageStyle] = {
    "en": LanguageStyle(
        name="English",
        tag="en-GB",
        locale="en_GB",
        usa_locale="en_US",
        region="GB",
        closings=("Yours faithfully,", "Yours sincerely,"),
        usa_closing="Sincerely,",
    ),
    "zh": LanguageStyle(
        name="Chinese",
        tag="zh-CN",
        locale="zh_Hans_CN",
        region="CN",
        cjk="SC",
        is_wide=True,
        stop="。",
        unit_space="",
        numbers_headings=True,
        ordinals="chinese",
        shows_addressee=False,
        date_at_foot=True,
        seal="（盖章）",
        attachments="附件：",
        refuses_foreign=True,
        ways=("电子邮箱：", "电话：", "网址："),
        names_currency=True,
        counts_in_myriads=True,
        signs_right=True,
        centres_title=True,
        indent=2,
    ),
    "ja": LanguageStyle(
        name="Japanese",
        tag="ja-JP",
        locale="ja_JP",
        region="JP",
        after_office=" 御中",
        greets_by_name=False,
        cjk="JP",
        is_wide=True,
        stop="。",
        unit_space="",
        numbers_headings=True,
        signs_right=True,
        centres_title=True,
        indent=1,
    ),
    "ko": LanguageStyle(
        name="Korean",
        tag="ko-KR",
        locale="ko_KR",
        region="KR",
        after_office=" 귀중",
        cjk="KR",
        unit_space="",
        numbers_headings=True,
        date_at_foot=True,
        signs_right=True,
        centres_title=True,
    ),
    "pt": LanguageStyle(name="Portuguese", tag="pt-BR", locale="pt_BR", region="BR", first_day="1º"),
    # One letter serves Quebec and France: the forms of time and number of Quebec are good French in both.
    "fr": LanguageStyle(
        name="French",
        tag="fr",
        locale="fr_CA",
        first_day="1er",
        # The formula takes up the words of the salutation; where a name stands there, it can take up none.
        closings=(
            "Veuillez agréer, Madame, Monsieur, nos salutations distinguées.",
            "Nous vous prions d'agréer nos salutations distinguées.",
        ),
    ),
    # A point and a comma mean opposite things in Spain and in Mexico; the space that the Academy recommends does not.
    "es": LanguageStyle(
        name="Spanish", tag="es", locale="es", group=_NO_BREAK, elisions=((r"\bo (?=(?:8|11) )", "u "),)
    ),
    "de": LanguageStyle(name="German", tag="de", locale="de_DE", capital_cells=True),
    "it": LanguageStyle(
        name="Italian",
        tag="it",
        locale="it_IT",
        first_day="1º",
        elisions=((r"\bil (?=(?:8|11) )", "l'"), (r"\b(a|da|de)l (?=(?:8|11) )", r"\1ll'")),
    ),
    "nl": LanguageStyle(name="Dutch", tag="nl", locale="nl_NL"),
    # A greeting by name needs the sex of the reader and another form of the name.
    "pl": LanguageStyle(name="Polish", tag="pl", locale="pl_PL", after_day=f"{_NO_BREAK}r.", greets_by_name=False),
    "zh-hant": LanguageStyle(
        name="Traditional Chinese",
        tag="zh-TW",
        locale="zh_Hant_TW",
        region="TW",
        cjk="TC",
        is_wide=True,
        stop="。",
        unit_space="",
        numbers_headings=True,
        ordinals="chinese",
        date_at_foot=True,
        signs_right=True,
        centres_title=True,
        indent=2,
    ),
}


def field_of(lang: Lang) -> str:
    """What the field of a language is called in a shape: `zh_hant`."""
    return lang.replace("-", "_")


def lang_of_tag(tag: str) -> Lang | None:
    """The language of a tag such as `pt-BR`, `zh_TW` or `DE`; `None` where no letter is written in it."""
    first, *rest = tag.strip().lower().replace("_", "-").split("-")
    if first == "zh" and not _TRADITIONAL.isdisjoint(rest):
        return "zh-hant"
    return next((lang for lang in LANGS if lang == first), None)


def named(langs: tuple[Lang, ...]) -> str:
    """The languages with their codes, for a message: `English (en), Chinese (zh)`."""
    return ", ".join(f"{STYLES[lang].name} ({lang})" for lang in langs)

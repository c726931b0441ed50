"""Offices in words and as plain values: who gets a notice, how it is told, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from leakguard.models.languages import Lang
from leakguard.notices.competence import Office, Reason
from leakguard.notices.duty_sources import Source
from leakguard.notices.office_shapes import PARTS, Authority, Medium
from leakguard.outputs.terminal import Column, Table

MEDIA: dict[Medium, tuple[str, str]] = {
    "web_form": ("web form", "网页表单"),
    "portal": ("portal", "在线平台"),
    "e_mail": ("e-mail", "电子邮件"),
    "paper": ("letter", "书面信函"),
    "telephone": ("telephone", "电话"),
    "none": ("no notice is taken", "不接收此类报告"),
    "not_known": ("how to file is not known", "提交方式尚不明确"),
}
"""How a notice is told, in English and Chinese."""
KINDS: dict[str, str] = {
    "primary": "法律原文", "primary-quoted": "引用法律原文的网页", "official": "主管机关网页", "secondary": "评论文章",
    "unread": "尚未查阅", "own-knowledge": "未经查证",
}  # fmt: skip
"""Kinds of sources in Chinese; in English they are told by their names."""
MOST_NAMED = 3
"""Candidates that a line names; the command in it lists all."""
_OF_PEOPLE = (
    "the part of the country where the people live decides, such as DE-BW",
    "须先确定受影响人员居住的州、省，例如DE-BW",
)
_WHY: dict[Reason, tuple[str, str]] = {
    Reason.REGION_OPEN: ("the part of the country decides", "须先确定单位所在的州、省"),
    Reason.BODY_OPEN: ("what sort of body the organisation is decides", "须先确定单位的性质"),
    Reason.SHARED: ("several share this place: ask one of them", "该地由多个机关管辖，请向其中之一咨询"),
    Reason.SEAT_OPEN: ("nobody stated where the organisation sits", "未说明单位所在地"),
    Reason.PEOPLE_OPEN: _OF_PEOPLE,
    Reason.NO_OFFICE: (
        "no office here is known to be competent for such an organisation", "尚不知当地有管辖此类单位的机关",
    ),
    Reason.NOT_IN_DATA: ("the duty names an office that authorities/ lacks", "规则所指机关不在authorities/之中"),
    Reason.UNLINKED: ("authorities/ has no office for this recipient", "authorities/尚无该接收方的机关资料"),
}  # fmt: skip
_WORDS: dict[str, tuple[str, str]] = {
    "office": ("office", "机关"),
    "each": ("offices, each of them", "须分别报送"),
    "not_known": ("not known", "尚不明确"),
    "other_body": ("office, if the organisation is another sort of body", "单位属于其他性质的"),
    "in": ("office in {places}", "{places}的机关"),
    "one_of": ("one of", "候选机关"),
    "state": (" (state {facts})", "（请说明{facts}）"),
    "more": ("{names}; and {more} more", "{names}；另有{more}个"),
    "memory": ("from memory", "未经查证"),
    "languages": ("languages", "受理语言"),
    "or": (" or ", "或"),
    "colon": (": ", "："),
    "semicolon": ("; ", "；"),
    "comma": (", ", "、"),
    "own": ("{name} ({own})", "{name}（{own}）"),
}


def _of(words: tuple[str, str], lang: Lang, **values: object) -> str:
    return words[lang == "zh"].format(**values)


def _word(word: str, lang: Lang, **values: object) -> str:
    return _of(_WORDS[word], lang, **values)


def office_words(office: Office, lang: Lang = "en") -> Iterator[str]:
    """Who gets the notice and how, or that it is not known and what would decide it; one paragraph each."""
    authority, colon, semicolon = office.authority, _word("colon", lang), _word("semicolon", lang)
    head = f"{_word('office', lang)}{colon}"
    if authority is not None:
        yield f"{head}{name_words(authority, lang)}{semicolon}{form_words(authority, lang)}"
        if office.unless:
            yield f"{_word('other_body', lang)}{colon}{_unless(office, lang)}"
    elif office.is_each:
        yield f"{_word('each', lang)}{colon}{_named(office.authorities, len(office.authorities), lang)}"
        if office.open_places:
            where = _word("in", lang, places=", ".join(office.open_places))
            yield f"{where}{colon}{_word('not_known', lang)}{colon}{_of(_OF_PEOPLE, lang)}"
    else:
        named = _named(office.authorities, MOST_NAMED, lang)
        candidates = f"{semicolon}{_word('one_of', lang)} {named}" if office.authorities else ""
        yield f"{head}{_word('not_known', lang)}{colon}{why_words(office, lang)}{candidates}"


def form_urls(office: Office) -> tuple[str, ...]:
    """Addresses of the forms, also the one that all candidates share; whoever prints them breaks none."""
    urls = tuple(dict.fromkeys(authority.form.url for authority in office.authorities if authority.form.url))
    is_told = office.authority is not None or office.is_each
    return urls if is_told else (shared_form(office),) if shared_form(office) else ()


def shared_form(office: Office) -> str:
    """The address of the one form that every candidate takes; empty where they differ."""
    urls = {authority.form.url for authority in office.authorities}
    return urls.pop() if len(urls) == 1 else ""


def why_words(office: Office, lang: Lang = "en") -> str:
    """Why no one office is named, and the facts to state; empty where one is."""
    if office.reason not in _WHY:
        return ""
    facts = _word("comma", lang).join(f"`{fact}`" for fact in office.decided_by)
    state = _word("state", lang, facts=facts) if facts else ""
    named = f"{_word('colon', lang)}`{office.named}`" if office.reason is Reason.NOT_IN_DATA else ""
    return f"{_of(_WHY[office.reason], lang)}{named}{state}"


def name_words(authority: Authority, lang: Lang = "en") -> str:
    """Its name in English or Chinese, and its own where that is another."""
    name = authority.name_in(lang)
    return name if authority.name_local in name else _word("own", lang, name=name, own=authority.name_local)


def form_words(authority: Authority, lang: Lang = "en") -> str:
    """How it wants to be told, in which languages, and what that rests on."""
    where = "" if authority.form.url else authority.form.email or authority.form.name
    source = authority.source_of("form")
    parts = [f"{_of(MEDIA[authority.form.kind], lang)}{f' {where}' if where else ''}"]
    if authority.states("form") and authority.form.kind != "not_known":
        parts.append(f"{kind_words(source.kind, lang)}{_word('comma', lang)}{source.on}")
    known = ", ".join(authority.languages) or _word("not_known", lang)
    memory = f" ({_word('memory', lang)})" if "languages" in authority.from_memory else ""
    marked = f"{known}{memory}"
    return _word("semicolon", lang).join((*parts, f"{_word('languages', lang)}{_word('colon', lang)}{marked}"))


def kind_words(kind: str, lang: Lang) -> str:
    """What kind of source something rests on."""
    return KINDS[kind] if lang == "zh" else _word("memory", lang) if kind == "own-knowledge" else kind


def _named(offices: Sequence[Authority], most: int, lang: Lang) -> str:
    more = len(offices) - most
    names = _word("semicolon", lang).join(office.name_in(lang) for office in offices[:most])
    return _word("more", lang, names=names, more=more) if more > 0 else names


def _unless(office: Office, lang: Lang) -> str:
    bodies: dict[str, list[str]] = {}
    for body, authority in office.unless:
        bodies.setdefault(authority.short or authority.name_in(lang), []).append(body)
    rows = (f"{_word('or', lang).join(names)}{_word('colon', lang)}{name}" for name, names in bodies.items())
    return _word("semicolon", lang).join(rows)


def office_json(office: Office | None) -> dict[str, Any] | None:
    """Who gets the notice, as plain values; `None` for a recipient that is no office."""
    if office is None:
        return None
    one = office.authority
    nobody = {"id": None, "name": None, "name_local": None, "form_url": shared_form(office) or None}
    known = _known_json(one) if one is not None else nobody
    return {
        **known,
        "state": "known" if one is not None else "each" if office.is_each else "not_known",
        "reason": office.reason.value,
        "because": why_words(office),
        "because_zh": why_words(office, "zh"),
        "decided_by": list(office.decided_by),
        "open_places": list(office.open_places),
        "candidates": [] if one is not None else [_named_json(authority) for authority in office.authorities],
        "unless": [{"body": body, **_named_json(each)} for body, each in office.unless],
    }


def _known_json(authority: Authority) -> dict[str, Any]:
    source = authority.source_of("form")
    return {
        **_named_json(authority),
        "form_kind": authority.form.kind,
        "form_url": authority.form.url or None,
        "form_email": authority.form.email or None,
        "languages": list(authority.languages),
        "checked_on": source.on.isoformat(),
        "source_kind": source.kind,
        "from_memory": list(authority.from_memory),
        "notes": authority.notes,
    }


def _named_json(authority: Authority) -> dict[str, str]:
    return {
        "id": authority.id, "name": authority.name_en, "name_local": authority.name_local,
        "name_zh": authority.name_zh,
    }  # fmt: skip


_COLUMNS = (
    Column(heading="ID", is_whole=True), Column(heading="PLACE"), Column(heading="NAME", gives_way=2),
    Column(heading="FOR", gives_way=4), Column(heading="FORM", gives_way=3), Column(heading="LANGUAGES", gives_way=5),
    Column(heading="FROM MEMORY", gives_way=1),
)  # fmt: skip


def authorities_table(offices: Sequence[Authority]) -> Table:
    """A row an office; what rests on memory is told in the last column."""
    rows = [
        (
            office.id, office.place, name_words(office), _for_words(office),
            office.form.url or MEDIA[office.form.kind][0],
            ", ".join(office.languages) or "not known", ", ".join(office.from_memory) or "-",
        )
        for office in offices
    ]  # fmt: skip
    return Table(columns=_COLUMNS, rows=tuple(rows))


def _for_words(authority: Authority) -> str:
    """For whom it is competent, where a rule decides that."""
    texts = (" ".join((what.kind, what.seat, ", ".join(what.bodies))).strip() for what in authority.competence)
    return "; ".join(texts) or "-"


def _source_json(source: Source) -> dict[str, str]:
    return {"kind": source.kind, "url": source.url, "checked_on": source.on.isoformat()}


def authority_json(authority: Authority) -> dict[str, Any]:
    """All of one office, each part with its source, kind of source and day; unknown parts say so."""
    parts = {part: {"known": authority.states(part), **_source_json(authority.source_of(part))} for part in PARTS}
    document = authority.model_dump(mode="json", exclude={"source", "sources", "former"})
    former = [{"until": each.until.isoformat(), "name": each.name_en} for each in authority.former]
    marks = {"sources": parts, "from_memory": list(authority.from_memory), "former": former}
    return {**document, "name_local": authority.name_local, **marks}

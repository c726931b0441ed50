"""Skeletons of the two papers as letters: headings, what each part has to say, and what the facts fill in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from leakguard.frozen import Frozen
from leakguard.models.letters import Block, Fields, Heading, Letter, Numbered, Paragraph
from leakguard.outbound.answers import Count, Known
from leakguard.outbound.counting import TransferCount
from leakguard.outbound.countries import country_name
from leakguard.outbound.decide import Decision
from leakguard.outbound.rules import KINDS, Paper, PaperPart, RuleBook, ScreenLang, Words
from leakguard.outbound.values import OutboundFacts, Recipient

_LABELS: dict[str, Words] = {
    "organisation": Words(en="Organisation", zh="数据处理者"),
    "contact": Words(en="Contact", zh="联系方式"),
    "day": Words(en="Day of the transfer", zh="数据出境日期"),
    "route": Words(en="Route", zh="办理路径"),
    "because": Words(en="Because", zh="理由"),
    "since": Words(en="People are counted from", zh="人数累计起始日"),
    "recipient": Words(en="Recipient", zh="境外接收方"),
    "country": Words(en="Country or territory", zh="国家或者地区"),
    "role": Words(en="Role", zh="角色"),
    "tool": Words(en="Carried by", zh="出境依据"),
    "reference": Words(en="Reference number", zh="编号"),
    "until": Words(en="Ends on", zh="到期日"),
    "data": Words(en="Data", zh="数据种类"),
    "purpose": Words(en="Purpose", zh="目的"),
    "impact_assessment": Words(en="Impact assessment of", zh="影响评估日期"),
}
_ROLES = {"controller": Words(en="controller", zh="个人信息处理者"), "processor": Words(en="processor", zh="受托人")}
_ORDINALS = "一二三四五六七八九"
_EMPTY = Words(en="[to be filled in]", zh="［待填写］")
_NOT_KNOWN = Words(en="not known yet", zh="尚不清楚")
_TO_WRITE = Words(en="Write here:", zh="此处应写明：")
_OR = Words(en=" or ", zh="或者")
_SKELETON = Words(
    en="Skeleton. The facts filled in what they state; people write and answer for the rest. Not legal advice.",
    zh="本文为框架稿：已填写的内容来自事实文件，其余由负责人员撰写并负责。不构成法律意见。",
)


class PaperInput(Frozen):
    """What a skeleton is made from."""

    book: RuleBook
    facts: OutboundFacts
    decision: Decision
    counted: TransferCount
    day: date


def skeleton(drawn: PaperInput, name: str, lang: ScreenLang) -> Letter:
    """The paper of this name, to be filled in."""
    paper, who = drawn.book.papers[name], drawn.facts.organisation
    blocks = (Paragraph(text=_SKELETON.of(lang)), *_blocks(drawn, paper, lang))
    sender = tuple(line for line in (who.name.of(lang), who.contact) if line)
    return Letter(
        duty=f"outbound-{name}", lang=lang, title=paper.title.of(lang), sender=sender, addressee=(), reference="",
        written_on=drawn.day, date_line=drawn.day.isoformat(), salutation="", blocks=blocks, closing="",
        signature=(who.name.of(lang),), footer=tuple(_footer(drawn, paper, lang)),
    )  # fmt: skip


def _blocks(drawn: PaperInput, paper: Paper, lang: ScreenLang) -> Iterator[Block]:
    for number, part in enumerate(paper.parts, start=1):
        yield Heading(text=f"{_number(number, lang)}{part.heading.of(lang)}")
        for fill in part.fill:
            yield from _filled(drawn, fill, lang)
        yield from _asked(part, lang)


def _number(number: int, lang: ScreenLang) -> str:
    return f"{_ORDINALS[number - 1]}、" if lang == "zh" else f"{number}. "


def _asked(part: PaperPart, lang: ScreenLang) -> Iterator[Block]:
    yield Paragraph(text=_TO_WRITE.of(lang))
    yield Numbered(entries=tuple(f"{words.of(lang)}{_colon(lang)}{_EMPTY.of(lang)}" for words in part.says))


def _colon(lang: ScreenLang) -> str:
    return "：" if lang == "zh" else ": "


def _filled(drawn: PaperInput, fill: str, lang: ScreenLang) -> Iterator[Block]:
    if fill == "recipients":
        for recipient in drawn.facts.recipients:
            yield Fields(rows=tuple(_recipient_rows(drawn, recipient, lang)))
        if not drawn.facts.recipients:
            yield Fields(rows=(_row("recipient", "", lang),))
        return
    rows = {"organisation": _organisation_rows, "route": _route_rows, "counts": _count_rows}[fill]
    yield Fields(rows=tuple(rows(drawn, lang)))


def _row(label: str, value: str, lang: ScreenLang) -> tuple[str, str]:
    return _LABELS[label].of(lang), value or _EMPTY.of(lang)


def _organisation_rows(drawn: PaperInput, lang: ScreenLang) -> Iterator[tuple[str, str]]:
    who = drawn.facts.organisation
    yield _row("organisation", f"{who.name.of(lang)} ({country_name(who.country, lang)})", lang)
    yield _row("contact", who.contact, lang)
    yield _row("day", drawn.day.isoformat(), lang)


def _route_rows(drawn: PaperInput, lang: ScreenLang) -> Iterator[tuple[str, str]]:
    decision = drawn.decision
    is_decided = decision.verdict == "decided"
    names = (
        _OR.of(lang).join(drawn.book.routes[name].name.of(lang) for name in decision.routes[0]) if is_decided else ""
    )
    yield _row("route", names or _NOT_KNOWN.of(lang), lang)
    yield _row("because", decision.rows[0].why.of(lang) if is_decided else _NOT_KNOWN.of(lang), lang)


def _count_rows(drawn: PaperInput, lang: ScreenLang) -> Iterator[tuple[str, str]]:
    since = drawn.counted.since
    yield _row("since", since.isoformat() if since is not None else _NOT_KNOWN.of(lang), lang)
    for name in drawn.decision.text.asks if drawn.decision.text is not None else ():
        kind = drawn.book.facts[name]
        yield kind.ask.of(lang), known_words(drawn.book, name, drawn.counted.answers.get(name), lang)


def known_words(book: RuleBook, name: str, known: Known | None, lang: ScreenLang) -> str:
    """What is known of a fact, in words."""
    if known is None:
        return _NOT_KNOWN.of(lang)
    if isinstance(known, Count):
        return f"{known.low:,}" if known.is_known else f"{known.low:,}-{known.high:,}"
    return _OR.of(lang).join(_option(book, name, word, lang) for word in sorted(known.possible))


def _option(book: RuleBook, name: str, word: str, lang: ScreenLang) -> str:
    options = book.facts[name].options
    if word in options:
        return options[word].of(lang)
    return {"true": Words(en="yes", zh="是"), "false": Words(en="no", zh="否")}[word].of(lang)


def _recipient_rows(drawn: PaperInput, recipient: Recipient, lang: ScreenLang) -> Iterator[tuple[str, str]]:
    yield _row("recipient", recipient.name.of(lang), lang)
    yield _row("country", country_name(recipient.country, lang), lang)
    yield _row("role", _ROLES[recipient.role].of(lang), lang)
    yield _row("contact", recipient.contact, lang)
    yield _row("tool", drawn.book.incident.tools[recipient.tool].name.of(lang), lang)
    yield _row("reference", recipient.reference, lang)
    yield _row("until", recipient.until.isoformat() if recipient.until is not None else "", lang)
    yield _row("data", ("、" if lang == "zh" else ", ").join(recipient.data), lang)
    yield _row("purpose", recipient.purpose.of(lang) if recipient.purpose is not None else "", lang)
    yield _row(
        "impact_assessment",
        recipient.impact_assessment.isoformat() if recipient.impact_assessment is not None else "",
        lang,
    )


def _footer(drawn: PaperInput, paper: Paper, lang: ScreenLang) -> Iterator[str]:
    for source in drawn.book.cited(paper.sources, drawn.day):
        law = f"{source.law.of(lang)} {source.article.of(lang)}"
        kind = KINDS[source.kind].of(lang)
        yield f"{law}{_colon(lang)}{source.says.of(lang)} ({kind}, {source.verified_on}; {source.url})"

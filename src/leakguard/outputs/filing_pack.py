"""A filing pack for a person who fills in a form: what is missing first, then each field with our answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from leakguard.models.languages import Lang
from leakguard.notices.filing_pack import FieldState, Pack, PackField
from leakguard.outputs.offices import form_urls, kind_words, office_json, office_words
from leakguard.outputs.words import printable

_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("MISSING", "缺少"),
    "refused": ("NOT SHOWN", "不予显示"),
    "too_long": ("TOO LONG", "超出长度"),
    "answered": ("", ""),
    "not_known_yet": ("not known yet", "尚不明确"),
    "undecided": ("needed if its condition holds", "视条件而定"),
    "left_out": ("may be left out", "可以不填"),
    "by_hand": ("answer it in the form", "请在表单中填写"),
    "pack": ("Filing pack", "填报材料"),
    "form": ("form", "表单"),
    "seen": ("the fields are in the form's order", "字段按表单顺序排列"),
    "not_seen": (
        "THE FORM WAS NOT SEEN: these are the items of the law, in its order",
        "未见表单：以下为法律要求的内容，按法律顺序排列",
    ),
    "no_form": (
        "no form of this office is known: these are the items of the law, in its order",
        "尚无该机关的表单：以下为法律要求的内容，按法律顺序排列",
    ),
    "of_law": (
        "the law asks for it, and no field of this form does: write it into a free text",
        "法律要求提供，但表单没有相应字段：请写入可自由填写的栏目",
    ),
    "unstated": ("not stated: {facts}", "未说明：{facts}"),
    "lacks": ("What is missing", "尚缺内容"),
    "nothing": ("Nothing is missing.", "没有缺少的内容。"),
    "fields": ("Fields", "字段"),
    "most": ("at most {most} characters", "最多{most}个字符"),
    "choices": ("one of", "选项"),
    "memory": ("from memory", "未经查证"),
    "of_facts": (" (facts: {facts})", "（事实：{facts}）"),
    "colon": (": ", "："),
    "semicolon": ("; ", "；"),
    "read": ("read on {day}, {kind}", "{day}核对（{kind}）"),
    "advice": ("Nothing here is legal advice.", "本材料不构成法律意见。"),
}  # fmt: skip


def _word(word: str, lang: Lang, **values: object) -> str:
    en, zh = _WORDS[word]
    return (zh if lang == "zh" else en).format(**values)


def pack_lines(pack: Pack) -> Iterator[str]:
    """The pack as text."""
    lang = pack.lang
    yield f"{_word('pack', lang)}{_word('colon', lang)}{pack.duty}"
    yield from _head(pack)
    yield ""
    yield from _missing_lines(pack)
    yield ""
    for field in pack.fields:
        yield f"{field.number}. {_title(field, lang)}"
        yield from (f"   {line}" for line in _below(field, lang))
        yield ""
    yield _word("advice", lang)


def pack_markdown(pack: Pack) -> Iterator[str]:
    """The same as Markdown; answers stand in blocks, so that they can be copied."""
    lang = pack.lang
    yield f"# {_word('pack', lang)}{_word('colon', lang)}{pack.duty}"
    yield ""
    yield from (f"- {line}" for line in _head(pack))
    yield ""
    yield f"## {_word('lacks', lang)}"
    yield ""
    yield from _missing_lines(pack, bullet="- ")
    yield ""
    yield f"## {_word('fields', lang)}"
    yield ""
    for field in pack.fields:
        yield f"### {field.number}. {_title(field, lang)}"
        yield ""
        yield from (f"{line}  " for line in _marks(field, lang))
        if field.answer:
            yield from ("", "```text", *_answer_lines(field, fence=True), "```")
        yield ""
    yield _word("advice", lang)


def _head(pack: Pack) -> Iterator[str]:
    """The office, the form, and whether its fields were seen."""
    lang, form = pack.lang, pack.form
    if pack.mark:
        yield pack.mark
    if pack.office is not None:
        yield from office_words(pack.office, lang)
        yield from form_urls(pack.office)
        if pack.office.authority is not None and pack.office.authority.notes:
            yield pack.office.authority.notes
    if form is None:
        yield _word("no_form", lang)
        return
    name = next((form.name[code] for code in (lang, "en") if code in form.name), form.id)
    own = next((text for code, text in form.name.items() if code not in {"en", "zh"}), "")
    yield f"{_word('form', lang)}{_word('colon', lang)}{name}{f' ({own})' if own and own != name else ''}, {form.id}"
    note = form.seen_note_zh if lang == "zh" else form.seen_note
    yield f"{_word('seen' if form.seen else 'not_seen', lang)}{_word('semicolon', lang)}{note}"
    read = _word("read", lang, day=form.source.on, kind=kind_words(form.source.kind, lang))
    yield _word("colon", lang).join((read, form.source.url)) if form.source.url else read
    if form.stages:
        yield form.stages


def _missing_lines(pack: Pack, bullet: str = "  ") -> Iterator[str]:
    lang = pack.lang
    if not pack.missing:
        yield _word("nothing", lang)
        return
    if bullet == "  ":
        yield f"{_word('lacks', lang)}{_word('colon', lang).strip()}"
    for field in pack.missing:
        facts = _word("of_facts", lang, facts=", ".join(field.items)) if field.items else ""
        what = field.problem or _word(field.state, lang)
        yield f"{bullet}{field.number}. {_title(field, lang)}{_word('colon', lang)}{what}{facts}"


def _title(field: PackField, lang: Lang) -> str:
    local = f" / {field.local_label}" if field.local_label else ""
    memory = f" [{_word('memory', lang)}]" if field.is_from_memory else ""
    return f"{field.label}{local}{memory}"


def _marks(field: PackField, lang: Lang) -> Iterator[str]:
    """What to know about a field, above its answer."""
    word = _word(field.state, lang)
    if word:
        yield f"[{word}]{f' {field.problem}' if field.problem else ''}"
    if field.choices:
        yield f"{_word('choices', lang)}{_word('colon', lang)}{' | '.join(field.choices)}"
    if field.hint:
        yield field.hint
    if field.is_of_law:
        yield _word("of_law", lang)
    if field.unstated and field.answer:
        yield f"[{_word('unstated', lang, facts=', '.join(field.unstated))}]"
    if field.most is not None:
        yield _word("most", lang, most=field.most)


def _below(field: PackField, lang: Lang) -> Iterator[str]:
    yield from _marks(field, lang)
    yield from _answer_lines(field)


def _answer_lines(field: PackField, *, fence: bool = False) -> Iterator[str]:
    """The answer, one line each; a fence in it cannot end the block that it stands in."""
    for line in field.answer.splitlines():
        shown = printable(line, longest=100_000)
        yield shown.replace("```", "'''") if fence else shown


def pack_json(pack: Pack) -> dict[str, Any]:
    """The pack as plain values."""
    form = pack.form
    return {
        "duty": pack.duty,
        "lang": pack.lang,
        "drill": bool(pack.mark),
        "complete": pack.is_complete,
        "missing": [
            {"number": field.number, "label": field.label, "facts": list(field.items)} for field in pack.missing
        ],
        "authority": office_json(pack.office),
        "form": None if form is None else {
            "id": form.id, "name": dict(form.name), "seen": form.seen, "note": form.seen_note,
            "source_url": form.source.url, "source_kind": form.source.kind,
            "checked_on": form.source.on.isoformat(),
        },
        "basis": "form" if pack.is_seen else "law",
        "fields": [_field_json(field) for field in pack.fields],
    }  # fmt: skip


def _field_json(field: PackField) -> dict[str, Any]:
    state: FieldState = field.state
    return {
        "number": field.number, "label": field.label, "local_label": field.local_label,
        "label_zh": field.label_zh, "state": state,
        "answer": field.answer, "facts": list(field.items), "problem": field.problem, "hint": field.hint,
        "most": field.most,
        "choices": list(field.choices), "required": field.is_required, "from_memory": field.is_from_memory,
        "unstated": list(field.unstated), "of_law": field.is_of_law,
    }  # fmt: skip


FORMATS: dict[str, Callable[[Pack], Iterator[str]]] = {
    "text": pack_lines,
    "md": pack_markdown,
    "json": lambda pack: iter((json.dumps(pack_json(pack), ensure_ascii=False),)),
}
"""Each form of a pack, by its name on the command line."""

"""Every letter to an authority says what happened to the data and where the people live, known or not, and why."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import LetterIncomplete
from leakguard.models.languages import BOTH, LANGS, Lang
from leakguard.notices.audiences import is_authority
from leakguard.notices.book import read_facts
from leakguard.notices.data_effects import PLACES, effects_of
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts, FactState
from leakguard.notices.letters.draft import render
from leakguard.notices.letters.known_so_far import KnownSoFar
from leakguard.notices.letters.template import LetterTemplate, parse_template
from leakguard.notices.letters.text import text_of
from leakguard.notices.notice_content import NoticeContent
from leakguard.use_cases.letters.draft_notices import bare_template_of, check_drafted_notice, draft_notice
from leakguard.use_cases.letters.letter_languages import languages_of
from support.each import for_each
from support.every_fact import NOW, every_fact
from support.notices import CAC, GDPR_33, GDPR_34, book, facts_of, letter_of, settled

LATER = datetime(2026, 12, 1, tzinfo=UTC)
LABELS: dict[str, dict[Lang, str]] = {
    "reached": {"en": "Whether data could be reached without permission", "zh": "数据是否可被未经授权访问"},
    "read": {"en": "Whether data were read", "zh": "数据是否已被查看"},
    "copied": {"en": "Whether data were copied", "zh": "数据是否已被复制"},
    "altered": {"en": "Whether data were altered", "zh": "数据是否被篡改"},
    "lost": {"en": "Whether data were lost or out of reach", "zh": "数据是否丢失或者无法使用"},
}
FACT_OF = {
    "reached": "exposure",
    "read": "access",
    "copied": "exfiltration",
    "altered": "integrity_loss",
    "lost": "availability_loss",
}
YES: dict[str, Any] = {**dict.fromkeys(FACT_OF, True), "altered": "unrecoverable", "lost": "full"}
NO: dict[str, Any] = {**dict.fromkeys(FACT_OF, False), "altered": "none", "lost": "none"}
SAID: dict[str, dict[Lang, str]] = {
    "yes": {"en": "yes", "zh": "是"},
    "no": {"en": "no", "zh": "否"},
    "unknown": {"en": "Not yet known. The logs of", "zh": "尚未查明。日志"},
    "not_stated": {"en": "Not stated yet.", "zh": "尚未说明。"},
}
CLAUSES: dict[str, dict[str, dict[Lang, str]]] = {
    "yes": {
        "reached": {"en": "could be reached without permission", "zh": "可被未经授权访问"},
        "read": {"en": "were read", "zh": "已被查看"},
        "copied": {"en": "were copied", "zh": "已被复制"},
    },
    "no": {
        "reached": {"en": "could not be reached without permission", "zh": "未处于可被未经授权访问的状态"},
        "read": {"en": "were not read", "zh": "未被查看"},
        "copied": {"en": "were not copied", "zh": "未被复制"},
        "altered": {"en": "were not altered", "zh": "未被篡改"},
        "lost": {"en": "remained available", "zh": "未丢失，也未出现无法使用的情况"},
    },
}
"""A plain yes or no in a sentence, in the letters that have no table for it."""
PEOPLE = {"DE": (40_000, 41_000), "FR": (300, 300), "GB": (12, 12), "US-TX": (800, 800), "FR-IDF": (7, 7)}
PLACES_SAID: dict[Lang, tuple[str, ...]] = {
    "en": (
        "People affected (Germany): between 40,000 and 41,000 people, an estimate",
        "People affected (France): about 300 people, an estimate",
        "People affected (United Kingdom): about 12 people, an estimate",
        "People affected (Texas): about 800 people, an estimate",
        "People affected (France (FR-IDF)): about 7 people, an estimate",
    ),
    "zh": (
        "受影响人数（德国）: 40,000至41,000人（估计）",
        "受影响人数（法国）: 约300人（估计）",
        "受影响人数（英国）: 约12人（估计）",
        "受影响人数（得克萨斯州）: 约800人（估计）",
        "受影响人数（法国（FR-IDF））: 约7人（估计）",
    ),
}


def stated(state: str, effect: str) -> dict[str, Any]:
    """The fact of an effect in one state."""
    if state == "unknown":
        return {"unknown": {"en": f"the logs of {effect} are being read", "zh": f"日志{effect}正在分析"}}
    return {"value": (YES if state == "yes" else NO)[effect]}


@functools.cache
def values() -> dict[str, Any]:
    """Every item, and nothing yet about the data or the places."""
    found = every_fact()
    for name in (*FACT_OF.values(), PLACES):
        found["facts"].pop(name, None)
    return found


@functools.cache
def in_state(state: str) -> Facts:
    """All five effects in one state; `not_stated` of four, for where none is stated one sentence says so."""
    changed = copy.deepcopy(values())
    states = {effect: stated(state, effect) for effect in FACT_OF if state != "not_stated"}
    changed["facts"] |= {FACT_OF[effect]: fact for effect, fact in states.items()}
    if state == "not_stated":
        changed["facts"]["availability_loss"] = {"value": "none"}
    counts = {code: {"low": low, "high": high} for code, (low, high) in PEOPLE.items()}
    changed["facts"][PLACES] = {"estimate": counts}
    return facts_of(changed, now=NOW)


@functools.cache
def to_authorities() -> tuple[NoticeContent, ...]:
    """Every letter to an authority: each template with each kind of recipient that it writes to."""
    seen: dict[tuple[str, str], NoticeContent] = {}
    for one in (*book().duties, *book().practice):
        if is_authority(one.recipient.type):
            name = bare_template_of(one, BundledFiles(), book().vocabulary)[1]
            seen.setdefault((name, one.recipient.type), one)
    return tuple(seen.values())


def drafted(telling: NoticeContent, facts: Facts, lang: Lang, stage: str | None = None) -> str:
    return text_of(draft_notice(book(), BundledFiles(), facts, telling, lang=lang, now=NOW, stage=stage)).text


def items_of(telling: NoticeContent) -> set[str]:
    stages: Sequence[str | None] = [phase.name for phase in telling.phases] if isinstance(telling, Duty) else []
    return {item.item for stage in (None, *stages) for item in telling.items_of(stage)}


@functools.cache
def with_nothing_stated() -> Facts:
    """Read once: 389 duties are checked with it."""
    return facts_of(values(), now=NOW)


def asks_for_each_place(telling: NoticeContent) -> bool:
    """Whether it is of the law of the European Union, which binds several places, and asks for the people affected."""
    return telling.readers in {"EU", "EU/EEA"} and bool(items_of(telling) & {"subject_count", "local_subject_count"})


def wants_a_copy_alone(telling: NoticeContent) -> bool:
    return items_of(telling) == {"notice_copy"}


def lacking(telling: NoticeContent, text: str, state: str, lang: Lang) -> list[str]:
    """The statements that a letter lacks, when all effects stand in this state."""
    effects = [one for one in FACT_OF if not (state == "not_stated" and one == "lost")]
    wanted = [f"{LABELS[effect][lang]}: {SAID[state][lang]}" for effect in effects]
    wanted = [] if wants_a_copy_alone(telling) else wanted
    places = PLACES_SAID[lang] if asks_for_each_place(telling) else ()
    return [
        line for line in (*wanted, *places) if f"\n{line}" not in text and not in_a_sentence(line, text, state, lang)
    ]


def in_a_sentence(line: str, text: str, state: str, lang: Lang) -> bool:
    """Whether a sentence about the data makes the statement that a row would make."""
    lead = {"en": "The data ", "zh": "数据"}[lang]
    sentences = [one for one in text.splitlines() if one.startswith(lead) and ":" not in one]
    effect = next((name for name, label in LABELS.items() if line.startswith(f"{label[lang]}: ")), "")
    clause = CLAUSES.get(state, {}).get(effect, {}).get(lang)
    return clause is not None and any(clause in sentence for sentence in sentences)


def test_there_are_letters_to_authorities_of_each_kind() -> None:
    assert {one.recipient.type for one in to_authorities()} == {"regulator", "cert", "register", "other"}
    assert len(to_authorities()) >= 28


@for_each("state", SAID)
@for_each("telling", to_authorities, ids=lambda telling: telling.id)
def test_each_letter_states_each_effect_and_each_place(telling: NoticeContent, state: str) -> None:
    for lang in BOTH:
        assert lacking(telling, drafted(telling, in_state(state), lang), state, lang) == []


@for_each("telling", to_authorities, ids=lambda telling: telling.id)
def test_each_stage_of_a_letter_states_them_too(telling: NoticeContent) -> None:
    for stage in (phase.name for phase in telling.phases) if isinstance(telling, Duty) else ():
        assert lacking(telling, drafted(telling, in_state("unknown"), "en", stage), "unknown", "en") == []


STATEMENTS = [(effect, state) for effect in FACT_OF for state in SAID if (effect, state) != ("lost", "not_stated")]


@pytest.mark.parametrize(("effect", "state"), STATEMENTS)
def test_a_statement_that_is_not_written_is_missed(monkeypatch: pytest.MonkeyPatch, effect: str, state: str) -> None:
    """Take the rendering of one statement away, and the test above sees it."""
    monkeypatch.setattr(
        "leakguard.notices.letters.known_so_far.effects_of",
        lambda facts: tuple(one for one in effects_of(facts) if one.name != effect),
    )
    for telling in [one for one in to_authorities() if not wants_a_copy_alone(one)][:3]:
        found = lacking(telling, drafted(telling, in_state(state), "en"), state, "en")

        assert [line.partition(":")[0] for line in found] == [LABELS[effect]["en"]]


@pytest.mark.parametrize("number", range(len(PEOPLE)))
def test_a_place_that_is_not_written_is_missed(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    places = KnownSoFar._places  # noqa: SLF001  (the rendering that is taken away)

    def without_one(self: KnownSoFar, *given: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  (handed on)
        yield from (row for index, row in enumerate(places(self, *given)) if index != number)

    monkeypatch.setattr(KnownSoFar, "_places", without_one)
    for telling in [one for one in to_authorities() if asks_for_each_place(one)][:3]:
        assert lacking(telling, drafted(telling, in_state("no"), "en"), "no", "en") == [PLACES_SAID["en"][number]]


@for_each("duty", [one for one in book().duties if is_authority(one.recipient.type)], ids=lambda duty: duty.id)
def test_the_check_misses_what_is_not_stated_where_the_law_asks_for_the_nature_of_the_breach(duty: Duty) -> None:
    """And calls nothing complete that the letter says is not stated."""
    asked = {item.item for item in duty.content if not book().vocabulary.conditions[item.required].optional}
    facts = with_nothing_stated()
    missing = check_drafted_notice(book(), facts, duty, now=NOW).missing
    said = check_drafted_notice(book(), in_state("unknown"), duty, now=NOW)

    assert {name for name in FACT_OF.values() if name in missing} == (
        set(FACT_OF.values()) if asked & {"breach_description", "breach_type"} else set()
    )
    assert (PLACES in missing) is (asks_for_each_place(duty) and bool(asked & {"subject_count", "local_subject_count"}))
    assert not {*FACT_OF.values(), PLACES} & set(said.missing)
    assert {*FACT_OF.values()} & set(missing) <= set(said.said_as_unknown)


@for_each("telling", to_authorities, ids=lambda telling: telling.id)
def test_what_the_check_calls_told_as_unknown_stands_in_the_letter_with_its_reason(telling: NoticeContent) -> None:
    """At every stage, also for what the stage does not ask for and the template tells."""
    changed = copy.deepcopy(values())
    for name, kind in book().vocabulary.content_items.items():
        if kind.kind == "text" and name not in {"org_identity", "other_people_details"}:
            changed["facts"][name] = {"unknown": {"en": f"nobody found {name} out", "zh": f"无人查明{name}"}}
    facts = facts_of(changed, now=NOW)
    stages: Sequence[str | None] = [phase.name for phase in telling.phases] if isinstance(telling, Duty) else []
    for stage in (None, *stages):
        checked = check_drafted_notice(book(), facts, telling, now=NOW, stage=stage)
        text = drafted(telling, facts, "en", stage)
        told = [name for name in checked.said_as_unknown if name not in {*FACT_OF.values(), PLACES}]

        assert [name for name in told if f"nobody found {name} out" not in text.casefold()] == []


def test_the_first_report_in_china_tells_that_attacker_and_path_are_not_known() -> None:
    values = every_fact(
        threat_actor={"unknown": {"en": "nobody was seen", "zh": "未见来访者"}},
        attack_path={"unknown": {"en": "the image is being read", "zh": "镜像正在分析"}},
    )
    text = text_of(letter_of(CAC, "zh", values, stage="initial")).text

    assert "可能的攻击者: 尚未查明。未见来访者。" in text
    assert "攻击路径及溯源线索: 尚未查明。镜像正在分析。" in text


def letter_with(**facts: Any) -> str:  # noqa: ANN401  (a facts file holds anything)
    changed = copy.deepcopy(values())
    changed["facts"] |= copy.deepcopy(facts)
    return text_of(letter_of(GDPR_33, "en", changed)).text


def test_nothing_stated_is_one_sentence_and_not_five_rows() -> None:
    text = letter_with()

    assert "whether they were read, copied, altered or lost, is not stated yet." in text
    assert "Whether data were read" not in text
    assert "People affected by place: Not stated yet." in text


def test_a_reason_is_told_once() -> None:
    reason = "the logs are being read"
    text = letter_with(access={"unknown": reason}, exfiltration={"unknown": reason})

    assert "Whether data were read: Not yet known. The logs are being read." in text
    assert "Whether data were copied: Not yet known, for the same reason." in text


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"integrity_loss": {"value": "recoverable"}}, "altered: yes; the original data can be restored"),
        ({"integrity_loss": {"value": "unrecoverable"}}, "altered: yes; the original data cannot be restored"),
        ({"availability_loss": {"value": "temporary"}}, "out of reach: yes, for a time"),
        ({"availability_loss": {"value": "full"}}, "out of reach: yes, for good"),
        ({"integrity_loss": {"not_applicable": "no data are held"}}, "altered: Does not apply. No data are held."),
        (
            {"exfiltration": {"value": True}},
            "The data could be reached without permission, were read and were copied.",
        ),
        ({"access": {"value": True}}, "The data could be reached without permission and were read."),
        (
            {"access": {"value": True}, "exposure": {"value": False}},
            "The data were read; they could not be reached without permission.",
        ),
        ({"acquisition": {"value": True}, "exfiltration": {"unknown": "why"}}, "were read and were copied."),
        ({"acquisition": {"value": False}, "exfiltration": {"unknown": "why"}}, "were copied: Not yet known. Why."),
        ({"acquisition": {"value": False}}, "The data were not copied."),
        ({PLACES: {"unknown": "nobody counted"}}, "People affected by place: Not yet known. Nobody counted."),
        ({PLACES: {"not_applicable": "no people"}}, "People affected by place: Does not apply. No people."),
        ({PLACES: {"value": {"DE": 1}}}, "People affected (Germany): 1 person"),
    ],
)
def test_each_way_to_state_it_has_its_words(facts: dict[str, Any], line: str) -> None:
    assert line in letter_with(**facts)


def test_a_law_that_keeps_the_nature_and_the_number_out_of_a_letter_wins() -> None:
    duty = book().duty("us-ny-899aa-ag")
    narrow = duty.model_copy(update={"must_not_contain": ("breach_type", "subject_count")})
    facts = in_state("yes")

    assert lacking(duty, drafted(duty, facts, "en"), "yes", "en") == []
    text = drafted(narrow, facts, "en")

    assert "Data could be reached" not in text
    assert "People affected (" not in text
    assert not {*FACT_OF.values(), PLACES} & set(check_drafted_notice(book(), facts, narrow, now=NOW).missing)


@for_each("telling", to_authorities, ids=lambda telling: telling.id)
def test_no_office_reads_of_the_people_of_a_place_that_is_not_its_law_s(telling: NoticeContent) -> None:
    text = drafted(telling, in_state("no"), "en")
    told = [line for line in PLACES_SAID["en"] if line.partition(":")[0] in text]

    assert told == list(PLACES_SAID["en"]) if asks_for_each_place(telling) else len(told) <= 1


@pytest.mark.parametrize(
    ("duty", "own"),
    [
        ("uk-gdpr-33-ico", "People affected (United Kingdom): about 12 people, an estimate"),
        ("us-tx-521-053-ag", None),  # its own item says how many
        ("us-ma-93h-3-ag", None),
        ("kr-pipa-34-pipc", None),  # its law does not ask for a number
        ("sg-pdpa-26d-pdpc", None),  # nobody there is affected
        ("de-bsig-32-bsi", None),
    ],
)
def test_an_office_of_one_place_reads_how_many_of_all_people_live_there(duty: str, own: str | None) -> None:
    text = drafted(book().duty(duty), in_state("no"), "en")

    assert [line for line in text.splitlines() if line.startswith("People affected (")] == ([own] if own else [])


@pytest.mark.parametrize(("there", "is_told"), [(2_300_000, False), (2_200_000, True)])
def test_an_office_of_the_place_where_all_people_live_reads_their_number_once(there: int, *, is_told: bool) -> None:
    counts = {"subject_count": {"value": 2_300_000}, "subjects_by_jurisdiction": {"value": {"CN": there}}}
    text = text_of(letter_of("cn-gbt35273-10-report", "zh", settled(**counts))).text

    assert "受影响人数: 230万人" in text
    assert ("受影响人数（中国）" in text) is is_told


@pytest.mark.parametrize("duty", ["us-ca-1798-82-ag", "us-az-18-552-ag"])
def test_an_office_that_wants_a_copy_of_the_letter_gets_nothing_else(duty: str) -> None:
    text = drafted(book().duty(duty), in_state("yes"), "en")

    assert "Whether data were" not in text
    assert "People affected" not in text


def test_letters_to_people_have_no_such_table() -> None:
    text = text_of(letter_of(GDPR_34, "en", every_fact())).text

    assert "Data could be reached without permission" not in text
    assert "People affected (" not in text


def test_a_template_of_ones_own_that_forgets_them_gets_them_with_headings() -> None:
    text = "{title: {en: T, zh: T}, salutation: {en: S, zh: S}, closing: {en: C, zh: C}, parts: [{section: cause}]}"
    template: LetterTemplate = parse_template(text, name="own", vocabulary=book().vocabulary)
    letter = render(book().duty(GDPR_33), in_state("no"), "en", template, {}, NOW, vocabulary=book().vocabulary)
    told = text_of(letter).text

    assert told.index("What happened to the data") < told.index("The data could not be reached without permission")
    assert told.index("People affected by place") < told.index("People affected (France)")


def test_a_reason_in_another_language_keeps_the_letter_from_being_written() -> None:
    changed = copy.deepcopy(values())
    changed["facts"]["access"] = {"unknown": {"zh": "日志正在分析"}}

    with pytest.raises(LetterIncomplete, match="access: is written for another language only; add it under `en`"):
        letter_of(GDPR_33, "en", changed)


def test_the_draft_asks_to_look_at_what_is_not_stated() -> None:
    remarks = letter_of(GDPR_33, "en", values()).remarks

    assert "integrity_loss: not stated, and the letter says so" in remarks
    assert f"{PLACES}: not stated, and the letter says so" in remarks
    assert not any("exposure: not stated" in one for one in letter_of(GDPR_34, "en", values()).remarks)


def test_a_fact_that_is_known_in_each_state_is_one_of_the_five() -> None:
    assert {one.name: one.fact for one in effects_of(facts_of(values(), now=NOW))} == FACT_OF
    assert FactState.UNKNOWN.value in SAID


IN_THE_EXAMPLE = {"has": ("reached", "read"), "has_not": ("altered", "lost")}


def example_in(lang: Lang) -> tuple[str, dict[str, str]]:
    """A notice made from the example for authorities, and the words of its language."""
    name = "examples/authorities-in-every-language.yaml"
    facts = read_facts(BundledFiles().text("templates", name), name=name, book=book(), now=LATER)
    telling = (one for one in book().duties if is_authority(one.recipient.type) and asks_for_each_place(one))
    offered = (one for one in telling if lang in langs_of(one))
    letter = draft_notice(book(), BundledFiles(), facts, next(offered), lang=lang, now=LATER)
    return text_of(letter).text, {name: words.of(lang) for name, words in book().vocabulary.phrases.items()}


def langs_of(telling: NoticeContent) -> tuple[Lang, ...]:
    return languages_of(*bare_template_of(telling, BundledFiles(), book().vocabulary), BundledFiles())


@pytest.mark.parametrize("lang", LANGS)
def test_each_language_has_the_same_statements(lang: Lang) -> None:
    text, words = example_in(lang)
    unknown = words["unknown"].format(reason="").strip()
    did, did_not = ([words[f"{had}_{name}"] for name in names] for had, names in IN_THE_EXAMPLE.items())
    lead, between, end = re.split(r"\{did(?:_not)?\}", words["effects_both"])
    found = [one for one in text.splitlines() if one.startswith(lead) and one.endswith(end) and between in one]

    assert len(found) == 1
    assert all(clause in found[0].partition(between)[0] for clause in did)
    assert all(clause in found[0].partition(between)[2] for clause in did_not)
    assert f"\n{words['effect_copied']}: {unknown}" in text
    assert text.count(f"\n{words['people_in'].partition('{')[0]}") == 8

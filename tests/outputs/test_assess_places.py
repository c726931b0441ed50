"""Places on the screen of `notice assess` and behind `--all`: a rule, an absence that was read, or no known rule."""

from __future__ import annotations

import shlex
from datetime import date

import pytest
from rich.cells import cell_len

from leakguard.frozen import replace
from leakguard.notices.facts import SettledPlace
from leakguard.notices.place_book import Absence
from leakguard.notices.place_states import PlaceRow, PlaceState
from leakguard.outputs.assess_places import PlaceBlock, place_block, place_lines
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.assess_words import ScreenLang
from support.notices import book

DAY = date(2026, 11, 29)
URL = "https://example.org/law"
UNKNOWN = PlaceRow(
    place="KG", role="controller", state=PlaceState.NO_RULE_KNOWN, text="the gazette did not answer",
    text_zh="官方公报无法访问", on=DAY,
)  # fmt: skip
NONE = PlaceRow(
    place="US-OH", role="processor", state=PlaceState.NONE_BY_LAW, text="no duty for processors",
    text_zh="受托方无义务", source_url=URL, on=DAY,
)  # fmt: skip
ABSENT = Absence(
    place="US-OH", roles=("controller",), recipient="regulator", text="no office is notified", text_zh="无须报告机关",
    source_url=URL, source_kind="primary", checked_on=DAY,
)  # fmt: skip
RULE = PlaceRow(place="US-OH", role="controller", state=PlaceState.RULE, duties=("us-oh-1",), absent=(ABSENT,))
SETTLED = SettledPlace(place="UZ", role="controller", reason="local counsel: none", by="A. Counsel")


def block(
    *rows: PlaceRow, lang: ScreenLang = "en", incident: str = "", width: int = 80, file: str = "facts.yaml"
) -> PlaceBlock:
    return PlaceBlock(
        rows=rows, say=AssessTexts(lang), width=width, file=file, incident=incident, vocabulary=book().vocabulary
    )


def shown(made: PlaceBlock, *, is_long: bool = False) -> list[str]:
    return ["".join(text for text, _ in line) for line in place_block(made, is_long=is_long)]


def test_a_place_without_a_rule_is_named_with_the_line_that_settles_it_in_the_file() -> None:
    lines = shown(block(UNKNOWN, RULE, NONE))

    assert lines[1].startswith("No rule is known here; a law may have one.")
    assert lines[1].endswith("then add to facts.yaml:")
    assert "  controller: Kyrgyzstan (KG)" in lines
    assert "    settled: [{place: KG, role: controller, reason: TEXT, by: NAME}]" in lines


@pytest.mark.parametrize("width", [60, 80, 120])
def test_for_an_incident_the_command_can_be_copied_whole(width: int) -> None:
    lines = shown(block(UNKNOWN, incident="IR-2026-0001", width=width))
    typed = lines[next(number for number, line in enumerate(lines) if "leakguard" in line) :]
    command = " ".join(line.strip().removesuffix("\\") for line in typed)

    assert shlex.split(command) == [
        *("leakguard", "notice", "settle", "IR-2026-0001", "--place", "KG", "--role", "controller"),
        *("--reason", "TEXT", "--by", "NAME"),
    ]
    assert all(line.endswith("\\") for line in typed[:-1])
    assert width == 60 or max(map(cell_len, lines)) <= width


def test_the_command_names_a_facts_file_of_another_name_which_it_would_not_find() -> None:
    lines = shown(block(UNKNOWN, incident="IR-2026-0001", file="the breach.yaml"))

    assert any("--facts 'the breach.yaml' --reason TEXT --by NAME" in line for line in lines)
    assert "--facts" not in " ".join(shown(block(UNKNOWN, incident="IR-2026-0001", file="-")))


def test_a_place_that_somebody_settled_is_no_longer_asked_for() -> None:
    assert shown(block(replace(UNKNOWN, settled=SETTLED), RULE, NONE)) == []


def test_many_places_stand_in_one_line_by_what_is_not_known() -> None:
    rows = [
        PlaceRow(place=place, role=role, state=PlaceState.NO_RULE_KNOWN)
        for place in ("KG", "UZ", "TJ", "TM", "MN", "KP")
        for role in ("controller", "processor")
    ]
    old = PlaceRow(place="KR", role="controller", state=PlaceState.NO_RULE_KNOWN, duties=("kr-pipa-34-pipc",))
    lines = shown(block(*rows, old))

    assert "  controller, processor: KG, UZ, TJ, TM, MN, KP" in lines
    assert "  controller (law of the day): South Korea (KR)" in lines
    assert max(map(cell_len, lines)) <= 80


def test_what_has_no_room_is_counted() -> None:
    countries = book().vocabulary.countries
    rows = [PlaceRow(place=place, role="controller", state=PlaceState.NO_RULE_KNOWN) for place in countries]
    (line,) = (line for line in shown(block(*rows)) if line.startswith("  controller: "))

    named, _, more = line.removeprefix("  controller: ").rpartition(" +")
    assert len(named.split(", ")) + int(more) == len(countries)
    assert cell_len(line) <= 80


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("en", ("controller, Ohio (US-OH): us-oh-1", "nothing to: authority: no office is notified",
                f"read on 2026-11-29: {URL}", "processor, Ohio (US-OH): the law sets no duty: no duty for processors",
                "controller, Kyrgyzstan (KG): no rule known: the gazette did not answer", "tried on 2026-11-29",
                "settled by A. Counsel: local counsel: none")),
        ("zh", ("个人信息处理者，俄亥俄州（US-OH）：us-oh-1", "无须告知主管机构：无须报告机关",
                f"2026-11-29查阅：{URL}", "受托处理者，俄亥俄州（US-OH）：法律未规定义务：受托方无义务",
                "个人信息处理者，吉尔吉斯斯坦（KG）：规则未知：官方公报无法访问", "2026-11-29查过",
                "由A. Counsel确认：local counsel: none")),
    ],
)  # fmt: skip
def test_the_whole_output_states_what_each_place_rests_on(lang: ScreenLang, says: tuple[str, ...]) -> None:
    settled = PlaceRow(place="UZ", role="controller", state=PlaceState.NO_RULE_KNOWN, text="x", settled=SETTLED)
    lines = list(place_lines(block(RULE, NONE, UNKNOWN, settled, lang=lang)))

    assert [one for one in says if one not in lines] == []


def test_places_with_the_same_absence_share_a_line() -> None:
    first, *others = place_lines(block(NONE, replace(NONE, place="US-TX")))

    assert first == "processor, Ohio (US-OH), Texas (US-TX): the law sets no duty: no duty for processors"
    assert others == [f"read on 2026-11-29: {URL}"]

"""The words of a language: all that code asks for, in one file, and nothing that no code asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.clocks.times import zone_of
from leakguard.frozen import replace
from leakguard.models.unfinished import Area, UnfinishedItem
from leakguard.reports.compose import compose
from leakguard.reports.values import LegalReview
from leakguard.reports.words import Words, moment, parse_words
from support.reports import empty_report, english, full_report, happenings

ROOM = Path(__file__).parents[2] / "src" / "leakguard" / "reports"
LOOSE = re.compile(
    r"^(kind|state|incident|field|severity|alarm|step|source|unit|month|legend|measure|ledger\.answer|person)\."
)
"""Groups whose names are put together, or are given where there is a better word than the name."""
RARE = frozenset(
    {
        "figure.clocks.only", "glance.at.exposure_first_seen", "glance.at.closed", "playbook.tested",
        "clocks.extended", "clocks.from_memory", "clocks.provisional", "clocks.corrected", "clocks.uncertain",
        "clocks.earlier",
        "measures.cycle", "glance.finished", "glance.laws", "glance.part.exposures", "glance.part.playbook",
        "glance.part.steps", "glance.part.clocks", "glance.part.letters", "glance.part.review",
        "glance.part.ledger.not_verifiable", "glance.part.ledger.mismatch", "glance.part.words", "glance.at.word",
        "clock.reversed", "glance.doubted", "glance.clock.is", "glance.uncertain",
    }
)  # fmt: skip
"""What no report here has occasion to say; the tests of the sections look for each of them."""


def asked_for() -> set[str]:
    code = "\n".join(path.read_text(encoding="utf-8") for path in ROOM.glob("*.py"))
    names = set(re.findall(r'words\(\s*"([a-z0-9_.-]+)"', code))
    return names | set(re.findall(r'"(legend\.[a-z]+)"', code))


def test_every_text_that_code_names_is_there() -> None:
    assert asked_for() - english().texts.keys() == set()


def test_every_text_is_used() -> None:
    """A text that nobody shows would be translated for nothing."""
    asked = Asked(english().texts)
    words = Words("en-GB", asked)
    many = tuple(replace(happenings()[0], id=f"E-{number}") for number in range(305))
    review = LegalReview(by="Dr. A. Weber", on="2026-01-02", is_older=True)
    reviewed = tuple(replace(one, reviewed=review) for one in full_report().duties)
    drill = full_report(is_drill=True, wrong_clocks=("a doubt",))
    undecided = replace(
        empty_report(),
        erased_findings=("F-9",),
        unfinished=(UnfinishedItem(area=Area.DUTIES, name="KG", text="KG: no rule"),),
    )
    for report in (drill, empty_report(), undecided, full_report(timeline=many), full_report(duties=reviewed)):
        compose(report, words)

    assert {name for name in asked.keys() - asked.names if not LOOSE.match(name)} == RARE


def test_each_language_has_all_texts_with_the_same_places() -> None:
    places = re.compile(r"\{\w+\}")
    chinese = parse_words(BundledFiles().text("templates", "report/zh.yaml"), name="zh.yaml")
    both = {name for name in chinese.texts if name in english().texts}
    more = {name for name in chinese.texts if name not in english().texts}

    assert english().texts.keys() - chinese.texts.keys() == set()
    assert all(LOOSE.match(name) for name in more)
    for name in both:
        assert sorted(places.findall(chinese.texts[name])) == sorted(places.findall(english().texts[name])), name
    compose(full_report(is_drill=True), chinese)


class Asked(dict[str, str]):
    """Texts that remember which of them were asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        super().__init__(texts)
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.names.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: str) -> str:  # type: ignore[override]
        self.names.add(name)
        return super().get(name, default)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (3600, "1 h"), (90061, "1 d 1 h"), (86400 + 59, "1 d 59 s")]
)
def test_a_duration_has_its_two_largest_units(seconds: float, text: str) -> None:
    assert english().duration(seconds) == text


def test_times_are_told_on_the_wall_clock_of_the_zone() -> None:
    at, zone = datetime(2026, 5, 23, 23, 45, 12, tzinfo=UTC), zone_of("Asia/Shanghai")

    assert english().minute(at, zone) == "24 May 07:45"
    assert moment(at, zone) == "2026-05-24 07:45:12 +08:00"


def test_a_name_without_a_word_is_told_as_it_is() -> None:
    words = Words("en-GB", {"state.met_late": "met late"})

    assert (words.named("state", "met_late"), words.named("state", "due_now")) == ("met late", "due now")


def test_the_file_names_its_language() -> None:
    assert english().language == "en-GB"
    assert "report/en.yaml" in BundledFiles().names("templates")

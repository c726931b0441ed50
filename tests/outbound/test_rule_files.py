"""The rules that ship are whole, and a file of rules that is not is refused by name."""

from __future__ import annotations

from datetime import date

import pytest

from leakguard.bundled import BundledFiles
from leakguard.cli.outbound.draft import PAPERS
from leakguard.errors import BadFile
from leakguard.outbound.facts_file import parse_outbound
from leakguard.outbound.rule_files import FILES, INCIDENT, ROUTES, SOURCES, WORDS, parse_rules
from leakguard.outbound.rule_files import PAPERS as PAPERS_FILE
from leakguard.use_cases.outbound.assess_outbound import EXAMPLE
from support.each import for_each
from support.outbound import TODAY, rules

TEXTS = {name: BundledFiles().text("duties", name) for name in FILES}


def test_every_rule_says_what_it_rests_on_when_it_was_checked_and_how_sure_we_are() -> None:
    """What nobody read is never called sourced."""
    for name, one in rules().sources.items():
        assert one.verified_on <= date(2026, 12, 31), name
        assert (one.confidence == "own-knowledge") is (one.kind in {"unread", "inference"}), name
        assert bool(one.url) is (one.kind != "inference"), name


def test_every_text_of_the_rules_is_there_in_both_languages() -> None:
    def texts(value: object) -> list[tuple[str, str]]:
        if isinstance(value, dict):
            own = [(value["en"], value["zh"])] if value.keys() == {"en", "zh"} else []
            return own + [pair for part in value.values() for pair in texts(part)]
        return [pair for part in value for pair in texts(part)] if isinstance(value, list) else []

    from leakguard.files.yaml_text import read_yaml  # noqa: PLC0415  (only here)

    found = [pair for name, text in TEXTS.items() for pair in texts(read_yaml(text, name=name).value)]
    assert found
    assert [en for en, zh in found if not any("\u4e00" <= sign <= "\u9fff" for sign in zh)] == []
    assert [en for en, _ in found if any("\u4e00" <= sign <= "\u9fff" for sign in en)] == []


def test_every_route_and_every_paper_can_be_reached() -> None:
    used = {route for text in rules().texts for row in text.rows for route in row.route}

    assert used == set(rules().routes)
    assert set(rules().papers) == set(PAPERS)


def test_the_example_that_ships_can_be_read() -> None:
    text = BundledFiles().text("duties", EXAMPLE)
    found = parse_outbound(text, name=EXAMPLE, book=rules(), refuse=lambda _: None, today=TODAY)

    assert found.recipients
    assert found.transfers


@for_each(
    ("file", "old", "new", "says"),
    [
        (ROUTES, "fact: zone_list, is: listed", "fact: zone_lst, is: listed", "`zone_lst` is not asked for"),
        (ROUTES, "fact: zone_list, is: listed", "fact: handled_people, at_least: 1", "`handled_people` is not asked"),
        (ROUTES, "is: listed", "is: listd", "unknown option `listd` (did you mean `listed`?)"),
        (ROUTES, "fact: zone_list, is: listed", "fact: zone_list, at_least: 3", "a choice takes"),
        (ROUTES, "fact: people, at_least: 100000}", 'fact: people, is: "5"}', "a choice takes"),
        (ROUTES, "fact: people, at_least: 100000}", "fact: people}", "a choice takes"),
        (ROUTES, "route: [ask_zone]", "route: [ask_zon]", "unknown route `ask_zon`"),
        (ROUTES, "sources: [order-16-6]", "sources: [order-16-66]", "unknown source `order-16-66`"),
        (ROUTES, "asks: [important_data, zone_list,", "asks: [importnt, zone_list,", "unknown fact `importnt`"),
        (ROUTES, "in_force_to: 2024-03-21", "in_force_to: 2024-03-20", "must end on the day before `order-16` begins"),
        (ROUTES, "- when: []", '- when: [{fact: ciio, is: "true"}]', "the last row must hold always"),
        (WORDS, "papers: [self-assessment, impact-assessment]", "papers: [self]", "unknown paper `self`"),
        (WORDS, "tool: cn_assessment", "tool: cn_asessment", "unknown tool `cn_asessment`"),
        (WORDS, "before_end: 60\n    is_window", "is_window", "either `before_end` or `after_effect`"),
        (WORDS, "sources: [practice]", "sources: [practise]", "unknown source `practise`"),
        (INCIDENT, "from: recipient, to: controller", "from: recipient, to: controler", "unknown party `controler`"),
        (INCIDENT, "sources: [scc-8-5]", "sources: [scc-8-55]", "unknown source `scc-8-55`"),
        (PAPERS_FILE, "sources: [order-11-5]", "sources: [order-11-55]", "unknown source `order-11-55`"),
        (INCIDENT, "    people: {en: who was held", "    persons: {en: who was held", "needs exactly the words for"),
        (SOURCES, "kind: inference", "kind: guess", "kind"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_file_of_rules_is_named(file: str, old: str, new: str, says: str) -> None:
    assert old in TEXTS[file]

    with pytest.raises(BadFile) as caught:
        parse_rules(TEXTS | {file: TEXTS[file].replace(old, new, 1)})
    assert says in str(caught.value), caught.value

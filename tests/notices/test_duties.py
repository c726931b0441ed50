"""Duties as a file writes them."""

from __future__ import annotations

import copy
import functools
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.notices.duties import Duty, parse_duties
from support.examples import examples
from support.notices import CAC, GDPR_33, book, to_text


@functools.cache
def shipped() -> Any:  # noqa: ANN401  (a file holds anything)
    return yaml.load(BundledFiles().text("duties", "eu.yaml"), Loader=yaml.BaseLoader)  # noqa: S506  (our own file, as text)


def raw() -> dict[str, Any]:
    values = {"duties": copy.deepcopy(shipped()["duties"][:1])}
    for duty in values["duties"]:
        duty["soft"] = False
        duty["phases"][1]["clock"]["amount"]["none"] = True
        duty["trigger"]["rule"]["all"][0]["any"][1]["at_least"] = 1
    values["duties"][0]["trigger"]["rule"]["all"] = values["duties"][0]["trigger"]["rule"]["all"][:1]
    return values


def parse(values: object) -> tuple[Duty, ...]:
    return parse_duties(to_text(values), name="duties.yaml", vocabulary=book().vocabulary)


def test_a_clock_is_named_after_duty_and_phase_and_carries_the_law() -> None:
    (duty,) = parse(raw())

    assert duty.phases[0].clock.id == "eu-gdpr-33-authority.initial"
    assert duty.phases[0].clock.law == "GDPR (EU) 2016/679, Art. 33(1),(3),(4)"


def test_every_unknown_word_is_named_with_line_and_nearest_name() -> None:
    values = raw()
    duty = values["duties"][0]
    duty["obligated"] = ["controler"]
    duty["content"][0] = {"item": "breach_descripton", "required": "if_knwon"}
    duty["must_not_contain"] = ["subject_cuont"]
    duty["phases"][0]["content"] = ["cuase"]
    duty["trigger"]["rule"] = {
        "all": [
            {"fact": "rsik", "is": True},
            {"residents": "EAE", "at_least": 1},
            {"categories": ["contact.email", "helth"]},
            {"organisation_in": "EEA"},
        ]
    }
    duty["exemptions"] = [{"text": "x"}, {"text": "x", "when": {"fact": "encrypton.key_safe", "is": True}}]

    with pytest.raises(BadFile) as caught:
        parse(values)

    assert [problem.nearest for problem in caught.value.problems] == [
        "controller", "breach_description", "if_known", "subject_count", "cause", "risk", "EEA", "health", "encryption",
    ]  # fmt: skip
    assert all(problem.line for problem in caught.value.problems)


def test_unknown_words_are_named_beside_a_field_that_does_not_fit() -> None:
    """A duty that cannot be read at all hides nothing of the others either."""
    values = raw()
    first = values["duties"][0]
    values["duties"] = [{**first, "statuss": "x", "obligated": ["controler"]}, {"id": "broken"}, 7]

    with pytest.raises(BadFile) as caught:
        parse(values)

    told = {problem.where: problem.nearest for problem in caught.value.problems}
    assert told["duties[0].statuss"] == "status"
    assert told["duties[0].obligated[0]"] == "controller"
    assert {"duties[1].law", "duties[2]"} <= set(told)


@pytest.mark.parametrize("text", ["duties: 3", "dutys: []", "- 1"])
def test_a_file_without_a_list_of_duties_is_refused(text: str) -> None:
    with pytest.raises(BadFile):
        parse_duties(text, name="d", vocabulary=book().vocabulary)


def test_an_id_stands_once() -> None:
    values = raw()
    values["duties"] *= 2

    with pytest.raises(BadFile, match="stands here twice"):
        parse_duties(yaml.dump(values, Dumper=_NoAliases), name="d", vocabulary=book().vocabulary)


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  (PyYAML's signature)
        return True


@pytest.mark.parametrize("broken", [{"phases": "none"}, {"phases": ["x"]}, {"phases": [{"name": "initial"}]}])
def test_a_phase_without_a_clock_is_refused(broken: dict[str, Any]) -> None:
    values = raw()
    values["duties"][0].update(broken)

    with pytest.raises(BadFile, match="phases"):
        parse(values)


def test_a_file_that_is_no_mapping_is_refused() -> None:
    for text in ("duties: [1]", "[]", "duties: {}"):
        with pytest.raises(BadFile):
            parse_duties(text, name="d", vocabulary=book().vocabulary)


def test_a_stage_has_its_own_items_or_the_whole_list() -> None:
    cac = book().duty(CAC)

    assert cac.items_of(None) == cac.content
    assert [item.item for item in cac.items_of("final")] == [item.item for item in cac.phases[2].content]
    assert {item.required for item in cac.items_of("final")} == {"yes", "if_known_in_time"}
    assert cac.items_of("supplement") == cac.content
    assert cac.items_of("no-such-stage") == cac.content


def test_the_law_and_the_recipient_are_named_in_both_languages() -> None:
    duty = book().duty(GDPR_33)

    assert duty.law_words("en") == "Article 33 of the General Data Protection Regulation (EU) 2016/679 (GDPR)"
    assert duty.law_words("zh") == "欧盟《通用数据保护条例》（GDPR）第33条"
    assert duty.recipient_words("zh") == "主管监督机构"
    plain = duty.model_copy(
        update={
            "law_zh": "",
            "named": {},
            "article_zh": "",
            "verify_fields_zh": (),
            "recipient": duty.recipient.model_copy(update={"name_zh": ""}),
        }
    )
    assert plain.law_words("zh") == "GDPR (EU) 2016/679Art. 33(1),(3),(4)"
    assert plain.law_words("en") == "Art. 33(1),(3),(4) of the GDPR (EU) 2016/679"
    assert plain.law_words("fr") == plain.law_words("en")
    assert plain.recipient_words("zh") == "Competent supervisory authority"
    assert plain.verify_words("zh") == plain.verify_words("en")


@examples(30)
@given(st.dictionaries(st.sampled_from(["id", "phases", "content", "trigger", "obligated", "x"]), st.text(max_size=9)))
def test_any_broken_duty_is_refused_with_every_problem(change: dict[str, str]) -> None:
    values = raw()
    values["duties"][0].update(change)
    try:
        (duty,) = parse(values)
    except BadFile as error:
        assert error.problems  # noqa: PT017  (either end is right, and each has its own proof)
    else:
        assert set(change) <= {"id"}
        assert duty.id == change.get("id", GDPR_33)

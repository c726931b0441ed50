"""The file about outbound transfers: bad input is refused by name, all of it at once, within caps."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.outbound.facts_file import MOST_RECIPIENTS, MOST_TRANSFERS, parse_outbound
from leakguard.outbound.values import OutboundFacts
from support.each import for_each
from support.outbound import RECIPIENT, TODAY, a_file, as_text, parsed, rules


def refused(values: dict[str, Any]) -> list[str]:
    with pytest.raises(BadFile) as caught:
        parse_outbound(as_text(values), name="outbound.yaml", book=rules(), refuse=refuse_personal_values, today=TODAY)
    return [str(one) for one in caught.value.problems]


@for_each(
    ("where", "text", "more"),
    [
        ("facts.ciio", "exactly one of value, estimate, unknown", {"facts": {"ciio": {}}}),
        ("facts.ciio", "exactly one of", {"facts": {"ciio": {"value": True, "unknown": "no"}}}),
        ("facts.ciio", "must be one of true, false", {"facts": {"ciio": "perhaps"}}),
        ("facts.ciio", "nothing to estimate", {"facts": {"ciio": {"estimate": True}}}),
        ("facts.exemption", "must be one of none, trade_without_pi", {"facts": {"exemption": "contrct"}}),
        ("facts.exemption", "must be one of", {"facts": {"exemption": 3}}),
        ("facts.people", "whole number", {"facts": {"people": -1}}),
        ("facts.people", "whole number", {"facts": {"people": True}}),
        ("facts.people", "whole number", {"facts": {"people": 10**12}}),
        ("facts.people", "`low` and `high`", {"facts": {"people": {"estimate": {"low": 1}}}}),
        ("facts.people", "`low` is larger", {"facts": {"people": {"estimate": {"low": 2, "high": 1}}}}),
        ("facts.peopel", "did you mean `people`", {"facts": {"peopel": 4}}),
        ("facts.all_people", "unknown fact", {"facts": {"all_people": 4}}),
        ("facts.people", "state one of the two", {"transfers": [{"on": "2026-01-01", "people": 1}]}),
        ("transfers[0].on", "no time that can be read", {"transfers": [{"on": "yesterday"}]}),
        ("transfers[0].exemption", "did you mean `contract`",
         {"transfers": [{"on": "2026-01-01", "exemption": "contrat"}]}),
        ("transfers[1]", "state `people` or `sensitive_people`; 0 where nobody is in it",
         {"transfers": [{"on": "2026-01-01", "sensitive_people": 0}, {"on": "2026-02-01"}]}),
        ("transfers[0].exemption", "is no exempt case", {"transfers": [{"on": "2026-01-01", "exemption": "none"}]}),
        ("at", "no time that can be read", {"at": "soon"}),
        ("organisation.country", "not an ISO code", {"organisation": {"name": "X", "country": "EU"}}),
        ("organisation.name", "not empty", {"organisation": {"name": ""}}),
        ("organisation.name", "{en: ..., zh: ...}", {"organisation": {"name": {"en": "X"}}}),
        ("organisation.name", "must be a text", {"organisation": {"name": 4}}),
        ("organisation.contact", "cannot be seen", {"organisation": {"name": "X", "contact": "a\nb"}}),
        ("organisation.contact", "resident identity number",
         {"organisation": {"name": "X", "contact": "11010519491231002X"}}),
        ("recipients[0].country", "not an ISO code", {"recipients": [RECIPIENT | {"country": "Singapore"}]}),
        ("recipients[0].tool", "did you mean `cn_contract`", {"recipients": [RECIPIENT | {"tool": "cn_contrat"}]}),
        ("recipients[0].role", "did you mean `processor`", {"recipients": [RECIPIENT | {"role": "procesor"}]}),
        ("recipients[0].id", "stands for the organisation itself", {"recipients": [RECIPIENT | {"id": "here"}]}),
        ("recipients[1].id", "`recipients[0]` too", {"recipients": [RECIPIENT, RECIPIENT]}),
        ("recipients[0].until", "before `effective`",
         {"recipients": [RECIPIENT | {"effective": "2026-02-01", "until": "2026-01-01"}]}),
        ("recipients[0].filed", "before `effective`: a contract is filed once it is in effect",
         {"recipients": [RECIPIENT | {"effective": "2026-11-25", "filed": "2025-12-05"}]}),
        ("recipients[0].filed", "is a day to come", {"recipients": [RECIPIENT | {"filed": "2030-01-02"}]}),
        ("recipients[0].until", "must lie between 1970 and 2199",
         {"recipients": [RECIPIENT | {"until": "9999-12-31"}]}),
        ("recipients[0].effective", "must lie between 1970",
         {"recipients": [RECIPIENT | {"effective": "0026-01-01"}]}),
        ("recipients[0].name", "not empty", {"recipients": [RECIPIENT | {"name": " "}]}),
        ("recipients[0].purpose", "longer than 500", {"recipients": [RECIPIENT | {"purpose": "x" * 501}]}),
        ("recipients[0].data[0]", "cannot be seen", {"recipients": [RECIPIENT | {"data": ["a\nb"]}]}),
        ("incident.leaked_from", "did you mean `cloud`",
         {"recipients": [RECIPIENT], "incident": {"leaked_from": "clout"}}),
        ("incident.notice_at", "no time that can be read", {"incident": {"notice_at": "noon"}}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(where: str, text: str, more: dict[str, Any]) -> None:
    whole = {name: value for name, value in more.items() if name != "facts"}
    problems = refused(a_file(facts=more.get("facts")) | whole)

    assert any(where in one and text in one for one in problems), problems


def test_all_problems_of_a_file_are_named_at_once_with_their_lines() -> None:
    lines = ("organisation: {name: X, contry: CN}", "facts:", "  ciio: {value: maybe}")
    text = "\n".join((*lines, "recipients:", "  - {id: a, name: X, country: ZZ}"))
    with pytest.raises(BadFile) as caught:
        parse_outbound(text, name="outbound.yaml", book=rules(), refuse=refuse_personal_values, today=TODAY)
    found = [str(one) for one in caught.value.problems]

    assert any("contry" in one and "did you mean `country`" in one for one in found), found
    assert any("line 3" in one and "facts.ciio" in one for one in found), found
    assert any("tool" in one for one in found), found


@for_each(
    ("key", "most", "one"),
    [("recipients", MOST_RECIPIENTS, RECIPIENT), ("transfers", MOST_TRANSFERS, {"on": "2026-01-01", "people": 1})],
)
def test_a_longer_list_than_anybody_has_is_refused(key: str, most: int, one: dict[str, Any]) -> None:
    many = [one | ({"id": f"r{number}"} if "id" in one else {}) for number in range(most + 1)]
    values = a_file(facts={"people": None, "sensitive_people": None})

    assert any(key in problem for problem in refused(values | {key: many}))
    assert len(getattr(parsed(values | {key: many[:-1]}), key)) == most


def test_a_value_of_a_person_is_not_repeated() -> None:
    problems = refused(a_file(facts={"ciio": {"unknown": "asked 11010519491231002X"}}))

    assert any("facts.ciio.unknown" in one for one in problems)
    assert "11010519491231002X" not in " ".join(problems)


def test_a_file_may_be_as_short_as_a_name() -> None:
    found = parsed({"organisation": {"name": {"en": "Example University", "zh": "示例大学"}}})

    assert (found.organisation.country, found.stated, found.day, found.recipients) == ("CN", {}, None, ())


@given(st.text(max_size=300))
def test_no_text_makes_it_fail_in_another_way(text: str) -> None:
    try:
        found = parse_outbound(text, name="outbound.yaml", book=rules(), refuse=refuse_personal_values, today=TODAY)
    except BadFile:
        return
    assert isinstance(found, OutboundFacts)


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**13) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["value", "on", "id", "low"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(
        st.sampled_from(["organisation", "at", "facts", "transfers", "recipients", "incident", "x"]), _ANYTHING
    )
)
def test_no_shape_makes_it_fail_in_another_way(values: dict[str, Any]) -> None:
    try:
        parsed(a_file() | values)
    except BadFile:
        return

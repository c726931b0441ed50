"""A template of anybody, also the organisation's own, can neither reach outside a letter nor hide a gap."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile, LetterIncomplete
from leakguard.models.letters import Letter, Paragraph
from leakguard.notices.letters.filling import MOST_CHARACTERS, LetterTexts
from leakguard.notices.letters.template import parse_template
from leakguard.use_cases.letters.draft_notices import draft_letter
from support.examples import examples
from support.notices import NOW, PIPL_PEOPLE, book, complete, facts_of, to_text

CANARY = "leaked-by-a-template"
OUTSIDE = [
    "{{ ().__class__.__mro__[1].__subclasses__() }}",
    "{{ org_identity.__class__ }}",
    "{{ org_identity['x'] }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.environ }}",
    "{{ lipsum() }}",
    "{{ range(10 ** 9) }}",
    "{{ org_identity * 999999999 }}",
    "{{ org_identity|upper }}",
    "{{ org_identity is string }}",
    "{{ [org_identity] }}",
    "{{ 'a' ~ org_identity }}",
    "{% for one in org_identity %}x{% endfor %}",
    "{% include 'documents/letter.html' %}",
    "{% import 'x' as x %}",
    "{% extends 'x' %}",
    "{% macro m() %}{% endmacro %}",
    "{% set law = 'none' %}{{ law }}",
    "{% with %}{% endwith %}",
    "{% raw %}{{ cause }}{% endraw %}{{ 1 }}",
    "{% filter upper %}x{% endfilter %}",
    "{% block x %}{% endblock %}",
    "{{ cause == org_identity }}",
    "{{ (",
    "{% for %}",
    "{% if cause %}",
    "{{ cause }" + "}" * 3 + "{{",
    "(" * 2_000 + "{{ " + "(" * 1_500 + "cause",
    "{% if cause %}" * 140 + "{% endif %}" * 140,
    "{{ not " + "not " * 900 + "cause }}",
    "x" * (MOST_CHARACTERS + 1),
]
COSTLY = [
    "{{ 10 ** 100000000 }}",
    "{{ 10 ** 10000 }}",
    "{{ 'a' * 10 ** 9 }}",
    "{{ 'a' * 999999999 ~ 'b' }}",
    "{{ [0] * 10 ** 9 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%s' * 10 ** 9 % cause }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ 'a'|center(1000000000) }}",
    "{{ 'a'|indent(1000000000) }}",
    "{{ 'a'|wordwrap(1) }}",
    "{{ 'a'.ljust(1000000000) }}",
    "{{ range(10 ** 9)|list }}",
    "{% for a in range(10 ** 6) %}{% for b in range(10 ** 6) %}{{ a }}{% endfor %}{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% if 'a' * 10 ** 9 %}{{ cause }}{% endif %}",
    "{{ 1 if 10 ** 100000000 else 2 }}",
    "{% set a = 'a' * 10 ** 9 %}",
    "{{ cause if 'a' * 10 ** 9 == cause }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ " + "9" * 3_900 + " }}",
]
"""Each of them takes minutes, or gigabytes, for whoever works it out."""


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", COSTLY)
def test_a_text_that_would_cost_minutes_or_gigabytes_is_refused_without_being_worked_out(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Jinja works constants out while it compiles, so nothing may be compiled before the text was looked at."""

    def compiled(*_: object, **__: object) -> None:
        pytest.fail("jinja was let at it")

    monkeypatch.setattr("jinja2.optimizer.Optimizer.generic_visit", compiled)
    monkeypatch.setattr("jinja2.nodes.BinExpr.as_const", compiled)
    with pytest.raises(BadFile) as refused:
        parse_template(template(closing={"en": text, "zh": "x"}), name="own/x.yaml", vocabulary=book().vocabulary)

    said = str(refused.value)
    assert "own/x.yaml" in said
    assert "closing.en" in said
    assert "it may only show a name and ask whether it is there" in said
    assert all(problem.line for problem in refused.value.problems)


def test_a_text_that_names_a_long_fact_too_often_is_refused_before_it_is_longer_than_any_letter() -> None:
    asked = LetterTexts(lambda _: "x" * 20_000)

    assert len(asked.fill("{{ cause }}" * 10)) == 200_000
    with pytest.raises(ValueError, match="becomes longer than 200,000 characters; name long facts less often"):
        asked.fill("{{ cause }}" * 11)


def test_a_letter_whose_template_shows_a_long_fact_over_and_over_is_refused(tmp_path: Path) -> None:
    long = complete(cause={"value": {"en": "word " * 3_900, "zh": "字"}})
    once, often, many = ([{"section": "cause"} for _ in range(count)] for count in (1, 60, 501))

    assert with_own(tmp_path / "once", template(parts=once), long).blocks
    with pytest.raises(LetterIncomplete, match="longer than 1,000,000 characters"):
        with_own(tmp_path / "often", template(parts=often), long)
    with pytest.raises(BadFile, match="parts"):
        with_own(tmp_path / "many", template(parts=many), long)


def template(**texts: Any) -> str:  # noqa: ANN401  (a file holds anything)
    words = {name: {"en": "words", "zh": "文字"} for name in ("title", "salutation", "closing")}
    return to_text({**words, "parts": [{"section": "cause"}], **texts})


@pytest.mark.parametrize("text", OUTSIDE, ids=range(len(OUTSIDE)))
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_text_that_does_more_than_show_a_name_is_refused_when_it_is_read(text: str, lang: str) -> None:
    words = {"en": "words", "zh": "文字", lang: text}
    with pytest.raises(BadFile) as refused:
        parse_template(template(closing=words), name="own/x.yaml", vocabulary=book().vocabulary)

    assert f"closing.{lang}" in str(refused.value)


@pytest.mark.parametrize("text", OUTSIDE, ids=range(len(OUTSIDE)))
def test_it_is_refused_again_when_it_is_filled(text: str) -> None:
    with pytest.raises(ValueError, match="cannot be filled"):
        LetterTexts(lambda _: CANARY).fill(text)


def test_every_problem_of_a_template_is_named_at_once_with_its_line_and_the_nearest_name() -> None:
    known = {"en": "{{ org_identty }} {{ no_such_thing }}", "zh": "{{ org_identity.x }} {{ lipsum() }}"}
    text = template(
        title={"en": "{{ cuase }}", "zh": "{{ cause }}"},
        parts=[
            {"paragraph": known},
            {"sentences": [{"tell": "causes", "known": {"en": "{{ its }}", "zh": "{{ it }}", "ja": "x"}}]},
            {"section": "brech_date"},
        ],
    )
    with pytest.raises(BadFile) as refused:
        parse_template(text, name="own/x.yaml", vocabulary=book().vocabulary)

    problems = {(problem.where, problem.nearest) for problem in refused.value.problems}
    assert problems >= {
        ("title.en", "cause"),
        ("parts[0].paragraph.en", "org_identity"),
        ("parts[0].paragraph.en", None),
        ("parts[1].sentences[0].known.en", "it"),
        ("parts[1]", "cause"),
        ("parts[2]", "breach_date"),
    }
    said = str(refused.value)
    assert "looks into a value" in said
    assert "calls something" in said
    assert "Japanese" in said
    assert all(problem.line for problem in refused.value.problems)


def with_own(folder: Path, text: str, values: dict[str, Any] | None = None) -> Letter:
    folder.mkdir(exist_ok=True)
    (folder / f"{PIPL_PEOPLE}.yaml").write_text(text, encoding="utf-8")
    folders = BundledFiles(own_templates=folder)
    return draft_letter(book(), folders, facts_of(values), PIPL_PEOPLE, lang="en", now=NOW)


def test_the_organisations_own_template_comes_before_ours(tmp_path: Path) -> None:
    words = {"en": "Under {{ law }}: {{ cause }}{% if wisp %} {{ wisp }}{% endif %}.", "zh": "{{ law }}：{{ cause }}。"}
    letter = with_own(tmp_path / "ours", template(parts=[{"paragraph": words}, {"rest": True}]))

    assert letter.title == "Words"
    assert isinstance(letter.blocks[0], Paragraph)
    assert letter.blocks[0].text.endswith("the server asked for no login.")


@pytest.mark.parametrize("text", ["{{ cause.__class__ }}", "{% include '/etc/hostname' %}", "{{ undefined_name }}"])
def test_a_hostile_template_in_the_organisations_folder_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadFile, match=f"own/{PIPL_PEOPLE}"):
        with_own(tmp_path / "ours", template(title={"en": text, "zh": "题"}))


def test_a_template_that_leaves_an_item_out_does_not_lose_it(tmp_path: Path) -> None:
    letter = with_own(tmp_path / "ours", template(parts=[{"heading": {"en": "Only this", "zh": "仅此"}}]))

    assert "deceptive messages" in str(letter.blocks).casefold()


def test_unstated_facts_are_named_together_with_everything_else_that_is_missing(tmp_path: Path) -> None:
    words = {"en": "{{ wisp }} {{ parent_company }} {% if ransom %}{{ ransom }}{% endif %}", "zh": "{{ wisp }}"}
    with pytest.raises(LetterIncomplete) as refused:
        with_own(
            tmp_path / "ours",
            template(parts=[{"paragraph": words}, {"section": "cause"}]),
            complete(cause=None, consequences=None),
        )

    assert [
        name for name in ("wisp", "parent_company", "cause", "consequences") if name not in str(refused.value)
    ] == []


def test_a_fact_that_looks_like_a_template_stays_text(tmp_path: Path) -> None:
    hostile = "{{ ().__class__ }} {% include 'x' %}"
    words = {"en": "{{ cause }}", "zh": "{{ cause }}"}
    letter = with_own(tmp_path / "ours", template(parts=[{"paragraph": words}]), complete(cause={"value": hostile}))

    assert Paragraph(text=hostile) in letter.blocks


@examples(60)
@given(st.text(alphabet="{}%#-|.()[]'\"+*~ \ncauseiflawnotdr0", max_size=120))
def test_any_text_is_filled_or_refused(text: str) -> None:
    try:
        filled = LetterTexts(lambda name: {"cause": CANARY, "law": None}[name]).fill(text)
    except ValueError as refused:
        filled = str(refused).replace(CANARY, "object at 0x")

    assert "object at 0x" not in filled

"""`leakguard notice lint` as a user types it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.cli.main import run
from leakguard.documents.makers import document_maker
from support.every_fact import every_fact
from support.linting import example
from support.notices import GDPR_33, GDPR_34, both, complete, to_text
from support.sample_letters import SAMPLES

CANARY = "4111 1111 1111 1111"
NOW = "2026-06-12T12:00+08:00"
Lint = Callable[..., tuple[int, str, str]]


@pytest.fixture
def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lint:
    """Runs `leakguard notice lint ...` beside facts and letters; gives the exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    for name in ("shop.before", "shop.after"):
        Path(f"{name}.md").write_text(example(name), encoding="utf-8")

    def command(*words: str, values: dict[str, Any] | None = None) -> tuple[int, str, str]:
        Path("facts.yaml").write_text(to_text(values or complete()), encoding="utf-8")
        code = run(["--no-color", "notice", "lint", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_a_letter_with_problems_ends_with_one_and_says_what_to_write_instead(lint: Lint) -> None:
    code, out, err = lint("shop.before.md")

    assert (code, err) == (1, "")
    assert "line 13: hedged_involvement" in out
    assert "instead: Say which data of this reader were involved." in out
    assert "problems for people (en, reading grade 13" in " ".join(out.split())
    assert max(len(line) for line in out.splitlines()) <= 90


def test_a_letter_without_problems_ends_with_zero(lint: Lint) -> None:
    assert lint("shop.after.md")[0] == 0


def test_one_problem_is_told_as_one(lint: Lint) -> None:
    Path("one.txt").write_text("It was human error.", encoding="utf-8")
    _, out, _ = lint("one.txt", "--for", "professional")

    assert "one.txt: 1 problem for professional (en, rules of" in out


def test_the_whole_report_is_one_document(lint: Lint) -> None:
    code, out, _ = lint("shop.before.md", "--format", "json")
    shown = json.loads(out)

    assert code == 1
    assert (shown["letter"], shown["lang"], shown["readers"]) == ("shop.before.md", "en", "people")
    assert shown["grade"] > 12
    assert all(set(one) == {"rule", "where", "words", "says", "instead"} for one in shown["problems"])


def test_a_chinese_letter_is_reported_on_in_chinese(lint: Lint) -> None:
    Path("zh.md").write_text(f"您好,我们近日发现。\n\n{example('shop-zh.before')}", encoding="utf-8")
    code, out, _ = lint("zh.md")

    assert code == 1
    assert "第1行：halfwidth_sign" in out
    assert "建议：用“，”，不用“,”" in out
    assert "全文：date_happened" in out
    assert "zh.md：发现" in out
    assert "instead" not in out


def test_a_chinese_letter_without_problems_is_told_so_in_chinese(lint: Lint) -> None:
    Path("zh.md").write_text("服务器未设登录认证。", encoding="utf-8")

    assert "zh.md：未发现问题（读者：主管机关和合作单位；" in lint("zh.md", "--for", "professional")[1]


def test_the_rules_speak_the_language_of_the_letters(lint: Lint) -> None:
    assert "句子过长。拆成两句。" in lint("--rules", "--lang", "zh")[1]
    shown = json.loads(lint("--rules", "--lang", "zh", "--format", "json")[1])
    assert {one["says"] for one in shown["rules"]} >= {"句子过长", "与前文重复"}


@pytest.mark.parametrize("form", ["docx", "html", "txt"])
def test_what_a_lawyer_sent_back_is_linted_in_its_format(lint: Lint, form: str) -> None:
    Path(f"letter.{form}").write_bytes(document_maker(form, BundledFiles()).make(SAMPLES["zh"]))
    shown = json.loads(lint(f"letter.{form}", "--format", "json")[1])

    assert shown["lang"] == "zh"
    assert {one["rule"] for one in shown["problems"]} == {"step_without_reason", "step_without_date", "date_found"}


def test_the_draft_of_a_duty_is_linted_for_its_own_readers(lint: Lint) -> None:
    people = json.loads(lint("facts.yaml", "--duty", GDPR_34, "--now", NOW, "--format", "json")[1])
    authority = json.loads(lint("facts.yaml", "--duty", GDPR_33, "--lang", "zh", "--now", NOW, "--format", "json")[1])

    assert (people["letter"], people["readers"], people["lang"]) == (GDPR_34, "people", "en")
    assert "step_without_date" in {one["rule"] for one in people["problems"]}
    assert (authority["readers"], authority["lang"]) == ("professional", "zh")


def test_a_letter_that_no_law_demands_is_linted_too(lint: Lint) -> None:
    shown = json.loads(
        lint("facts.yaml", "--letter", "press", "--now", NOW, "--format", "json", values=every_fact())[1]
    )

    assert (shown["letter"], shown["readers"]) == ("press", "public")


def test_a_draft_may_be_read_with_other_eyes(lint: Lint) -> None:
    _, out, _ = lint("facts.yaml", "--duty", GDPR_33, "--for", "people", "--now", NOW)

    assert "for people" in " ".join(out.split())


def test_the_rules_are_listed_with_their_sources(lint: Lint) -> None:
    code, out, _ = lint("--rules")
    shown = json.loads(lint("--rules", "--format", "json")[1])

    assert code == 0
    assert "reading_grade  (for people, public)" in out
    assert "Kincaid" in out
    assert len(shown["rules"]) == 29


def test_the_demonstration_shows_each_pair_with_its_problems(lint: Lint) -> None:
    code, out, _ = lint("--demo")
    pairs = json.loads(lint("--demo", "--format", "json")[1])["pairs"]

    assert code == 0
    assert "clinic, before: reading_grade" in out
    assert [pair["letter"] for pair in pairs] == ["clinic", "school", "shop-zh", "shop"]
    assert all(pair["before"]["problems"] and not pair["after"]["problems"] for pair in pairs)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "no letter is named"),
        (("missing.txt",), "No such file"),
        (("missing.txt",), "Next: Name a file that is there"),
        (("empty.txt",), "holds no words"),
        (("shop.after.md", "--lang", "xx"), "--lang"),
        (("facts.yaml", "--duty", "eu-gdpr-99"), "there is no duty"),
    ],
)
def test_what_cannot_be_linted_is_named(lint: Lint, words: tuple[str, ...], says: str) -> None:
    Path("empty.txt").write_text("\n", encoding="utf-8")
    code, out, err = lint(*words)

    assert (code, out) == (2, "")
    assert says in err


def test_a_letter_may_come_through_a_pipe(lint: Lint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(example("shop.after").encode())))

    assert lint("-")[0] == 0


def test_a_card_number_in_a_letter_is_found_and_never_printed(lint: Lint) -> None:
    Path("leak.txt").write_text(f"We recently lost card {CANARY}, it was human error.", encoding="utf-8")
    code, out, err = lint("leak.txt", "--format", "json")

    assert code == 1
    assert "payment card number" in out
    assert CANARY not in out + err


def test_facts_that_make_no_letter_are_named(lint: Lint) -> None:
    code, _, err = lint(
        "facts.yaml", "--duty", GDPR_34, "--now", NOW, values=complete(consequences=both("x", "x") | {"value": None})
    )

    assert code == 2
    assert "consequences" in err


def test_a_draft_to_an_authority_that_speaks_to_the_people_affected_is_refused(
    lint: Lint, capsys: pytest.CaptureFixture[str]
) -> None:
    values = complete(consequences=both("Your mail may be read.", "邮件可能被阅读。"))
    code, out, _ = lint("facts.yaml", "--duty", GDPR_33, "--now", NOW, "--format", "json", values=values)
    checked = run(["notice", "check", "facts.yaml", "--duty", GDPR_33, "--now", NOW, "--format", "json"])

    assert [one["rule"] for one in json.loads(out)["problems"]] == ["addresses_reader"]
    assert (code, checked) == (1, 1)
    assert "consequences: speaks to the people" in str(json.loads(capsys.readouterr().out)["format_problems"])

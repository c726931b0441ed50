"""The entry of the register (Art. 33(5) GDPR): facts, cause, effects, risk, remedies, and who was told when."""

from __future__ import annotations

from typing import Any

from leakguard.models.letters import Fields, Heading, Letter
from leakguard.notices.letters.filed import filed_rows
from support.notices import book, complete, facts_of, letter_of

REGISTER = "eu-gdpr-33-5-register"


def event(name: str, kind: str, day: int, **fields: str) -> dict[str, Any]:
    return {"id": name, "kind": kind, "occurred_at": f"2026-06-{day:02}", "recorded_at": "2026-06-11T09:00", **fields}


FILED = [
    event("late", "filed", 10, obligation="eu-gdpr-33-authority", stage="initial"),
    event("people", "subjects_notified", 11),
    event("first", "filed", 9, obligation="de-bsig-32-bsi", stage="early_warning"),
    event("wrong", "filed", 8, obligation="de-bsig-32-bsi", stage="early_warning"),
    event("right", "filed", 9, obligation="cn-pipl-57-individuals", corrects="wrong"),
    event("own", "filed", 7, obligation="contract-with-a-partner"),
]


def entry(**facts: Any) -> Letter:  # noqa: ANN401  (a facts file holds anything)
    values = complete(**facts)
    values["events"] = [*values.get("events", ()), *FILED]
    return letter_of(REGISTER, "en", values)


def below(letter: Letter, heading: str) -> str:
    """What stands between a heading, without its number, and the next one."""
    parts: dict[str, str] = {}
    name = ""
    for block in letter.blocks:
        if isinstance(block, Heading):
            name = block.text.partition(" ")[2]
        else:
            parts[name] = parts.get(name, "") + repr(block)
    return parts.get(heading, "")


def test_an_effect_is_no_fact_and_the_risk_has_its_reasons() -> None:
    letter = entry(
        cause={"value": "a rule was missing"}, actual_harm={"value": "no harm was reported"},
        risk_assessment={"value": "high, because names are among the data"}, measures_prevent={"value": "a test"},
        delay_reason={"value": "the log came late"},
    )  # fmt: skip

    assert "A rule was missing." in below(letter, "Cause")
    assert "No harm was reported." in below(letter, "Effects")
    assert "read" not in below(letter, "Effects")
    assert "High, because names are among the data." in below(letter, "Risk and reasons")
    assert "A test." in below(letter, "Remedial action")
    assert "The log came late." in below(letter, "Reasons for the delay")


def test_each_filing_stands_there_with_its_day_the_earliest_first_and_a_corrected_one_does_not() -> None:
    tables = [block.rows for block in entry().blocks if isinstance(block, Fields)]

    assert tables[-1][-5:] == (
        ("Notice under contract-with-a-partner", "7 June 2026"),
        ("Notice under section 32(1) of the BSI Act (BSIG) of Germany", "9 June 2026 (early warning)"),
        ("People affected", "9 June 2026"),
        ("Notice under Article 33 of the General Data Protection Regulation (EU) 2016/679 (GDPR)",
         "10 June 2026 (first report)"),
        ("People affected", "11 June 2026"),
    )  # fmt: skip


def test_nothing_filed_is_no_row() -> None:
    assert list(filed_rows(facts_of(complete()), {}, "en", book().vocabulary)) == []

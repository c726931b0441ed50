"""The register of breaches: what an authority reads to see whether the duties were kept."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from leakguard.models.sheets import Cell
from leakguard.notices.book import assess_facts
from leakguard.notices.facts import Facts
from leakguard.notices.register import Case, register_sheet, sheet_json
from support.notices import CAC, GDPR_33, GDPR_34, NOW, PIPL_PEOPLE, book, both, complete, facts_of

AT = "2026-06-11T01:00"
LATER = datetime(2026, 6, 20, tzinfo=UTC)


def case(facts: Facts, *, now: datetime = NOW) -> Case:
    return Case(facts=facts, assessments=assess_facts(book(), facts, now), title="Search server", state="open")


def row(values: dict[str, Any] | None = None, *events: dict[str, Any], now: datetime = NOW) -> dict[str, Cell]:
    """The cells of one breach by their columns."""
    given = values or complete()
    given["events"] = [*given["events"], *events]
    sheet = register_sheet([case(facts_of(given, now=now), now=now)], book().vocabulary)
    return dict(zip(sheet.columns, sheet.rows[0], strict=True))


def event(kind: str, **fields: Any) -> dict[str, Any]:  # noqa: ANN401  (an event carries anything)
    return {"id": f"x-{kind}", "kind": kind, "occurred_at": AT, "recorded_at": AT, **fields}


def test_a_row_tells_the_facts_the_effects_and_the_remedies() -> None:
    found = row()

    assert (found["incident"], found["title"], found["state"]) == ("IR-2026-0007", "Search server", "open")
    assert str(found["what_happened"]).startswith(
        "A search server was open to the internet; wrong access permissions; "
    )
    assert found["aware_at_utc"] == datetime(2026, 6, 10, 15, tzinfo=UTC)
    assert found["breach_from_utc"] == datetime(2026, 5, 31, 16, tzinfo=UTC)
    assert (found["people_at_least"], found["people_at_most"]) == (1_400_000, 1_500_000)
    assert (found["records_at_least"], found["records_at_most"]) == (9_500_000_000, 9_500_000_000)
    assert found["data_categories"] == "e-mail addresses, IP addresses"
    assert "deceptive messages" in str(found["effects"])
    assert "login switched on" in str(found["remedial_action"])
    assert found["risk"] == "high_risk (correspondence can be rebuilt)"


def test_what_is_unknown_is_told_as_unknown_and_what_nobody_stated_stays_empty() -> None:
    found = row(
        complete(consequences={"unknown": {"en": "logs are being read"}}, actual_harm=None, risk=None, breach_date=None)
    )

    assert found["effects"] == "Not yet known. Logs are being read."
    assert (found["risk"], found["breach_from_utc"], found["breach_until_utc"]) == ("", None, None)


def test_a_text_that_was_written_in_chinese_only_is_told_in_chinese() -> None:
    found = row(complete(consequences={"value": {"zh": "可能收到欺诈信息"}}, actual_harm=None))

    assert found["effects"] == "可能收到欺诈信息"


def test_a_risk_without_a_reason_stands_alone() -> None:
    assert row(complete(risk={"value": "risk"}))["risk"] == "risk"


def test_filings_stand_with_their_times_and_what_they_promised() -> None:
    filed = event(
        "filed", obligation=CAC, stage="initial", reference="no. 17", by="A. Counsel", to_be_determined="cause"
    )
    found = row(None, filed, event("subjects_notified", obligation=PIPL_PEOPLE))

    assert found["filings"] == (
        f"2026-06-10T17:00:00Z filed {CAC} initial by A. Counsel reference no. 17 to be determined: cause; "
        f"2026-06-10T17:00:00Z subjects notified {PIPL_PEOPLE}"
    )
    assert PIPL_PEOPLE not in str(found["not_notified"])


def test_a_corrected_filing_does_not_stand() -> None:
    filed = event("filed", obligation=CAC, stage="initial")
    back = {**event("retracted", corrects="x-filed", reason="sent to nobody"), "id": "back"}

    assert row(None, filed, back)["filings"] == ""


def test_a_decision_stands_with_its_reason_and_explains_why_nobody_was_told() -> None:
    decided = event("not_applicable", obligation=GDPR_33, decider="A. Counsel", reason="the key is safe")
    found = row(None, decided)

    assert found["decisions"] == f"2026-06-10T17:00:00Z not applicable {GDPR_33} by A. Counsel: the key is safe"
    assert f"{GDPR_33}: decided by A. Counsel: the key is safe" in str(found["not_notified"])


def test_a_breach_that_is_unlikely_to_be_a_risk_says_why_no_authority_was_told() -> None:
    found = row(complete(risk={"value": "unlikely", "why": "nobody could read it"}))

    assert found["risk"] == "unlikely (nobody could read it)"
    assert f"{GDPR_33}: " in str(found["not_notified"])
    assert f"{GDPR_34}: " in str(found["not_notified"])
    assert f"{GDPR_33}: applies" not in str(found["not_notified"])


def test_a_duty_that_applies_and_is_not_filed_is_named_and_an_undecided_one_says_what_it_needs() -> None:
    found = row(complete(risk=None))

    assert f"{GDPR_33}: not decided, needs risk" in str(found["not_notified"])
    assert f"{CAC}: applies, nothing filed yet" in str(found["not_notified"])


def test_a_late_stage_is_named_with_its_limit_and_the_stated_reason() -> None:
    found = row(complete(delay_reason=both("the cause was unclear", "x")), now=LATER)

    assert f"{GDPR_33} initial: overdue, due 2026-06-13T15:00:00Z" in str(found["delays"])
    assert str(found["delays"]).endswith("reason: the cause was unclear")
    assert "reason" not in str(row(now=LATER)["delays"])
    assert row(complete(delay_reason=both("x", "x")), now=datetime(2026, 6, 10, 15, 30, tzinfo=UTC))["delays"] == ""


def test_nobody_is_called_late_for_a_duty_of_which_nobody_knows_whether_it_applies() -> None:
    found = row(complete(risk=None), now=LATER)

    assert f"{GDPR_33} initial: not decided whether it applies; if so, overdue, due 2026-06" in str(found["delays"])
    assert f"{CAC} initial: overdue" in str(found["delays"])


def test_the_json_has_a_name_for_each_cell_and_times_in_utc() -> None:
    (shown,) = sheet_json(register_sheet([case(facts_of())], book().vocabulary))

    assert shown["aware_at_utc"] == "2026-06-10T15:00:00Z"
    assert shown["people_at_least"] == 1_400_000
    assert list(shown)[-1] == "ledger_head"


FIRST = {"obligation": GDPR_33, "stage": "initial"}
BACK = {"kind": "filed", "obligation": GDPR_33, "recorded_at": LATER.isoformat()}


def test_a_withdrawn_notice_is_not_notified() -> None:
    """After a withdrawal the duty begins anew."""
    back = {**BACK, "id": "x-back", "stage": "withdrawn", "occurred_at": "2026-06-12T09:00"}
    again = {**BACK, "id": "x-again", "stage": "initial", "occurred_at": "2026-06-13T09:00"}
    rows = [
        row(None, *events, now=LATER)
        for events in (
            (),
            (event("filed", **FIRST),),
            (event("filed", **FIRST), back),
            (event("filed", **FIRST), back, again),
        )
    ]
    nobody, filed, withdrawn, anew = (str(found["not_notified"]) for found in rows)

    assert f"{GDPR_33}: applies, nothing filed yet" in nobody
    assert GDPR_33 not in filed
    assert f"{GDPR_33}: applies, its notice was withdrawn, and none filed since" in withdrawn
    assert GDPR_33 not in anew


def test_people_who_were_told_are_notified_whatever_was_withdrawn() -> None:
    told = event("subjects_notified", obligation=GDPR_34)

    assert f"{GDPR_34}: " in str(row()["not_notified"])
    assert f"{GDPR_34}: " not in str(row(None, told)["not_notified"])


def test_an_estimate_without_a_range_has_no_most() -> None:
    """One number of an estimate says nothing of how many it may be at most."""
    found = row(complete(subject_count={"estimate": 500}, record_count={"estimate": 900}))
    known = row(complete(subject_count={"value": 500}, record_count={"value": 0}))
    nobody = row(complete(subject_count={"estimate": 0}))

    assert (found["people_at_least"], found["people_at_most"]) == (500, None)
    assert (found["records_at_least"], found["records_at_most"]) == (900, None)
    assert (known["people_at_least"], known["people_at_most"]) == (500, 500)
    assert (known["records_at_least"], known["records_at_most"]) == (0, 0)
    assert (nobody["people_at_least"], nobody["people_at_most"]) == (0, 0)

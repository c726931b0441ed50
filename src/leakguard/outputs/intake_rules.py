"""What laws and standards ask about a report, for a person and as plain values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakguard.clocks.times import local_words
from leakguard.intake.legal_rules import LegalRuleMatch
from leakguard.models.moments import to_z


def rule_json(match: LegalRuleMatch) -> dict[str, Any]:
    """One rule with its source."""
    rule = match.rule
    return {
        "id": rule.id, "standing": match.standing, "missing": list(match.missing), "article": rule.article,
        "article_zh": rule.article_zh, "text": rule.text, "text_zh": rule.text_zh, "duties": list(rule.duties),
        "at_the_latest": to_z(match.at_the_latest) if match.at_the_latest else None, "source": rule.source,
        "source_kind": rule.source_kind, "checked": rule.checked, "confidence": rule.confidence,
    }  # fmt: skip


def rule_lines(match: LegalRuleMatch, *, zone: str, lang: str) -> Iterator[str]:
    """The rule, its deadline, and where it is from."""
    rule, is_chinese = match.rule, lang == "zh"
    needs = {True: "，待确认：", False: ", needs "}[is_chinese] + ", ".join(match.missing) if match.missing else ""
    memory = {True: "（凭记忆，未核对原文）", False: "  (from memory)"}[is_chinese]
    mark = memory if rule.confidence == "from_memory" else ""
    yield f"{rule.article_zh if is_chinese else rule.article}{needs}{mark}"
    yield f"    {rule.text_zh if is_chinese else rule.text}"
    if match.at_the_latest is not None:
        words = local_words(match.at_the_latest, zone)
        yield f"    自报告送达之日起算，最迟 {words}" if is_chinese else f"    Counted from the arrival: until {words}"
    if rule.duties:
        yield f"    {'通知义务' if is_chinese else 'Notices'}: {', '.join(rule.duties)}"

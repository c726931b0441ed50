"""Reasons of an assessment in Chinese, as far as they rest on no rule's own words, which are kept in English."""

from __future__ import annotations

from datetime import date, datetime

from leakguard.notices.assess import Assessment
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer
from leakguard.notices.vocabulary import Vocabulary


def reason_zh(assessment: Assessment, facts: Facts, now: datetime, vocabulary: Vocabulary) -> str:
    """A decision, an addressee that nobody stated, or the law of the day; empty where a rule's own words are told."""
    if assessment.override is not None:
        whom = f"就{assessment.override.organisation}" if assessment.override.organisation else ""
        return f"{assessment.override.by}{whom}决定：{assessment.override.reason}"
    roles = {role for party in facts.parties() for role in party.obligated_as}
    if assessment.applies is Answer.NO and roles.isdisjoint(assessment.duty.obligated):
        words = "或".join(vocabulary.obligated[role].zh for role in assessment.duty.obligated)
        return f"义务主体为{words}，`obligated_as`未列此身份"
    if assessment.is_dormant or assessment.applies is Answer.NO_RULE_KNOWN:
        return law_zh(assessment.duty, *facts.days(now, assessment.duty.phases[0].clock.zone))
    return ""


def law_zh(duty: Duty, first: date, last: date) -> str:
    """Why a duty had no text from `first` to `last`, or why it is not known: as `law_between` says it in English."""
    if duty.status == "proposed" or (duty.status == "not_in_force" and duty.in_force_from is None):
        words = "尚属草案" if duty.status == "proposed" else "尚未生效"
        return f"{duty.verified_on}核对时{words}{_expected(duty, last)}"
    start, end = duty.in_force_from, duty.in_force_to
    for version in duty.versions:
        if version.duty is None and (version.from_ or date.min) <= first and last <= version.until:
            text = f"：{version.text_zh}" if version.text_zh else ""
            if version.is_read:
                read = f"（{version.verified_on}查阅：{version.source_url}）"
                return f"自{start}起施行；事件当日（{last}）法律无此义务{text}{read}"
            return f"自{start}起施行；事件当日（{last}）法律应无此义务{text}，但仅凭记忆，未经查证"
    if end is not None and first > end:
        return f"仅施行至{end}，早于事件当日（{first}）"
    if start is not None and last < start and (duty.status == "not_in_force" or duty.verified_on <= last):
        return f"事件当日（{last}）尚未施行：自{start}起施行"
    return f"自{start}起施行；事件当日（{last}）的条文不明"


def _expected(duty: Duty, last: date) -> str:
    """A day on which a proposed law was expected and that has come since is named."""
    if duty.in_force_from is None:
        return ""
    come = "，该日已到：请重新核对，不得视为没有义务" if last >= duty.in_force_from else ""
    return f"；预计自{duty.in_force_from}起施行{come}"

"""A complete facts file and the duties that ship, for tests about notices."""

from __future__ import annotations

import copy
import functools
import os
from datetime import UTC, datetime
from typing import Any

import yaml

from leakguard.bundled import BundledFiles
from leakguard.bundled.compiled_forms import FoldersWithForms, cache_folder
from leakguard.models.letters import Letter
from leakguard.notices.book import DutyBook, load_duties, read_facts
from leakguard.notices.facts import Facts
from leakguard.notices.vocabulary import Lang
from leakguard.use_cases.letters.draft_notices import draft_letter

_DUMPER: type[yaml.SafeDumper] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
"""libyaml where PyYAML has it: it writes ten times as fast, and a thousand files are written."""
NOW = datetime(2026, 6, 12, 4, tzinfo=UTC)
DELAY = {"en": "the person who files was on leave", "zh": "负责报送的人员休假"}
"""Noon in Shanghai, 37 hours after awareness in `complete()`."""
GDPR_33, GDPR_34 = "eu-gdpr-33-authority", "eu-gdpr-34-individuals"
PIPL_AUTHORITY, PIPL_PEOPLE = "cn-pipl-57-authority", "cn-pipl-57-individuals"
CAC = "cn-cac-incident-general"
DUTIES = (GDPR_33, GDPR_34, PIPL_AUTHORITY, PIPL_PEOPLE, CAC)


@functools.cache
def book() -> DutyBook:
    """The duties that ship, in the quick way; a test of its own compares the compiled form with the files."""
    return load_duties(FoldersWithForms(cache=cache_folder(os.environ)))


def both(en: str, zh: str) -> dict[str, Any]:
    """A text fact in both languages."""
    return {"value": {"en": en, "zh": zh}}


_COMPLETE: dict[str, Any] = {
    "incident": "IR-2026-0007",
    "zone": "Asia/Shanghai",
    "organisation": {
        "name": {"en": "Example University", "zh": "示例大学"},
        "role": "controller",
        "country": "CN",
        "contact": {"name": {"en": "Security Office", "zh": "安全办公室"}, "email": "security@university.example"},
        "dpo": {"name": "Data Protection Office", "email": "privacy@university.example", "phone": "+86 21 0000 0001"},
    },
    "obligated_as": ["controller", "network_operator"],
    "facts": {
        "exposure": {"value": True, "evidence": "F-12"},
        "access": {"value": True},
        "exfiltration": {"unknown": {"en": "the logs reach back 7 days only", "zh": "日志仅保留7天"}},
        "integrity_loss": {"value": "none"},
        "availability_loss": {"value": "none"},
        "risk": {"value": "high_risk", "why": "correspondence can be rebuilt"},
        "encryption": {"value": {"encrypted": False, "key_safe": None}},
        "harm_avoided": {"value": False},
        "ransomware": {"value": False},
        "direct_loss": {"value": {"amount": 0, "currency": "CNY"}},
        "subjects_by_jurisdiction": {"value": {"CN": 1_400_000, "DE": 120, "US-CA": 15}},
        "breach_description": both("A search server was open to the internet.", "搜索服务器对互联网开放。"),
        "breach_type": both("wrong access permissions", "访问权限配置不当"),
        "breach_date": {"estimate": {"earliest": "2026-06-01", "latest": "2026-06-09"}},
        "discovery_date": {"value": "2026-06-10T22:30"},
        "location": both("the data centre of the university", "学校数据中心"),
        "systems": both("one search server", "搜索服务器一台"),
        "severity_level": both("relatively major", "较大网络安全事件"),
        "actual_harm": both("none known so far", "目前未发现"),
        "data_categories": {"value": ["contact.email", "location.ip_address"]},
        "subject_categories": {"value": {"en": ["students", "staff"], "zh": ["学生", "教职工"]}},
        "subject_count": {"estimate": {"low": 1_400_000, "high": 1_500_000}},
        "record_count": {"value": 9_500_000_000},
        "cause": both("the server asked for no login", "服务器未设登录认证"),
        "root_cause": both("no review of new servers", "新服务器上线未经审核"),
        "consequences": both("deceptive messages", "可能收到欺诈信息"),
        "measures_taken": {"value": {"en": ["login switched on", "logs kept"], "zh": ["已启用登录认证", "已留存日志"]}},
        "measures_planned": both("review of all servers", "排查全部服务器"),
        "measures_prevent": both("a check before any server goes online", "服务器上线前须经检查"),
        "individual_steps": {"value": {"en": ["Be careful with links."], "zh": ["谨慎点击链接。"]}},
        "rights_remedies": both("a complaint to the data protection authority", "可以向个人信息保护主管部门投诉"),
        "accountability": both("those responsible were named", "已明确责任人"),
        "ransom": {"not_applicable": {"en": "no demand was made", "zh": "未收到勒索要求"}},
        "trend": both("no further growth", "事态已受控"),
        "attack_path": both("open port", "开放端口"),
        "threat_actor": {"unknown": {"en": "nobody is known", "zh": "暂无线索"}},
        "vulnerability": both("no authentication", "未设身份认证"),
        "support_needed": both("none", "无"),
        "evidence_preservation": both("logs and image are sealed", "日志和镜像已封存"),
    },
    "events": [
        {"id": "a", "kind": "awareness", "occurred_at": "2026-06-10T23:00", "recorded_at": "2026-06-10T23:30"},
        {"id": "d", "kind": "discovery", "occurred_at": "2026-06-10T22:30", "recorded_at": "2026-06-10T23:30"},
    ],
}


def complete(**facts: Any) -> dict[str, Any]:  # noqa: ANN401  (a facts file holds anything)
    """A complete facts file as plain values; `facts` replace or, with `None`, remove single facts."""
    values = copy.deepcopy(_COMPLETE)
    for name, fact in facts.items():
        values["facts"].pop(name, None)
        if fact is not None:
            values["facts"][name] = fact
    return values


def settled(**facts: Any) -> dict[str, Any]:  # noqa: ANN401  (as above)
    """The same with the province of the seat, which decides the office, and the reason of a delay: it can be final."""
    values = complete(**{"delay_reason": {"value": DELAY}, **facts})
    values["organisation"]["region"] = "CN-SH"
    return values


def to_text(values: object) -> str:
    """Plain values as a YAML file."""
    return yaml.dump(values, Dumper=_DUMPER, allow_unicode=True, sort_keys=False)


def facts_of(values: dict[str, Any] | None = None, *, now: datetime = NOW) -> Facts:
    """Read a facts file given as plain values."""
    return read_facts(to_text(values or complete()), name="facts.yaml", book=book(), now=now)


def letter_of(
    duty: str,
    lang: Lang = "en",
    values: dict[str, Any] | None = None,
    *,
    now: datetime = NOW,
    stage: str | None = None,
) -> Letter:
    """The letter of a duty that ships, drafted from a facts file given as plain values."""
    return draft_letter(book(), BundledFiles(), facts_of(values, now=now), duty, lang=lang, now=now, stage=stage)

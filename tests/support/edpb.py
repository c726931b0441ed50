"""A facts file that answers every field of the EDPB's template that is asked of it."""

from __future__ import annotations

from typing import Any

from support.notices import both, complete


def for_edpb(*, answers: dict[str, Any] | None = None, **facts: Any) -> dict[str, Any]:  # noqa: ANN401  (a facts file holds anything)
    """A controller in Germany; `answers` and `facts` replace or, with `None`, remove single ones."""
    stated = {
        "reporter": both("Ada Example", "示例"),
        "discovery_method": both("an automatic check", "自动检查"),
        "exfiltration": {"value": True},
        "other_parties": {"not_applicable": "nobody else takes part"},
        "measures_before": both("firewall rules", "防火墙"),
        "risk_assessment": both("likely deceptive messages", "可能收到欺诈信息"),
        "delay_reason": both("the log server was down", "日志服务器故障"),
    }
    values = complete(**{**stated, **facts})
    values["organisation"]["country"] = "DE"
    own: dict[str, Any] = {
        "field_22": "ada@university.example", "field_23": "b", "field_50": "a", "field_60": ["m", "n"],
        "field_61": "a", "field_65": ["b", "f"], "field_75": ["f"], "field_79": ["c"], "field_85": ["a", "j"],
        "field_87": "b", "field_94": ["h"], "field_97": "b", "field_99": "2026-06-15", "field_113": "b",
    }  # fmt: skip
    own |= answers or {}
    values["edpb"] = {key: answer for key, answer in own.items() if answer is not None}
    return values

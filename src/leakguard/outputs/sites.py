"""Report contacts of our own sites: for a person, as plain values, and as SARIF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard import __version__
from leakguard.intake.sites import CheckedSite, SiteResult, SiteRules
from leakguard.models.moments import to_z
from leakguard.outputs.sarif import SCHEMA
from leakguard.outputs.words import printable

_LEVELS = {"error": "error", "advice": "note"}


def sites_json(
    sites: Sequence[CheckedSite], changes: dict[str, dict[str, list[str]]] | None, now: datetime
) -> dict[str, Any]:
    """One document."""
    told: dict[str, Any] = {"schema": "leakguard.sites/1", "sites": [_site_json(one, now) for one in sites]}
    return told if changes is None else {**told, "changes": changes}


def _site_json(one: CheckedSite, now: datetime) -> dict[str, Any]:
    return {
        "site": one.site, "url": one.url or None, "signed": one.is_signed, "unanswered": one.unanswered or None,
        "expires": to_z(one.expires) if one.expires else None,
        "days_left": (one.expires - now).days if one.expires else None,
        "results": [
            {"code": each.code, "level": each.level, "text": each.text, "fix": each.fix, "detail": each.detail or None}
            for each in one.results
        ],
    }  # fmt: skip


def site_lines(one: CheckedSite, now: datetime) -> Iterator[str]:
    """A line for the site, and one for each result."""
    left = f"  expires in {(one.expires - now).days} days" if one.expires else ""
    yield f"{printable(one.site)}{left}" + (f"  NOT CHECKED: {printable(one.unanswered)}" if one.unanswered else "")
    for each in one.results:
        detail = f" ({printable(each.detail)})" if each.detail else ""
        yield f"    {'ERROR ' if each.level == 'error' else 'advice'}  {each.text}{detail}  [{each.code}]"
        yield f"            {each.fix}"


def change_lines(
    changes: Mapping[str, Mapping[str, Sequence[str]]], *, since: str = "since the last check"
) -> Iterator[str]:
    """What changed."""
    for site, one in changes.items():
        words = [f"{word}: {', '.join(one[word])}" for word in ("new", "closed") if one[word]]
        yield f"{printable(site)}, {since}: {'; '.join(words)}"


def sites_sarif(sites: Sequence[CheckedSite], rules: SiteRules, now: datetime) -> dict[str, Any]:
    """SARIF 2.1.0: one result for each thing that is wrong."""
    results = [each for one in sites for each in one.results]
    codes = list(dict.fromkeys(each.code for each in results))
    notes = [
        {"level": "warning", "message": {"text": f"{printable(one.site)} was not checked: {printable(one.unanswered)}"}}
        for one in sites if one.unanswered
    ]  # fmt: skip
    told = [rules.rules[code] for code in codes]
    driver = {
        "name": "LeakGuard", "version": __version__, "semanticVersion": __version__,
        "rules": [
            {"id": f"site_{code}", "shortDescription": {"text": rule.text}, "help": {"text": rule.fix}}
            for code, rule in zip(codes, told, strict=True)
        ],
    }  # fmt: skip
    ended = {"executionSuccessful": not notes, "endTimeUtc": to_z(now), "toolExecutionNotifications": notes}
    run = {
        "results": [_sarif_result(each, codes) for each in results], "tool": {"driver": driver},
        "invocations": [ended],
        "columnKind": "unicodeCodePoints",
    }  # fmt: skip
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_result(one: SiteResult, codes: Sequence[str]) -> dict[str, Any]:
    place = f"https://{printable(one.site)}/"
    return {
        "ruleId": f"site_{one.code}", "ruleIndex": codes.index(one.code), "level": _LEVELS[one.level],
        "message": {"text": f"{one.text}. {one.fix}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": place}}}],
        "partialFingerprints": {"siteAndRule/v1": f"{printable(one.site)}/{one.code}"},
    }  # fmt: skip

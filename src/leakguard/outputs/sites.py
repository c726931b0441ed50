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
    document: dict[str, Any] = {"schema": "leakguard.sites/1", "sites": [_site_json(site, now) for site in sites]}
    return document if changes is None else {**document, "changes": changes}


def _site_json(site: CheckedSite, now: datetime) -> dict[str, Any]:
    return {
        "site": site.site, "url": site.url or None, "signed": site.is_signed, "unanswered": site.unanswered or None,
        "expires": to_z(site.expires) if site.expires else None,
        "days_left": (site.expires - now).days if site.expires else None,
        "results": [
            {"code": result.code, "level": result.level, "text": result.text, "fix": result.fix,
             "detail": result.detail or None}
            for result in site.results
        ],
    }  # fmt: skip


def site_lines(site: CheckedSite, now: datetime) -> Iterator[str]:
    """A line for the site, and one for each result."""
    left = f"  expires in {(site.expires - now).days} days" if site.expires else ""
    yield f"{printable(site.site)}{left}" + (f"  NOT CHECKED: {printable(site.unanswered)}" if site.unanswered else "")
    for result in site.results:
        detail = f" ({printable(result.detail)})" if result.detail else ""
        yield f"    {'ERROR ' if result.level == 'error' else 'advice'}  {result.text}{detail}  [{result.code}]"
        yield f"            {result.fix}"


def change_lines(
    changes: Mapping[str, Mapping[str, Sequence[str]]], *, since: str = "since the last check"
) -> Iterator[str]:
    """What changed."""
    for site, change in changes.items():
        words = [f"{word}: {', '.join(change[word])}" for word in ("new", "closed") if change[word]]
        yield f"{printable(site)}, {since}: {'; '.join(words)}"


def sites_sarif(sites: Sequence[CheckedSite], rules: SiteRules, now: datetime) -> dict[str, Any]:
    """SARIF 2.1.0: one result for each thing that is wrong."""
    results = [result for site in sites for result in site.results]
    codes = list(dict.fromkeys(result.code for result in results))
    notes = [
        {"level": "warning",
         "message": {"text": f"{printable(site.site)} was not checked: {printable(site.unanswered)}"}}
        for site in sites if site.unanswered
    ]  # fmt: skip
    site_rules = [rules.rules[code] for code in codes]
    driver = {
        "name": "LeakGuard", "version": __version__, "semanticVersion": __version__,
        "rules": [
            {"id": f"site_{code}", "shortDescription": {"text": rule.text}, "help": {"text": rule.fix}}
            for code, rule in zip(codes, site_rules, strict=True)
        ],
    }  # fmt: skip
    ended = {"executionSuccessful": not notes, "endTimeUtc": to_z(now), "toolExecutionNotifications": notes}
    run = {
        "results": [_sarif_result(result, codes) for result in results], "tool": {"driver": driver},
        "invocations": [ended],
        "columnKind": "unicodeCodePoints",
    }  # fmt: skip
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _sarif_result(site_result: SiteResult, codes: Sequence[str]) -> dict[str, Any]:
    place = f"https://{printable(site_result.site)}/"
    return {
        "ruleId": f"site_{site_result.code}", "ruleIndex": codes.index(site_result.code),
        "level": _LEVELS[site_result.level],
        "message": {"text": f"{site_result.text}. {site_result.fix}"},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": place}}}],
        "partialFingerprints": {"siteAndRule/v1": f"{printable(site_result.site)}/{site_result.code}"},
    }  # fmt: skip

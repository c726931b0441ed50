"""Checked apps as plain values (`leakguard.app-check/1`)."""

from __future__ import annotations

from typing import Any

from leakguard.apps.definitions import AppRules, Category, Need, Source, Words
from leakguard.apps.findings import findings_of
from leakguard.apps.judging import AppVerdict, RequestedAccess
from leakguard.frozen import as_dict
from leakguard.use_cases.apps.check_apps import CheckedApp, CheckedApps

SCHEMA = "leakguard.app-check/1"


def checked_json(checked: CheckedApps) -> dict[str, Any]:
    """One document for all packages."""
    rules = checked.rules
    return {
        "schema": SCHEMA,
        "apps": [app_json(app) for app in checked.apps],
        "asking_for_more": checked.asking_for_more,
        "checked": len(checked.read),
        "not_checked": len(checked.apps) - len(checked.read),
        "rules": {
            "provisions": source_json(rules.provisions), "method": source_json(rules.method),
            "accesses": source_json(rules.accesses_source), "libraries": source_json(rules.sdks_source),
        },
        "groups": [
            {"number": group.number, "name": words_json(group.words), "speaks": group.speaks,
             "what": words_json(group.what)}
            for group in rules.groups
        ],
    }  # fmt: skip


def app_json(app: CheckedApp) -> dict[str, Any]:
    """One package; `verdict` is null where nothing of it could be read, and `refused` says why."""
    return {
        "file": app.file, "sha256": app.sha256 or None, "category": app.category.id,
        "is_whole": app.is_whole, "refused": app.refused or None,
        "verdict": _verdict(app.verdict) if app.verdict is not None else None,
    }  # fmt: skip


def _verdict(verdict: AppVerdict) -> dict[str, Any]:
    facts = verdict.facts
    return {
        "kind": facts.kind, "package": facts.package, "version": facts.version, "min_sdk": facts.min_sdk,
        "target_sdk": facts.target_sdk, "asks_for_more": verdict.asks_for_more, "is_problem": verdict.is_problem,
        **{need.value: [_asked(access) for access in verdict.with_need(need)] for need in Need},
        "not_judged": list(verdict.not_judged),
        "permissions": [as_dict(permission) for permission in facts.permissions],
        "purposes": [as_dict(purpose) for purpose in facts.purposes],
        "privacy_manifests": [as_dict(manifest) for manifest in facts.manifests],
        "libraries": [as_dict(sdk) for sdk in facts.sdks],
        "signs": [{"kind": sign.kind.value, "where": list(sign.where)} for sign in verdict.signs],
        "shipped": as_dict(facts.shipped),
        "findings": [as_dict(finding) for finding in findings_of(verdict)],
        "unread": [as_dict(unread) for unread in facts.unread],
    }  # fmt: skip


def _asked(asked: RequestedAccess) -> dict[str, Any]:
    return {
        "access": asked.access.id, "name": words_json(asked.access.words), "by": list(asked.by),
        "kinds": list(asked.access.kinds), "special": asked.access.is_special,
        "concerns_others": asked.access.concerns_others, "why": words_json(asked.fit.why),
        "confidence": asked.fit.confidence,
    }  # fmt: skip


def categories_json(rules: AppRules) -> dict[str, Any]:
    """The 39 categories with what each needs."""
    return {
        "provisions": source_json(rules.provisions),
        "categories": [_category(category) for category in rules.categories.values()],
    }


def _category(category: Category) -> dict[str, Any]:
    return {
        "id": category.id, "number": category.number, "name": words_json(category.words),
        "function": words_json(category.function), "necessary": [words_json(each) for each in category.necessary],
        "confidence": category.confidence,
        "accesses": {
            name: {"need": fit.need.value, "why": words_json(fit.why), "confidence": fit.confidence}
            for name, fit in category.fits.items()
        },
    }  # fmt: skip


def words_json(words: Words) -> dict[str, str]:
    """Both languages."""
    return {"en": words.en, "zh": words.zh}


def source_json(source: Source) -> dict[str, Any]:
    """Where rules stand, what was read, when, and how sure we are."""
    return {
        "title": words_json(source.title), "url": source.url, "read_in": source.read_in,
        "checked_on": source.checked_on.isoformat(), "confidence": source.confidence,
    }  # fmt: skip

"""Questions that an act of a drill asks: of sites, of a mail, of a transfer and of apps; the rules answer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from leakguard.apps.judging import judge_app
from leakguard.apps.values import AppFacts, DeclaredPermission
from leakguard.drills.shapes import Action, PlayedApp, PlayedSite
from leakguard.intake.naming import named_in
from leakguard.intake.promises import FOLDER
from leakguard.intake.reading import read_message
from leakguard.intake.security_txt import FetchedFile, read_security_txt
from leakguard.intake.sites import FILE, has_complaint_contact, load_site_rules, results_for
from leakguard.ports import DataFolders
from leakguard.use_cases.apps.check_apps import category_named, load_app_rules
from leakguard.use_cases.outbound.assess_outbound import OutboundAsked, OutboundAssessed, assess_outbound

_VERDICTS = {"needs_fact": "needs fact", "no_rule_known": "no rule known"}


def answer_to(act: Action, name: str, folders: DataFolders, now: datetime) -> str:
    """What LeakGuard answers; raises `BadFile` or `UsageProblem` for a question that cannot be read."""
    if act.mail is not None:
        return mail_answer(act.mail, name)
    if act.sites:
        return sites_answer(act.sites, folders, now)
    if act.outbound is not None:
        return transfer_answer(name, act.outbound, folders, now)
    return apps_answer(act.apps, folders)


def mail_answer(mail: str, name: str) -> str:
    """What the mail names, and what came with it; never who wrote it, and nothing of its words."""
    message = read_message(mail.encode(), name=name)
    places = ", ".join(place.place for place in named_in(f"{message.subject}\n{message.text}")) or "no place"
    files = ", ".join(f"{file.size:,} bytes with SHA-256 {file.sha256[:16]}" for file in message.enclosed) or "none"
    return f"the mail names {places}: probe it if it is in the scope; files, which nobody opens: {files}"


def sites_answer(sites: Iterable[PlayedSite], folders: DataFolders, now: datetime) -> str:
    """What `sites check` finds on these pages, by their codes; nothing is fetched."""
    rules, lines = load_site_rules({FILE: folders.text(FOLDER, FILE)}), []
    for site in sites:
        fetched = FetchedFile(url=f"https://{site.site}/.well-known/security.txt", body=site.security_txt.encode())
        codes = list(read_security_txt(fetched, now=now).problems) if site.security_txt else ["missing"]
        codes += [] if has_complaint_contact(site.home.encode()) else ["no_complaint_contact"]
        found = results_for(site.site, codes, rules, {})
        lines.append(f"{site.site}: {', '.join(f'{each.code} ({each.level})' for each in found) or 'nothing is wrong'}")
    return "; ".join(lines)


def transfer_answer(name: str, stated: Mapping[str, Any], folders: DataFolders, now: datetime) -> str:
    """What the rules say to a transfer; raises `BadFile` for facts that cannot be read."""
    found = assess_outbound(OutboundAsked(name=name, text=json.dumps(stated, ensure_ascii=False)), folders, now)
    return f"by the law of {found.day}: {_answer_text(found)}"


def _answer_text(found: OutboundAssessed) -> str:
    decision = found.decision
    if decision.verdict != "decided":
        missing = f", missing {', '.join(decision.missing)}" if decision.missing else ""
        return f"{_VERDICTS[decision.verdict]}{missing}"
    return " or ".join(found.book.routes[name].name.en for name in decision.routes[0])


def apps_answer(apps: Iterable[PlayedApp], folders: DataFolders) -> str:
    """How many ask for more than their category needs, and for what; raises `UsageProblem` for an unknown category."""
    rules, lines, more, count = load_app_rules(folders), [], 0, 0
    for app in apps:
        facts = AppFacts(kind="apk", permissions=tuple(DeclaredPermission(name=name) for name in app.permissions))
        verdict = judge_app(facts, category_named(app.category, rules), rules)
        count, more = count + 1, more + verdict.asks_for_more
        asked = [f"{access.access.id} {access.fit.need.value}" for access in verdict.asked]
        lines.append(f"{app.name} ({app.category}): {', '.join(asked) or 'nothing'}")
    return f"{more} of {count} ask for more than their category needs; {'; '.join(lines)}"

"""A check of our own sites as Markdown for a ticket: what is wrong first, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from leakguard.intake.sites import CheckedSite
from leakguard.models.moments import to_z
from leakguard.outputs.markdown_text import safe
from leakguard.outputs.site_exchange import TITLE


def sites_markdown(sites: Sequence[CheckedSite], now: datetime) -> Iterator[str]:
    """One ticket with a section for each site."""
    yield f"# {TITLE}\n\n"
    for one in sites:
        yield f"## {safe(one.site)}\n\n"
        yield from _site(one, now)
    yield f"Checked {to_z(now)} by LeakGuard.\n"


def _site(one: CheckedSite, now: datetime) -> Iterator[str]:
    if one.unanswered:
        yield f"Not checked: {safe(one.unanswered)}.\n\n"
    elif one.expires is not None:
        yield f"security.txt expires {to_z(one.expires)}, in {(one.expires - now).days} days.\n\n"
    for each in one.results:
        detail = f" ({safe(each.detail)})" if each.detail else ""
        yield f"- **{each.level}**: {safe(each.text)}{detail}. {safe(each.fix)} `{each.code}`\n"
    if one.results:
        yield "\n"
    elif not one.unanswered:
        yield "Nothing is wrong.\n\n"

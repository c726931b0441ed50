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
    for site in sites:
        yield f"## {safe(site.site)}\n\n"
        yield from _site(site, now)
    yield f"Checked {to_z(now)} by LeakGuard.\n"


def _site(site: CheckedSite, now: datetime) -> Iterator[str]:
    if site.unanswered:
        yield f"Not checked: {safe(site.unanswered)}.\n\n"
    elif site.expires is not None:
        yield f"security.txt expires {to_z(site.expires)}, in {(site.expires - now).days} days.\n\n"
    for result in site.results:
        detail = f" ({safe(result.detail)})" if result.detail else ""
        yield f"- **{result.level}**: {safe(result.text)}{detail}. {safe(result.fix)} `{result.code}`\n"
    if site.results:
        yield "\n"
    elif not site.unanswered:
        yield "Nothing is wrong.\n\n"

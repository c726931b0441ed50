"""Checks the report contacts of our own sites: names of the scope alone, by GET, and redirects stay within it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from urllib.parse import urljoin, urlsplit

from leakguard.checks.requests import Request
from leakguard.errors import OutOfScope, UsageProblem
from leakguard.frozen import Frozen, replace
from leakguard.intake.security_txt import (
    LEGACY_PATH,
    MOST_BYTES,
    PATH,
    FetchedFile,
    SecurityTxt,
    drift_of,
    read_security_txt,
)
from leakguard.intake.sites import MOST_PAGE, CheckedSite, SiteRules, has_complaint_contact, results_for
from leakguard.models.observations import Ending, Reply
from leakguard.models.scope import EntryKind, Scope
from leakguard.models.targets import Endpoint
from leakguard.ports import Prober, Resolve
from leakguard.scanning.gate import Gate

MOST_REDIRECTS = 3
SIGNATURE_CODES = ("bad_signature", "unknown_key", "key_expires_first")
MOST_SITES = 1_000
_MOVED = frozenset({301, 302, 303, 307, 308})
_OK = 200


class Signatures(Protocol):
    """Verifies OpenPGP signatures."""

    def problems(self, text: bytes, expires: datetime | None) -> tuple[str, ...]:
        """The codes of what is wrong with a signed text."""


class SiteCheckOptions(Frozen):
    """How sites are asked."""

    prober: Prober
    resolve: Resolve
    gate: Gate
    rules: SiteRules
    now: datetime
    asks_complaints: bool = False
    signatures: Signatures | None = None


class SiteReply(Frozen, hidden=("reply",)):
    """An answer, and where it came from."""

    url: str
    reply: Reply
    other_host: str = ""
    outside: str = ""
    verified: bool | None = None


def sites_of(scope: Scope, named: Sequence[str]) -> tuple[str, ...]:
    """The sites to check: those that are named, else every name of the scope; raises `UsageProblem`, `OutOfScope`."""
    gate = Gate(scope=scope)
    names = tuple(named) or tuple(entry.name for entry in scope.include if entry.kind is EntryKind.NAME)
    names = tuple(dict.fromkeys(name for name in names if named or gate.allows_name(name)))
    if not names:
        raise UsageProblem("the scope names no web site", next_step="Name one: leakguard sites check www.example.edu")
    if len(names) > MOST_SITES:
        raise UsageProblem(f"more than {MOST_SITES:,} sites", next_step="Check them in parts.")
    outside = [name for name in names if not gate.allows_name(_host_and_port(name)[0])]
    if outside:
        raise OutOfScope(
            f"the scope has no web name {', '.join(outside[:10])}",
            next_step="Sites are checked by name. Add yours: leakguard scope add www.example.edu",
        )
    return names


def check_sites(sites: Sequence[str], asking: SiteCheckOptions) -> tuple[CheckedSite, ...]:
    """Every site in turn; what differs between their files is a result of its own."""
    return asyncio.run(_all(sites, asking))


async def _all(sites: Sequence[str], asking: SiteCheckOptions) -> tuple[CheckedSite, ...]:
    files, found, codes = dict[str, SecurityTxt](), list[CheckedSite](), dict[str, list[str]]()
    for site in sites:
        checked, file, problems = await _one(site, asking)
        found.append(checked)
        codes[site] = problems
        if file is not None:
            files[site] = file
    drift = drift_of(files) if len(files) > 1 else {}
    return tuple(
        replace(site, results=results_for(site.site, [*codes[site.site], *(("drift",) if site.site in drift else ())],
                                         asking.rules, {"drift": ", ".join(drift.get(site.site, ()))}),
                unchecked=_unchecked(site, asking, is_compared=len(files) > 1 and site.site in files))
        for site in found
    )  # fmt: skip


def _unchecked(site: CheckedSite, asking: SiteCheckOptions, *, is_compared: bool) -> tuple[str, ...]:
    """The codes that nobody looked for: without a keyring, without the file of another site, without complaints."""
    return (
        *(SIGNATURE_CODES if site.is_signed and asking.signatures is None else ()),
        *(() if is_compared else ("drift",)),
        *(() if asking.asks_complaints else ("no_complaint_contact",)),
    )


async def _one(site: str, asking: SiteCheckOptions) -> tuple[CheckedSite, SecurityTxt | None, list[str]]:
    seen, unanswered = await _file(site, asking)
    problems = list[str]()
    file = None
    if seen is not None and seen.outside:
        problems.append("redirected_outside")
    elif seen is not None and seen.reply.status == _OK:
        file = _read(seen, asking, problems)
    elif seen is not None:
        problems.append("missing")
    if seen is not None and seen.verified is False:
        problems.append("bad_certificate")
    if asking.asks_complaints and seen is not None:
        page, why = await _get(site, "/", asking, cap=MOST_PAGE)
        if page is None or page.reply.status != _OK:
            unanswered = f"its home page cannot be read ({_why_unread(page, why)}), so its complaint contact is unknown"
        elif not has_complaint_contact(page.reply.body):
            problems.append("no_complaint_contact")
    checked = CheckedSite(
        site=site, url=seen.url if file is not None and seen is not None else "", unanswered=unanswered,
        expires=file.expires if file else None, is_signed=bool(file and file.is_signed),
    )  # fmt: skip
    return checked, file, problems


def _why_unread(page: SiteReply | None, why: str) -> str:
    if page is None:
        return why
    return f"it redirects to {page.outside}" if page.outside else f"status {page.reply.status}"


def _read(seen: SiteReply, asking: SiteCheckOptions, problems: list[str]) -> SecurityTxt:
    fetched = FetchedFile(
        url=seen.url, body=seen.reply.body, content_type=seen.reply.headers.get("content-type", ""),
        was_redirected_to=seen.other_host,
    )  # fmt: skip
    file = read_security_txt(fetched, now=asking.now)
    problems += file.problems
    if file.is_signed and asking.signatures is not None:
        problems += asking.signatures.problems(seen.reply.body, file.expires)
    return file


async def _file(site: str, asking: SiteCheckOptions) -> tuple[SiteReply | None, str]:
    """The file at its place, else at the old one; what the first answered counts where neither is there."""
    first, why = await _get(site, PATH, asking, cap=MOST_BYTES + 1)
    if first is None or first.reply.status == _OK or first.outside:
        return first, why
    second, _ = await _get(site, LEGACY_PATH, asking, cap=MOST_BYTES + 1)
    return (second, "") if second is not None and second.reply.status == _OK else (first, "")


async def _get(site: str, path: str, asking: SiteCheckOptions, *, cap: int) -> tuple[SiteReply | None, str]:
    """One GET, and the redirects that stay in the scope; nothing, and why, where no answer came."""
    host, port = _host_and_port(site)
    url, why = f"https://{host}{'' if port == 443 else f':{port}'}{path}", "no answer"  # noqa: PLR2004  (HTTPS)
    for _ in range(MOST_REDIRECTS + 1):
        endpoint, why = _endpoint(url, asking)
        if endpoint is None:
            return None, why
        reply, verified = await _asked(endpoint, url, asking, cap=cap)
        if reply.ended is not Ending.COMPLETE or reply.status is None:
            return None, f"{urlsplit(url).hostname} gave no whole answer ({reply.ended.value})"
        other = _other(site, url)
        if reply.status not in _MOVED or "location" not in reply.headers:
            return SiteReply(url=url, reply=reply, other_host=other, verified=verified), ""
        moved = _moved_to(url, reply.headers["location"])
        if moved is None:
            return None, f"{urlsplit(url).hostname} redirects to what is no address"
        url, parts = moved, urlsplit(moved)
        if parts.scheme not in {"http", "https"} or not asking.gate.allows_name(parts.hostname or ""):
            return SiteReply(url=url, reply=reply, outside=parts.hostname or "elsewhere", verified=verified), ""
    return None, "too many redirects"


def _moved_to(url: str, location: str) -> str | None:
    """Where a redirect leads; `None` for what nobody can read an address in."""
    try:
        moved = urljoin(url, location[:2000])
        parts = urlsplit(moved)
        _ = parts.hostname, parts.port  # each raises for what cannot be one
    except ValueError:
        return None
    return moved


def _other(site: str, url: str) -> str:
    host = urlsplit(url).hostname or ""
    return "" if host == _host_and_port(site)[0] else host


async def _asked(endpoint: Endpoint, url: str, asking: SiteCheckOptions, *, cap: int) -> tuple[Reply, bool | None]:
    session = asking.prober.for_endpoint().open(endpoint, "http")
    parts = urlsplit(url)
    try:
        reply = await session.ask(Request(id="page", method="GET", what=parts.path or "/", cap_bytes=cap))
        return reply, session.tls.verified if session.tls is not None else None
    finally:
        await session.close()


def _endpoint(url: str, asking: SiteCheckOptions) -> tuple[Endpoint | None, str]:
    """The first address of the host that the scope lets us ask."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (80 if parts.scheme == "http" else 443)
    why = f"{host} has no address"
    for address in asking.resolve(host):
        endpoint = Endpoint(address=address, port=port, host=host, scheme=parts.scheme, named=True)
        refusal = asking.gate.endpoint_refusal(endpoint)
        if refusal is None:
            return endpoint, ""
        why = refusal
    return None, why


def _host_and_port(site: str) -> tuple[str, int]:
    """`www.example.edu`, or with a port; raises `UsageProblem`."""
    host, colon, port = site.rpartition(":") if ":" in site else (site, "", "")
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65_536):  # noqa: PLR2004  (TCP)
        raise UsageProblem(f"`{site[:100]}` is no site", next_step="Write a name, or NAME:PORT.")
    return (host if colon else site).lower(), int(port) if colon else 443

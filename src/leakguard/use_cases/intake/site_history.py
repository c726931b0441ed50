"""What checks of our sites found, in the ledger: the last state of each site, and what changed between two checks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from leakguard.errors import NotFound, UsageProblem
from leakguard.frozen import Frozen
from leakguard.intake.sites import CheckedSite
from leakguard.models.events import Interval
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import KeptRecord, Record
from leakguard.models.subjects import SITES_SUBJECT
from leakguard.ports import Journal, Now

SUBJECT, KIND = SITES_SUBJECT, "sites_checked"
Changes = dict[str, dict[str, list[str]]]


class LastSiteAnswer(Frozen):
    """What the last answer of a site said."""

    codes: tuple[str, ...]
    expires: datetime | None
    since: datetime
    """Since when checks have seen this expiry."""


class KeptCheck(Frozen):
    """One check in the ledger."""

    number: int
    """Counted from one."""
    at: datetime
    codes: Mapping[str, tuple[str, ...]]
    """By site that answered."""
    unchecked: Mapping[str, tuple[str, ...]]
    """By site, the codes that the check did not look for."""
    unanswered: tuple[str, ...]


def changes_since(store: Journal, sites: Sequence[CheckedSite]) -> Changes:
    """By site, which results are `new` and which are `closed` since its last answer; unanswered sites have none.

    What a check did not look for, such as a signature without a keyring, it did not see closed.
    """
    before = {site: answer.codes for site, answer in known_sites(store).items()}
    now = {
        site.site: _with_unchecked(_codes(site), site.unchecked, before.get(site.site, ()))
        for site in sites if not site.unanswered
    }  # fmt: skip
    return _changes(before, now)


def keep_check(store: Journal, sites: Sequence[CheckedSite], *, now: Now, is_whole: bool = False) -> None:
    """Keep what was found, names and codes alone; a whole check of the scope ends what is known of other sites."""
    moment = now()
    rows = [
        {
            "site": site.site, "codes": list(_codes(site)), "expires": site.expires and to_z(site.expires),
            "unchecked": list(site.unchecked),
        }
        for site in sites if not site.unanswered or site.url
    ]  # fmt: skip
    content = {"sites": rows, "unanswered": [site.site for site in sites if site.unanswered], "whole": is_whole}
    store.append(SUBJECT, (Record(kind=KIND, occurred_at=Interval(earliest=moment, latest=moment), content=content),))


def known_sites(store: Journal) -> dict[str, LastSiteAnswer]:
    """By site, what it answered last; a site that a later check of the whole scope did not ask is no longer ours."""
    known: dict[str, LastSiteAnswer] = {}
    for record in store.of_kinds((KIND,), SUBJECT):
        at, silent = record.occurred_at.latest, frozenset(_unanswered(record))
        asked = set(silent)
        for site, found, expires, unchecked in _rows(record):
            asked.add(site)
            before = known.get(site)
            codes = _with_unchecked(found, unchecked, before.codes if before is not None else ())
            if site in silent and before is not None:  # its file was read, and the rest was not
                codes = before.codes  # what is known of them is what was said before
            since = before.since if before is not None and before.expires == expires else at
            known[site] = LastSiteAnswer(codes=codes, expires=expires, since=since)
        if record.content.get("whole") is True:
            known = {site: answer for site, answer in known.items() if site in asked}
    return known


def kept_checks(store: Journal) -> tuple[KeptCheck, ...]:
    """All checks, the oldest first."""
    return tuple(
        KeptCheck(
            number=number, at=record.occurred_at.latest, codes={site: codes for site, codes, _, _ in _rows(record)},
            unchecked={site: unchecked for site, _, _, unchecked in _rows(record)},
            unanswered=tuple(_unanswered(record)),
        )
        for number, record in enumerate(store.of_kinds((KIND,), SUBJECT), start=1)
    )  # fmt: skip


def two_checks(store: Journal, numbers: Sequence[int]) -> tuple[KeptCheck, KeptCheck]:
    """The two that are named, else the last two; raises `NotFound` and `UsageProblem`."""
    kept = kept_checks(store)
    if numbers and len(numbers) != 2:  # noqa: PLR2004  (two checks)
        raise UsageProblem("name two checks, or none", next_step="See them: leakguard sites history")
    if not numbers and len(kept) < 2:  # noqa: PLR2004  (two checks)
        raise NotFound("there are no two checks to compare", next_step="Check the sites: leakguard sites check")
    wanted = tuple(numbers) or (len(kept) - 1, len(kept))
    for number in wanted:
        if not 1 <= number <= len(kept):
            raise NotFound(f"there is no check {number}", next_step="See them: leakguard sites history")
    return kept[wanted[0] - 1], kept[wanted[1] - 1]


def changes_between(before: KeptCheck, after: KeptCheck) -> Changes:
    """As `changes_since`, of the sites that answered in both checks, or in the later one alone.

    What one of the two did not look for is no change between them.
    """
    silent = {*before.unanswered, *after.unanswered}
    then, now = dict[str, Sequence[str]](), dict[str, Sequence[str]]()
    for site, codes in after.codes.items():
        if site in silent:
            continue
        earlier = before.codes.get(site, ())
        then[site] = _with_unchecked(earlier, before.unchecked.get(site, ()), codes)
        now[site] = _with_unchecked(codes, after.unchecked.get(site, ()), earlier)
    return _changes(then, now)


def _changes(before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]) -> Changes:
    found: Changes = {}
    for site, now in after.items():
        then = before.get(site, ())
        found[site] = {
            "new": [code for code in now if code not in then], "closed": [code for code in then if code not in now],
        }  # fmt: skip
    return {site: change for site, change in found.items() if change["new"] or change["closed"]}


def _with_unchecked(codes: Sequence[str], unchecked: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """What a check found, and what is known of what it did not look for."""
    return (*codes, *(code for code in known if code in unchecked and code not in codes))


def _codes(site: CheckedSite) -> tuple[str, ...]:
    return tuple(result.code for result in site.results)


def _rows(record: KeptRecord) -> Iterator[tuple[str, tuple[str, ...], datetime | None, tuple[str, ...]]]:
    """Site, codes, expiry, and codes that were not looked for; what cannot be read is left out."""
    for row in _maps(record.content.get("sites")):
        codes, unchecked = (tuple(str(code) for code in row.get(key) or ()) for key in ("codes", "unchecked"))
        yield str(row.get("site")), codes, _moment(row.get("expires")), unchecked


def _maps(found: object) -> Iterable[Mapping[str, Any]]:
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _unanswered(record: KeptRecord) -> list[str]:
    found = record.content.get("unanswered")
    return [str(item) for item in found] if isinstance(found, list) else []


def _moment(text: object) -> datetime | None:
    try:
        return from_z(text) if isinstance(text, str) else None
    except ValueError:
        return None

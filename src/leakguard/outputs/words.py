"""Numbers and strange text in words that a person can read safely."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from leakguard.models.findings import Finding, ReasonCode
from leakguard.models.industrial import ports_left_out_words
from leakguard.models.scope import OwnerPermission
from leakguard.models.texts import counted
from leakguard.scanning.left_out import MOST_ADDRESSES, LeftOut

_LARGE = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))
_BYTES = ((10**15, "PB"), (10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))
_STANDINGS = ("exposed", "protected", "other", "closed", "silent", "not_checked")
_LONGEST_LINE = 2000
"""Letters of one line of our own, which may name several places."""
LONGEST_REASON = 1000
"""Letters of a reason; the longest of ours has some three hundred, with who permitted what."""
_UNASKED = (
    "since nothing is asked below a path that is too long, has a control character, an empty folder, `.` or `..` in "
    "it, is encoded twice, or names what changes a server or hands out records"
)
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode classes that move a cursor, turn the reading direction or show nothing."""


def printable(text: str, *, longest: int = 200) -> str:
    """`text` without control characters, cut to `longest`: a host may have written it."""
    kept = text
    if not text.isprintable():  # which it is without any of these classes
        kept = "".join(
            "\N{REPLACEMENT CHARACTER}" if unicodedata.category(letter) in _UNSAFE else letter for letter in text
        )
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def reason_words(finding: Finding) -> str:
    """The reason of a finding, whole: at its end stands by whose permission something was asked."""
    return printable(finding.verdict.reason, longest=LONGEST_REASON)


def printable_lines(text: str) -> str:
    """As `printable` for each line of a text of ours that quotes others."""
    return "\n".join(printable(line, longest=_LONGEST_LINE) for line in text.split("\n"))


def count_words(count: int | None) -> str:
    """`9.5 billion`, `41,000`, `unknown`."""
    if count is None:
        return "unknown"
    for unit, name in _LARGE:
        if count >= unit:
            return f"{_short(count / unit)} {name}"
    return f"{count:,}"


def record_words(count: int) -> str:
    """`1 record`, `9.5 billion records`."""
    return f"{count_words(count)} {'record' if count == 1 else 'records'}"


def not_checked_words(count: int) -> str:
    """`1 endpoint was not checked`, `40 endpoints were not checked`."""
    return f"{counted(count, 'endpoint was', 'endpoints were')} not checked"


def byte_words(count: int | None) -> str:
    """`8.4 TB` (decimal units, as disks are sold), `unknown`."""
    if count is None:
        return "unknown"
    for unit, name in _BYTES:
        if count >= unit:
            return f"{_short(count / unit)} {name}"
    return f"{count} B"


def _short(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


UNSETTLED = {
    ReasonCode.ACCOUNTS_NOT_TRIED.value: "by a login that was not tried with an empty password",
    ReasonCode.FRONT_PAGE_GUARDED.value: "by the front page alone",
    ReasonCode.ROWS_HIDDEN.value: "by tables that show strangers no row, or are empty",
    ReasonCode.NOTHING_LISTED.value: "by a list that strangers do not get, and by nothing else that is known",
}
"""By what an endpoint is protected that may be open all the same."""


def unsettled_words(unsettled: Mapping[str, int]) -> str:
    """`3 of them by a login that was not tried with an empty password`, joined; nothing where there are none."""
    parts = [f"{count:,} of them {UNSETTLED.get(code, code)}" for code, count in sorted(unsettled.items()) if count]
    return " and ".join(parts)


def default_accounts_words(leave: OwnerPermission) -> str:
    """By whose leave accounts of products were asked, in one line."""
    return printable(f"Default accounts were asked once each, without a password: {leave.words}.")


def industrial_words(leave: OwnerPermission) -> str:
    """By whose leave industrial devices were asked, in one line."""
    return printable(f"Ports of industrial and medical devices were asked: {leave.words}.")


def leave_lines(
    accounts: OwnerPermission | None, industrial: OwnerPermission | None, ports_left_out: Sequence[int]
) -> Iterator[str]:
    """By whose leave what was asked, and which ports were not for want of one."""
    if accounts is not None:
        yield default_accounts_words(accounts)
    if industrial is not None:
        yield industrial_words(industrial)
    if ports_left_out:
        yield ports_left_out_words(ports_left_out)


def counts_line(
    counts: Mapping[str, int], noun: str = "endpoint", *, unsettled: Mapping[str, int] | None = None
) -> str:
    """`3 exposed, 1 protected, 40 closed = 44 endpoints`; the parts add up to the sum.

    With `unsettled` the protected ones say why some of them may be open all the same: `12 protected, 3 of them by ...`.
    """
    parts = [f"{counts[name]} {name.replace('_', ' ')}" for name in _STANDINGS if counts.get(name)]
    if unsettled and counts.get("protected"):
        protected = f"{counts['protected']} protected"
        parts[parts.index(protected)] = f"{protected}, {unsettled_words(unsettled)}"
    total = sum(counts.values())
    return f"{', '.join(parts) or 'nothing'} = {total} {noun}{'' if total == 1 else 's'}"


def bug_lines(bugs: Mapping[str, int], noun: str = "endpoint") -> tuple[str, ...]:
    """`Not checked, for a bug in LeakGuard: 2 endpoints (TypeError at checks/judge.py:40)`, a line for each bug."""
    return tuple(
        f"Not checked, for a bug in LeakGuard: {count:,} {noun}{'' if count == 1 else 's'} ({bug})"
        for bug, count in bugs.items()
    )


def unheeded_words(names: Sequence[str]) -> str:
    """What an excluded name without an address means; it may just be the silence of a resolver."""
    shown = ", ".join(map(printable, names))
    return f"The scope excludes a name that has no address, so no address of its host is excluded: {shown}"


def unseen_lines(unresolved: Iterable[str], left_out: Iterable[LeftOut]) -> Iterator[str]:
    """A line for each name of which nothing, or not every address, was looked at: no endpoint stands for it."""
    for name in unresolved:
        yield f"Not checked, no address was found: {printable(name)}."
    for left in left_out:
        yield f"Not checked: {left_out_words(left)}."


def left_out_words(left: LeftOut) -> str:
    """`36 of the 100 addresses of mail.example.edu (36 beyond the first 64)`, or what lies below a path."""
    if left.unasked_paths:
        return f"what lies below the path of {printable(left.name)}, {_UNASKED}"
    parts = (
        (left.out_of_scope, "out of the scope"),
        (left.excluded, "excluded by the scope"),
        (left.too_many, f"beyond the first {MOST_ADDRESSES}"),
    )
    why = ", ".join(f"{count:,} {words}" for count, words in parts if count)
    of = "the one address" if left.addresses == 1 else f"{left.count:,} of the {left.addresses:,} addresses"
    return f"{of} of {printable(left.name)} ({why})"

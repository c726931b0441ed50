"""What a report of a run says of what it does not know, and of what the owner accepts; and so its first sentence."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.errors import ExitCode
from leakguard.models.findings import Outcome
from leakguard.models.texts import counted
from leakguard.outputs.scan_view import ScanView
from leakguard.outputs.words import left_out_words, not_checked_words, printable, reason_words
from leakguard.reports.paper import Block, Listed, Paragraph, Section, Table, line
from leakguard.scanning.stores import folded

MOST_ROWS = 300
"""Entries of a kind that are written out one by one; a report with more is read by nobody."""
_OPEN = ("datastore is", "datastores are")
_ACCEPTED = ("datastore that the owner accepts for a while", "datastores that the owner accepts for a while")
_UNSETTLED = ("endpoint that is called protected", "endpoints that are called protected")


def verdict(view: ScanView, stores: int) -> Paragraph:
    """Whether anything is open; `stores` are those that nobody accepts. It never says more than is known."""
    if stores:
        return Paragraph(text=f"{counted(stores, *_OPEN)} open to anybody who knows the address.", tone="bad")
    accepted, in_part = _accepted(view), _is_in_part(view)
    if accepted:
        rest = ", and not everything could be checked." if in_part else "."
        return Paragraph(text=f"Nothing was found open but {counted(accepted, *_ACCEPTED)}{rest}", tone="risk")
    if in_part:
        return Paragraph(text="Nothing was found open, but not everything could be checked.", tone="risk")
    if not sum(view.counts.values()):
        return Paragraph(text="Nothing was found open, as there was nothing to look at.", tone="risk")
    if unsettled := sum(view.unsettled.values()):
        text = f"Nothing was found open, but {counted(unsettled, *_UNSETTLED)} may still be open."
        return Paragraph(text=text, tone="risk")
    return Paragraph(text="Nothing is open.", tone="good")


def _accepted(view: ScanView) -> int:
    """How many datastores are open and muted."""
    muted = (seen for seen in view.findings.glances() if seen.id in view.muted and seen.is_open)
    return sum(1 for _ in folded(muted))


def _is_in_part(view: ScanView) -> bool:
    return bool(
        view.exit_code == ExitCode.UNFINISHED or view.is_interrupted or view.counts.get("not_checked")
        or view.unresolved or any(left.is_unknown for left in view.left_out)
        or view.findings.outcomes.get(Outcome.INCONCLUSIVE)
    )  # fmt: skip


def unclear_section(view: ScanView) -> Section | None:
    """What got no clear answer, and what was not looked at."""
    blocks = (*_not_looked_at(view), *_without_answer(view))
    return Section(name="unclear", title="What could not be checked", blocks=blocks) if blocks else None


def _not_looked_at(view: ScanView) -> Iterator[Block]:
    if left := view.counts.get("not_checked", 0):
        yield Paragraph(text=f"{not_checked_words(left)}; leakguard scan --resume goes on.", tone="risk")
    if view.unresolved:
        noun = counted(len(view.unresolved), "name has", "names have")
        yield Paragraph(text=f"{noun} no address, so nothing of them was checked:", tone="risk")
        yield from _listed([printable(name) for name in view.unresolved])
    if view.left_out:
        yield Paragraph(text="Not looked at:", tone="risk" if any(left.is_unknown for left in view.left_out) else "")
        yield from _listed([left_out_words(left) for left in view.left_out])


def _listed(entries: list[str]) -> Iterator[Block]:
    yield Listed(entries=tuple(entries[:MOST_ROWS]))
    if len(entries) > MOST_ROWS:
        yield Paragraph(text=f"{len(entries) - MOST_ROWS:,} more are not listed.")


def _without_answer(view: ScanView) -> Iterator[Block]:
    unclear = [seen.id for seen in view.findings.glances() if seen.outcome is Outcome.INCONCLUSIVE]
    rows = tuple(
        (line(printable(finding.place)), line(reason_words(finding)))
        for finding in view.findings.some(unclear[:MOST_ROWS])
    )
    if rows:
        caption = "Places without a clear answer"
        yield Table(caption=caption, columns=("Where", "Why"), widths=(35, 65), rows=rows)


def accepted_section(view: ScanView) -> Section | None:
    """What is open and muted by the owner."""
    if not view.muted:
        return None
    places = {seen.id: seen.place for seen in view.findings.glances() if seen.id in view.muted}
    rows = tuple(
        (
            line(printable(places[finding])),
            line(printable(mute.reason)),
            line(printable(mute.owner)),
            line(f"{mute.expires}"),
        )
        for finding, mute in view.muted.items()
        if finding in places
    )
    table = Table(
        caption="Open, and accepted for a while", columns=("Where", "Why", "Who answers for it", "Until"),
        widths=(30, 36, 20, 14), rows=rows[:MOST_ROWS],
    )  # fmt: skip
    more = len(rows) - MOST_ROWS
    blocks = (table, Paragraph(text=f"{more:,} more are accepted and not listed.")) if more > 0 else (table,)
    return Section(name="accepted", title="What the owner accepts", blocks=blocks)

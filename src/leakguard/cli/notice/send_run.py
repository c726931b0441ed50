"""The run of `leakguard notice send`: everything is checked before the mail server is called."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import click

from leakguard.cli.notice.facts import Given, given
from leakguard.cli.notice.mail_log import log_asker
from leakguard.cli.notice.people_file import people_in
from leakguard.cli.notice.sending import Left, SendTeller, result_json, result_lines
from leakguard.cli.notice.versions import Wanted, single_letter
from leakguard.cli.options import Context
from leakguard.dispatch.approvals import MERGE, Proposal
from leakguard.dispatch.names import same_person
from leakguard.dispatch.pace import Pace, parse_rate
from leakguard.dispatch.sealing import SENT
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.deliveries import DeliveryState
from leakguard.models.languages import Lang
from leakguard.models.records import KeptRecord
from leakguard.models.sending import InDoubt, RunResult
from leakguard.notices.merge_manifest import ManifestHead
from leakguard.notices.recipients import Encoding, RowRules
from leakguard.ports import Mailer
from leakguard.use_cases.approve_notice import approved_version
from leakguard.use_cases.group_letters import MergeOrder
from leakguard.use_cases.letter_sender import Letters, LetterSender
from leakguard.use_cases.letter_versions import (
    letter_to,
    refuse_other_channel,
    refuse_second_address,
)
from leakguard.use_cases.merge_mailing import MergeMailing, domains_of, made_at, named_head
from leakguard.use_cases.merge_rows import Rows
from leakguard.use_cases.send_notice import (
    SendOrder,
    file_if_complete,
    refuse_other_version,
    refuse_unapproved,
    run_sending,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendWish:
    """The options of `send` alone."""

    incident: str
    facts: str | None
    manifest: str | None
    lang: Lang
    to: str | None
    recipients: str | None
    encoding: Encoding
    key: str | None
    channel: str | None
    rate: str
    per_connection: int
    passes: int
    wait: float
    attach: str | None
    own_domain: tuple[str, ...]
    accepted_log: str | None
    settle: float
    in_doubt: InDoubt | None
    only: tuple[str, ...]
    retry_refused: bool
    again: bool
    although: str
    by: str
    is_json: bool

    @classmethod
    def of(cls, words: Mapping[str, Any]) -> SendWish:
        """Out of what click hands over."""
        told = {name: words[name] for name in cls.__slots__ if name in words}
        return cls(**told, is_json=words["output_format"] == "json")

    @property
    def pace(self) -> Pace:
        """How fast; raises `UsageProblem`."""
        return Pace(
            per_second=parse_rate(self.rate), per_connection=self.per_connection, passes=self.passes,
            first_wait=self.wait, settle=self.settle,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """What is to be sent, and through what."""

    proposal: Proposal
    letters: Letters
    reference: str
    """What the filing is found by."""
    mailer: Mailer


def send_now(context: Context, wish: SendWish, wanted: Wanted) -> int:
    """Send; returns the exit code."""
    store, wiring = context.wiring.existing_store, context.wiring
    mailing = _prepared(context, wish, wanted)
    order = SendOrder(
        proposal=mailing.proposal, by=wish.by.strip(), in_doubt=wish.in_doubt,
        only=tuple(one.strip("<> ") for one in wish.only), is_drill=wiring.settings.drill,
    )  # fmt: skip
    sender = LetterSender(
        store=store, mailer=mailing.mailer, time=wiring.time, incident=wish.incident, batch=mailing.proposal.digest,
        pace=wish.pace, retry_refused=wish.retry_refused,
        watcher=_teller(context, wish, mailing),
    )  # fmt: skip
    ask = log_asker(wish.accepted_log) if wish.accepted_log else None
    result = run_sending(sender, mailing.letters, order, ask, seal=_seal_fields(wish, mailing, order))
    filed = file_if_complete(
        store, wiring.duties(), wish.incident, order, result, reference=mailing.reference, now=wiring.now
    )
    _tell(context, wish, mailing, result, filed.id if filed is not None else None)
    is_done = result.letters == result.counts.of(DeliveryState.SENT)
    return ExitCode.CLEAN if is_done else ExitCode.UNFINISHED


def _teller(context: Context, wish: SendWish, mailing: Mailing) -> SendTeller:
    counts = context.wiring.existing_store.delivery_counts(wish.incident, mailing.proposal.digest)
    return SendTeller(
        notes=context.notes, monotonic=context.wiring.monotonic, total=mailing.proposal.letters,
        sent=counts.of(DeliveryState.SENT), told_at=context.wiring.monotonic(),
    )  # fmt: skip


def check_only(context: Context, wish: SendWish, wanted: Wanted) -> int:
    """Everything but the sending: approvals, rows, what would be set aside; opens no connection."""
    mailing, store = _prepared(context, wish, wanted), context.wiring.existing_store
    counts = Counter(
        one.aside or ("sent before" if _is_sent(store, wish, mailing, one.key) else "to be sent")
        for one in mailing.letters()
    )
    if wish.is_json:
        click.echo(json.dumps({"digest": mailing.proposal.digest, "would": dict(counts)}))
        return ExitCode.CLEAN
    for what, count in counts.most_common():
        click.echo(f"{count:,}  {what}")
    context.notes.print("Nothing was sent.", markup=False)
    return ExitCode.CLEAN


def _is_sent(store: Any, wish: SendWish, mailing: Mailing, key: str) -> bool:  # noqa: ANN401  (the wiring's store)
    known = store.delivery(wish.incident, mailing.proposal.digest, key)
    return known is not None and known.state is DeliveryState.SENT


def _prepared(context: Context, wish: SendWish, wanted: Wanted) -> Mailing:
    """Raises whatever speaks against sending this, before anything is opened."""
    if wish.in_doubt is not None and not same_person(wish.by):
        raise UsageProblem("a doubt is settled by somebody", next_step='Say by whom: --by "A. Counsel"')
    store, wiring = context.wiring.existing_store, context.wiring
    _ = wish.pace
    if not wish.although.strip():
        refuse_other_channel(wiring.duties().duty(wanted.subject.duty))
    proposal = approved_version(store, wish.incident, wanted.subject, wanted.draft)
    refuse_unapproved(proposal)
    if not wish.again:
        refuse_other_version(store, tuple(store.read(wish.incident)), proposal, wish.incident)
    mailer, sender = wiring.letter_mailer(wish.channel)
    way = Way(proposal=proposal, mailer=mailer, sender=sender)
    prepare = _merge if wanted.subject.covers == MERGE else _single
    return prepare(context, wish, wanted, way)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """An approved version and the mail server that it goes through."""

    proposal: Proposal
    mailer: Mailer
    sender: str


def _single(context: Context, wish: SendWish, wanted: Wanted, way: Way) -> Mailing:
    if wish.to is None:
        raise UsageProblem("where does the letter go?", next_step="Name it: --to office@authority.example")
    letter = single_letter(wanted).letter(way.proposal.written_at, way.proposal.head)
    one = letter_to(
        wish.to, way.proposal, letter, sender=way.sender, makers=cache(context.wiring.document_maker),
        pdf=wish.attach == "pdf",
    )  # fmt: skip
    if not wish.again:
        refuse_second_address(context.wiring.existing_store, wish.incident, way.proposal.digest, one.key)
    return Mailing(proposal=way.proposal, letters=lambda: (one,), reference=one.message_id, mailer=way.mailer)


def _merge(context: Context, wish: SendWish, _: Wanted, way: Way) -> Mailing:
    if wish.facts is None or wish.recipients is None or wish.manifest is None:
        raise UsageProblem(
            "a mail merge is sent from the files that it was made of",
            next_step="Name them: leakguard notice send FACTS --manifest DIR --recipients people.csv",
        )
    wiring, ready = context.wiring, context.wiring.ready_letters(wish.manifest)
    head = ready.head()
    work = given(context, wish.facts, now=None, incident=wish.incident if head.head else None)
    order = MergeOrder(
        book=work.book, folders=wiring.bundled, facts=work.facts, facts_sha256=work.sha256,
        duty=work.book.duty(head.duty), stage=head.stage or None, form=head.form, now=made_at(head),
        rows=_rows(work, wish, wish.recipients, head), is_drill=wiring.settings.drill, head=named_head(head),
    )  # fmt: skip
    mailing = MergeMailing(
        ready=ready, order=order, key=wiring.letters_key(wish.key), proposal=way.proposal,
        makers=cache(wiring.document_maker), sender=way.sender, attaches_pdf=wish.attach == "pdf",
        own_domains=(*wish.own_domain, *domains_of(work.facts)),
    )  # fmt: skip
    reference = f"letters {way.proposal.digest[:16]}"
    return Mailing(proposal=way.proposal, letters=mailing.checked(), reference=reference, mailer=way.mailer)


def _rows(work: Given, wish: SendWish, recipients: str, head: ManifestHead) -> Rows:
    """The rows as `notice letters` read them."""
    stated = work.facts.value_of("data_categories", tuple) or ()
    rules = RowRules(
        vocabulary=work.book.vocabulary, lang=wish.lang, encoding=wish.encoding,
        more_data=tuple(kind for kind in stated if isinstance(kind, str)),
    )  # fmt: skip
    return Rows(name=recipients, open=people_in(recipients), rules=rules, places=head.places)


def _seal_fields(wish: SendWish, mailing: Mailing, order: SendOrder) -> dict[str, Any]:
    subject = mailing.proposal.subject
    told = {
        "covers": subject.covers, "duty": subject.duty, "stage": subject.stage, "channel": mailing.mailer.name,
        "by": order.by, "reference": mailing.reference,
    }  # fmt: skip
    if wish.although.strip():
        told["although"] = wish.although.strip()
    if order.in_doubt is not None:
        told["in_doubt"] = f"{order.in_doubt}, by what a person knows"
    return {**told, "drill": True} if order.is_drill else told


def _tell(context: Context, wish: SendWish, mailing: Mailing, result: RunResult, filed: str | None) -> None:
    store = context.wiring.existing_store
    entry = _entry(store.read(wish.incident), mailing.proposal.digest)
    left = []
    for one in mailing.letters():
        known = store.delivery(wish.incident, mailing.proposal.digest, one.key)
        if known is not None and known.state is not DeliveryState.SENT:
            left.append(Left(line=one.line, delivery=known))
    if wish.is_json:
        click.echo(json.dumps(result_json(mailing.proposal, result, entry, left, filed=filed)))
        return
    for line in result_lines(mailing.proposal, result, entry, left):
        click.echo(line)
    if filed is not None:
        click.echo(f"Filed as {filed}.")


def _entry(records: Any, digest: str) -> KeptRecord | None:  # noqa: ANN401
    found = [one for one in records if one.kind == SENT and one.content.get("digest") == digest]
    return found[-1] if found else None

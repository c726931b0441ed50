"""Each letter of a merge is sent only if it is the one that was approved, and the row the one that it was made of."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import NotAllowed
from leakguard.frozen import replace
from leakguard.mailing.approvals import MERGE, Parts, Proposal, Subject
from leakguard.models.letters import Letter
from leakguard.notices.letters.marks import row_mark
from leakguard.notices.merge_manifest import MadeLetter, ManifestHead
from leakguard.notices.recipients import ReadLine, RowRules
from leakguard.use_cases.letters.group_letters import MergeOrder
from leakguard.use_cases.letters.merge_letters import manifest_head
from leakguard.use_cases.letters.merge_mailing import MergeMailing, domains_of, merge_subject, named_head
from leakguard.use_cases.letters.merge_rows import Rows, survey, wanted
from support.merging import letter_alone
from support.notices import GDPR_34, NOW, book, facts_of

KEY = b"k" * 32
PEOPLE = b"id,name,email,data\np1,One,one@mail.example,contact.email\np2,Two,two words@mail.example,contact.email\n"


class Titles:
    """A maker of documents that are short."""

    def make(self, letter: Letter) -> bytes:
        return f"{letter.title} {letter.salutation}".encode()


@dataclass
class Folder:
    """A finished merge in memory."""

    manifest: ManifestHead
    made: list[MadeLetter] = field(default_factory=list)
    name: str = "letters/manifest.jsonl"

    def head(self) -> ManifestHead:
        return self.manifest

    def digest(self) -> str:
        return "d" * 64

    def letters(self) -> Iterator[MadeLetter]:
        return iter(self.made)

    def refuse_changed(self) -> int:
        return len(self.made)


def rows(content: bytes = PEOPLE) -> Rows:
    @contextmanager
    def opened() -> Iterator[ReadLine]:
        yield io.BytesIO(content).readline

    return Rows(name="people.csv", open=opened, rules=RowRules(vocabulary=book().vocabulary, lang="en"))


def order_of(content: bytes = PEOPLE) -> MergeOrder:
    duty = book().duty(GDPR_34)
    return MergeOrder(
        book=book(), folders=BundledFiles(), facts=facts_of(), facts_sha256="f" * 64, duty=duty, stage="initial",
        form="html", now=NOW, rows=rows(content),
    )  # fmt: skip


def mailing_of(*, salt: str = "", content: bytes = PEOPLE) -> MergeMailing:
    order = order_of(content)
    found = survey(order.rows, lambda _: None)
    folder = Folder(manifest=manifest_head(order, found, KEY))
    for person in wanted(order.rows, found=found):
        document = Titles().make(letter_alone(order, person)) + salt.encode()
        digest = hashlib.sha256(document).hexdigest()
        folder.made.append(
            MadeLetter(file="0000/0000001-x.html", sha256=digest, bytes=1, lang="en", row=row_mark(KEY, person))
        )
    proposal = Proposal(
        subject=Subject(covers=MERGE, duty=GDPR_34), parts=Parts(digests={}),
        written_at=datetime(2026, 6, 12, tzinfo=UTC), head=None, letters=1,
    )  # fmt: skip
    return MergeMailing(
        ready=folder, order=order, key=KEY, proposal=proposal, makers=lambda _: Titles(),
        sender="lg@university.example", own_domains=(), attaches_pdf=True,
    )  # fmt: skip


def test_a_letter_is_the_one_that_was_approved() -> None:
    (one,) = mailing_of().checked()()
    mail = one.mail()

    assert (one.line, one.aside, mail.to.address) == (2, "", "one@mail.example")
    assert [one.content for one in mail.attachments] == [mail.text.encode()]


def test_a_letter_that_would_say_something_else_is_not_sent() -> None:
    (one,) = mailing_of(salt="other").checked()()
    with pytest.raises(NotAllowed, match="line 2 would not be the one that was approved"):
        one.mail()


def test_a_row_that_is_not_that_of_its_letter_is_refused() -> None:
    mailing = mailing_of()
    assert isinstance(mailing.ready, Folder)
    mailing.ready.made = [replace(mailing.ready.made[0], row="0" * 64)]
    with pytest.raises(NotAllowed, match="line 2 is not the row"):
        list(mailing.checked()())


def test_letters_that_rest_on_something_else_are_refused_at_once() -> None:
    mailing = replace(mailing_of(), key=b"o" * 32)
    with pytest.raises(NotAllowed, match="the key of the marks"):
        mailing.checked()


def test_the_ledger_that_the_letters_name_is_read_back() -> None:
    head = mailing_of().ready.head()
    named = named_head(replace(head, head=f"7:{'a' * 64}"))
    assert named is not None

    assert (named.sequence, named.hash, named_head(head)) == (7, "a" * 64, None)
    assert merge_subject(head).stage == "initial"


def test_our_own_domains_are_those_of_the_addresses_that_we_state() -> None:
    assert domains_of(facts_of()) == ("university.example",)

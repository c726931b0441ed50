"""Mail merges for tests: people, an order, the tools in this process, and what lies in a folder afterwards."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.models.letters import Letter
from leakguard.notices.letters.personal import addressed
from leakguard.notices.merge_manifest import ManifestHead
from leakguard.notices.recipients import ReadLine, Recipient, RowRules
from leakguard.parallel.tasks import in_order
from leakguard.use_cases.letters.group_letters import GroupLetters, MergeOrder
from leakguard.use_cases.letters.merge_letters import LetterKeeper, MergeTools
from leakguard.use_cases.letters.merge_rows import Rows, Survey
from support.notices import GDPR_34, NOW, book, complete, facts_of

KEY = bytes(range(32))
HEADER = "id,name,email,address,language,jurisdiction,data,account_leaked,minor,guardian"
CANARY = "Quimby-Zarathustra"
"""In every name, address and id that `people` makes."""
HEAD = ManifestHead(
    duty="eu-gdpr-34-individuals", stage="", form="pdf", made_for="2026-06-12T04:00:00Z", letters=2, set_aside=1,
    passed_over=0, languages={"en": 2}, places=("EU",), sample=False, drill=False, facts_sha256="a" * 64, head="",
    rules_version="2026-11-24", rules_sha256="b" * 64, checked_on="2026-11-24", templates_sha256="c" * 64,
    recipients="d" * 64, key="e" * 16, leakguard="0.1.0",
)  # fmt: skip
"""The head of a manifest."""
_DATA = ("contact.email", "location.ip_address", "contact.email;location.ip_address", "health")


def row(number: int) -> str:
    """One person of a crowd in which languages, places and data differ."""
    lang, place = ("en", "zh")[number % 2], ("DE", "CN", "US-CA")[number % 3]
    name, mail = f"{CANARY} {number}", f"{CANARY}{number}@home.example"
    return f"{CANARY}-{number},{name},{mail},{number} {CANARY} Street|1000 Town,{lang},{place},{_DATA[number % 4]},no,,"


def people(count: int, *more: str) -> bytes:
    """A file of so many people, and these lines."""
    return "\n".join((HEADER, *map(row, range(count)), *more, "")).encode()


def opened(content: bytes) -> Callable[[], Any]:
    """What opens these bytes as often as it is asked."""

    @contextmanager
    def again() -> Iterator[ReadLine]:
        yield io.BytesIO(content).readline

    return again


def order_of(content: bytes, *, duty: str = GDPR_34, form: str = "txt", **changes: Any) -> MergeOrder:  # noqa: ANN401  (what an order, or its rows, have)
    """An order of letters to these people."""
    of_rows: dict[str, Any] = {name: changes.pop(name) for name in ("places", "most", "open") if name in changes}
    facts = changes.pop("facts", None) or facts_of(complete())
    rules = RowRules(vocabulary=book().vocabulary, lang="en")
    of_rows = {"open": opened(content), **of_rows}
    rows = Rows(name="people.csv", rules=rules, **of_rows)
    usual: dict[str, Any] = {"facts_sha256": "f" * 64, "stage": None, "now": NOW, "duty": book().duty(duty)}
    return MergeOrder(book=book(), folders=BundledFiles(), facts=facts, form=form, rows=rows, **{**usual, **changes})


def tools_of(
    folder: LetterKeeper, *, form: str = "txt", workers: int = 1, batch: int = 3, key: bytes = KEY
) -> MergeTools:
    """Tools that make documents in this process, or in several others."""
    return MergeTools(
        key=key,
        folder=folder,
        new_maker=partial(document_maker, form, BundledFiles()),
        make_batches=partial(in_order, workers=workers),
        batch=batch,
    )


class Watched:
    """Remembers what was told of a merge."""

    def __init__(self) -> None:
        self.found: Survey | None = None
        self.remarks: Sequence[str] = ()
        self.counts: list[int] = []

    def surveyed(self, found: Survey, remarks: Sequence[str]) -> None:
        self.found, self.remarks = found, remarks

    def moved(self, done: int) -> None:
        self.counts.append(done)


def contents(path: Path) -> dict[str, bytes]:
    """Every file below a folder, but for its lock."""
    files = (one for one in path.rglob("*") if one.is_file() and one.name != ".lock")
    return {str(one.relative_to(path)): one.read_bytes() for one in files}


def letters_in(path: Path) -> dict[str, bytes]:
    """The letters alone."""
    return {name: content for name, content in contents(path).items() if "/" in name}


def letter_alone(order: MergeOrder, recipient: Recipient) -> Letter:
    """The letter of one person, drafted and addressed by itself."""
    return addressed(GroupLetters(order).of(recipient), recipient)

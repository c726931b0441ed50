"""Mail merge: one letter a person, with that person's own data, language and address, from one bag of facts.

Recipients are read twice and never stored: once to count, to refuse and to try every language, and once to write.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from itertools import islice
from typing import Protocol

from leakguard import __version__
from leakguard.clocks.times import rfc3339
from leakguard.errors import BadFile, Problem
from leakguard.frozen import Frozen
from leakguard.notices.letters.marks import file_mark, key_mark, letter_name, row_mark
from leakguard.notices.letters.personal import GroupLetter, addressed
from leakguard.notices.merge_manifest import MadeLetter, ManifestHead
from leakguard.notices.recipients import Recipient, SetAside
from leakguard.ports import DataFolders, DocumentMaker
from leakguard.use_cases.letters.group_letters import GroupLetters, MergeOrder
from leakguard.use_cases.letters.merge_rows import Survey, survey, wanted

BATCH = 50
"""Letters that a process makes at a time: a quarter of a second of PDF, and few enough to share the end fairly."""
_TEXTS = (".yaml", ".html", ".typ")
"""Templates that are texts; the version of LeakGuard stands for the others."""


class LetterKeeper(Protocol):
    """The folder that the letters go to."""

    def held(self) -> AbstractContextManager[None]:
        """Hold it for this process; raises `NotAllowed`, `StoreUnusable`."""

    def setting_aside(self) -> AbstractContextManager[Callable[[SetAside], None]]:
        """Note the rows that are set aside."""

    def begin(self, head: ManifestHead) -> int:
        """Begin, or go on behind the letters that are there, whose number is returned; raises `NotAllowed`."""

    def save(self, name: str, document: bytes) -> None:
        """Write one letter in one step, also in other processes, with a copy of this method; raises `StoreUnusable`."""

    def keep(self, letters: Sequence[MadeLetter]) -> None:
        """Name letters that lie there, in the order of their rows."""

    def finish(self) -> str:
        """Close the manifest; its SHA-256."""


class Batch(Frozen):
    """Some letters to make, and the marks of their rows."""

    form: str
    rows: tuple[tuple[GroupLetter, Recipient, str], ...]


Made = tuple[MadeLetter, ...]
MakeBatches = Callable[[Callable[[], Callable[[Batch], Made]], Iterable[Batch]], Generator[Made]]
"""Does batches in their order, in as many processes as was decided."""


class BatchMaker(Frozen):
    """Makes and saves the letters of batches; each process gets a copy and calls it once."""

    new_maker: Callable[[], DocumentMaker]
    save: Callable[[str, bytes], None]

    def __call__(self) -> Callable[[Batch], Made]:
        """What makes one batch; loading what makes documents takes a moment."""
        maker, save = self.new_maker(), self.save

        def make(batch: Batch) -> Made:
            made = {row: _made(maker, save, batch.form, *batch.rows[row]) for row in _by_group(batch)}
            return tuple(made[row] for row in range(len(batch.rows)))

        return make


def _by_group(batch: Batch) -> list[int]:
    """The rows one group after the other: what the maker learnt from a letter serves the next one of its group."""
    first: dict[int, int] = {}
    places = [first.setdefault(id(group), row) for row, (group, _, _) in enumerate(batch.rows)]
    return sorted(range(len(places)), key=lambda row: (places[row], row))


def _made(
    maker: DocumentMaker,
    save: Callable[[str, bytes], None],
    form: str,
    group: GroupLetter,
    recipient: Recipient,
    mark: str,
) -> MadeLetter:
    document = maker.make(addressed(group, recipient))
    name = letter_name(recipient.line, mark, form)
    save(name, document)
    digest = hashlib.sha256(document).hexdigest()
    return MadeLetter(file=name, sha256=digest, bytes=len(document), lang=recipient.lang, row=mark)


class MergeTools(Frozen):
    """What a merge works with."""

    key: bytes
    """Of the marks of rows; who holds it can tell whose letter is whose."""
    folder: LetterKeeper
    new_maker: Callable[[], DocumentMaker]
    make_batches: MakeBatches
    batch: int = BATCH


class MergeResult(Frozen):
    """What a merge ended with."""

    head: ManifestHead
    manifest_sha256: str
    """What a person approves."""
    found_there: int
    """Letters that an earlier run had made."""
    first_aside: tuple[SetAside, ...]


class MergeProgress(Protocol):
    """What is seen of a merge while it runs."""

    def surveyed(self, found: Survey, remarks: Sequence[str]) -> None:
        """Called once the rows are counted and every language was tried."""

    def moved(self, done: int) -> None:
        """Called with the number of letters that are there."""


def survey_rows(order: MergeOrder, note: Callable[[SetAside], None]) -> tuple[Survey, GroupLetters]:
    """Count the rows and try a letter of each language and jurisdiction.

    Raises `BadFile` when nobody is left to write to, and `LetterIncomplete` with what is missing in any language.
    """
    found = survey(order.rows, note)
    if not found.letters:
        lines = (Problem(where="", line=row.line, text="; ".join(row.problems)) for row in found.first_aside)
        nobody = Problem(where="", text="nobody in it is to get a letter")
        raise BadFile(order.rows.name, tuple(lines) or (nobody,))
    letters = GroupLetters(order)
    letters.try_all(found.groups.values(), found.data)
    return found, letters


def merge_letters(order: MergeOrder, tools: MergeTools, progress: MergeProgress) -> MergeResult:
    """Write the letters, or those that an earlier run did not come to.

    Raises what `survey_rows` raises; `NotAllowed` when the folder is in use, holds something else, or the recipients
    change meanwhile; `StoreUnusable` when the disk is full, after which the same call goes on.
    """
    with tools.folder.held():
        with tools.folder.setting_aside() as note:
            found, letters = survey_rows(order, note)
        head = manifest_head(order, found, tools.key)
        done = there = tools.folder.begin(head)
        progress.surveyed(found, letters.remarks)
        progress.moved(done)
        work = BatchMaker(new_maker=tools.new_maker, save=tools.folder.save)
        people = wanted(order.rows, found=found, skip=there)
        tasks = _batches(people, letters, form=order.form, tools=tools)
        with closing(tools.make_batches(work, tasks)) as batches:
            for made in batches:
                tools.folder.keep(made)
                done += len(made)
                progress.moved(done)
        digest = tools.folder.finish()
    return MergeResult(head=head, manifest_sha256=digest, found_there=there, first_aside=tuple(found.first_aside))


def _batches(people: Iterator[Recipient], letters: GroupLetters, *, form: str, tools: MergeTools) -> Iterator[Batch]:
    while some := tuple(islice(people, tools.batch)):
        rows = tuple((letters.of(person), person, row_mark(tools.key, person)) for person in some)
        yield Batch(form=form, rows=rows)


def manifest_head(order: MergeOrder, found: Survey, key: bytes) -> ManifestHead:
    """Everything that the letters follow from."""
    duty, vocabulary, head = order.duty, order.book.vocabulary, order.head
    return ManifestHead(
        duty=duty.id,
        stage=order.stage or "",
        form=order.form,
        made_for=rfc3339(order.now),
        letters=found.letters,
        set_aside=found.set_aside,
        passed_over=found.passed_over,
        languages=dict(sorted(found.languages.items())),
        places=order.rows.places,
        sample=order.rows.most is not None,
        drill=order.is_drill,
        facts_sha256=order.facts_sha256,
        head=f"{head.sequence}:{head.hash}" if head is not None else "",
        rules_version=vocabulary.version,
        rules_sha256=_digest(duty.model_dump_json(), vocabulary.model_dump_json()),
        checked_on=duty.verified_on.isoformat(),
        templates_sha256=_digest(*_templates(order.folders)),
        recipients=file_mark(key, found.sha256),
        key=key_mark(key),
        leakguard=__version__,
    )


def _templates(folders: DataFolders) -> Iterator[str]:
    for suffix in _TEXTS:
        for name in folders.names("templates", suffix):
            yield name
            yield folders.text("templates", name)


def _digest(*texts: str) -> str:
    """Of all the texts; the length before each keeps them apart."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(f"{len(text)}:{text}".encode())
    return digest.hexdigest()

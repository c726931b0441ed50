"""What a mail merge works with: the folder, the key of its marks, and processes that make documents."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from leakguard.bundled import BundledFiles
from leakguard.settings import Settings

if TYPE_CHECKING:
    from leakguard.ports import DocumentMaker, Mailer
    from leakguard.store.letter_folder import LetterFolder
    from leakguard.store.ready_letters import ReadyLetters
    from leakguard.use_cases.letters.merge_letters import Batch, Made, MakeBatches
    from leakguard.wiring.machine import SystemTime


class LettersWiringBase(Protocol):
    """What this part needs of the others."""

    settings: Settings
    system_time: SystemTime

    def now(self) -> datetime:
        """The time, in UTC."""

    @property
    def bundled(self) -> BundledFiles:
        """The data folders."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""


class LetterWiring:
    """The part of `Wiring` that writes letters to many people."""

    def letter_folder(self, path: str) -> LetterFolder:
        """The folder that letters go to."""
        from leakguard.store.letter_folder import LetterFolder  # noqa: PLC0415  (`--help` must not load it)

        return LetterFolder(Path(path))

    def ready_letters(self, path: str) -> ReadyLetters:
        """The letters of a merge that is finished, by their folder or their manifest."""
        from leakguard.store.ready_letters import ReadyLetters  # noqa: PLC0415  (`--help` must not load it)

        return ReadyLetters(Path(path))

    def letters_key(self: LettersWiringBase, path: str | None, *, is_made: bool = False) -> bytes:
        """The key of the marks in manifests, made where there is none, unless letters were made with it already.

        `is_made` says that they were. Raises `BadFile`, `NotFound`, `StoreUnusable`.
        """
        from leakguard.store import letters_key as keys  # noqa: PLC0415  (as above)

        file = keys.letters_key_file(self.settings.store, path)
        return keys.existing_letters_key(file) if is_made else keys.letters_key(file, self.token)

    def new_document_maker(self: LettersWiringBase, form: str) -> Callable[[], DocumentMaker]:
        """What makes the maker of one format; other processes get a copy of it."""
        from leakguard.documents.makers import document_maker  # noqa: PLC0415  (`--help` must not load it)

        return partial(document_maker, form, self.bundled)

    def sign_checker(self, form: str) -> Callable[[str], bool]:
        """Whether a text can be shown in this format."""
        from leakguard.documents.makers import sign_checker  # noqa: PLC0415  (`--help` must not load it)

        return sign_checker(form)

    def make_batches(self, workers: int | None) -> MakeBatches:
        """Does batches of letters in so many processes; by default one a core that this process may use."""
        from leakguard.parallel.tasks import in_order  # noqa: PLC0415  (`--help` must not load it)

        count = workers or len(os.sched_getaffinity(0))

        def make(work: Callable[[], Callable[[Batch], Made]], batches: Iterable[Batch]) -> Generator[Made]:
            return in_order(work, batches, workers=count)

        return make

    def letter_mailer(self: LettersWiringBase, channel: str | None) -> tuple[Mailer, str]:
        """The mail server that letters go through and who sends them; in a drill a file, and nothing is sent.

        Raises `UsageProblem` unless the settings name one such channel, `ChannelFailed` without its password.
        """
        from leakguard.alerts.settings import mail_channel  # noqa: PLC0415  (`--help` must not load it)
        from leakguard.channels.make import ChannelContext  # noqa: PLC0415  (as above)
        from leakguard.mailing.smtp.make import make_mailer  # noqa: PLC0415  (as above)

        chosen = mail_channel(self.settings.watch.channels, channel)
        around = ChannelContext(
            environment=os.environ,
            now=self.now,
            sleep=self.system_time.sleep,
            sandbox=Path("drill-letters.jsonl") if self.settings.drill else None,
        )
        return make_mailer(chosen, around), str(chosen.options["from"])

"""The folder of a mail merge: letters, the manifest that grows with them, the rows set aside; for its owner alone.

A letter is there whole or not at all, and counts when the manifest names it. Whoever was killed goes on behind the last
line whose letter still has the bytes that the line says.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from leakguard.errors import BadFile, NotAllowed, StoreUnusable
from leakguard.files.opening import is_missing, open_file
from leakguard.frozen import Frozen
from leakguard.notices.merge_manifest import (
    MOST_IN_LINE,
    MadeLetter,
    ManifestHead,
    differences,
    head_line,
    letter_line,
    parse_head,
    parse_letter,
)
from leakguard.notices.recipients import SetAside

MANIFEST, SET_ASIDE = "manifest.jsonl", "set-aside.jsonl"
_JOURNAL, _LOCK = f".{MANIFEST}.part", ".lock"
_BEFORE_ANY = frozenset({_LOCK, f".{SET_ASIDE}.part", SET_ASIDE, f"{_JOURNAL}.new"})
"""What a run leaves behind that was killed, or found the disk full, before its first letter."""


class LetterFiles(Frozen):
    """Where letters go; other processes get a copy of it."""

    folder: Path

    def save(self, name: str, document: bytes) -> None:
        """Write one letter, in one step; raises `StoreUnusable`."""
        target = self.folder / name
        part = target.with_name(f".{target.name}.{os.getpid()}.part")
        with _disk_errors(self.folder):
            target.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                with _create(part) as handle:
                    handle.write(document)
                part.replace(target)
            except OSError:
                with suppress(OSError):
                    part.unlink()
                raise


class LetterFolder:
    """One folder with the letters of one merge."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.save = LetterFiles(folder=folder).save
        self._journal: IO[bytes] | None = None

    def head(self) -> ManifestHead | None:
        """What the letters here rest on, also of a run that did not end; nothing when there are none."""
        for name in (MANIFEST, _JOURNAL):
            line = self._first_line(name)
            if line is not None:
                head = parse_head(line)
                if head is None:
                    raise NotAllowed(f"{self.folder / name} is no manifest of letters", next_step=_ELSEWHERE)
                return head
        return None

    def _first_line(self, name: str) -> str | None:
        try:
            with open_file(self.folder / name) as handle:
                return _text(handle.readline(MOST_IN_LINE))
        except BadFile as bad:
            if is_missing(bad):
                return None
            raise

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for this process; raises `NotAllowed` while another one does, or when it has other files."""
        with _disk_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            foreign = {entry.name for entry in os.scandir(self.folder)} - _BEFORE_ANY
            if foreign and self.head() is None:
                raise NotAllowed(f"{self.folder} holds other files", next_step=_ELSEWHERE)
            if not foreign:
                self.folder.chmod(0o700)
            lock = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(lock, self.folder)
            self._clean()
            yield
        finally:
            if self._journal is not None:
                with suppress(OSError):  # what a full disk did not take is made again
                    self._journal.close()
            os.close(lock)

    @contextmanager
    def setting_aside(self) -> Iterator[Callable[[SetAside], None]]:
        """Note the rows that are set aside: their lines and problems, nothing of the rows."""
        part = self.folder / f".{SET_ASIDE}.part"
        with suppress(FileNotFoundError):
            part.unlink()
        with _disk_errors(self.folder), _create(part) as handle:

            def note(row: SetAside) -> None:
                document = {"line": row.line, "problems": list(row.problems)}
                handle.write(json.dumps(document).encode() + b"\n")

            yield note

    def begin(self, head: ManifestHead) -> int:
        """Begin, or go on behind the letters that are there, whose number is returned.

        Raises `NotAllowed` when the letters here rest on something else.
        """
        known = self.head()
        if known is not None and known != head:
            changed = "\n".join(f"  {text}" for text in differences(known, head))
            raise NotAllowed(f"{self.folder} holds letters of other origin\n{changed}", next_step=_ELSEWHERE)
        with _disk_errors(self.folder):
            (self.folder / f".{SET_ASIDE}.part").replace(self.folder / SET_ASIDE)
            if known is None:
                return self._begin_anew(head)
            return self._go_on(head)

    def keep(self, letters: Sequence[MadeLetter]) -> None:
        """Name letters that lie in the folder, in the order of their rows."""
        journal = self._opened()
        with _disk_errors(self.folder):
            journal.write("".join(map(letter_line, letters)).encode())
            journal.flush()

    def finish(self) -> str:
        """Close the manifest; its SHA-256, which is what a person approves."""
        journal = self._opened()
        with _disk_errors(self.folder):
            journal.flush()
            os.fsync(journal.fileno())
            with suppress(FileNotFoundError):  # a manifest that was whole already stayed where it is
                (self.folder / _JOURNAL).replace(self.folder / MANIFEST)
        return self._digest(MANIFEST)

    def _opened(self) -> IO[bytes]:
        if self._journal is None:
            raise NotAllowed("the letters were not begun", next_step="Begin first.")
        return self._journal

    def _begin_anew(self, head: ManifestHead) -> int:
        new = self.folder / f"{_JOURNAL}.new"
        with suppress(FileNotFoundError):
            new.unlink()
        with _create(new) as handle:
            handle.write(head_line(head).encode())
        new.replace(self.folder / _JOURNAL)
        self._journal = (self.folder / _JOURNAL).open("ab")
        return 0

    def _go_on(self, head: ManifestHead) -> int:
        """Open the journal behind its last whole letter; a manifest that is whole stays where others look for it."""
        manifest, journal = self.folder / MANIFEST, self.folder / _JOURNAL
        if manifest.exists():
            count, end = self._whole(manifest)
            if (count, end) == (head.letters, manifest.stat().st_size):
                self._journal = manifest.open("ab")
                return count
            manifest.replace(journal)
        count, end = self._whole(journal)
        os.truncate(journal, end)
        self._journal = journal.open("ab")
        return count

    def _whole(self, path: Path) -> tuple[int, int]:
        """How many letters in a row are as their lines say, and where the last of these lines ends."""
        with path.open("rb") as lines:
            lines.readline(MOST_IN_LINE)
            count, end = 0, lines.tell()
            while letter := parse_letter(_text(lines.readline(MOST_IN_LINE))):
                if not self._is_whole(letter):
                    break
                count, end = count + 1, lines.tell()
        return count, end

    def _is_whole(self, letter: MadeLetter) -> bool:
        with suppress(OSError):
            return self._digest(letter.file) == letter.sha256
        return False

    def _digest(self, name: str) -> str:
        with (self.folder / name).open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()

    def _clean(self) -> None:
        """Take away halves of letters that somebody who was killed left."""
        with _disk_errors(self.folder):
            for part in self.folder.glob("[0-9]*/.*.part"):
                part.unlink(missing_ok=True)


_ELSEWHERE = "Write the letters into another folder, or remove this one first."


def _create(path: Path) -> IO[bytes]:
    """A new file that its owner alone may read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")


def _lock(handle: int, folder: Path) -> None:
    """The lock ends with its process, however that ends."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise NotAllowed(
            f"another process writes letters into {folder}", next_step="Wait for its end, or name another folder."
        ) from error


def _text(line: bytes) -> str:
    return line.decode("ascii", "replace")


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """What the disk refuses, as an error that says how to go on."""
    try:
        yield
    except OSError as error:
        raise StoreUnusable(
            f"the folder {folder} cannot be written: {error.strerror or type(error).__name__}",
            next_step="Free some space or correct its rights, then run the same command: it goes on where it stopped.",
        ) from error

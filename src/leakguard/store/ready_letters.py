"""The letters of a mail merge that is finished: read, and held against their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from leakguard.errors import BadFile, NotAllowed
from leakguard.files.opening import open_file
from leakguard.notices.merge_manifest import MOST_IN_LINE, MadeLetter, ManifestHead, parse_head, parse_letter
from leakguard.store.letter_folder import MANIFEST


class ReadyLetters:
    """One folder that `notice letters` finished; nothing in it is changed."""

    def __init__(self, folder: Path) -> None:
        """`folder` may also be named by the manifest in it."""
        self.folder = folder.parent if folder.name == MANIFEST else folder

    @property
    def name(self) -> str:
        """The manifest, as messages call it."""
        return str(self.folder / MANIFEST)

    def head(self) -> ManifestHead:
        """What the letters rest on; raises `BadFile` when the merge is not finished or the manifest is none."""
        head = parse_head(next(self._lines(), ""))
        if head is None:
            raise self._bad("is no manifest of letters")
        return head

    def digest(self) -> str:
        """Hex SHA-256 of the whole manifest, which names the digest of each letter; raises `BadFile`."""
        digest = hashlib.sha256()
        for line in self._lines():
            digest.update(line.encode("ascii"))
        return digest.hexdigest()

    def letters(self) -> Iterator[MadeLetter]:
        """Every letter in the order of the rows; raises `BadFile` for a line that is none."""
        lines = self._lines()
        next(lines, "")
        for number, line in enumerate(lines, 2):
            letter = parse_letter(line)
            if letter is None:
                raise self._bad("is not the line of a letter", line=number)
            yield letter

    def refuse_changed(self) -> int:
        """How many letters there are, each with the bytes that the manifest says; raises `NotAllowed`, `BadFile`."""
        count = 0
        for letter in self.letters():
            count += 1
            if self._digest_of(letter.file) != letter.sha256:
                raise NotAllowed(
                    f"{self.folder / letter.file} is missing, or is not the letter that the manifest names",
                    next_step="Write the letters again: leakguard notice letters ...",
                )
        return count

    def _digest_of(self, name: str) -> str:
        try:
            with open_file(self.folder / name) as handle:
                return hashlib.file_digest(handle, "sha256").hexdigest()  # type: ignore[arg-type]
        except BadFile:
            return ""

    def _lines(self) -> Iterator[str]:
        try:
            with open_file(self.name) as handle:
                while line := handle.readline(MOST_IN_LINE):
                    yield line.decode("ascii")
        except UnicodeDecodeError as error:
            raise self._bad("is no manifest of letters") from error
        except BadFile as bad:
            why = bad.problems[0].text
            raise self._bad(f"cannot be read ({why}): the letters are not finished, or not here") from bad

    def _bad(self, text: str, *, line: int | None = None) -> BadFile:
        next_step = "Write the letters, or go on with them: leakguard notice letters ... -o DIR"
        return BadFile.whole(self.name, text, line=line, next_step=next_step)

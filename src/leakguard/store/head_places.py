"""Second places for heads that are told on demand: a folder under git, and a receiver behind a signed web request."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from leakguard.errors import ChannelFailed, NotFound
from leakguard.frozen import Frozen
from leakguard.ledger.heads import print_form
from leakguard.ledger.notes import TreeHead
from leakguard.models.alerts import AlertMessage, Severity
from leakguard.models.file_modes import Output
from leakguard.ports import Channel
from leakguard.store.new_files import new_file

HEADS = "leakguard-heads.txt"
"""The file in a git folder: one note behind the other."""
TIMEOUT = 30.0
"""Seconds for one command of git."""


class GitFolder(Frozen):
    """A git repository, of which others hold copies: each head is a commit. Nothing is pushed from here."""

    folder: Path

    @property
    def name(self) -> str:
        """See `HeadPlace`."""
        return f"git:{self.folder}"

    def keep(self, head: TreeHead, note: str) -> None:
        """Add the note and commit it; raises `ChannelFailed`."""
        try:
            handle = new_file(self.folder / HEADS, Output.HEAD, flags=os.O_APPEND)
            with os.fdopen(handle, "a", encoding="utf-8") as file:
                file.write(f"{note}\n")
        except OSError as error:
            self._fail(f"its file cannot be written ({error.strerror or type(error).__name__})")
        self._git("add", "--", HEADS)
        author = ("-c", "user.name=leakguard", "-c", "user.email=leakguard@localhost", "-c", "commit.gpgsign=false")
        self._git(*author, "commit", "--quiet", "-m", f"Ledger head: {print_form(head.head)}", "--", HEADS)

    def _git(self, *words: str) -> None:
        command = ["git", "-C", str(self.folder), *words]
        try:
            done = subprocess.run(command, capture_output=True, timeout=TIMEOUT, check=False)  # noqa: S603  (our own words)
        except (OSError, subprocess.SubprocessError) as error:
            self._fail(f"git cannot be run ({type(error).__name__})")
        if done.returncode:
            self._fail(f"git ended with {done.returncode}")

    def _fail(self, what: str) -> NoReturn:
        raise ChannelFailed(
            f"{self.name}: {what}", next_step="See that the folder is a git repository that you may write."
        ) from None


class ChannelPlace(Frozen):
    """A channel of `leakguard.toml`, such as a signed web request to another house."""

    channel: Channel

    @property
    def name(self) -> str:
        """See `HeadPlace`."""
        return f"channel:{self.channel.name}"

    def keep(self, head: TreeHead, note: str) -> None:
        """Send the note; raises `ChannelFailed`."""
        self.channel.send(
            AlertMessage(
                id=f"head/{head.size}/{head.hash[:16]}", incident="", clock="", threshold="", severity=Severity.NOTICE,
                title=f"Ledger head: {print_form(head.head)}", lines=tuple(note.splitlines()), due_at=None,
            )
        )  # fmt: skip


def make_places(
    folders: Sequence[str], names: Sequence[str], channels: Mapping[str, Channel]
) -> tuple[GitFolder | ChannelPlace, ...]:
    """The places that the settings name; raises `NotFound` for a channel that there is not."""
    missing = next((name for name in names if name not in channels), None)
    if missing is not None:
        raise NotFound(
            f"`heads` names the channel `{missing}`, and there is none", next_step="Correct `heads` in leakguard.toml."
        )
    gits = (GitFolder(folder=Path(folder)) for folder in folders)
    return (*gits, *(ChannelPlace(channel=channels[name]) for name in names))

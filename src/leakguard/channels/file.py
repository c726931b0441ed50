"""One line a message in a file: what a drill sends, since nothing leaves the house in a drill."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

from leakguard.channels.failures import fail
from leakguard.channels.wording import to_json
from leakguard.frozen import Frozen
from leakguard.models.alerts import AlertMessage


class FileChannel(Frozen):
    """Stands for a channel, under its name, or is one."""

    name: str
    path: Path

    def send(self, message: AlertMessage) -> None:
        """Append one line, and have it on the disk before returning; raises `ChannelFailed`."""
        self.send_and_report(message)

    def send_and_report(self, message: AlertMessage) -> str:
        """As `send`; returns where the line stands."""
        line = json.dumps({"channel": self.name, **to_json(message)}, ensure_ascii=False) + "\n"
        append_line(self.name, self.path, line)
        return f"a line was added to {self.path}"


def append_line(name: str, path: Path, line: str) -> None:
    """Append one line to a file that its owner alone reads, and have it on the disk; raises `ChannelFailed`."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # One write, so that two watchmen never mix their lines.
            data = line.encode()
            if os.write(handle, data) < len(data):
                raise OSError(errno.ENOSPC, "only a part of the line was written")
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        fail(name, f"its file cannot be written ({type(error).__name__})", "Free the disk or correct its rights.")

"""The log of a mail server, read from where the user says it is."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

from leakguard.files.opening import open_file, unreadable
from leakguard.mailing.accepted_log import MOST_IN_LINE, accepted_in
from leakguard.mailing.log_times import instant_at_head
from leakguard.models.sending import LogAnswer


def log_asker(path: str) -> Callable[[Collection[str]], LogAnswer]:
    """Asks the log at `path`, which is read anew each time; raises `BadFile` at once when it cannot be read."""

    def ask(wanted: Collection[str]) -> LogAnswer:
        with open_file(path) as handle:
            first = handle.readline(MOST_IN_LINE)
        with open_file(path) as handle:
            accepted = accepted_in(handle.readline, wanted)
        try:
            written_at = datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)
        except OSError as error:
            raise unreadable(path, error) from error
        begins_at = instant_at_head(first.decode("utf-8", "replace"))
        return LogAnswer(accepted=accepted, begins_at=begins_at, written_at=written_at)

    ask(())
    return ask

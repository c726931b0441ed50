"""Writes events with structlog: as JSON, as lines for a person, or as lines for the journal of systemd."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager, suppress
from datetime import datetime
from typing import Any, TextIO

import structlog
from structlog.contextvars import bound_contextvars, clear_contextvars, merge_contextvars

from leakguard.frozen import Frozen
from leakguard.logs import DEBUG, ERROR, INFO, LEVELS, WARNING, Value
from leakguard.logs.fields import admitted, shown_name

Event = MutableMapping[str, Any]
CONSOLE, JSON, JOURNAL = "console", "json", "journal"
"""What a user may ask for; `Form` has the journal as `is_journal`, beside either format."""
_NUMBERS = {DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40}
"""The levels of Python's own logging."""
PRIORITIES = {DEBUG: 7, INFO: 6, WARNING: 4, ERROR: 3}
"""The levels of syslog, which systemd reads from `<N>` in front of a line; see sd-daemon(3)."""
_REFUSED = "field_refused"
_KEPT_BY_JOURNAL = frozenset({"timestamp", "level"})


class Form(Frozen):
    """How events look."""

    level: str = INFO
    """The lowest level that is written."""
    format: str = CONSOLE
    """`console` or `json`."""
    is_journal: bool = False
    """Whether each line goes to the journal. That keeps the time and the level itself: lines of `console` omit them."""
    has_colours: bool = False


class LogWriter:
    """Writes to a stream, one whole line an event; implements `logs.Writer`."""

    def __init__(self, stream: TextIO, form: Form, *, now: Callable[[], datetime], always: Mapping[str, Value]) -> None:
        """`always` are the fields of every event, such as `command` and `request_id`."""
        self._stream = stream
        self._form = form
        self._now = now
        self._is_lost = False
        self._always = dict(always)
        clear_contextvars()
        self._logger = structlog.wrap_logger(
            structlog.WriteLogger(stream),
            processors=[
                merge_contextvars,
                self._with_always,
                self._admit,
                structlog.processors.add_log_level,
                self._dated,
                *self._renderers(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(_NUMBERS[form.level]),
            cache_logger_on_first_use=False,
        )

    def write(self, level: str, event: str, fields: Mapping[str, Value]) -> None:
        """Write one event. If the stream cannot be written, this is said once, on stderr, and the work goes on."""
        try:
            getattr(self._logger, level if level in LEVELS else ERROR)(event, **fields)
        except (OSError, ValueError) as error:
            was_lost, self._is_lost = self._is_lost, True
            if not was_lost and self._stream is not sys.stderr:
                why = getattr(error, "strerror", "") or type(error).__name__
                with suppress(OSError, ValueError):  # it may lead to the same full disk
                    sys.stderr.write(f"WARNING: the log cannot be written any more: {why}\n")

    def bound(self, fields: Mapping[str, Value]) -> AbstractContextManager[object]:
        """Every event of this thread or task has these fields until the block is left."""
        return bound_contextvars(**fields)

    def close(self) -> None:
        """Forget what was bound, and close the stream where it is our own."""
        clear_contextvars()
        if self._stream is not sys.stderr:
            with suppress(OSError):  # what a full disk did not take is lost, and was told of
                self._stream.close()

    def _with_always(self, _logger: object, _method: str, event: Event) -> Event:
        """Of every thread: what is bound in one is not bound in another."""
        return {**self._always, **event}

    def _admit(self, _logger: object, _method: str, event: Event) -> Event:
        """Let through what the register admits, and log the names of the other fields as events of their own."""
        kept: Event = {}
        for name, value in sorted(event.items()):
            if (shown := admitted(name, value)) is not None:
                kept[name] = shown
            elif event.get("event") != _REFUSED:  # which has the bound fields too: no refusal of its own
                self.write(WARNING, _REFUSED, {"field": shown_name(name)})
        if "event" not in kept:
            raise structlog.DropEvent
        return kept

    def _dated(self, _logger: object, _method: str, event: Event) -> Event:
        """The time, the level and the event in front, the fields behind them in the order of their names."""
        first = {"timestamp": f"{self._now():%Y-%m-%dT%H:%M:%S.%fZ}", "level": event["level"], "event": event["event"]}
        return {**first, **event}

    def _renderers(self) -> list[Callable[[Any, str, Event], Any]]:
        """What turns an event into its line."""
        form = self._form
        lines: Callable[[Any, str, Event], Any]
        if form.format == JSON:
            lines = structlog.processors.JSONRenderer(ensure_ascii=False)
        elif form.is_journal:
            lines = structlog.processors.LogfmtRenderer(key_order=["event"], bool_as_flag=False)
        else:
            lines = structlog.dev.ConsoleRenderer(colors=form.has_colours, pad_event_to=26)
        if not form.is_journal:
            return [lines]

        def prioritised(logger: object, method: str, event: Event) -> str:
            priority = PRIORITIES[event["level"]]
            kept = event if form.format == JSON else {k: v for k, v in event.items() if k not in _KEPT_BY_JOURNAL}
            return f"<{priority}>{lines(logger, method, kept)!s}"

        return [prioritised]

"""How events look, and that a log which cannot be written stops nothing."""

from __future__ import annotations

import json
from io import StringIO
from threading import Thread

import pytest

from leakguard.logs import DEBUG, INFO, LEVELS, WARNING, Log
from leakguard.logs.output import CONSOLE, JSON, PRIORITIES, Form, LogWriter
from support.logged import AT


def written(form: Form, stream: StringIO | None = None) -> tuple[Log, StringIO]:
    place, log = stream or StringIO(), Log()
    log.to(LogWriter(place, form, now=lambda: AT, always={"request_id": "0a1b2c3d", "command": "leakguard scan"}))
    return log, place


def test_a_line_of_json_has_time_level_event_and_what_is_bound() -> None:
    log, stream = written(Form(format=JSON))
    with log.bound(run="R-20261124-0a1b2c"):
        log.info("run_started", planned=3)
    log.info("command_ended", exit_code=0)
    first, second = map(json.loads, stream.getvalue().splitlines())

    assert first == {
        "timestamp": "2026-11-24T00:00:00.000000Z", "level": "info", "event": "run_started", "planned": 3,
        "run": "R-20261124-0a1b2c", "request_id": "0a1b2c3d", "command": "leakguard scan",
    }  # fmt: skip
    assert "run" not in second


@pytest.mark.parametrize("level", LEVELS)
def test_what_lies_below_the_level_is_not_written(level: str) -> None:
    log, stream = written(Form(level=level, format=JSON))
    for own in LEVELS:
        getattr(log, own)("run_started")

    assert [json.loads(line)["level"] for line in stream.getvalue().splitlines()] == list(LEVELS[LEVELS.index(level) :])


def test_the_journal_gets_a_priority_and_neither_time_nor_level() -> None:
    log, stream = written(Form(level=DEBUG, is_journal=True))
    for level in LEVELS:
        getattr(log, level)("run_started", planned=1)

    assert stream.getvalue().splitlines() == [
        f'<{PRIORITIES[level]}>event=run_started command="leakguard scan" planned=1 request_id=0a1b2c3d'
        for level in LEVELS
    ]


def test_json_in_the_journal_is_json_behind_its_priority() -> None:
    log, stream = written(Form(format=JSON, is_journal=True))
    log.warning("run_interrupted", count=1)
    priority, document = stream.getvalue()[:3], json.loads(stream.getvalue()[3:])

    assert (priority, document["event"], document["level"]) == ("<4>", "run_interrupted", WARNING)


def test_lines_for_a_person_have_colours_where_they_are_wanted_alone() -> None:
    plain, colourful = (written(Form(format=CONSOLE, has_colours=wanted)) for wanted in (False, True))
    for log, _ in (plain, colourful):
        log.info("run_started", planned=1)

    assert "\x1b" not in plain[1].getvalue()
    assert "\x1b[" in colourful[1].getvalue()
    assert "run_started" in plain[1].getvalue()


def test_a_bound_field_that_the_register_refuses_is_named_once_an_event() -> None:
    log, stream = written(Form(format=JSON))
    with log.bound(run="CANARY of a host"):
        log.info("run_started", planned=3)
    refused, started = map(json.loads, stream.getvalue().splitlines())

    assert (refused["event"], refused["field"], started["event"]) == ("field_refused", "run", "run_started")
    assert "CANARY" not in stream.getvalue()


class FullDisk(StringIO):
    def write(self, _text: str, /) -> int:
        raise OSError(28, "No space left on device")

    def close(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_log_that_cannot_be_written_stops_nothing_and_says_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    writer, log = LogWriter(FullDisk(), Form(), now=lambda: AT, always={}), Log()
    log.to(writer)
    log.info("run_started")
    log.info("run_finished")
    writer.close()

    assert capsys.readouterr().err == "WARNING: the log cannot be written any more: No space left on device\n"


def test_what_one_thread_binds_is_not_in_the_lines_of_another() -> None:
    log, stream = written(Form(format=JSON, level=INFO))
    with log.bound(run="R-20261124-0a1b2c"):
        other = Thread(target=lambda: log.info("run_started"))
        other.start()
        other.join()

    assert "run" not in json.loads(stream.getvalue())


def test_nothing_is_written_and_nothing_is_bound_while_nobody_asked() -> None:
    log = Log()
    with log.bound(run="R-20261124-0a1b2c"):
        log.error("run_started")

    assert not log.is_on


def test_a_log_and_a_standard_error_on_the_same_full_disk_stop_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    writer, log = LogWriter(FullDisk(), Form(), now=lambda: AT, always={}), Log()
    log.to(writer)
    monkeypatch.setattr("sys.stderr", FullDisk())

    log.info("run_started")
    log.info("run_finished")


def test_every_thread_logs_the_command_and_the_request() -> None:
    stream = StringIO()
    log = Log()
    log.to(LogWriter(stream, Form(format=JSON), now=lambda: AT, always={"command": "leakguard scan"}))

    thread = Thread(target=lambda: log.info("run_started"))
    thread.start()
    thread.join()

    assert json.loads(stream.getvalue())["command"] == "leakguard scan"

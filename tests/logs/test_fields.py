"""The one register of what may be logged: what is not in it never reaches a log, and its name alone is told."""

from __future__ import annotations

import ast
import json
import re
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leakguard
from leakguard.errors import StoreUnusable
from leakguard.logs import DEBUG, LEVELS, Log
from leakguard.logs.fields import EVENTS, FIELDS, admitted, shown_name
from leakguard.logs.output import JSON, Form, LogWriter
from support.logged import AT

SOURCE = Path(leakguard.__file__).parent
WORD = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
SENTENCES = (
    "Ana Maria",
    "ana@example.edu",
    "mail-2019.05 of Ana",
    "db.example.edu:27017",
    "a secret",
    "\x1b[31m",
    "ä",
    "a\nb",
)


def logging_calls() -> list[tuple[str, ast.Call]]:
    """Every call of `log.debug` and its like in the source, with its place."""
    texts = {path: path.read_text("utf-8") for path in SOURCE.rglob("*.py") if path.parent.name != "logs"}
    users = {path: ast.parse(text) for path, text in texts.items() if "leakguard.logs import" in text}
    nodes = [(path, node) for path, tree in users.items() for node in ast.walk(tree)]
    return [(f"{path.relative_to(SOURCE)}:{node.lineno}", node) for path, node in nodes if is_logging(node)]  # type: ignore[attr-defined,misc]


def is_logging(node: ast.AST) -> bool:
    function = node.func if isinstance(node, ast.Call) else None
    if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
        return False
    return function.value.id == "log" and function.attr in {*LEVELS, "bound"}


def written(level: str = DEBUG) -> tuple[Log, StringIO]:
    stream, log = StringIO(), Log()
    log.to(LogWriter(stream, Form(level=level, format=JSON), now=lambda: AT, always={}))
    return log, stream


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_every_event_and_field_that_the_source_logs_is_registered() -> None:
    calls = logging_calls()
    texts = [(place, one.args[0]) for place, one in calls if one.args]
    events = [(place, node.value) for place, node in texts if isinstance(node, ast.Constant)]
    unknown = [(place, event) for place, event in events if event not in EVENTS]
    fields = [(place, word.arg) for place, one in calls for word in one.keywords if word.arg is not None]

    assert calls
    assert unknown == []
    assert [(place, name) for place, name in fields if name not in FIELDS] == []
    assert [place for place, node in texts if isinstance(node, ast.JoinedStr)] == []


def test_every_registered_event_is_a_name_and_is_logged_somewhere() -> None:
    source = "".join(path.read_text("utf-8") for path in SOURCE.rglob("*.py") if path.name != "fields.py")
    assert [event for event in EVENTS if not WORD.fullmatch(event)] == []
    assert [event for event in EVENTS if f'"{event}"' not in source] == []
    assert [event for event, text in EVENTS.items() if not text.endswith(".")] == []


def test_a_field_that_is_not_registered_is_dropped_and_its_name_is_told() -> None:
    log, stream = written()
    log.info("run_started", planned=3, address="canary-host.example.edu")  # no field of the register
    refused, kept = lines(stream)

    assert (refused["event"], refused["field"], refused["level"]) == ("field_refused", "address", "warning")
    assert (kept["event"], kept["planned"]) == ("run_started", 3)
    assert "canary" not in stream.getvalue()


@pytest.mark.parametrize("name", [name for name, rule in FIELDS.items() if isinstance(rule, re.Pattern)])
def test_no_field_of_text_takes_words_of_others(name: str) -> None:
    assert [text for text in SENTENCES if admitted(name, text) is not None] == []


def test_a_field_of_another_type_is_refused() -> None:
    wrong = {"planned": "3", "seconds": "1", "is_kept": 1, "exit_code": True, "run": 7, "check_id": b"redis_open"}
    assert {name: admitted(name, value) for name, value in wrong.items()} == dict.fromkeys(wrong)
    assert admitted("seconds", float("nan")) is None
    assert admitted("planned", 2**63) is None
    assert admitted("planned", 2**63 - 1) == 2**63 - 1


def test_a_field_whose_name_is_no_name_is_told_without_it() -> None:
    assert [shown_name(name) for name in ("address", "Canary", "a b", "x" * 41, "")] == ["address", *["unnamed"] * 4]


def test_an_event_that_is_not_registered_is_not_logged() -> None:
    log, stream = written()
    log.error("canary of a sentence")
    (only,) = lines(stream)

    assert (only["event"], only["field"]) == ("field_refused", "event")


def test_an_error_and_its_trace_are_never_fields() -> None:
    log, stream = written()
    error = StoreUnusable("canary in an error", next_step="")
    fields = {"error": type(error).__name__, "exc_info": error, "stack_info": True, "exception": str(error)}
    log.error("store_failed", **fields)  # type: ignore[arg-type]  # what no type checker would let through
    said = stream.getvalue()

    assert "canary" not in said
    assert "Traceback" not in said
    assert lines(stream)[-1]["error"] == "StoreUnusable"


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, "address", "text"]), st.text() | st.integers() | st.floats() | st.booleans()
    )
)
def test_whatever_is_logged_is_one_line_of_registered_fields(fields: dict[str, object]) -> None:
    log, stream = written()
    log.info("run_started", **{name: value for name, value in fields.items() if name != "event"})  # type: ignore[arg-type]
    for one in lines(stream):
        told = {name: value for name, value in one.items() if name not in {"timestamp", "level"}}
        assert {name for name, value in told.items() if admitted(name, value) is None} == set()


def test_a_number_beyond_all_measure_is_refused() -> None:
    assert admitted("seconds", 10**400) is None
    assert admitted("count", 10**400) is None

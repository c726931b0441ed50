"""Remarks on stderr: drawn by rich for a terminal, plain everywhere else, none with `--quiet`."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from leakguard.cli.options import Context


def test_a_log_gets_the_plain_line(capsys: pytest.CaptureFixture[str]) -> None:
    context = Context()

    context.remark("Run R-1: [3] exposed")

    assert capsys.readouterr().err == "Run R-1: [3] exposed\n"
    assert "notes" not in vars(context)


def test_nothing_is_said_when_it_is_to_be_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    Context(quiet=True).remark("Run R-1")

    assert capsys.readouterr().err == ""


def test_a_terminal_gets_what_rich_draws() -> None:
    context = Context()
    context.notes = Console(file=StringIO(), force_terminal=True, highlight=False)

    context.remark("Run R-1")

    assert isinstance(context.notes.file, StringIO)
    assert "Run R-1" in context.notes.file.getvalue()
    assert context.is_watched


def test_what_speaks_for_a_terminal_is_asked_of_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert Context().is_watched


def test_a_context_that_opened_nothing_closes_nothing() -> None:
    context = Context()

    context.close()

    assert "wiring" not in vars(context)

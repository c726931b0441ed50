"""The entry point of the command."""

from __future__ import annotations

import gc
import sys

import pytest

from leakguard.__main__ import COLLECT_AFTER, main


def test_the_command_ends_with_its_exit_code_and_looks_for_garbage_less_often(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = gc.get_threshold()
    monkeypatch.setattr(sys, "argv", ["leakguard", "--version"])
    try:
        with pytest.raises(SystemExit) as ended:
            main()

        assert ended.value.code == 0
        assert gc.get_threshold()[0] == COLLECT_AFTER
        assert "leakguard" in capsys.readouterr().out
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def test_ctrl_c_while_it_is_still_loading_is_an_interruption(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usual = gc.get_threshold()

    def interrupted(_: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("leakguard.cli.main.run", interrupted)
    monkeypatch.setattr(sys, "argv", ["leakguard", "--version"])
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()

    assert ended.value.code == 3
    assert capsys.readouterr().err == "Interrupted.\n"

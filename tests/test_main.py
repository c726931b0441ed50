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


LOADED = (
    "Error: LeakGuard cannot be loaded ({}).\n"
    "Next: Give it more memory or open files (`ulimit -v`, `ulimit -n`), or install it.\n"
)


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (KeyboardInterrupt(), "Interrupted.\n"),
        (MemoryError(), LOADED.format("MemoryError")),
        (OSError(24, "Too many open files"), LOADED.format("OSError")),
        (ImportError("failed to map segment from shared object"), LOADED.format("ImportError")),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_ends_it_while_it_is_still_loading_never_looks_like_an_exposure(
    raised: BaseException, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python itself ends with 1 behind a trace."""
    usual = gc.get_threshold()

    def interrupted(_: list[str]) -> int:
        raise raised

    monkeypatch.setattr("leakguard.cli.main.run", interrupted)
    monkeypatch.setattr(sys, "argv", ["leakguard", "--version"])
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()

    assert ended.value.code == 3
    assert capsys.readouterr().err == said

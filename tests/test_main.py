"""The entry point of the command."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from pathlib import Path

import pytest

from leakguard.__main__ import COLLECT_AFTER, main

ROOT = Path(__file__).parent.parent
FACTS = ROOT / "templates" / "examples" / "university-2019.yaml"
SCRIPT = "from leakguard.__main__ import main\nif __name__ == '__main__':\n    main()\n"
"""What an installed command is: unlike `python -m`, it never looks for modules in the folder where it is begun."""


def test_no_process_of_ours_takes_code_out_of_the_folder_in_which_somebody_works(tmp_path: Path) -> None:
    """Others may write there, as into a folder that a whole team shares."""
    script, shared = tmp_path / "leakguard", tmp_path / "shared"
    script.write_text(SCRIPT, encoding="utf-8")
    shared.mkdir()
    (shared / "multiprocessing.py").write_text("open('planted', 'w').close()\n", encoding="utf-8")
    rows = [f"p{number},N,en,contact.email,a@b.example,DE\n" for number in range(4)]
    (shared / "people.csv").write_text("id,name,language,data,email,jurisdiction\n" + "".join(rows), encoding="utf-8")
    words = ["notice", "letters", str(FACTS), "--duty", "eu-gdpr-34-individuals", "--recipients", "people.csv"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("PYTHONSAFEPATH", None)

    ran = subprocess.run(
        [sys.executable, str(script), *words, "-o", "out", "--workers", "2"], cwd=shared, env=environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert (ran.returncode, (shared / "planted").exists()) == (0, False), ran.stderr
    assert (shared / "out" / "manifest.jsonl").is_file()


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

"""A process that answers many calls holds nothing of a call that ended, without the help of the garbage collector."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

from leakguard.bundled import compiled_forms
from leakguard.bundled.compiled_forms import FoldersWithForms
from leakguard.cli.main import run
from leakguard.cli.options import Context
from leakguard.clocks import public_days
from leakguard.notices import country_names

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

EVENTS = """\
zone: Asia/Shanghai
events: [{id: e1, kind: discovery, occurred_at: "2026-05-23T22:00"}]
clocks: []
"""


def test_what_a_command_read_of_the_data_folders_is_let_go_when_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[weakref.ref[FoldersWithForms]] = []

    class Watched(FoldersWithForms):
        def __init__(self, root: Path | None = None, *, cache: Path | None, **own: Path | None) -> None:
            super().__init__(root, cache=cache, **own)
            made.append(weakref.ref(self))

    monkeypatch.setattr(compiled_forms, "FoldersWithForms", Watched)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "leakguard.toml").write_text("drill = true\n")
    (tmp_path / "events.yaml").write_text(EVENTS)
    gc.collect()
    gc.disable()
    try:
        for words in (("incident", "open", "--from", "events.yaml"), ("incident", "show", "IR-2026-0001")):
            assert run(["--now", "2026-05-24T09:00+08:00", *words], Context()) == 0
        public_days.CACHE.rest_on(lambda: None)
        country_names.CACHE.rest_on(lambda: None)
        left = [one for one in made if one() is not None]
    finally:
        gc.enable()

    assert made
    assert not left
    capsys.readouterr()

"""A merge of letters that is killed goes on to the same bytes."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.merging import CANARY, contents, letters_in, people
from support.notices import GDPR_34, complete, to_text

pytestmark = pytest.mark.long

NOW = "2026-06-12T12:00+08:00"


MANY = 400


def test_a_merge_that_was_killed_goes_on_to_the_same_bytes(tmp_path: Path) -> None:
    """A real SIGKILL while two processes write; one process makes the rest."""
    (tmp_path / "facts.yaml").write_text(to_text(complete()), encoding="utf-8")
    (tmp_path / "people.csv").write_bytes(people(MANY))
    words = [sys.executable, "-m", "leakguard", "-q", "notice", "letters", "facts.yaml", "--duty", GDPR_34]
    words += ["--recipients", "people.csv", "--as", "html", "--now", NOW]
    victim = subprocess.Popen([*words, "-o", "a", "--workers", "2"], cwd=tmp_path, stdout=subprocess.PIPE)
    journal = tmp_path / "a" / ".manifest.jsonl.part"
    while victim.poll() is None and not (journal.exists() and journal.stat().st_size > 5_000):
        time.sleep(0.005)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    was_killed = journal.exists()

    for folder in ("a", "b"):
        done = subprocess.run([*words, "-o", folder, "--workers", "1"], cwd=tmp_path, capture_output=True, check=True)
        assert CANARY.encode() not in done.stdout + done.stderr

    assert was_killed
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert len(letters_in(tmp_path / "a")) == MANY

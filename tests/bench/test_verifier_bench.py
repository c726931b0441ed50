"""How long the stand-alone verifier takes for a bundle of 10,000 entries, as a process of its own.

Nothing here fails because a machine is slow: a line is printed for a person to read.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from support.bundles import KEY, PROGRAM, Book, bundle_of, zip_of
from support.ledgers import make_record

ENTRIES = 10_000
BUDGET = 2.0
"""Seconds."""
WORDS = {"fields": {"obligation": "eu-gdpr-33-authority"}, "source": "a mail of a researcher", "reason": "because " * 9}


def test_ten_thousand_entries(tmp_path: Path) -> None:
    book = Book()
    book.add(*[make_record("note", {**WORDS, "n": number}) for number in range(ENTRIES)])
    bundle = tmp_path / "bundle.zip"
    bundle.write_bytes(zip_of(bundle_of(book, attachments=())))
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-I", str(PROGRAM), str(bundle), "--key", KEY.public.text], capture_output=True, check=False
    )
    seconds = time.monotonic() - started

    print(f"\n{ENTRIES:,} entries, {bundle.stat().st_size:,} bytes: {seconds:.2f} s (budget {BUDGET:g} s)")  # noqa: T201  (for a person)
    assert done.returncode == 0

"""A scan of one host is over before the heavy libraries would be loaded, so it loads none of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from support.sweeping import closed_ports

HEAVY = ("pydantic", "rich", "sqlalchemy", "jinja2", "cryptography", "requests", "boto3", "leakguard.models.letters")
SCOPE = """
scope: one host
owner: {organisation: E, contact: s@example.edu, approved_by: C, approved_at: 2020-01-01}
valid: {from: 2020-01-01, until: 2100-01-01}
include: [127.0.0.0/8]
limits: {total: 1000/s, per_host: 1000/s}
"""
PROGRAM = f"""
import sys
from leakguard.cli.main import run
code = run(sys.argv[1:])
print(code, [name for name in {HEAVY!r} if name in sys.modules])
"""


def test_a_scan_loads_neither_shapes_nor_tables(tmp_path: Path) -> None:
    (tmp_path / "scope.yaml").write_text(SCOPE, encoding="utf-8")
    with closed_ports(1) as (port,):
        command = ["scan", f"127.0.0.1:{port}", "--checks", "elasticsearch_open", "--format", "jsonl"]
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, *command], cwd=tmp_path, capture_output=True, text=True, check=True,
            timeout=60, env={**os.environ},  # without the width that readline hides in it
        )  # fmt: skip

    assert done.stdout.splitlines()[-1] == "0 []"
    assert "1 closed = 1 endpoint" in done.stderr

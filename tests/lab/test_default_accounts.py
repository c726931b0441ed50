"""By the owner's leave, a product's own administrative account is asked once: seen in the servers' own logs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from lab.conftest import contents_to_oneself, had, leakguard, write_scope
from lab.model import CANARY, Lab, Server

pytestmark = [pytest.mark.untraced, pytest.mark.lab, pytest.mark.timeout(1000)]

LEAVE = {"allowed_by": "Jane Roe", "allowed_at": "2026-01-01", "until": "2099-12-31"}
TRIES: Mapping[str, str] = {
    "mariadb-root-open": "for user 'root'",
    "mariadb-protected": "for user 'root'",
    "postgresql-one-open": "connection authorized: user=postgres",
    "postgresql-protected": "connection authorized: user=postgres",
}
"""What the log says of a login of that account that ends: MariaDB of one refused, PostgreSQL of one let in."""
LOGGED = {"mariadb-root-open": 0, "mariadb-protected": 1, "postgresql-one-open": 1, "postgresql-protected": 0}


@pytest.mark.parametrize("name", TRIES)
def test_an_own_account_is_asked_once_by_leave_and_never_without(lab: Lab, tmp_path: Path, name: str) -> None:
    server = had(lab, name)
    log = Path(lab.folder) / name / "log"

    with contents_to_oneself():
        at_first = log.read_text(encoding="utf-8").count(TRIES[name])
        without = _scanned(tmp_path / "without", lab, server)
        between = log.read_text(encoding="utf-8").count(TRIES[name])
        by_leave = _scanned(tmp_path / "by-leave", lab, server, default_accounts=LEAVE)
        at_last = log.read_text(encoding="utf-8").count(TRIES[name])

    assert (without["reason_code"], "default_accounts" in without) == ("accounts_not_tried", False)
    assert by_leave["outcome"] == ("exposed" if server.form == "open" else "not_exposed")
    assert by_leave["default_accounts"] == LEAVE
    assert (between - at_first, at_last - between) == (0, LOGGED[name])


def _scanned(folder: Path, lab: Lab, server: Server, **further: object) -> dict[str, Any]:
    """The one finding about it."""
    folder.mkdir()
    write_scope(folder, lab, **further)
    done = leakguard(folder, "scan", server.target, "--scope", "scope.yaml", "--format", "jsonl")
    assert CANARY not in done.stdout + done.stderr
    [found] = [json.loads(line) for line in done.stdout.splitlines()]
    said = leakguard(folder, "scan", "show", found["run"], "--format", "json").stdout
    assert json.loads(said).get("default_accounts") == further.get("default_accounts")
    return dict(found)

"""The units that pages show are those of the Debian package, less what takes rights away."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from making.deb import SOURCE
from making.places import ROOT

pytestmark = pytest.mark.untraced

PAGES = {
    "docs/how-to/run-the-watchman-as-a-service.md": "leakguard-watchman.service",
    "docs/zh/how-to/run-the-watchman-as-a-service.md": "leakguard-watchman.service",
    "docs/how-to/scan-with-a-fleet.md": "leakguard-worker@.service",
    "docs/zh/how-to/scan-with-a-fleet.md": "leakguard-worker@.service",
}
SECRETS = "/etc/leakguard/secrets.env"


def shown_in(page: str) -> list[str]:
    """The lines of the unit that the page shows whole, without remarks."""
    (block,) = re.findall(
        r"```ini\n# /etc/systemd/system/(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL
    )
    return [line for line in block.splitlines()[1:] if line and not line.startswith("#")]


@pytest.mark.parametrize("page", PAGES)
def test_a_unit_on_a_page_has_the_lines_of_the_package(page: str) -> None:
    shown = shown_in(page)

    assert [line for line in shown if line not in (SOURCE / PAGES[page]).read_text(encoding="utf-8").splitlines()] == []
    assert {"User=leakguard", f"EnvironmentFile=-{SECRETS}"} <= set(shown)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_the_files_and_units_that_the_package_has(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"/etc/leakguard/[\w.-]+", text)) - {"/etc/leakguard/fleet.key"}

    assert named <= {SECRETS, "/etc/leakguard/leakguard.toml"}
    assert SECRETS in named
    there = {path.name for path in SOURCE.iterdir()}
    called = re.findall(r"systemctl (?:enable --now|edit) (leakguard-[\w@-]+)", text)
    assert called
    assert [one for one in called if f"{re.sub('@.*', '@', one)}.service" not in there] == []


def test_every_service_reads_the_secrets_that_the_settings_speak_of() -> None:
    assert SECRETS in (SOURCE / "leakguard.toml").read_text(encoding="utf-8")
    services: list[Path] = sorted(SOURCE.glob("*.service"))

    assert services
    for path in services:
        assert f"EnvironmentFile=-{SECRETS}" in path.read_text(encoding="utf-8"), path.name

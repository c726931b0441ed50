"""What the reference lists follows from the registers of the code, so that nothing new goes without a line."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from leakguard.alerts.settings import CHANNEL_KINDS, EscalationTable, Level, Quiet, WatchmanTable
from leakguard.bundled import FOLDERS, BundledFiles
from leakguard.cli.scan.printing import FORMATS
from leakguard.clocks.rules import Amount, ClockRule
from leakguard.clocks.verdicts import State
from leakguard.errors import ExitCode
from leakguard.files.light_shapes import LightShape
from leakguard.files.shapes import Shape
from leakguard.frozen import names_of
from leakguard.models.alerts import Severity
from leakguard.models.findings import Access, DecoyVerdict, Finding, Outcome, ReasonCode, Verdict
from leakguard.models.fleet_settings import FleetSettings
from leakguard.models.mutes import Mute
from leakguard.models.report_settings import FormSettings, ReportSettings
from leakguard.models.scan_state import STANDINGS
from leakguard.models.web_settings import Provider, WebSettings
from leakguard.playbooks.definitions import parse_playbook
from leakguard.scanning.diff import ChangeKind
from leakguard.scanning.scope.shape import ScopeShape
from leakguard.settings import Settings
from rules.docs_parts import DOCS, ROOT, shipped_forms

pytestmark = pytest.mark.untraced

NOT_IN_A_FILE = {
    "country_by",
    "laws_by",
    "passed_over",
    "store_by",
    "stated_watch",
    "stated_fleet",
    "stated_web",
    "stated_reports",
}
"""Fields of the settings that a file states under no name, or under that of a table."""
OF_LETTERS = {"law", "title", "text", "source_url", "verified_on", "soft", "note", "id", "target", "schedule"}
"""Fields of a clock that only name it or say what it rests on."""
IN_JSON_AS = {"data": "categories", "finding": "id"}
"""Fields of a finding that its JSON has under other names, which the page explains."""


def keys_in_order(shape: type[Shape | LightShape]) -> list[str]:
    """The names of a table or a mapping as a file writes them."""
    return [field.alias or name for name, field in shape.model_fields.items()]


def keys(shape: type[Shape | LightShape]) -> set[str]:
    """As `keys_in_order`."""
    return set(keys_in_order(shape))


def bundled_playbooks() -> Iterable[str]:
    bundled = BundledFiles(ROOT)
    texts = {name: bundled.text("playbooks", name) for name in bundled.names("playbooks") if name.endswith(".yaml")}
    return [parse_playbook(text, name=name).playbook for name, text in texts.items()]


REGISTERS: list[tuple[str, str, Iterable[object]]] = [
    ("the settings", "reference/settings.md", set(names_of(Settings)) - NOT_IN_A_FILE),
    ("the kinds of channels", "reference/settings.md", CHANNEL_KINDS),
    ("their settings", "reference/settings.md", {key for shape in CHANNEL_KINDS.values() for key in keys(shape)}),
    ("the escalation", "reference/settings.md", keys(EscalationTable)),
    ("the watchman", "reference/settings.md", keys(WatchmanTable)),
    ("the fleet", "reference/settings.md", names_of(FleetSettings)),
    ("the web server", "reference/settings.md", {*names_of(WebSettings), *names_of(Provider)} - {"oidc"}),
    ("the reports", "reference/settings.md", {*names_of(ReportSettings)} - {"form"}),
    ("the public form", "reference/settings.md", names_of(FormSettings)),
    ("the severities of alerts", "reference/settings.md", Severity),
    ("the scope", "reference/scope-file.md", keys(ScopeShape) - {"owner", "valid"}),
    ("the mute list", "reference/files.md", [*names_of(Mute)]),
    ("the folders of data", "reference/files.md", [f"{folder}/" for folder in FOLDERS]),
    ("the formats of a scan", "reference/output-formats.md", FORMATS),
    ("the states of endpoints", "reference/output-formats.md", STANDINGS),
    ("the outcomes", "reference/output-formats.md", Outcome),
    ("the kinds of access", "reference/output-formats.md", Access),
    ("the verdicts on decoys", "reference/output-formats.md", DecoyVerdict),
    ("the reason codes", "reference/output-formats.md", ReasonCode),
    ("the states of clocks", "reference/output-formats.md", State),
    ("the fields of a finding", "reference/output-formats.md", {*names_of(Finding)} - {"verdict"}),
    ("the fields of a verdict", "reference/output-formats.md", {IN_JSON_AS.get(n, n) for n in names_of(Verdict)}),
    ("the changes", "how-to/watch-for-changes.md", set(ChangeKind) - {ChangeKind.SAME}),
    ("the changes in Chinese", "zh/how-to/watch-for-changes.md", set(ChangeKind) - {ChangeKind.SAME}),
    ("the parts of a clock", "explanation/how-clocks-are-computed.md", keys(ClockRule) - OF_LETTERS),
    ("the units of an amount", "explanation/how-clocks-are-computed.md", keys(Amount)),
    ("the playbooks", "how-to/run-a-response.md", bundled_playbooks()),
    ("the playbooks in Chinese", "zh/how-to/run-a-response.md", bundled_playbooks()),
]


@pytest.mark.parametrize(("page", "names"), [row[1:] for row in REGISTERS], ids=[row[0] for row in REGISTERS])
def test_the_reference_has_a_line_for_everything_in_the_register(page: str, names: Iterable[object]) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    listed = [str(name) for name in names]

    assert listed
    assert [name for name in listed if f"`{name}" not in text] == []


def test_the_chinese_page_has_a_row_for_each_secret_and_backend_that_the_english_one_generates() -> None:
    text = (DOCS / "zh" / "how-to" / "read-what-your-pages-ship.md").read_text(encoding="utf-8")
    forms = shipped_forms()
    listed = [*(one.id for one in forms.secrets), *(one.id for one in forms.backends)]

    assert listed
    assert [one for one in listed if f"\n| `{one}` | " not in text] == []


def test_the_page_of_commands_explains_every_exit_code() -> None:
    text = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")

    assert [code.name for code in ExitCode if f"\n| {int(code)} | " not in text] == []


def test_the_settings_page_names_the_fields_of_levels_and_quiet_hours() -> None:
    text = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")

    for shape in (Level, Quiet):
        assert f"{{{', '.join(keys_in_order(shape))}}}" in text

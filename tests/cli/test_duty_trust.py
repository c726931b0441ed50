"""What rules rest on, who reviewed them and what a release changed, from the command line."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from leakguard.clocks.rules import Amount
from leakguard.notices.changes import DutyChange
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE
from leakguard.use_cases.letters.changed_duties import AffectedDuty, changed_duties
from support.commands import CommandLine, command_line
from support.ledgers import FakeClock, Tokens
from support.notices import GDPR_33, book, complete, to_text

INCIDENT = "IR-2026-0001"
NOW = datetime(2026, 6, 12, 4, tzinfo=UTC)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return command_line(tmp_path, monkeypatch, capsys)


@pytest.fixture
def reviewed(run: CommandLine) -> CommandLine:
    """The settings name a folder in which a lawyer's review stands."""
    folder = run.folder / "own-duties"
    folder.mkdir()
    review = f"reviews: [{{duty: {GDPR_33}, by: 'Dr. A. Weber, counsel', on: 2026-01-02}}]\n"
    (folder / "reviews.yaml").write_text(review, encoding="utf-8")
    settings = run.folder / "leakguard.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'duties = "own-duties"\n', encoding="utf-8")
    return run


def test_the_sources_are_ranked_and_counted_and_weak_ground_is_no_failure(run: CommandLine) -> None:
    every = run("duties", "sources", "--format", "json")
    weak = run("duties", "sources", "--weak", "--format", "json").document

    assert every.code == 0
    assert len(every.document["duties"]) == every.document["counts"]["duties"] == len(book().duties)
    assert weak["counts"] == every.document["counts"]
    assert 0 < len(weak["duties"]) == weak["counts"]["weak"] < len(book().duties)
    assert all(row["weak"] for row in weak["duties"])
    from_memory = ["deadline_from_memory" in row["weak"] for row in every.document["duties"] if row["weak"]]
    assert from_memory[0] is True
    text = run("duties", "sources", "--weak").out
    assert "WEAK BECAUSE" in text
    assert "by kind of source" in text


def test_a_review_shows_in_the_duty_and_in_the_assessment(reviewed: CommandLine) -> None:
    shown = reviewed("duties", "show", GDPR_33).out
    (reviewed.folder / "facts.yaml").write_text(to_text(complete()), encoding="utf-8")
    assess = ("notice", "assess", "facts.yaml", "--now", "2026-06-12T04:00Z")
    found = {row["duty"]: row for row in reviewed(*assess, "--format", "json").document["assessments"]}

    assert "# reviewed by Dr. A. Weber, counsel on 2026-01-02" in shown
    assert "after that review" in shown
    assert found[GDPR_33]["reviewed"]["older_than_rule"] is True
    assert found["eu-gdpr-34-individuals"]["reviewed"] is None
    assert reviewed("duties", "lint").out.count("own/reviews.yaml") == 0


def test_a_review_of_a_duty_that_nobody_knows_is_named_by_lint(reviewed: CommandLine) -> None:
    path = reviewed.folder / "own-duties" / "reviews.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(GDPR_33, "eu-gdpr-33-autority"), encoding="utf-8")
    ran = reviewed("duties", "lint")

    assert ran.code == 1
    assert "own/reviews.yaml" in ran.out
    assert "did you mean `eu-gdpr-33-authority`" in ran.out
    assert reviewed("duties", "list").code == 2


def test_the_changes_of_a_release_are_told_without_a_store(run: CommandLine) -> None:
    ran = run("duties", "changes")

    assert ran.code == 0
    assert "no store, so no incident was checked" in ran.out
    assert "cannot tell" in ran.out
    assert run("duties", "changes", "--since", "2999-01-01").out.startswith("no change of a duty since then")
    assert run("duties", "changes", "--since", "soon").code == 2
    assert run("duties", "changes", "--incident", INCIDENT).code == 3


def test_an_open_incident_is_named_by_the_change_that_touches_it(run: CommandLine) -> None:
    assert run("incident", "open", "--title", "Mail log open").code == 0
    told = run("duties", "changes", "--since", "2026-11-30", "--format", "json")
    found = {one["duty"]: one for one in told.document["changes"]}

    legs = {case["duty"] for case in found["id-pdp-46"]["incidents"]}
    assert legs in ({"id-pdp-46-individuals", "id-pdp-46-agency"}, set())
    assert all(case["incident"] == INCIDENT for one in found.values() for case in one["incidents"])
    assert any(one["incidents"] for one in found.values())
    assert run("duties", "changes", "--incident", "IR-2026-0009").code == 2


def affected(run: CommandLine, before: str) -> tuple[AffectedDuty, ...]:
    """What it means for the incidents of the store that the first report under the GDPR had the time `before`."""
    change = DutyChange(
        release="0.2.0", on=date(2026, 12, 1), duty=GDPR_33, parts=("deadline",), en="More time.", zh="时限延长。",
        before={"initial": Amount(elapsed=before)},
    )  # fmt: skip
    with closing(SqlStore.open(str(run.folder / "leakguard.db"), now=FakeClock(), token=Tokens())) as store:
        (found,) = changed_duties(book(), [change], store, reach=EVERYWHERE, now=NOW)
    return found.affected


def test_a_limit_that_moved_is_told_with_both_moments(run: CommandLine) -> None:
    assert run("incident", "open", "--title", "Mail log open").code == 0
    (waiting,) = affected(run, "PT24H")
    assert run("incident", "event", INCIDENT, "awareness", "--at", "2026-05-24T00:55Z").code == 0
    (moved,), (same,) = affected(run, "PT24H"), affected(run, "PT72H")

    assert (waiting.limits[0].before, waiting.limits[0].now) == (None, None)
    assert moved.limits[0].before == datetime(2026, 5, 25, 0, 55, tzinfo=UTC)
    assert moved.limits[0].now == datetime(2026, 5, 27, 0, 55, tzinfo=UTC)
    assert (moved.limits[0].has_moved, same.limits[0].has_moved) == (True, False)


def test_a_closed_incident_is_not_looked_at(run: CommandLine) -> None:
    assert run("incident", "open", "--title", "Mail log open").code == 0
    areas = ("playbook", "steps", "clocks", "duties", "letters", "review")
    despite = [word for area in areas for word in ("--despite", area)]
    closed = run("incident", "close", INCIDENT, *despite, "--by", "Ada Lovelace", "--reason", "a test", "--laws", "all")

    assert closed.code == 0, closed.err
    assert affected(run, "PT24H") == ()


def test_a_limit_of_no_days_is_told_as_the_same_day_and_never_as_no_hours(run: CommandLine) -> None:
    """`0 h` reads as if the law gave no time, or a slip of the data."""
    rows = run("duties", "sources", "--format", "json").document["duties"]
    told = {row["id"]: row["limit"] for row in rows}
    zero = {
        duty.id
        for duty in book().duties
        if any(limb.amount.calendar == "P0D" for phase in duty.phases for limb in phase.clock.limbs)
    }

    assert zero
    assert {told[name] for name in zero} == {"the same day"}
    assert not [limit for limit in told.values() if limit.startswith("0")]
    assert told["eu-gdpr-33-authority"] == "72 h"

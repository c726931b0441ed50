"""The report of checked apps, in English and in Chinese: its first sentence, and what is not listed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from apps.rules_that_ship import rules
from leakguard.apps.judging import judge_app
from leakguard.apps.values import AppFacts, DeclaredPermission, UnreadPart
from leakguard.models.shipped import ShippedFindings, ShippedSecret
from leakguard.outputs.app_paper import apps_paper
from leakguard.outputs.app_paper_zh import apps_paper_zh
from leakguard.reports.paper import Paper, Paragraph
from leakguard.use_cases.apps.check_apps import CheckedApp, CheckedApps
from support.each import for_each

SECRET = ShippedFindings(secrets=(ShippedSecret(kind="aws_access_key", where="classes.dex", line=3),))
CAMERA = (DeclaredPermission(name="android.permission.CAMERA"),)
SMS = (DeclaredPermission(name="android.permission.READ_SMS"),)
UNREAD = (UnreadPart(part="classes.dex", why="it is packed", concerns=("secrets",)),)


def app(**facts: Any) -> CheckedApp:  # noqa: ANN401  (whatever a package says)
    category = rules().categories["photo"]
    stated = AppFacts(**{"kind": "apk", "package": "cn.example.photo", **facts})
    return CheckedApp(file="photo.apk", category=category, verdict=judge_app(stated, category, rules()))


def papers(*apps: CheckedApp) -> tuple[Paper, Paper]:
    checked = CheckedApps(apps=apps, rules=rules())
    moment = datetime(2026, 12, 1, tzinfo=UTC)
    return (
        apps_paper(checked, made_at=moment, is_drill=False), apps_paper_zh(checked, made_at=moment, is_drill=False),
    )  # fmt: skip


def firsts(*apps: CheckedApp) -> list[tuple[str, str]]:
    """The first sentence and its tone, in both languages."""
    found = [paper.sections[0].blocks[0] for paper in papers(*apps)]
    return [(block.text, block.tone) for block in found if isinstance(block, Paragraph)]


def test_an_app_that_ships_a_secret_is_not_green() -> None:
    assert firsts(app(shipped=SECRET)) == [
        ("0 of 1 app ask for more than the category needs; 1 app has something else to correct.", "bad"),
        ("1款App中有0款索取的权限超出类别所需；另有1款存在其他须改正的问题。", "bad"),
    ]


def test_an_app_that_is_granted_all_at_the_install_is_not_green() -> None:
    assert [tone for _, tone in firsts(app(permissions=CAMERA, target_sdk=22))] == ["bad", "bad"]


def test_an_app_that_asks_for_more_is_counted_once() -> None:
    assert firsts(app(permissions=SMS, shipped=SECRET), app()) == [
        ("1 of 2 apps asks for more than the category needs.", "bad"),
        ("2款App中有1款索取的权限超出类别所需。", "bad"),
    ]


@for_each("facts,tone", [({}, "good"), ({"unread": UNREAD}, "risk")], ids=["whole", "in part"])
def test_green_is_what_was_checked_in_full(facts: dict[str, Any], tone: str) -> None:
    assert [shown for _, shown in firsts(app(permissions=CAMERA, target_sdk=35, **facts))] == [tone, tone]


def test_what_a_package_ships_beyond_the_caps_is_told_in_both_languages() -> None:
    shipped = ShippedFindings(secrets=SECRET.secrets, unread_hosts=("cdn.example.edu",), left_out=40)
    english, chinese = (
        [block.text for block in paper.sections[1].blocks if isinstance(block, Paragraph)]
        for paper in papers(app(shipped=shipped))
    )

    assert "40 more were found and are not listed." in english
    assert "另有40项发现未列出。" in chinese
    assert "Did not read scripts on cdn.example.edu." in english
    assert "未读取其脚本的主机：cdn.example.edu。" in chinese

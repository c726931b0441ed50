"""Words about apps that several outputs share."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.apps.definitions import AppRules, Category, Confidence, Group, Need
from leakguard.apps.judging import AppSign, AppVerdict, SignKind
from leakguard.errors import ExitCode
from leakguard.models.texts import counted
from leakguard.outputs.words import printable
from leakguard.use_cases.apps.check_apps import CheckedApp, CheckedApps

KINDS = {"apk": "Android app (APK)", "aab": "Android App Bundle", "ipa": "iOS app (IPA)"}
NEEDS = {
    Need.UNRELATED: "Unrelated to the category",
    Need.EXPLAINABLE: "Explainable: must be optional, and asked for when its function is used",
    Need.NEEDED: "Needed for the category",
    Need.NO_INFORMATION: "Leads to no personal information",
}
SURE: dict[Confidence, str] = {
    "sourced": "read in the text", "secondary": "read in copies of the text",
    "from-memory": "from memory: check it against the official text", "inference": "our own inference",
}  # fmt: skip
SPEAKS = {"part": "in part", "hint": "hints alone", "nothing": "nothing"}
_SIGNS = {
    SignKind.GRANTED_AT_INSTALL: "Made for API {where}: below 23 Android grants everything when the app is installed",
    SignKind.EMPTY_PURPOSE: "Names no purpose before it asks: {where}",
    SignKind.SECRET_SHIPPED: "Ships a secret to everybody who installs it: {where}",
    SignKind.TRACKING: "States that it tracks people across apps: {where}",
    SignKind.NEARBY_MAY_LOCATE: "May learn the location by what is nearby (no neverForLocation): {where}",
    SignKind.NEVER_GRANTED: "Declared for versions of Android on which the app does not run, so not counted: {where}",
}
MOST_NAMED = 12


def title_of(app: CheckedApp) -> str:
    """`jobs.apk: Android app (APK) cn.example.jobs 8.1`; of what was refused the file alone."""
    if app.verdict is None:
        return printable(app.file)
    facts = app.verdict.facts
    level = f", made for API {facts.target_sdk}" if facts.target_sdk is not None else ""
    return (
        f"{printable(app.file)}: {KINDS[facts.kind]} {printable(facts.package)} {printable(facts.version)}".rstrip()
        + level
    )


def category_words(category: Category) -> str:
    """`Recruiting 求职招聘 (11)`."""
    return f"{category.words.en} {category.words.zh} ({category.number})"


def necessary_words(category: Category) -> str:
    """What the category needs, and how sure that is."""
    named = "; ".join(each.en for each in category.necessary) or "none"
    return f"{named} [{SURE[category.confidence]}]"


def permission_words(by: tuple[str, ...]) -> str:
    """The names without what all of them begin with."""
    return listed(tuple(name.removeprefix("android.permission.") for name in by))


def listed(names: tuple[str, ...], *, most: int = MOST_NAMED) -> str:
    """Names that a package states, made harmless, the first of them."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(printable(name) for name in names[:most]) + more


def sign_words(sign: AppSign) -> str:
    """One sentence."""
    return _SIGNS[sign.kind].format(where=listed(sign.where))


def library_words(verdict: AppVerdict, rules: AppRules) -> tuple[str, ...]:
    """`Umeng+ (statistics of use)`."""
    return tuple(f"{rules.sdks[sdk.id].title} ({rules.sdks[sdk.id].purpose.en})" for sdk in verdict.facts.sdks)


def group_words(group: Group) -> str:
    """`4 in part: collection that ...: permissions and keys ...`."""
    return f"{group.number} {group.words.en}: {SPEAKS[group.speaks]}; {group.what.en}"


def sum_words(checked: CheckedApps) -> str:
    """`1 of 3 apps asks for more than the category needs; 1 app has something else to correct; 1 was not checked`."""
    count = len(checked.read)
    more = checked.asking_for_more
    sentence = f"{more:,} of {counted(count, 'app')} {'asks' if more == 1 else 'ask'} for more than the category needs"
    return "; ".join((sentence, *_rest(checked)))


def tone_of(checked: CheckedApps) -> str:
    """How a report shows the sum: good only where all was checked and nothing has to be corrected."""
    return {ExitCode.EXPOSED: "bad", ExitCode.CLEAN: "good"}.get(checked.exit_code, "risk")


def _rest(checked: CheckedApps) -> Iterator[str]:
    refused = len(checked.apps) - len(checked.read)
    partly = sum(not app.is_whole for app in checked.apps) - refused
    if checked.wrong_otherwise:
        yield f"{counted(checked.wrong_otherwise, 'app has', 'apps have')} something else to correct"
    if refused:
        yield f"{counted(refused, 'file was', 'files were')} not checked"
    if partly:
        yield f"{counted(partly, 'app was', 'apps were')} checked in part"

"""Checks packages against their categories; what cannot be read is kept as not checked, with the reason."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence

from leakguard.apps.definitions import FOLDER, AppRules, Category
from leakguard.apps.judging import AppVerdict, judge_app
from leakguard.apps.package import read_package
from leakguard.apps.reading import FILES, parse_rules
from leakguard.apps.unread import CannotRead
from leakguard.errors import BadFile, ExitCode, Problem, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.files.opening import open_file, read_bytes, read_text
from leakguard.frozen import Frozen
from leakguard.ports import DataFolders
from leakguard.shipped.reader import ShippedReader

MOST_BYTES = 512 << 20
"""Of one package, which is held in memory."""
MOST_LIST = 1 << 20
"""Bytes of a list of packages."""
_COLUMNS = ["file", "category"]
_ALL_APPS = "List them: leakguard app categories"


class AppToCheck(Frozen):
    """A package to be checked, and the category that it is held to."""

    file: str
    category: Category


class CheckedApp(Frozen):
    """What came of one package."""

    file: str
    category: Category
    sha256: str = ""
    verdict: AppVerdict | None = None
    refused: str = ""
    """Why nothing of it could be read; empty where there is a verdict."""

    @property
    def is_whole(self) -> bool:
        """Whether everything in it was read."""
        return self.verdict is not None and not self.verdict.facts.unread


class CheckedApps(Frozen):
    """What came of all packages, in the order in which they were named."""

    apps: tuple[CheckedApp, ...]
    rules: AppRules

    @property
    def read(self) -> tuple[AppVerdict, ...]:
        """The verdicts there are."""
        return tuple(app.verdict for app in self.apps if app.verdict is not None)

    @property
    def asking_for_more(self) -> int:
        """How many ask for something that their category has nothing to do with."""
        return sum(verdict.asks_for_more for verdict in self.read)

    @property
    def wrong_otherwise(self) -> int:
        """How many ask for no more than they need, and have something else to correct."""
        return sum(verdict.is_problem and not verdict.asks_for_more for verdict in self.read)

    @property
    def exit_code(self) -> ExitCode:
        """Something to correct beats not checked, and that beats clean; where no file is a package, it is wrong use."""
        if not self.read:
            return ExitCode.USAGE
        if any(verdict.is_problem for verdict in self.read):
            return ExitCode.EXPOSED
        return ExitCode.CLEAN if all(app.is_whole for app in self.apps) else ExitCode.UNFINISHED


def load_app_rules(folders: DataFolders) -> AppRules:
    """The rules that ship; raises `BadFile` where they were changed and are broken."""
    return parse_rules({name: folders.text(FOLDER, name) for name in FILES})


def category_named(name: str, rules: AppRules) -> Category:
    """By its id, its number, or its name in English or Chinese; raises `UsageProblem`, which names the nearest."""
    wanted = name.strip().lower().replace("-", "_").removesuffix("类")
    for category in rules.categories.values():
        if wanted in {category.id, str(category.number), category.words.zh, category.words.en.lower()}:
            return category
    near = nearest_name(wanted, list(rules.categories))
    meant = f"Did you mean `{near}`? " if near else ""
    raise UsageProblem(f"there is no category `{name[:60]}`", next_step=f"{meant}{_ALL_APPS}")


def wanted_apps(
    files: Sequence[str], category: str | None, batch: str | None, rules: AppRules
) -> tuple[AppToCheck, ...]:
    """What the command line and its list name; raises `UsageProblem`, and `BadFile` for a file that is not there."""
    wanted = list(_listed(batch, rules)) if batch is not None else []
    if files and category is None:
        raise UsageProblem("no category is named", next_step=f"Name one with --category. {_ALL_APPS}")
    if category is not None:
        chosen = category_named(category, rules)
        wanted += [AppToCheck(file=file, category=chosen) for file in files]
    if not wanted:
        raise UsageProblem(
            "no package is named", next_step="Name one: leakguard app check app.apk --category recruiting"
        )
    for each in wanted:
        open_file(each.file).close()
    return tuple(wanted)


def _listed(batch: str, rules: AppRules) -> Iterator[AppToCheck]:
    """The rows of a CSV file with the columns `file` and `category`; raises `BadFile` with every problem of it."""
    rows = csv.reader(io.StringIO(read_text(batch, most=MOST_LIST)))
    if (head := next(rows, [])) != _COLUMNS:
        raise BadFile.whole(
            batch, f"the first line must be `{','.join(_COLUMNS)}`, and is `{','.join(head)[:80]}`", line=1
        )
    problems: list[Problem] = []
    for row in filter(None, rows):
        if len(row) != len(_COLUMNS) or not row[0]:
            problems.append(Problem(where="", text="a row names one file and one category", line=rows.line_num))
            continue
        try:
            yield AppToCheck(file=row[0], category=category_named(row[1], rules))
        except UsageProblem as error:
            problems.append(Problem(where="category", text=f"{error.message}. {error.next_step}", line=rows.line_num))
    if problems:
        raise BadFile(batch, tuple(problems))


def check_apps(
    wanted: Sequence[AppToCheck], rules: AppRules, reader: Callable[[], ShippedReader], tell: Callable[[str], None]
) -> CheckedApps:
    """Read and judge each package; `tell` is called with the name of each before it is read."""
    checked = []
    for each in wanted:
        tell(each.file)
        checked.append(_check(each, rules, reader()))
    return CheckedApps(apps=tuple(checked), rules=rules)


def _check(wanted: AppToCheck, rules: AppRules, reader: ShippedReader) -> CheckedApp:
    try:
        data = read_bytes(wanted.file, most=MOST_BYTES)
    except BadFile as error:
        why = "; ".join(problem.text for problem in error.problems)
        return CheckedApp(file=wanted.file, category=wanted.category, refused=why)
    digest = hashlib.sha256(data).hexdigest()
    try:
        facts = read_package(data, rules.sdk_names, reader)
    except CannotRead as error:
        return CheckedApp(file=wanted.file, category=wanted.category, sha256=digest, refused=str(error))
    verdict = judge_app(facts, wanted.category, rules)
    return CheckedApp(file=wanted.file, category=wanted.category, sha256=digest, verdict=verdict)

"""Settings: what `leakguard.toml`, the environment and the options add up to.

May import what understands its tables: `alerts`, `fleet`, `accounts` and `intake`, and what lies below.
Never opens what the settings name.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.files.opening import is_missing, read_text
from leakguard.frozen import Frozen, names_of
from leakguard.models.places import code_problem

if TYPE_CHECKING:
    from leakguard.models.alerts import WatchSettings
    from leakguard.models.fleet_settings import FleetSettings
    from leakguard.models.report_settings import ReportSettings
    from leakguard.models.web_settings import WebSettings

FILE = "leakguard.toml"
KEY_FILE = "leakguard.key"
"""Where `evidence key init` puts a key that nobody names a place for."""
WATCH_TABLES = ("channel", "escalation", "watchman", "oncall")
"""The tables that `alerts.settings` reads."""
TABLES = frozenset({"stated_watch", "stated_fleet", "stated_web", "stated_reports"})
"""Settings that are tables of their own; everything else is a text, or true or false."""
_DERIVED = TABLES | {"laws_by", "country_by", "store_by", "passed_over"}
_VARIABLES = {name: f"LEAKGUARD_{name.upper()}" for name in ("store", "laws", "country")}
AUTO = "auto"
"""The laws that are watched follow the seat and what an incident's records name."""


class Settings(Frozen):
    """Options win, then the environment, then the file, then these defaults."""

    store: str = "leakguard.db"
    """A path to a SQLite file, or an SQLAlchemy URL."""
    store_by: str = f"{FILE}: store"
    """As `laws_by`."""
    scope: str = "scope.yaml"
    zone: str = "UTC"
    """The zone that local times without one are read in, and that times are shown in beside UTC."""
    duties: str = ""
    """A folder with the organisation's own duties, such as those of its contracts; empty for none."""
    templates: str = ""
    """A folder with the organisation's own templates of letters, named as those that ship; empty for none."""
    country: str = ""
    """Where the organisation sits, as an ISO code such as `DE` or `US-CA`, or several: their laws are watched."""
    country_by: str = f"{FILE}: country"
    """As `laws_by`."""
    laws: str = AUTO
    """Whose clocks an incident shows in the place of those: first words of duty ids; `all` or empty for all."""
    laws_by: str = f"{FILE}: laws"
    """What states them: that, the environment or an option. No setting of its own."""
    obligated_as: str = "controller, network_operator"
    """What the organisation is to those laws; empty for everything."""
    key: str = ""
    """The file of the key that signs heads and bundles; empty for `leakguard.key` here, where there is one."""
    group: str = ""
    """The group of Unix users that shares the store's files; empty where its owner has them alone."""
    heads: str = ""
    """Second places for heads, with commas between: a file on another disk, `git:FOLDER`, `channel:NAME`."""
    log_level: str = ""
    """The lowest level of events that are logged: `debug`, `info`, `warning` or `error`."""
    log_format: str = ""
    """How the log looks: `console` or `json`."""
    log_file: str = ""
    """The file that is logged into; empty for stderr. Nothing is logged while all three are empty."""
    mutes: str = ""
    """The mute list of scans; empty for `mutes.yaml` here, where there is one."""
    drill: bool = False
    """A drill's store: commands take `--now`, and all output says that it is a drill."""
    passed_over: tuple[str, ...] = ()
    """What the environment states in vain, in sentences. No setting of its own."""
    stated_watch: WatchSettings | None = None
    """The tables `[[channel]]`, `[escalation]`, `[watchman]` and `[oncall]`, where the file has one of them."""
    stated_fleet: FleetSettings | None = None
    """The table `[fleet]`, where the file has one."""
    stated_web: WebSettings | None = None
    """The table `[web]`, where the file has one."""
    stated_reports: ReportSettings | None = None
    """The table `[reports]`, where the file has one."""

    @property
    def watch(self) -> WatchSettings:
        """Who is told, how, and when; most commands tell nobody anything."""
        from leakguard.models.alerts import WatchSettings  # noqa: PLC0415  (as `_watch`)

        return self.stated_watch or WatchSettings()

    @property
    def fleet(self) -> FleetSettings:
        """Where the fleet meets; most scans are made by this machine alone."""
        from leakguard.models.fleet_settings import FleetSettings  # noqa: PLC0415  (as above)

        return self.stated_fleet or FleetSettings()

    @property
    def web(self) -> WebSettings:
        """Where the web server is reached; most commands serve nobody."""
        from leakguard.models.web_settings import WebSettings  # noqa: PLC0415  (as above)

        return self.stated_web or WebSettings()

    @property
    def reports(self) -> ReportSettings:
        """How reports from outside come in; most commands read none."""
        from leakguard.models.report_settings import ReportSettings  # noqa: PLC0415  (as above)

        return self.stated_reports or ReportSettings()


_MOST_CHARACTERS = 1024 * 1024
_DEEP_KEY = r"""(?:\.[ \t]*(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*){100}"""
"""A key of parts, `a.b.c`; with the number of parts, Python's reader takes time that grows like its square."""
_DEFAULTS = Settings()
_CHOICES = {"log_level": ("debug", "info", "warning", "error"), "log_format": ("console", "json")}
"""Settings that are one of a few words."""
_NO_FILES = ("git:", "channel:")
"""How a place of `heads` begins that is no file."""


def words_of(text: str) -> frozenset[str]:
    """The words of a setting that lists several, such as `cn, eu`."""
    return frozenset(text.replace(",", " ").split())


def head_files(settings: Settings) -> tuple[Path, ...]:
    """The files of `heads`, which are told of each append."""
    return tuple(Path(place) for place in _places(settings.heads) if not place.startswith(_NO_FILES))


def head_words(settings: Settings, prefix: str) -> tuple[str, ...]:
    """The places of `heads` that begin with `git:` or `channel:`, without that."""
    return tuple(place.removeprefix(prefix) for place in _places(settings.heads) if place.startswith(prefix))


def _places(heads: str) -> list[str]:
    return [place.strip() for place in heads.split(",") if place.strip()]


def read_settings(*, store: str | None = None, laws: str | None = None, folder: Path | None = None) -> Settings:
    """Read the file of `folder` (default: here) and the environment; raises `BadFile`.

    In a drill the environment names neither the store nor the laws.
    """
    base = folder or Path()
    values = _from_file(base / FILE)
    stated = {name: variable for name, variable in _VARIABLES.items() if os.environ.get(variable)}
    if values.get("drill"):
        # They speak of the real incidents, in a container to every process; where the organisation sits holds in both.
        passed_over = [stated.pop(name) for name in ("store", "laws") if name in stated]
        values["passed_over"] = tuple(f"{variable} does not count in a drill." for variable in passed_over)
    for name, variable in stated.items():
        values |= {name: os.environ[variable], f"{name}_by": variable}
    if problem := _problem("country", values.get("country", "")):
        raise BadFile("LEAKGUARD_COUNTRY", (problem,))
    if store:
        values |= {"store": store, "store_by": "--store"}
    if laws is not None:
        values |= {"laws": laws, "laws_by": "--laws"}
    return Settings(**values)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        text = read_text(path)
    except BadFile as bad:
        if is_missing(bad):
            return {}
        bad.next_step = "Correct it or its rights, and run the command again."
        raise
    values = parse_toml(text, path)
    try:
        return _from_values(values, path)
    except BadFile as bad:
        from leakguard.files.toml_lines import with_lines  # noqa: PLC0415  (a mistake is rare)

        raise BadFile(str(path), with_lines(bad.problems, text)) from bad


def _from_values(values: dict[str, Any], path: Path) -> dict[str, Any]:
    """The settings that the file states; raises `BadFile` with every problem, without lines."""
    watch = {name: values.pop(name) for name in WATCH_TABLES if name in values}
    tabled = {name: (values.pop(name, None), read) for name, read in _TABLED.items()}
    problems = [problem for name, value in values.items() if (problem := _problem(name, value))]
    tables: dict[str, Any] = {}
    try:
        tables |= {"stated_watch": _watch(watch, path)} if watch else {}
    except BadFile as bad:
        problems += bad.problems
    for name, (table, read) in tabled.items():
        try:
            tables |= {} if table is None else {f"stated_{name}": read(_table(table, name, path), path)}
        except BadFile as bad:
            problems += bad.problems
    if problems:
        raise BadFile(str(path), tuple(problems))
    return {**values, **tables}


def parse_toml(text: str, path: Path) -> dict[str, Any]:
    """Raises `BadFile` for what is no TOML, and for what would hold its reader up."""
    import tomllib  # noqa: PLC0415  (many folders have no such file)

    try:
        if len(text) <= _MOST_CHARACTERS and not re.search(_DEEP_KEY, text):
            return tomllib.loads(text)
        problem = "longer or nested deeper than any settings are"
    except tomllib.TOMLDecodeError as error:
        from leakguard.files.toml_lines import syntax_problem  # noqa: PLC0415  (a mistake is rare)

        raise BadFile(str(path), (syntax_problem(error),)) from error
    except (RecursionError, ValueError) as error:  # of lists within lists, and of a number of thousands of digits
        problem = f"not TOML that can be used ({type(error).__name__})"
    raise BadFile.whole(str(path), problem)


def _problem(name: str, value: object) -> Problem | None:
    """What is wrong with one setting; a truth value where a text belongs, an unknown name."""
    known = {name: type(getattr(_DEFAULTS, name)) for name in names_of(Settings) if name not in _DERIVED}
    if name not in known:
        from difflib import get_close_matches  # noqa: PLC0415  (a mistake is rare)

        near = get_close_matches(name, [*known, *WATCH_TABLES, *_TABLED], n=1)
        return Problem(where=name, text="unknown setting", nearest=near[0] if near else None)
    if not isinstance(value, known[name]):
        return Problem(where=name, text="must be true or false" if known[name] is bool else "must be a text in quotes")
    if name in ("store", "scope") and not value:  # it would be the folder itself
        return Problem(where=name, text="must not be empty: name a file, or leave the line out")
    if name == "country" and value and (wrong := code_problem(str(value))):
        return Problem(where="country", text=wrong[0], nearest=wrong[1])
    if name in _CHOICES and value not in ("", *_CHOICES[name]):
        return Problem(where=name, text=f"must be one of: {', '.join(_CHOICES[name])}")
    further = {"heads": _heads_problem, "zone": _zone_problem}.get(name)
    return further(str(value)) if further is not None else None


def _heads_problem(heads: str) -> Problem | None:
    """A place that looks like `git:FOLDER` or `channel:NAME` and is neither would be a file of that name."""
    for place in _places(heads):
        word = re.match(r"[^/:]*:", place)
        if word is not None and word[0] not in _NO_FILES:
            from difflib import get_close_matches  # noqa: PLC0415  (a mistake is rare)

            near = next(iter(get_close_matches(word[0], _NO_FILES, n=1)), None)
            text = f"`{place[:60]}` is neither git:FOLDER nor channel:NAME; a file of that name is ./{place[:60]}"
            return Problem(where="heads", text=text, nearest=near)
    return None


def _zone_problem(zone: str) -> Problem | None:
    from leakguard.clocks.times import zone_of  # noqa: PLC0415  (many folders leave the zone as it is)

    try:
        zone_of(zone)
    except UsageProblem as error:
        return Problem(where="zone", text=error.message)
    return None


def _watch(tables: dict[str, Any], path: Path) -> WatchSettings:
    from leakguard.alerts.settings import watch_settings  # noqa: PLC0415  (most commands tell nobody anything)

    return watch_settings(tables, name=str(path))


def _table(table: object, name: str, path: Path) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise BadFile(str(path), (Problem(where=name, text="must be a table"),))
    return table


def _fleet(table: dict[str, Any], path: Path) -> FleetSettings:
    from leakguard.fleet.settings import fleet_settings  # noqa: PLC0415  (most commands need no fleet)

    return fleet_settings(table, name=str(path))


def _web(table: dict[str, Any], path: Path) -> WebSettings:
    from leakguard.accounts.web_settings import web_settings  # noqa: PLC0415  (most commands serve nobody)

    return web_settings(table, name=str(path))


def _reports(table: dict[str, Any], path: Path) -> ReportSettings:
    from leakguard.intake.settings import report_settings  # noqa: PLC0415  (most commands read no report)

    return report_settings(table, name=str(path))


_TABLED: dict[str, Callable[[dict[str, Any], Path], object]] = {"fleet": _fleet, "web": _web, "reports": _reports}
"""The tables that one package each reads, and its reader."""

"""What was asked for on the command line of a scan, and the options that it gives."""

from __future__ import annotations

import re

from leakguard.cli.given import refuse
from leakguard.engine.inspection_options import InspectionOptions
from leakguard.errors import UsageProblem
from leakguard.files.opening import text_lines
from leakguard.frozen import Frozen
from leakguard.scanning.rates import parse_rate
from leakguard.scanning.targets import MAX_LINE, Target, parse_ports, parse_target, parse_target_lines
from leakguard.use_cases.scans.start_scan import ScanOptions

STDIN = "-"
LEAST_TIMEOUT, MOST_TIMEOUT = 0.05, 60.0
"""Seconds: less is no time for a packet to come back, more would have a scan of silent hosts never end."""


class Options(Frozen):
    """What the command line said, as click gives it."""

    targets: tuple[str, ...]
    targets_file: str | None
    scope: str | None
    checks: str | None
    ports: str | None
    rate: str | None
    per_host: str | None
    timeout: str | None
    workers: int | None
    resume: str | None
    wait: bool
    dry_run: bool
    explain: bool
    progress: str
    metrics: str | None
    fields: bool
    sample: int
    vantage: str
    output_format: str
    output: str | None
    aws: str | None = None
    aws_region: str | None = None
    aws_policy: bool = False
    mutes: str | None = None
    from_nmap: tuple[str, ...] = ()
    from_masscan: tuple[str, ...] = ()
    from_nuclei: tuple[str, ...] = ()
    from_shodan: tuple[str, ...] = ()
    from_censys: tuple[str, ...] = ()

    @property
    def imports(self) -> tuple[tuple[str, str], ...]:
        """Each file of another tool behind the name of the tool."""
        by_tool = {
            "nmap": self.from_nmap, "masscan": self.from_masscan, "nuclei": self.from_nuclei,
            "shodan": self.from_shodan, "censys": self.from_censys,
        }  # fmt: skip
        return tuple((tool, file) for tool, files in by_tool.items() for file in files)


def wish_of(asked: Options, imported: tuple[Target, ...] = ()) -> ScanOptions:
    """The options, with the targets that came from files of other tools; raises `UsageProblem` and `BadFile`."""
    if asked.resume is not None and not asked.resume.strip():
        refuse("--resume")
    return ScanOptions(
        targets=(*targets_of(asked.targets, asked.targets_file), *imported),
        checks=checks_in(asked.checks), ports=ports_in(asked.ports),
        resume=asked.resume, vantage=asked.vantage, total=rate_of(asked.rate), per_host=rate_of(asked.per_host),
        workers=asked.workers, timeout=_timeout_of(asked.timeout),
        inspection=InspectionOptions(fields=asked.fields, sample=asked.sample),
    )  # fmt: skip


def targets_of(arguments: tuple[str, ...], file: str | None) -> tuple[Target, ...]:
    """The targets of the command line, then those of the file; raises `UsageProblem` and `BadFile`.

    `-` among the arguments stands for the lines of stdin. A list that turns out to be empty is refused: no targets at
    all would mean the whole scope, which whoever named a list did not ask for.
    """
    files = (*([STDIN] if STDIN in arguments else ()), *([file] if file is not None else ()))
    from_files = (
        target
        for fromkey in dict.fromkeys(files)
        for target in parse_target_lines(text_lines(fromkey, longest=MAX_LINE + 1), name=fromkey)
    )
    targets = (*(parse_target(argument) for argument in arguments if argument != STDIN), *from_files)
    if files and not targets:
        raise UsageProblem(
            f"no target is in {' or '.join('stdin' if each == STDIN else each for each in files)}",
            next_step="Write each target on a line of its own; name no list at all to scan the whole scope.",
        )
    return targets


def checks_in(text: str | None) -> tuple[str, ...]:
    """The ids between commas as they stand, so that one that is left empty is refused as no check of ours."""
    return () if text is None else tuple(text.split(","))


def ports_in(text: str | None) -> tuple[int, ...]:
    """The ports to try where a target names none; raises `UsageProblem`."""
    try:
        return () if text is None else parse_ports(text.replace(" ", ""))
    except ValueError as error:
        raise UsageProblem(str(error), next_step="Write them as `9200,6379,8000-8010`.") from error


def names_in(text: str | None) -> tuple[str, ...]:
    """The names between commas, each once; raises `UsageProblem` where there is none, as that would mean all."""
    if text is None:
        return ()
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise UsageProblem(f"`{text[:40]}` names nothing", next_step="Write names between commas, or leave it out.")
    return names


def rate_of(text: str | None) -> float | None:
    """Connections a second; raises `UsageProblem`."""
    try:
        return None if text is None else parse_rate(text if "/" in text else f"{text}/s")
    except ValueError as error:
        raise UsageProblem(f"the rate `{text}` {error}", next_step="Write it as `50/s`.") from error


def _timeout_of(text: str | None) -> float | None:
    """Seconds; raises `UsageProblem`."""
    if text is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(s|ms)?", text.strip())
    seconds = float(found[1]) / (1000 if found[2] == "ms" else 1) if found else 0.0
    if not LEAST_TIMEOUT <= seconds <= MOST_TIMEOUT:
        raise UsageProblem(
            f"the time-out `{text[:40]}` must lie between {LEAST_TIMEOUT:g} and {MOST_TIMEOUT:g} seconds",
            next_step="Write it as `2`, `1.5s` or `800ms`.",
        )
    return seconds

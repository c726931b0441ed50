"""What was asked for on the command line of a scan, and the wish that it makes."""

from __future__ import annotations

from dataclasses import dataclass

from leakguard.cli.options import read_text
from leakguard.errors import UsageProblem
from leakguard.scanning.scope_limits import parse_rate
from leakguard.scanning.targets import Target, parse_target, parse_target_lines
from leakguard.use_cases.start_scan import ScanWish


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command line said, as click gives it."""

    targets: tuple[str, ...]
    targets_file: str | None
    scope: str | None
    checks: str | None
    rate: str | None
    per_host: str | None
    timeout: float | None
    workers: int | None
    resume: str | None
    wait: bool
    dry_run: bool
    explain: bool
    progress: str
    metrics: str | None
    vantage: str
    output_format: str
    output: str | None


def wish_of(asked: Options) -> ScanWish:
    """The wish; raises `UsageProblem` and `BadFile` for what makes none."""
    return ScanWish(
        targets=targets_of(asked.targets, asked.targets_file),
        checks=tuple(asked.checks.split(",")) if asked.checks else (),
        resume=asked.resume, vantage=asked.vantage, total=rate_of(asked.rate), per_host=rate_of(asked.per_host),
        workers=asked.workers, timeout=asked.timeout,
    )  # fmt: skip


def targets_of(arguments: tuple[str, ...], file: str | None) -> tuple[Target, ...]:
    """The targets of the command line, then those of the file; raises `UsageProblem` and `BadFile`."""
    from_file = parse_target_lines(read_text(file), name=file) if file else ()
    return (*(parse_target(argument) for argument in arguments), *from_file)


def rate_of(text: str | None) -> float | None:
    """Connections a second; raises `UsageProblem`."""
    try:
        return parse_rate(text if "/" in text else f"{text}/s") if text else None
    except ValueError as error:
        raise UsageProblem(f"the rate `{text}` {error}", next_step="Write it as `50/s`.") from error

"""Runs the command line: the one place that turns errors into exit codes."""

from __future__ import annotations

import os
import sys
from io import StringIO
from typing import TYPE_CHECKING

import click

from leakguard.cli.streams import drop_lost
from leakguard.errors import ExitCode, LeakGuardError, OutputLost

if TYPE_CHECKING:
    from leakguard.cli.options import Context


def run(arguments: list[str], context: Context | None = None) -> int:
    """Run one command; returns the exit code. Data goes to stdout, everything else to stderr.

    `context` brings other adapters than the machine's own.
    """
    from leakguard.cli.options import Context  # noqa: PLC0415  (after the interpreter is up)

    context = context or Context()
    context.arguments = arguments
    code = _answered(arguments, context)
    drop_lost(sys.stdout)
    if context.running_log is not None:
        context.running_log.end(code)
        context.running_log = None
    return code


def _answered(arguments: list[str], context: Context) -> int:
    """The exit code of the command, with every error turned into one."""
    from leakguard.cli.app import app  # noqa: PLC0415  (after the interpreter is up)
    from leakguard.cli.interruption import ending_as_interrupted  # noqa: PLC0415  (as above)
    from leakguard.cli.refusals import machine_short, unfit_argument  # noqa: PLC0415  (as above)
    from leakguard.files.secret_folder import take_in_secrets  # noqa: PLC0415  (as above)

    context.root = app
    try:
        take_in_secrets(os.environ)
        with ending_as_interrupted():
            result = app.main(args=arguments, prog_name="leakguard", standalone_mode=False, obj=context)
    except SystemExit as end:  # click's own: 0 when a shell got its completions, 1 ("exposure found" here) else
        return ExitCode.CLEAN if end.code == 0 else _reader_gone()
    except BrokenPipeError:
        return _reader_gone()
    except OutputLost as error:
        _reader_gone()
        return _refusal(error, context)
    except (click.ClickException, LeakGuardError, KeyboardInterrupt, click.Abort) as error:
        return _refusal(error, context)
    except Exception as error:  # noqa: BLE001  (the one place: a bug must not look like a verdict)
        known = unfit_argument(error, arguments) or machine_short(error)
        return _bug(error) if known is None else _refusal(known, context)
    return int(result) if isinstance(result, int) else ExitCode.CLEAN


def _reader_gone() -> int:
    """Nobody read the result to its end, so no verdict was given: neither clean nor exposed."""
    drop_lost(sys.stdout)
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  (the reader is gone; nothing to close)
    return ExitCode.UNFINISHED


def _refusal(error: BaseException, context: Context) -> int:
    """Say what is wrong and what to do next; returns the exit code."""
    from leakguard.outputs.words import printable_lines  # noqa: PLC0415  (needed for an error alone)

    if isinstance(error, click.ClickException):
        error.show(buffer := StringIO())
        click.echo(printable_lines(buffer.getvalue()), nl=False, err=True)
        if isinstance(error, click.NoSuchOption) and _is_of_all(error.option_name):
            click.echo(f"Next: Write it before the command: leakguard {error.option_name} ...", err=True)
        elif isinstance(error, click.UsageError) and error.ctx is None:  # then click names no `--help` itself
            click.echo("Next: See how it is used: write --help behind the command.", err=True)
        return ExitCode.USAGE
    if isinstance(error, LeakGuardError):
        context.warn(f"Error: {printable_lines(context.repeating(error.message))}")
        if error.next_step:
            context.warn(f"Next: {printable_lines(context.repeating(error.next_step))}")
        return error.exit_code
    click.echo("Interrupted.", err=True)
    return ExitCode.UNFINISHED


def _is_of_all(option: str) -> bool:
    """Whether every command has this option, in front of its name."""
    from leakguard.cli.app import app  # noqa: PLC0415  (after the interpreter is up)

    return any(option in param.opts for param in app.params)


def _bug(error: Exception) -> int:
    """Say that it is ours to mend; show the trace only when asked, as it may name targets."""
    click.echo(f"A bug in LeakGuard: {type(error).__name__}. Nothing that was stored is lost.", err=True)
    if os.environ.get("LEAKGUARD_TRACE"):
        import traceback  # noqa: PLC0415  (needed for a bug alone)

        traceback.print_exc()
    else:
        click.echo("Next: run it again with LEAKGUARD_TRACE=1 and report the trace.", err=True)
    return ExitCode.BUG

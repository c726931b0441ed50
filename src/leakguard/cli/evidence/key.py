"""`leakguard evidence key`: the key that signs heads and bundles."""

from __future__ import annotations

import os
from pathlib import Path

import click

from leakguard.cli.options import Context, pass_context
from leakguard.cli.recording import records
from leakguard.cli.writing import write_new_file
from leakguard.errors import ExitCode, LeakGuardError, UsageProblem
from leakguard.ledger.keys import SEED_BYTES, new_key, since_line
from leakguard.models.file_modes import Output
from leakguard.settings import KEY_FILE
from leakguard.use_cases.proofs.evidence_heads import sign_first


@click.group(name="key")
def key_group() -> None:
    """Create and show the Ed25519 key that signs heads and bundles."""


@key_group.command(
    name="init",
    short_help="Create a key, and print its public half.",
    epilog="""\b
Examples:
  leakguard evidence key init --name ir.example.edu/ledger
  leakguard evidence key init /etc/leakguard/ledger.key  # then: key = "/etc/leakguard/ledger.key" in leakguard.toml
""",
)
@click.argument("file", default=KEY_FILE)
@click.option("--name", default="leakguard", show_default=True, help="Name in the signatures.")
@records("Person who signs the existing ledger")
@pass_context
def init_cmd(context: Context, *, file: str, name: str) -> int:
    """Create a key: the private half in FILE, which only its owner can read, the public half in FILE.pub.

    Keep the private half where people who could change the ledger cannot read it, and give the public half away.
    From then on, every head that this folder keeps is signed. An existing ledger is signed in its present state.
    """
    path, wiring = Path(file), context.wiring
    key = new_key(name, bytes.fromhex(wiring.token(2 * SEED_BYTES)))
    _write_secret(path, key.text + since_line(wiring.now()))
    write_new_file(path.with_name(f"{path.name}.pub"), key.public.text + "\n", Output.PUBLIC_KEY)
    click.echo(key.public.text)
    _name_files(context, path)
    if path.absolute() == Path(wiring.settings.key or KEY_FILE).absolute():
        _sign_what_is_here(context)
    return ExitCode.CLEAN


def _name_files(context: Context, path: Path) -> None:
    text = f"private half: {path}; public half: {path}.pub, give this one away"
    context.notes.print(text, soft_wrap=True, markup=False, highlight=False)


def _sign_what_is_here(context: Context) -> None:
    """Sign the head of a ledger that was there before its key; the key is made all the same where that fails."""
    try:
        wiring = context.wiring
        store = wiring.store_if_any
        signed = (
            ""
            if store is None
            else sign_first(store, wiring.kept_files(), wiring.signing_key, wiring.head_places(), now=wiring.now)
        )
    except LeakGuardError as error:
        context.notes.print(f"The ledger here is not signed yet: {error.message}", soft_wrap=True, markup=False)
        context.notes.print(error.next_step, soft_wrap=True, markup=False)
        return
    if signed:
        context.notes.print(f"Signed the ledger as it stands: {signed}", soft_wrap=True, markup=False)


@key_group.command(
    name="show",
    epilog="""\b
Examples:
  leakguard evidence key show > ledger.pub
""",
)
@pass_context
def show_cmd(context: Context) -> int:
    """Print the public half of the key, to give away."""
    key = context.wiring.signing_key
    if key is None:
        raise UsageProblem("there is no key", next_step="Make one: leakguard evidence key init")
    click.echo(key.public.text)
    return ExitCode.CLEAN


def _write_secret(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError:  # half a key would stand in the way of every other command
            path.unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise UsageProblem(
            f"{path} exists already", next_step="Choose another name; a key is never replaced."
        ) from error
    except OSError as error:
        raise UsageProblem(f"{path} cannot be written: {error.strerror}", next_step="Choose another place.") from error

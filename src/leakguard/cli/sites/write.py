"""`leakguard sites write`: security.txt and a policy, ready to be read by a lawyer and signed."""

from __future__ import annotations

from pathlib import Path

import click

from leakguard.cli.options import Context, pass_context
from leakguard.cli.refusals import unwritable
from leakguard.cli.writing import write_new_file
from leakguard.errors import ExitCode
from leakguard.intake.letters import LANGS
from leakguard.intake.site_pages import MOST_DAYS, SitePagesRequest, load_pages, site_files
from leakguard.models.file_modes import Output, folder_mode

_EPILOG = """\b
Examples:
  leakguard sites write --host www.example.edu --organisation U --contact mailto:security@example.edu -o site
  leakguard sites write --host www.example.edu --organisation U --contact tel:+86-21-5555-0100 --days 180 -o site

\b
Then sign it:
  gpg --clearsign --output signed.txt site/.well-known/security.txt
"""


@click.command(epilog=_EPILOG)
@click.option(
    "--host", required=True, metavar="NAME", help="Site that will serve the file. Each host needs its own file."
)
@click.option("--organisation", required=True, metavar="NAME", help="Organisation that owns the site.")
@click.option(
    "--contact",
    "contacts",
    required=True,
    multiple=True,
    metavar="URI",
    help="Contact for reports, the preferred one first. May be repeated.",
)
@click.option("--policy", default="", metavar="URI", help="Address where the policy will be published.")
@click.option("--encryption", default="", metavar="URI", help="Address of your encryption key.")
@click.option("--acknowledgments", default="", metavar="URI", help="Address of the page that thanks people who report.")
@click.option(
    "--language",
    "languages",
    multiple=True,
    type=click.Choice(LANGS),
    help="Language in which you read reports. May be repeated.",
)
@click.option("--days", type=int, default=MOST_DAYS, show_default=True, help="How many days until the file expires.")
@click.option(
    "-o", "folder", required=True, metavar="DIR", help="Folder for the files. Existing files are not replaced."
)
@pass_context
def write_cmd(context: Context, *, folder: str, languages: tuple[str, ...], **words: object) -> int:
    """Write `.well-known/security.txt`, and a disclosure policy with a safe harbour in English and Chinese.

    Both are drafts: let counsel read the policy before you publish it.
    """
    wiring = context.wiring
    wanted = SitePagesRequest(**words, **({"languages": languages} if languages else {}))  # type: ignore[arg-type]
    pages = load_pages(wiring.bundled.texts("intake"))
    files = site_files(wanted, pages, wiring.promises(), now=wiring.now())
    for name, text in files.items():
        path = Path(folder) / name
        try:
            path.parent.mkdir(mode=folder_mode(), parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder, error) from error
        write_new_file(path, text, Output.PAGE)
        context.say(str(path))
    context.notes.print(f"Sign it: gpg --clearsign --output signed.txt {Path(folder) / '.well-known' / 'security.txt'}")
    return ExitCode.CLEAN

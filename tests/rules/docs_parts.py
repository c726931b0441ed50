"""Writes the generated parts of the documentation: tables that follow from the code and from what was measured.

`python tests/rules/docs_parts.py` rewrites them; a test compares them with what stands there.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from accuracy.kept import read
from accuracy.kinds import kinds_part
from accuracy.tables import accuracy_sentence, accuracy_table, coverage_sentence, coverage_table
from bench.measured import read as read_bench
from bench.table import bench_part
from leakguard.accounts.rights import EVENT_RIGHTS, RIGHTS, WORDS, Right, Role
from leakguard.bundled import BundledFiles
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import load_library
from leakguard.cli.app import app
from leakguard.cli.rights import COMMANDS
from leakguard.clocks.event_kinds import GROUPS, KINDS, NEEDED, EventKind
from leakguard.logs.fields import EVENTS, FIELDS
from leakguard.notices.book import load_duties, load_vocabulary
from leakguard.notices.provenance import counts_of, ranked_by_provenance
from leakguard.notices.vocabulary import Vocabulary
from leakguard.shipped.forms import FOLDER, ShippedForms
from leakguard.shipped.reading import parse_forms
from leakguard.web.operations import OPERATIONS
from rules.app_parts import app_categories, app_categories_zh
from rules.readme_parts import numbers
from rules.webhook_parts import webhook_body, webhook_fields, webhook_receiver
from support.command_lines import all_commands

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "leakguard"
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PACKAGES_OF_ONE_FILE = [path for path in PACKAGE.glob("*.py") if not path.name.startswith("__")]
"""What stands in the layers of `pyproject.toml` like a package, and is a single file."""
WHOLE = 400
"""Characters: the first sentence of every command's help is shorter, so `get_short_help_str` cuts none off."""


def packages_table() -> str:
    """One row a package: what lives there, what it may import, what it must never do."""
    rows = ["| package | what it holds, what it may import, what it never does |", "| --- | --- |"]
    for path in sorted([*PACKAGE.glob("*/__init__.py"), *PACKAGES_OF_ONE_FILE]):
        name = path.parent.name + "/" if path.name == "__init__.py" else path.name
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        rows.append(f"| `{name}` | {_cell(docstring)} |")
    return "\n".join(rows)


def coverage() -> str:
    """One row a kind of datastore, with its checks and the real servers that proved them."""
    library = load_checks()
    _, servers, _ = read()
    return f"{coverage_sentence(library, servers)}\n\n{coverage_table(library, servers)}"


def accuracy() -> str:
    """One row a check: how often it was right."""
    day, servers, repeated = read()
    library = load_checks()
    table, kinds = accuracy_table(library, servers), kinds_part(servers, library)
    return (
        f"{accuracy_sentence(day, servers, repeated)}\n\n{kinds}\n\n### By check\n\n<details>\n\n{table}\n\n</details>"
    )


def bench() -> str:
    """One row a goal, and how it grows."""
    return bench_part(read_bench())


def commands_table() -> str:
    """One row a command, with what its help says first."""
    rows = ["| command | what it does |", "| --- | --- |"]
    for path, command in all_commands(app):
        rows.append(f"| `leakguard {' '.join(path)}` | {_cell(command.get_short_help_str(WHOLE))} |")
    return "\n".join(rows)


def event_kinds_table() -> str:
    """One row a kind, by what happened: what it means, its own fields, and those that it cannot do without."""
    rows = ["| kind | meaning | fields of its own | needs |", "| --- | --- | --- | --- |"]
    for group, names in GROUPS.items():
        rows.append(f"| **{group}** | | | |")
        for kind in (KINDS[name] for name in names):
            own = ", ".join(f"`{name}`" for name in kind.fields)
            rows.append(f"| `{kind.name}` | {_cell(kind.meaning)} | {own} | {_needs(kind)} |")
    return "\n".join(rows)


def log_events_table() -> str:
    """One row an event: what it says happened."""
    rows = [f"| `{event}` | {_cell(text)} |" for event, text in EVENTS.items()]
    return "\n".join(["| event | meaning |", "| --- | --- |", *rows])


def rights_table() -> str:
    """One row a right: what it lets somebody do, and which roles have it."""
    rows = [f"| right | may | {' | '.join(Role)} |", f"| --- | --- |{' --- |' * len(Role)}"]
    for right in Right:
        marks = " | ".join("yes" if role in RIGHTS[right] else "" for role in Role)
        rows.append(f"| `{right}` | {_cell(WORDS[right])} | {marks} |")
    return "\n".join(rows)


def command_rights_table() -> str:
    """One row a right that commands need: which they are."""
    rows = ["| right | commands |", "| --- | --- |"]
    for right in Right:
        named = sorted(name for name, needed in COMMANDS.items() if needed == right)
        if named:
            rows.append(f"| `{right}` | {', '.join(f'`{name}`' for name in named)} |")
    return "\n".join(rows)


def event_rights_table() -> str:
    """One row a right that events need besides that to record them: which kinds they are."""
    rows = ["| right | kinds of events |", "| --- | --- |"]
    for right in Right:
        named = [f"`{kind}`" for kind, needed in EVENT_RIGHTS.items() if needed is right]
        if named:
            rows.append(f"| `{right}` | {', '.join(named)} |")
    return "\n".join(rows)


def log_fields_table() -> str:
    """One row a field: the pattern that its whole text matches, or its type."""
    types = {int: "a whole number", float: "a number", bool: "true or false"}
    rows = []
    for name, rule in FIELDS.items():
        shown = "`{}`".format(rule.pattern.replace("|", "\\|")) if isinstance(rule, re.Pattern) else types[rule]
        rows.append(f"| `{name}` | {'an event of the list above' if name == 'event' else shown} |")
    return "\n".join(["| field | what it may hold |", "| --- | --- |", *rows])


def _needs(kind: EventKind) -> str:
    return "; ".join(" or ".join(f"`{name}`" for name in names) for names in NEEDED.get(kind.name, ()))


def load_checks() -> tuple[CheckDefinition, ...]:
    """The checks of this checkout."""
    bundled = BundledFiles(ROOT)
    return load_library({name: bundled.text("checks", name) for name in bundled.names("checks")})


def assess_screen(lang: str) -> str:
    """What a test shows a person to approve: the screen of `notice assess`."""
    screen = (ROOT / "tests" / "cli" / "golden" / f"assess-screen-{lang}.txt").read_text(encoding="utf-8")
    return f"```text\n{screen}```"


def duty_sources() -> str:
    """How many duties rest on what."""
    counts = counts_of(ranked_by_provenance(load_duties(BundledFiles(ROOT)).duties))
    kinds = [(f"`{kind}`", _KINDS[kind], number) for kind, number in counts.by_kind.items()]
    weak = [(one.words, "weak", number) for one, number in counts.by_weakness.items()]
    rows = [f"| {name} | {words} | {number:,} |" for name, words, number in (*kinds, *weak)]
    head = ["| rests on | which is | duties |", "| --- | --- | --- |"]
    tail = (
        f"Of {counts.duties:,} duties, {counts.weak:,} rest on weak sources; a duty may count in several rows. For "
        f"{counts.without_tried:,} of them nobody wrote down how the law itself was searched for. Of "
        f"{counts.earlier_texts:,} statements of earlier law, {counts.earlier_read:,} were read in a source."
    )
    return "\n".join([*head, *rows, "", tail])


_TYPES = {
    "text": "text, or one text for each language",
    "count": "whole number, or `{low, high}`",
    "moment": "day, time, or `{earliest, latest}`",
    "categories": "list of kinds of data",
    "contact": "text, or `name`, `email`, `phone`, `address`, `web`",
    "flag": "`true` or `false`",
    "choice": "one of the words",
    "money": "amount and currency",
    "encryption": "`{encrypted, key_safe}`, each `true`, `false` or `null`",
    "residents": "number of people for each code of a place",
    "places": "list of codes of places",
    "steps": "whole number for each word",
}
"""What a value of each kind of fact looks like, for the reader of the reference."""


def _words() -> Vocabulary:
    return load_vocabulary(BundledFiles(ROOT))


def facts_table() -> str:
    """One row a fact: its label, and what its value looks like."""
    vocabulary = _words()
    rows = ["| fact | says | value |", "| --- | --- | --- |"]
    groups = (
        ("What letters tell", vocabulary.items), ("What letters tell that no law demands", vocabulary.practice),
        ("What decides about duties", vocabulary.decisions),
    )  # fmt: skip
    for title, facts in groups:
        rows.append(f"| **{title}** | | |")
        for name, fact in facts.items():
            options = f": {', '.join(f'`{option}`' for option in fact.options)}" if fact.options else ""
            unit = f" of {vocabulary.units[fact.unit].en.other}" if fact.unit else ""
            rows.append(f"| `{name}` | {_cell(fact.en)} | {_TYPES[fact.kind]}{unit}{options} |")
    return "\n".join(rows)


def categories_table() -> str:
    """One row a kind of data."""
    rows = [f"| `{name}` | {_cell(words.en)} |" for name, words in _words().categories.items()]
    return "\n".join(["| kind of data | is |", "| --- | --- |", *rows])


def roles_table() -> str:
    """One row a role: what it is, and by which law it exists."""
    rows = [
        f"| `{name}` | {_cell(role.en)} | {_cell(role.defined_by) or '-'} |"
        for name, role in _words().obligated.items()
    ]
    return "\n".join(["| role | is | defined by |", "| --- | --- | --- |", *rows])


def sectors_table() -> str:
    """One row a sector: what it is, and which roles it suggests."""
    vocabulary = _words()
    rows = []
    for name, sector in vocabulary.sectors.items():
        asked = [one for one in vocabulary.role_questions if not one.sectors or name in one.sectors]
        roles = ", ".join(f"`{role}`" for one in asked for role in one.roles)
        rows.append(f"| `{name}` | {_cell(sector.en)} | {roles} |")
    return "\n".join(["| sector | is | suggests the roles |", "| --- | --- | --- |", *rows])


_KINDS = {
    "primary": "the text of the law",
    "primary-quoted": "a page that quotes the law",
    "official": "a page of the authority",
    "secondary": "a commentary",
    "unread": "the address of the law, which nobody read",
}


def api_table() -> str:
    """One row an operation: how it is asked, what it does, which right it needs, which command does the same."""
    rows = ["| request | what it does | right | command |", "| --- | --- | --- | --- |"]
    for one in OPERATIONS:
        right = f"`{one.right}`" if one.right is not None else "none"
        command = f"`leakguard {one.command}`" if one.command else ""
        rows.append(f"| `{one.method} {one.path}` | {_cell(one.summary)} | {right} | {command} |")
    return "\n".join(rows)


def shipped_secrets() -> str:
    """One row a kind of secret: what it opens and what the owner does."""
    rows = [
        f"| `{one.id}` | {_cell(one.title)} | {_cell(one.opens)} | {_cell(one.replace)} "
        f"[Source]({one.source}), {one.verified_on} |"
        for one in shipped_forms().secrets
    ]
    return "\n".join(["| kind | is | opens | what to do |", "| --- | --- | --- | --- |", *rows])


def shipped_backends() -> str:
    """One row a kind of backend: what its owner has to see to."""
    rows = [
        f"| `{one.id}` | {_cell(one.title)} | {_cell(one.advice)} [Source]({one.source}), {one.verified_on} |"
        for one in shipped_forms().backends
    ]
    return "\n".join(["| kind | is | advice |", "| --- | --- | --- |", *rows])


def shipped_forms() -> ShippedForms:
    """The secrets and the backends that LeakGuard recognises."""
    return parse_forms(BundledFiles().texts(FOLDER))


def university_script() -> str:
    """The script that plays the university case by the API alone; a test runs the same file."""
    return f"```python\n{(DOCS / 'how-to' / 'university_case.py').read_text(encoding='utf-8').rstrip()}\n```"


PARTS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "numbers": ("../README.md", numbers),
    "packages": ("explanation/architecture.md", packages_table),
    "coverage": ("reference/coverage.md", coverage),
    "accuracy": ("reference/accuracy.md", accuracy),
    "bench": ("reference/bench.md", bench),
    "commands": ("reference/commands.md", commands_table),
    "api": ("reference/api.md", api_table),
    "university-case": ("how-to/use-the-api.md", university_script),
    "assess-screen": ("how-to/write-a-letter.md", lambda: assess_screen("en")),
    "assess-screen-zh": ("zh/how-to/write-a-letter.md", lambda: assess_screen("zh")),
    "event-kinds": ("reference/event-kinds.md", event_kinds_table),
    "duty-sources": ("explanation/how-duties-are-decided.md", duty_sources),
    "facts": ("reference/facts-file.md", facts_table),
    "categories": ("reference/facts-file.md", categories_table),
    "roles": ("reference/facts-file.md", roles_table),
    "sectors": ("reference/facts-file.md", sectors_table),
    "rights": ("reference/rights.md", rights_table),
    "event-rights": ("reference/rights.md", event_rights_table),
    "command-rights": ("reference/rights.md", command_rights_table),
    "shipped-secrets": ("how-to/read-what-your-pages-ship.md", shipped_secrets),
    "shipped-backends": ("how-to/read-what-your-pages-ship.md", shipped_backends),
    "app-categories": ("how-to/check-an-app.md", app_categories),
    "app-categories-zh": ("zh/how-to/check-an-app.md", app_categories_zh),
    "webhook-receiver": ("reference/webhooks.md", webhook_receiver),
    "webhook-fields": ("reference/webhooks.md", webhook_fields),
    "webhook-body": ("reference/webhooks.md", webhook_body),
    "log-events": ("reference/logs.md", log_events_table),
    "log-fields": ("reference/logs.md", log_fields_table),
}
"""Each generated part by the name of its marks: the page that it stands on, and what writes it."""


def pages() -> tuple[Path, ...]:
    """The README and every page of `docs/`."""
    return (README, *sorted(DOCS.rglob("*.md")))


def written_pages() -> Iterator[tuple[Path, str]]:
    """Each page that has a generated part, as it should be. Raises `ValueError` where a page lacks the marks."""
    for name, (place, write) in PARTS.items():
        path = (DOCS / place).resolve()
        pattern = re.compile(rf"(<!-- {name}:begin [^\n]*-->\n).*?(<!-- {name}:end -->)", re.DOTALL)
        text, count = pattern.subn(
            lambda found, write=write: f"{found[1]}{write()}\n{found[2]}",  # type: ignore[misc]
            path.read_text(encoding="utf-8"),
        )
        if count != 1:
            raise ValueError(f"{path} must have one part `{name}`, and has {count}")
        yield path, text


def _cell(text: str) -> str:
    """One line, in which nothing ends the cell of a table."""
    return " ".join(text.split()).replace("|", "&#124;")


if __name__ == "__main__":
    for page, content in written_pages():
        page.write_text(content, encoding="utf-8")
    click.echo(f"{len(PARTS)} parts written")

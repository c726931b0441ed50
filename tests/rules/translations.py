"""Which texts a reader of another language gets: those of the data, of the console, and sentences of the program.

`python tests/rules/translations.py` rewrites the catalogues that follow from bundled data that has its Chinese beside
its English (the vocabulary, laws, recipients); all others are written by hand. The tests take every text from here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from babel.messages.extract import extract_from_file

from leakguard.accounts.rights import WORDS, Role
from leakguard.bundled import BundledFiles
from leakguard.clocks.event_kinds import GROUPS, KINDS
from leakguard.clocks.verdicts import State
from leakguard.ledger.verification_result import Answer as VerificationAnswer
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.models.alerts import Severity as AlertSeverity
from leakguard.models.deliveries import DeliveryState
from leakguard.models.findings import Outcome, Severity
from leakguard.models.incidents import IncidentState
from leakguard.models.people import BySource
from leakguard.models.unfinished import Area
from leakguard.notices.book import DutyBook, load_duties
from leakguard.notices.duties import Duty
from leakguard.notices.duty_tasks import task_texts
from leakguard.notices.facts import FactState
from leakguard.notices.judging import Answer
from leakguard.notices.place_states import PlaceState
from leakguard.outbound.rule_files import load_rules
from leakguard.outputs.clock import STATE_WORDS
from leakguard.playbooks.shapes import Playbook
from leakguard.playbooks.states import StepState
from leakguard.playbooks.words import Action
from leakguard.scanning.diff import ChangeKind
from leakguard.scanning.place_status import PlaceStanding
from leakguard.translations.catalogue import Entry, entries, po_paths
from leakguard.use_cases.incidents.playbooks import find_file, list_playbooks
from leakguard.web.console.screens import ACTS, MENU, SCREENS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "leakguard"
CONSOLE = PACKAGE / "web" / "console"
CATALOGUES = PACKAGE / "translations"
LANGUAGE = "zh"
_SAYS = {"say", "gettext", "text", "_", "N_", "ngettext"}
"""Calls of the console's modules whose first argument is a message."""
_SAID = re.compile(r"""(?:"([^"{}]+)"|'([^'{}]+)')\s*\|\s*said\b""")
"""A constant of a template that the filter translates; Babel finds all others."""
_HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: zh\\n"\n'


@cache
def book() -> DutyBook:
    """The duties that ship."""
    return load_duties(BundledFiles())


@cache
def playbooks() -> tuple[Playbook, ...]:
    """The playbooks that ship."""
    return tuple(find_file(BundledFiles(), one.playbook).playbook for one in list_playbooks(BundledFiles()))


def playbook_texts() -> Iterator[str]:
    """What stands in the playbooks for people."""
    for one in playbooks():
        yield from (one.title, *one.about, *one.roles, *one.roles.values())
        for clock in one.clocks.values():
            yield from (clock.title, clock.text)
        for step in one.steps.values():
            yield from (step.title, step.why or "", step.kind, step.phase, *step.do, *step.do_not, *step.evidence)
            yield from (line for lines in step.how.values() for line in lines)
            for asked in step.form.values():
                yield from (asked.label, *asked.options)


def event_texts() -> Iterator[str]:
    """The kinds of events: their names, what they mean, and their groups."""
    for kind in KINDS.values():
        yield from (kind.name, kind.meaning)
    yield from GROUPS


def state_texts() -> Iterator[str]:
    """Names of states, answers and roles, and what each right allows."""
    every = (State, StepState, IncidentState, Outcome, Severity, AlertSeverity, DeliveryState, ChangeKind,
             PlaceStanding, FactState, Answer, PlaceState, Role, Area, VerificationAnswer,
             DiscrepancyKind, BySource)  # fmt: skip
    yield from (one.value for kind in every for one in kind)
    yield from (words for words, _ in STATE_WORDS.values())
    yield from Action.__args__  # type: ignore[attr-defined]
    yield from WORDS.values()


def vocabulary_pairs() -> Iterator[tuple[str, str]]:
    """The words that the vocabulary has in both languages."""
    words = book().vocabulary
    tables: tuple[Mapping[str, Any], ...] = (
        words.items, words.practice, words.decisions, words.categories, words.obligated, words.sectors, words.bodies,
        words.stages, words.place_names,
    )  # fmt: skip
    yield from ((one.en, one.zh) for table in tables for one in table.values())
    yield from ((one.en, one.zh) for one in words.role_questions)


def law_pairs() -> Iterator[tuple[str, str]]:
    """Laws, a law with its article, and recipients, as far as the duties have them in Chinese."""
    for duty in (text for one in book().duties for text in one.texts):
        if duty.law_zh:
            yield duty.law, duty.law_zh
        if duty.law in law_words():
            yield f"{duty.law}, {duty.article}", _cited(duty)
        if duty.recipient.name_zh:
            yield duty.recipient.name, duty.recipient.name_zh
        yield from ((one.text, one.text_zh) for one in duty.versions if one.text and one.text_zh)


def named_pairs() -> Iterator[tuple[str, str]]:
    """A law as sentences name it; without its article where the English names more than one so."""
    found: dict[str, set[str]] = {}
    for duty in _texts():
        if "en" in duty.named and duty.law in law_words():
            found.setdefault(duty.named["en"], set()).add(_cited(duty))
    for duty in _texts():
        if (english := duty.named.get("en")) in found:
            cited = found.pop(str(english))
            yield str(english), cited.pop() if len(cited) == 1 else law_words()[duty.law]


def cited_laws() -> Iterator[tuple[str, str]]:
    """Each law with its article as one message, beside the article alone."""
    yield from ((f"{duty.law}, {duty.article}", duty.article) for duty in _texts() if duty.law in law_words())


def _cited(duty: Duty) -> str:
    """A law with its article, as a Chinese text cites it."""
    law, article = law_words()[duty.law], duty.article.replace(" (model law, section 6)", "（示范法第6条）")
    if "《" in duty.article_zh:
        return duty.article_zh
    if duty.article_zh or article == "breach provisions":
        return f"{law}{duty.article_zh or '有关泄露的规定'}"
    if found := _ARTICLE.fullmatch(article):
        parts = [part for part in found.group("parts").replace(")", "").split("(") if part]
        finer = "".join(f"第{part}款" if part.isdigit() else f"({part})项" for part in parts)
        return f"{law}第{found.group('number')}条{finer}"
    is_number = article[0].isdigit() and " " not in article and "条" not in law
    return f"{law}第{article}条" if is_number else f"{law}（{article}）"


_ARTICLE = re.compile(r"(?:Art\.|s\.|section) ?(?P<number>\d+[A-Z]*)(?P<parts>(?:\([0-9a-z]+\))*)")


@cache
def law_words() -> Mapping[str, str]:
    """How each law is called: as a file decides, else as the first duty that names it."""
    decided = {one.message: one.text for one in read_catalogues().get("data-law-names.po", ())}
    return {duty.law: duty.law_zh for duty in reversed(list(_texts()))} | decided


def outbound_pairs() -> Iterator[tuple[str, str]]:
    """What has to be settled before a letter leaves for a foreign office."""
    body = load_rules(BundledFiles()).incident.foreign_body
    yield from ((one.en, one.zh) for one in (body.letter, *body.carries.values()))


def stage_pairs() -> Iterator[tuple[str, str]]:
    """The stages of notices by their names."""
    words = book().vocabulary
    yield from ((phase.name, words.stage_words(phase.name, "zh")) for duty in _texts() for phase in duty.phases)


def place_pairs() -> Iterator[tuple[str, str]]:
    """Countries and parts of them, by their names and by the codes that reasons name."""
    words = book().vocabulary
    yield from ((words.place_words(code, "en"), words.place_words(code, "zh")) for code in words.countries)
    parts = (f"{country}-{part}" for country, some in words.subdivisions.items() for part in some)
    named = ((code, words.place_words(code, "zh")) for code in (*words.countries, *parts))
    yield from ((code, name) for code, name in named if name != code)


def law_texts() -> Iterator[str]:
    """Laws, a law with its article, a law as sentences name it, and recipients."""
    for duty in _texts():
        yield from (duty.law, f"{duty.law}, {duty.article}", duty.recipient.name, duty.jurisdiction)
        yield duty.named.get("en", "")


def rule_texts() -> Iterator[str]:
    """The clauses by which a duty applies or does not: what `because` and `unclear` show."""
    for duty in _texts():
        found: list[str] = []
        _clauses(duty.trigger.rule.model_dump(), found)
        for when in (*(one.when for one in duty.exemptions), *(one.when for one in duty.phases)):
            if when is not None:
                _clauses(when.model_dump(), found)
        yield from found


def trigger_texts() -> Iterator[str]:
    """What each duty asks in one sentence, and its exemptions."""
    for duty in _texts():
        yield from (duty.trigger.text, *(one.text for one in duty.exemptions))


def limit_texts() -> Iterator[str]:
    """What is noted beside a limit."""
    for duty in _texts():
        yield from (phase.note for phase in duty.phases)


def note_texts() -> Iterator[str]:
    """What each duty notes about its law and its source."""
    yield from (duty.notes for duty in _texts())


def channel_texts() -> Iterator[str]:
    """By which way each notice is handed in, and what a missing one costs."""
    for duty in _texts():
        yield from (duty.channel, duty.penalties)


def remark_texts() -> Iterator[str]:
    """The figures of each law, and remarks on the items of its notice."""
    for duty in _texts():
        yield from (*duty.trigger.thresholds, *(one.text for one in duty.content))


def edpb_texts() -> Iterator[str]:
    """The questions of the EDPB's form, and what may be answered."""
    for field in _yaml("duties", "edpb/template.yaml")["fields"]:
        yield from (field["title"], *(field.get("codes") or {}).values())


def office_texts() -> Iterator[str]:
    """How each office takes notices, what is noted about it, and what may be chosen in its form; not in Chinese."""
    yield from (text for text in _of_offices() if not re.search("[\u4e00-\u9fff]", text))


def _of_offices() -> Iterator[str]:
    for name in BundledFiles().names("authorities"):
        one = _yaml("authorities", name) if name.endswith(".yaml") else {}
        for office in one.get("authorities") or ():
            form = office.get("form") or {}
            yield from (form.get("name", ""), form.get("note", ""), office.get("hours", ""))
            yield from _lines(office.get("notes"))
        form = one.get("form") or {}
        for field in (*(form.get("fields") or ()), *(form.get("more") or ())):
            yield (field.get("hint") or {}).get("en", "")
            yield from (field.get("choices") or ())


def _yaml(folder: str, name: str) -> Any:  # noqa: ANN401  (a file of data)
    return yaml.load(BundledFiles().text(folder, name), yaml.CSafeLoader)


def _lines(text: str | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def practice_texts() -> Iterator[str]:
    """What each letter that no law demands is good for."""
    yield from (one.why for one in book().practice)


@cache
def _checks() -> tuple[Mapping[str, Any], ...]:
    """The checks as their files have them."""
    bundled = BundledFiles()
    every = [(folder, name) for folder in ("checks", "cloud_checks") for name in bundled.names(folder)]
    texts = (bundled.text(folder, name) for folder, name in every if name.endswith(".yaml"))
    return tuple(read for text in texts if isinstance(read := yaml.load(text, yaml.CSafeLoader), Mapping))


def check_titles() -> Iterator[str]:
    """What each check is called."""
    yield from (one["title"] for one in _checks() if "title" in one)


def finding_reasons() -> Iterator[str]:
    """Why a check says what it says."""
    for one in _checks():
        yield from (rule["reason"].strip() for rule in one.get("rules") or one.get("judge") or () if "reason" in rule)


def remedies() -> Iterator[str]:
    """How each check advises to close what it found."""
    yield from (one["remediation"] for one in _checks() if "remediation" in one)


def drill_texts() -> Iterator[str]:
    """What the scenarios of drills tell."""
    bundled = BundledFiles()
    for name in bundled.names("scenarios"):
        if not name.endswith(".yaml"):
            continue
        one = yaml.load(bundled.text("scenarios", name), yaml.CSafeLoader)
        yield from (one["title"], *one["about"], *one["law_of_the_day"])
        for fact in one["facts"]:
            yield from (fact["what"], fact.get("unknown", ""))
        for told in one["injects"].values():
            text = told.get("text", ())
            yield from (told["title"], told.get("invented", ""), *([text] if isinstance(text, str) else text))


def duty_texts() -> Iterator[str]:
    """When an item of a notice is stated, in which language it is written, and what a late one needs."""
    yield from (one.means for one in book().vocabulary.conditions.values())
    for duty in _texts():
        yield from (duty.language.text, duty.late_rule or "")


def _texts() -> Iterator[Duty]:
    yield from (text for one in book().duties for text in one.texts)


def _clauses(value: object, found: list[str]) -> None:
    if isinstance(value, Mapping):
        if isinstance(text := value.get("text"), str):
            found.append(text)
        for part in value.values():
            _clauses(part, found)
    elif isinstance(value, list | tuple):
        for part in value:
            _clauses(part, found)


REGISTERS: dict[str, Callable[[], Iterable[str]]] = {
    "data-playbooks.po": playbook_texts,
    "data-events.po": event_texts,
    "data-tasks.po": task_texts,
    "data-states.po": state_texts,
    "data-vocabulary.po": lambda: (english for english, _ in vocabulary_pairs()),
    "data-laws.po": lambda: (text for text, _ in (*law_pairs(), *named_pairs())),
    "data-stages.po": lambda: (name for name, _ in stage_pairs()),
    "data-outbound.po": lambda: (text for text, _ in outbound_pairs()),
    "data-places.po": lambda: (name for name, _ in place_pairs()),
    "data-law-names.po": law_texts,
    "data-rules.po": rule_texts,
    "data-triggers.po": trigger_texts,
    "data-limits.po": limit_texts,
    "data-checks.po": check_titles,
    "data-findings.po": finding_reasons,
    "data-remedies.po": remedies,
    "data-drills.po": drill_texts,
    "data-duties.po": duty_texts,
    "data-practice.po": practice_texts,
    "data-notes.po": note_texts,
    "data-channels.po": channel_texts,
    "data-remarks.po": remark_texts,
    "data-edpb.po": edpb_texts,
    "data-offices.po": office_texts,
}
"""By the catalogue that holds its Chinese: where the texts of a register come from."""
GENERATED: dict[str, Callable[[], Iterable[tuple[str, str]]]] = {
    "data-vocabulary.po": vocabulary_pairs,
    "data-laws.po": lambda: (*law_pairs(), *named_pairs()),
    "data-stages.po": stage_pairs,
    "data-outbound.po": outbound_pairs,
    "data-places.po": place_pairs,
}
"""Catalogues that follow from data with both languages; a text that stands in another file is not in them."""


def read_catalogues() -> dict[str, list[Entry]]:
    """Every entry of each file."""
    return {path.name: list(_entries_of(path.read_text(encoding="utf-8"))) for path in po_paths(LANGUAGE)}


@cache
def _entries_of(text: str) -> tuple[Entry, ...]:
    return tuple(entries(text))


def generated(name: str) -> str:
    """The text of a catalogue that follows from data; the first meaning of a text counts, as one has to."""
    others = {one.message for file, found in read_catalogues().items() if file not in GENERATED for one in found}
    before = list(GENERATED)[: list(GENERATED).index(name)]
    others |= {text for earlier in before for text, _ in GENERATED[earlier]()}
    pairs: dict[str, str] = {}
    for english, chinese in GENERATED[name]():
        if english not in others:
            pairs.setdefault(english, chinese)
    rows = (f"\nmsgid {_quoted(english)}\nmsgstr {_quoted(pairs[english])}\n" for english in sorted(pairs))
    return f"# Made from the bundled data by tests/rules/translations.py.\n{_HEAD}{''.join(rows)}"


def two_meanings() -> dict[str, set[str]]:
    """Texts of the generated catalogues that the data translate in more than one way, and no file decides."""
    others = {one.message for file, found in read_catalogues().items() if file not in GENERATED for one in found}
    found: dict[str, set[str]] = {}
    for pairs in GENERATED.values():
        for english, chinese in pairs():
            found.setdefault(english, set()).add(chinese)
    return {english: texts for english, texts in found.items() if len(texts) > 1 and english not in others}


def _quoted(text: str) -> str:
    marked = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{marked}"'


@cache
def console_messages() -> Mapping[str, str]:
    """Every message of the console and where it stands; of a plural, its second form."""
    found: dict[str, str] = {}
    for path in sorted((CONSOLE / "templates").rglob("*.html")):
        found |= dict.fromkeys(_of_template(path), str(path.relative_to(CONSOLE)))
    for path in sorted(CONSOLE.rglob("*.py")):
        found |= dict.fromkeys(_of_module(path), str(path.relative_to(CONSOLE)))
    named = [(one.title, one.name) for one in SCREENS] + [(one.tab, one.name) for one in SCREENS]
    named += [(one.done, one.name) for one in ACTS] + [(one.label, one.screen) for one in MENU]
    found |= {text: f"register: {name}" for text, name in named}
    return {text: place for text, place in found.items() if text}


def _of_template(path: Path) -> Iterator[str]:
    options = {"trimmed": "true", "silent": "false", "extensions": "jinja2.ext.do"}
    rows: list[Any] = list(extract_from_file("jinja2.ext:babel_extract", str(path), options=options))
    for _, message, *_ in rows:
        yield message[1] if isinstance(message, tuple) else message
    for double, single in _SAID.findall(path.read_text(encoding="utf-8")):
        yield double or single


def _of_module(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        place = 1 if name == "ngettext" else 0
        if name in _SAYS and len(node.args) > place:
            yield from _constant(node.args[place])
        yield from (
            text for one in node.keywords if name == "Done" and one.arg == "say" for text in _constant(one.value)
        )


@cache
def said_words() -> frozenset[str]:
    """Texts that a template or a module holds and the filter translates later, such as the words of a code."""
    found = set(program_sentences())
    for path in (CONSOLE / "templates").rglob("*.html"):
        found |= {double or single for double, single in _LITERAL.findall(path.read_text(encoding="utf-8"))}
    return frozenset(found | {text.replace("_", " ") for text in found})


_LITERAL = re.compile(r"""\"([^"{}<>]+)\"|'([^'{}<>]+)'""")


def _constant(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


@cache
def program_sentences() -> frozenset[str]:
    """Every sentence that the program composes or holds, with `{}` in each place."""
    found: set[str] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(re.sub(r"\{[a-z_]*\}", "{}", node.value))
    return frozenset(found | {text.removeprefix("; ") for text in found})


def clock_phrases() -> set[str]:
    """Every message of the sentences about clocks: the places of a constant, and what a phrase says alone."""
    found: set[str] = set()
    for path in sorted((PACKAGE / "clocks").glob("*.py")):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        docstrings = {node.value for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Phrase":
                found |= set(_constant(node.args[0]))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "{}" in node.value:
                found |= {node.value} if node not in docstrings else set()
    return found


if __name__ == "__main__":
    for file in GENERATED:
        (CATALOGUES / LANGUAGE / file).write_text(generated(file), encoding="utf-8")

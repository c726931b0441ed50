"""Reads the files of `duties/outbound/`, and names everything that is wrong with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import lru_cache

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import load
from leakguard.files.names import nearest_name
from leakguard.outbound.rules import (
    CARRIED,
    FactTest,
    IncidentFile,
    LawText,
    PapersFile,
    RoutesFile,
    RouteWordsFile,
    RuleBook,
    SourcesFile,
)
from leakguard.ports import DataFolders

ROUTES, WORDS, INCIDENT = "outbound/cn-routes.yaml", "outbound/routes.yaml", "outbound/incident.yaml"
PAPERS, SOURCES = "outbound/papers.yaml", "outbound/sources.yaml"
FILES = (ROUTES, WORDS, INCIDENT, PAPERS, SOURCES)
"""Among the files of `duties/`."""
_DAY = timedelta(days=1)


def load_rules(folders: DataFolders) -> RuleBook:
    """The rules that ship, read once; raises `BadFile`."""
    return _parsed(tuple(folders.text("duties", name) for name in FILES))


@lru_cache(maxsize=2)
def _parsed(texts: tuple[str, ...]) -> RuleBook:
    return parse_rules(dict(zip(FILES, texts, strict=True)))


def parse_rules(texts: Mapping[str, str]) -> RuleBook:
    """The rules from the files by name; raises `BadFile` with every problem of a file."""
    routes = load(texts[ROUTES], RoutesFile, name=ROUTES)
    words = load(texts[WORDS], RouteWordsFile, name=WORDS)
    incident = load(texts[INCIDENT], IncidentFile, name=INCIDENT)
    papers = load(texts[PAPERS], PapersFile, name=PAPERS)
    sources = load(texts[SOURCES], SourcesFile, name=SOURCES)
    book = RuleBook(
        zone=routes.zone, facts=routes.facts, texts=tuple(sorted(routes.texts, key=_begin, reverse=True)),
        sources=sources.sources, routes=words.routes, always=words.always, clocks=words.clocks, incident=incident,
        papers=papers.papers,
    )  # fmt: skip
    _refuse(ROUTES, (*_text_problems(book), *_time_problems(book)))
    _refuse(WORDS, (*_word_problems(book), *_clock_problems(book)))
    _refuse(INCIDENT, _incident_problems(book))
    _refuse(PAPERS, _unknown_sources(book, ((f"papers.{name}", paper.sources) for name, paper in book.papers.items())))
    return book


def _begin(text: LawText) -> str:
    return text.in_force_from.isoformat()


def _refuse(name: str, problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise BadFile(name, found)


def _unknown(where: str, name: str, known: Iterable[str], what: str) -> Iterator[Problem]:
    names = list(known)
    if name not in names:
        yield Problem(where=where, text=f"unknown {what} `{name[:60]}`", nearest=nearest_name(name[:60], names))


def _unknown_sources(book: RuleBook, rows: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[Problem]:
    for where, names in rows:
        for name in names:
            yield from _unknown(where, name, book.sources, "source")


def _text_problems(book: RuleBook) -> Iterator[Problem]:
    for text in book.texts:
        where = f"texts.{text.id}"
        for name in text.asks:
            yield from _unknown(f"{where}.asks", name, book.stated, "fact")
        yield from _unknown_sources(book, [(where, text.sources), *((where, row.sources) for row in text.rows)])
        for number, row in enumerate(text.rows):
            for route in row.route:
                yield from _unknown(f"{where}.rows[{number}]", route, book.routes, "route")
            for test in row.when:
                yield from _test_problems(book, text, test, f"{where}.rows[{number}]")
        if text.rows[-1].when:
            yield Problem(where=f"{where}.rows", text="the last row must hold always, so that every case has an answer")


def _test_problems(book: RuleBook, text: LawText, test: FactTest, where: str) -> Iterator[Problem]:
    kind = book.facts.get(test.fact)
    if kind is None or any(name not in text.asks for name in kind.sum_of or (test.fact,)):
        yield Problem(where=where, text=f"the fact `{test.fact[:60]}` is not asked for in this text")
    elif bool(kind.choices) is (test.at_least is not None) or bool(test.wanted) is (test.at_least is not None):
        yield Problem(where=where, text=f"a choice takes `is` or `in`, a count `at_least`: `{test.fact}`")
    for word in test.wanted.difference(kind.choices) if kind is not None else ():
        yield from _unknown(where, word, kind.choices if kind is not None else (), "option")


def _time_problems(book: RuleBook) -> Iterator[Problem]:
    """Each text ends on the day before the next one begins."""
    for later, earlier in zip(book.texts, book.texts[1:], strict=False):
        if earlier.in_force_to != later.in_force_from - _DAY:
            yield Problem(where=f"texts.{earlier.id}", text=f"must end on the day before `{later.id}` begins")


def _word_problems(book: RuleBook) -> Iterator[Problem]:
    yield from _unknown_sources(book, ((f"routes.{name}", route.sources) for name, route in book.routes.items()))
    yield from _unknown_sources(book, ((f"always.{rule.id}", rule.sources) for rule in book.always))
    for name, route in book.routes.items():
        for paper in route.papers:
            yield from _unknown(f"routes.{name}.papers", paper, book.papers, "paper")


def _clock_problems(book: RuleBook) -> Iterator[Problem]:
    yield from _unknown_sources(book, ((f"clocks.{name}", clock.sources) for name, clock in book.clocks.items()))
    for name, clock in book.clocks.items():
        yield from _unknown(f"clocks.{name}", clock.tool, book.incident.tools, "tool")
        if (clock.before_end is None) is (clock.after_effect is None):
            yield Problem(where=f"clocks.{name}", text="counts either `before_end` or `after_effect`")


def _incident_problems(book: RuleBook) -> Iterator[Problem]:
    incident_file = book.incident
    for kind in sorted(set(CARRIED).symmetric_difference(incident_file.foreign_body.carries)):
        yield Problem(
            where="foreign_body.carries", text=f"needs exactly the words for {', '.join(CARRIED)}, not `{kind}`"
        )
    lists = [("pause", incident_file.pause.sources), ("not_a_transfer_sources", incident_file.not_a_transfer_sources)]
    lists += [("foreign_body", incident_file.foreign_body.sources), ("counsel", incident_file.counsel.sources)]
    lists += [
        (f"tools.{name}", notified.sources) for name, tool in incident_file.tools.items() for notified in tool.tells
    ]
    yield from _unknown_sources(book, lists)
    for name, tool in incident_file.tools.items():
        for notification in tool.tells:
            for party in (notification.from_, notification.to):
                yield from _unknown(f"tools.{name}.tells", party, incident_file.parties, "party")

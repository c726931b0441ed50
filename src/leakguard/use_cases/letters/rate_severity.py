"""Severity: how grave an incident is, by each published method."""

from __future__ import annotations

from leakguard.errors import NotFound
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.notices.book import DutyBook
from leakguard.notices.facts import Facts
from leakguard.notices.severity.method_file import parse_enisa, parse_table
from leakguard.notices.severity.methods import DecisionTable, EnisaMethod
from leakguard.notices.severity.reports import EnisaReport, score_facts
from leakguard.notices.severity.tables import Decision, decide
from leakguard.notices.vocabulary import Vocabulary
from leakguard.ports import DataFolders

FOLDER = "severity"
ENISA = "enisa-2013"
ALL = "all"
CNIL = "cnil"
"""Not a table of its own: ENISA's bands in the CNIL's words."""


class Methods(Frozen):
    """All methods that ship."""

    enisa: EnisaMethod
    tables: tuple[DecisionTable, ...]
    vocabulary: Vocabulary

    @property
    def words(self) -> DutyBook:
        """A book without duties: facts are read with the words of the methods alone."""
        return DutyBook(vocabulary=self.vocabulary, duties=())

    @property
    def names(self) -> tuple[str, ...]:
        """What `--method` may say, besides `all`."""
        return (ENISA, CNIL, *(table.method for table in self.tables))


def rate_all(methods: Methods, facts: Facts) -> tuple[EnisaReport | Decision, ...]:
    """Rate an incident by every method; the CNIL's is ENISA's in other words, and stands there once."""
    return tuple(rate_facts(methods, facts, name) for name in methods.names if name != CNIL)


def load_methods(folders: DataFolders, vocabulary: Vocabulary) -> Methods:
    """Read `duties/severity/`; raises `BadFile`."""
    texts = {name: folders.text("duties", name) for name in folders.names("duties") if name.startswith(f"{FOLDER}/")}
    own = f"{FOLDER}/{ENISA}.yaml"
    return Methods(
        enisa=parse_enisa(texts[own], name=f"duties/{own}", vocabulary=vocabulary),
        tables=tuple(
            parse_table(text, name=f"duties/{name}", vocabulary=vocabulary)
            for name, text in texts.items()
            if name != own
        ),
        vocabulary=vocabulary,
    )


def rate_facts(methods: Methods, facts: Facts, method: str) -> EnisaReport | Decision:
    """Rate an incident by one method; raises `NotFound` naming the nearest one."""
    if method in {ENISA, CNIL}:
        return score_facts(methods.enisa, facts, methods.vocabulary)
    for table in methods.tables:
        if table.method == method:
            return decide(table, facts, methods.vocabulary)
    near = nearest_name(method[:60], list(methods.names))
    hint = f"Did you mean `{near}`?" if near else f"The methods are: {', '.join(methods.names)}, all."
    raise NotFound(f"there is no method `{method[:60]}`", next_step=hint)

"""A filing pack: the form of an authority in its own order, each field with our answer ready to paste."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from leakguard.frozen import Frozen, replace
from leakguard.notices.competence import Office
from leakguard.notices.completeness import ItemStanding, item_standing
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.filing_forms import FilingForm, FormField
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.notices.notice_content import ContentItem
from leakguard.notices.phrases import NotInThisLanguage, Phrases
from leakguard.notices.vocabulary import Lang, Vocabulary

FieldState = Literal["answered", "not_known_yet", "missing", "refused", "too_long", "undecided", "left_out", "by_hand"]
STOPPING: frozenset[FieldState] = frozenset({"missing", "refused", "too_long"})
"""With such a field the form cannot be filed."""


class PackField(Frozen):
    """One field and our answer."""

    number: int
    label: str
    local_label: str
    """As the form has it, where that is another language."""
    label_zh: str
    state: FieldState
    answer: str = ""
    items: tuple[str, ...] = ()
    problem: str = ""
    hint: str = ""
    most: int | None = None
    choices: tuple[str, ...] = ()
    is_required: bool = False
    is_from_memory: bool = False
    unstated: tuple[str, ...] = ()
    """Facts that would answer more of it, and that nobody stated."""
    is_of_law: bool = False
    """The law asks for it, and no field of the form does."""


class Pack(Frozen):
    """All that one filing needs."""

    duty: str
    lang: Lang
    office: Office | None
    form: FilingForm | None
    """`None` where no form is known: the items of the law stand in their order."""
    fields: tuple[PackField, ...]
    mark: str = ""
    """Stands at its head; empty for a pack that somebody may file."""

    @property
    def missing(self) -> tuple[PackField, ...]:
        """What keeps the form from being filed."""
        return tuple(field for field in self.fields if field.state in STOPPING)

    @property
    def is_seen(self) -> bool:
        """Whether the fields are those of the form, and not the items of the law."""
        return self.form is not None and self.form.seen

    @property
    def is_complete(self) -> bool:
        """Whether a person can file it now."""
        return not self.missing


def make_pack(
    duty: Duty,
    facts: Facts,
    lang: Lang,
    *,
    vocabulary: Vocabulary,
    office: Office | None,
    form: FilingForm | None,
    stage: str | None,
    is_late: bool | None,
) -> Pack:
    """Answer each field of the form from the facts."""
    answering = _Answering(duty, _with_sight(facts), lang, vocabulary, stage=stage, is_late=is_late)
    of_law = tuple(_of_law(duty, stage, vocabulary, lang))
    seen, more = (form.fields, form.more) if form is not None else ((), ())
    asked = {item for field in (*seen, *more) for item in field.items}
    left = [field for field in of_law if field.items[0] not in asked] if seen else []
    fields = (*(seen or of_law), *more)
    answered = [answering.field(number, field) for number, field in enumerate(fields, start=1)]
    added = [answering.field(number, field) for number, field in enumerate(left, start=len(fields) + 1)]
    kept = [replace(field, is_of_law=True) for field in added if field.state not in {"left_out", "undecided"}]
    return Pack(duty=duty.id, lang=lang, office=office, form=form, fields=(*answered, *kept))


def _of_law(duty: Duty, stage: str | None, vocabulary: Vocabulary, lang: Lang) -> Iterator[FormField]:
    """The items of the law, in its order, as fields."""
    for item in duty.items_of(stage):
        words = vocabulary.content_items[item.item]
        label = {"en": words.en, "zh": words.zh, str(lang): words.of(lang)}
        yield FormField(label=label, items=(item.item,), required=item.required)


def _with_sight(facts: Facts) -> Facts:
    """The facts with the moment of discovery as the events have it, where no fact states it."""
    sight = facts.sight()
    if "discovery_date" in facts.stated or sight is None or not sight.is_discovery:
        return facts
    found = Fact(name="discovery_date", state=FactState.KNOWN, value=sight.at)
    return replace(facts, stated={**facts.stated, found.name: found})


class _Answering:
    """Answers fields in one language."""

    def __init__(
        self, duty: Duty, facts: Facts, lang: Lang, vocabulary: Vocabulary, *, stage: str | None, is_late: bool | None
    ) -> None:
        self._duty, self._facts, self._lang, self._vocabulary = duty, facts, lang, vocabulary
        self._stage, self._late = stage, is_late
        in_usa = duty.jurisdiction.startswith("US")
        self._phrases = Phrases(vocabulary, lang, zone=facts.zone, in_usa=in_usa)

    def field(self, number: int, field: FormField) -> PackField:
        """One field with its answer, or why it has none."""
        label = field.label.get(self._lang, field.label["en"])
        local = next((text for code, text in field.label.items() if code not in {"en", "zh", self._lang}), "")
        blank = PackField(
            number=number, label=label, local_label=local if local != label else "", label_zh=field.label["zh"],
            state="by_hand", items=field.items,
            hint=field.hint.get(self._lang, field.hint.get("en", "")), most=field.most, choices=field.choices,
            is_required=field.required == "yes", is_from_memory=field.from_memory,
        )  # fmt: skip
        if field.text:
            return _with(blank, "answered", field.text.get(self._lang, field.text.get("en", "")))
        return blank if field.is_by_hand else self._checked(blank, field)

    def _checked(self, blank: PackField, field: FormField) -> PackField:
        """The answer, unless it holds what no form may hold, or is longer than the field."""
        statuses = [self._standing(item, field.required) for item in field.items]
        try:
            answer = self._answer(field.items)
            refuse_personal_values(answer)
        except NotInThisLanguage as error:
            return _with(blank, "missing", problem=f"{error}; add it under `{self._lang}`")
        except ValueError as error:
            return _with(blank, "refused", problem=str(error))
        if field.most is not None and len(answer) > field.most:
            return _with(blank, "too_long", answer, f"has {len(answer)} characters, and the field takes {field.most}")
        unstated = tuple(item for item in field.items if self._facts.get(item) is None)
        return replace(_with(blank, _state(statuses, answer), answer), unstated=unstated)

    def _standing(self, item: str, required: str) -> ItemStanding:
        asked = ContentItem(item=item, required=required)
        return item_standing(asked, self._facts, self._stage, self._vocabulary, is_late=self._late)

    def _answer(self, items: Sequence[str]) -> str:
        """What the facts say, one line an item; several are told with their labels."""
        facts = [fact for fact in map(self._facts.get, items) if fact is not None]
        forbidden = set(self._duty.must_not_contain)
        lines = [(fact.name, self._phrases.line(fact)) for fact in facts if fact.name not in forbidden]
        if len(items) == 1:
            return lines[0][1] if lines else ""
        return "\n".join(f"{self._phrases.label(name)}: {text}" for name, text in lines)


def _state(statuses: Sequence[ItemStanding], answer: str) -> FieldState:
    """How a field stands that one or more items answer."""
    if "missing" in statuses and not any(status in {"present", "said", "not_applicable"} for status in statuses):
        return "missing"
    if "present" in statuses or ("not_applicable" in statuses and "said" not in statuses):
        return "answered"
    if answer:
        return "not_known_yet"
    return "undecided" if "undecided" in statuses else "left_out"


def _with(blank: PackField, state: FieldState, answer: str = "", problem: str = "") -> PackField:
    return replace(blank, state=state, answer=answer, problem=problem)

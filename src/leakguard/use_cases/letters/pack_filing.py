"""Packs what one filing needs: the form of the competent office, in its order, with our answers."""

from __future__ import annotations

from leakguard.errors import NotFound, UsageProblem
from leakguard.frozen import replace
from leakguard.models.languages import Lang
from leakguard.models.letters import drill_mark
from leakguard.notices.audiences import audience_of
from leakguard.notices.book import statuses_of
from leakguard.notices.competence import Office
from leakguard.notices.duties import Duty
from leakguard.notices.duty_phases import stage_meant
from leakguard.notices.facts_of_duty import facts_for_form
from leakguard.notices.filing_forms import FilingForm, load_forms
from leakguard.notices.filing_pack import Pack, make_pack
from leakguard.notices.law_of_day import law_on_the_day
from leakguard.notices.letters.draft import is_late
from leakguard.notices.vocabulary_file import refuse_gaps
from leakguard.ports import DataFolders
from leakguard.use_cases.letters.find_offices import office_of
from leakguard.use_cases.letters.given_facts import NoticeInput


def pack_filing(
    work: NoticeInput,
    folders: DataFolders,
    duty_id: str,
    *,
    form: str | None,
    lang: Lang,
    stage: str | None,
    is_drill: bool = False,
) -> Pack:
    """The pack of one duty; raises `NotFound` for an unknown duty or form, and `UsageProblem` for another's form."""
    duty, vocabulary = law_on_the_day(work.book.duty(duty_id), work.facts, work.now).text, work.book.vocabulary
    stage = stage_meant(stage, duty.phases)
    _refuse_unknown_stage(duty, stage)
    refuse_gaps(vocabulary, lang)
    office = office_of(folders, work.book, work.facts, duty, work.now)
    late = is_late(duty, stage, statuses_of(work.book, work.facts, work.now, duty))
    chosen = _form(folders, work, duty, office, form)
    read = work.facts.for_audience(audience_of(duty.recipient))
    form_facts = facts_for_form(duty, read, stage, vocabulary, is_late=late)
    pack = make_pack(
        duty, form_facts, lang, vocabulary=vocabulary, office=office, form=chosen, stage=stage, is_late=late
    )
    return replace(pack, mark=drill_mark(lang)) if is_drill else pack


def _form(
    folders: DataFolders, work: NoticeInput, duty: Duty, office: Office | None, asked: str | None
) -> FilingForm | None:
    """The form that was asked for, else that of the one office; `None` where no form of it is known."""
    forms = load_forms(folders, work.book.vocabulary)
    if asked is not None:
        if asked not in forms:
            known = ", ".join(sorted(form.id for form in forms.values() if duty.id in form.duties)) or "none"
            raise NotFound(f"there is no form `{asked[:60]}`", next_step=f"Forms of {duty.id}: {known}.")
        if duty.id not in forms[asked].duties:
            raise UsageProblem(
                f"the form `{asked}` is not for {duty.id}", next_step=f"It is for {', '.join(forms[asked].duties)}."
            )
        return forms[asked]
    authority = office.authority if office is not None else None
    fitting = (form for form in forms.values() if authority is not None and form.authority == authority.id)
    return next((form for form in fitting if duty.id in form.duties), None)


def _refuse_unknown_stage(duty: Duty, stage: str | None) -> None:
    if stage is not None and duty.phase(stage) is None:
        names = ", ".join(phase.name for phase in duty.phases)
        raise UsageProblem(f"{duty.id} has no stage `{stage[:40]}`", next_step=f"Its stages are: {names}.")

"""A German letter: `wir` after the salutation, our own reference, cells of a table that begin alike."""

from __future__ import annotations

from leakguard.frozen import replace
from leakguard.models.letters import Fields, Letter, Paragraph
from leakguard.notices.letters.personal import addressed, group_letter
from leakguard.notices.recipients import Recipient
from support.languages import AT, example, example_for_offices
from support.notices import GDPR_33, GDPR_34, book, letter_of

BSI = "de-bsig-32-bsi"


def first_paragraph(letter: Letter) -> str:
    return next(block.text for block in letter.blocks if isinstance(block, Paragraph))


def rows_of(letter: Letter) -> dict[str, str]:
    return dict(row for block in letter.blocks if isinstance(block, Fields) for row in block.rows)


def to_office(duty: str, *, stage: str | None = None) -> Letter:
    values = example_for_offices()
    values["facts"] |= {
        "dpo_contact": {"value": {"email": "datenschutz@universitaet.example"}},
        "systems": {"value": {"de": "ein Suchserver"}},
    }
    return letter_of(duty, "de", values, now=AT, stage=stage)


def test_the_letter_goes_on_in_a_small_letter_behind_the_salutation_and_names_nobody_without_an_article() -> None:
    for letter in (to_office(GDPR_33), letter_of(GDPR_34, "de", example(), now=AT)):
        assert letter.salutation.endswith(",")
        assert first_paragraph(letter).startswith("wir ")
        assert "Universität" not in first_paragraph(letter)
        assert letter.reference.startswith("Unser Zeichen: ")


def test_behind_whose_place_a_guardian_stands_the_letter_begins_with_a_capital() -> None:
    base = letter_of(GDPR_34, "de", example(), now=AT)
    child = Recipient(
        id="1", lang="de", data=(), name="Mia Muster", guardian="Eva Muster", address=(), jurisdiction="DE", line=1
    )  # fmt: skip
    group = group_letter(base, "de", book().vocabulary, zone="UTC")
    letter = addressed(group, child)
    texts = [block.text for block in letter.blocks if isinstance(block, Paragraph)]

    assert "Mia Muster" in texts[0]
    assert texts[1].startswith("Wir ")
    assert texts[2:] == [block.text for block in base.blocks if isinstance(block, Paragraph)][1:]
    assert (
        addressed(group_letter(base, "de", book().vocabulary, zone="UTC"), replace(child, guardian="")).blocks
        == base.blocks
    )


def test_texts_in_a_table_begin_with_a_capital_and_addresses_do_not() -> None:
    rows, known = rows_of(to_office("eu-nis2-23-csirt", stage="early_warning")), rows_of(to_office(GDPR_33))

    assert known["Betroffene Systeme und Dienste"] == "Ein Suchserver"
    assert all(not value[:1].islower() or "@" in value for value in (*rows.values(), *known.values()))


def test_a_stage_is_called_as_the_law_of_its_duty_calls_it() -> None:
    vocabulary = book().vocabulary

    assert to_office(BSI, stage="early_warning").title == "Frühe Erstmeldung nach § 32 Absatz 1 BSIG"
    assert vocabulary.stage_words("early_warning", "de", "eu-nis2-23-csirt") == "Frühwarnung"
    assert vocabulary.stage_words("early_warning", "en", BSI) == vocabulary.stage_words("early_warning", "en")

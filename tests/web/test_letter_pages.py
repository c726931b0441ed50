"""Letters over the API: by state, one with its blocks and passages, its passages reworded, its versions, its form."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.use_cases.letters.edit_passages import MOST_CHARACTERS
from support.notices import CAC, settled
from support.web import COMMANDER, COUNSEL, DPO, VIEWER, Web

DESCRIPTION = "facts.breach_description.value"


@pytest.fixture
def at(web: Web) -> str:
    api = web.client(DPO)
    incident = api.post("/incidents", json={"title": "a search server"}).json()["id"]
    for kind in ("awareness", "discovery"):
        api.post(f"/incidents/{incident}/events", json={"kind": kind})
    api.put(f"/incidents/{incident}/facts", json={**settled(), "events": []})
    return f"/incidents/{incident}"


def shown(web: Web, at: str, letter: str = CAC, lang: str = "en") -> Any:  # noqa: ANN401  (JSON holds anything)
    answer = web.client(DPO).get(f"{at}/letters/{letter}", params={"lang": lang})
    assert answer.status_code == 200, answer.text
    return answer.json()


def description(letter: Any) -> Any:  # noqa: ANN401  (as above)
    return next(one for one in letter["text"]["passages"] if one["id"].startswith(DESCRIPTION))


def reword(web: Web, at: str, text: str, *, passage: str = "", what: str = "passages") -> Any:  # noqa: ANN401  (as above)
    letter = shown(web, at)
    body = {
        "lang": "en", "facts_sha256": letter["facts_sha256"],
        "passages": {passage or description(letter)["id"]: text},
    }  # fmt: skip
    api, path = web.client(DPO), f"{at}/letters/{CAC}/{what}"
    return api.post(path, json=body) if what == "preview" else api.put(path, json=body)


def approve(web: Web, at: str, *names: str) -> None:
    letter = shown(web, at)
    asked = {"duty": CAC, "stage": "initial", "digest": letter["digest"], "written_at": letter["written_at"]}
    for name in names:
        assert web.client(name).post(f"{at}/approvals", json=asked).is_success


def words(letter: Any) -> str:  # noqa: ANN401  (as above)
    lines = (line for block in letter["text"]["blocks"] for line in block["lines"])
    return "\n".join("".join(one["text"] for one in line["segments"]) for line in lines)


def state(web: Web, at: str) -> str:
    letters = web.client(VIEWER).get(f"{at}/letters").json()["letters"]
    return str(next(one["state"] for one in letters if one["letter"] == CAC and one["stage"]["stage"] == "initial"))


def test_the_blocks_of_a_letter_are_what_its_document_says(web: Web, at: str) -> None:
    """Of the same minute, as some letters name it: the second of two requests may be answered in the next one."""
    query = {"duty": CAC, "stage": "initial"}
    pairs = ((shown(web, at), web.client(DPO).get(f"{at}/letters/version", params=query).json()) for _ in range(3))
    letter, version = next((letter, version) for letter, version in pairs if letter["digest"] == version["digest"])
    squeezed = " ".join(version["text"].split())

    assert [line for line in words(letter).splitlines() if " ".join(line.split()) not in squeezed] == []


def test_a_line_that_says_what_is_not_known_is_marked(web: Web, at: str) -> None:
    lines = [line for block in shown(web, at)["text"]["blocks"] for line in block["lines"]]

    assert any(line["unknown"] for line in lines)
    assert not all(line["unknown"] for line in lines)


def test_a_preview_keeps_nothing_and_names_the_approvals_that_saving_would_cost(web: Web, at: str) -> None:
    approve(web, at, COUNSEL)
    answer = reword(web, at, "Another account of it.", what="preview").json()

    assert "Another account of it." in words(answer["letter"])
    assert [one["by"] for one in answer["loses"]] == [[COUNSEL]]
    assert "Another account of it." not in words(shown(web, at))
    assert state(web, at) == "second"


def test_reworded_passages_are_the_facts_and_the_approval_before_is_shown_as_it_was(web: Web, at: str) -> None:
    approve(web, at, COUNSEL, COMMANDER)
    before = words(shown(web, at))
    assert state(web, at) == "approved"
    done = reword(web, at, "Another account of it.").json()
    letter = shown(web, at)

    assert done["changed"] == [description(letter)["id"]]
    assert state(web, at) == "changed"
    assert (letter["current"], letter["approved"], letter["mine"]) == (None, False, False)
    assert set(letter["changed"]) == {"facts", "text"}
    assert letter["diff"]["exact"]
    gone = [line["text"] for line in letter["diff"]["lines"] if line["kind"] == "gone"]
    assert gone
    assert all(any(line.removesuffix("\n") in before for line in part.splitlines()) for part in gone)


@pytest.mark.parametrize(
    ("text", "passage", "says"),
    [
        ("x", "facts.exposure.value", "is no free passage of this letter"),
        (" \n ", "", "may not be empty"),
        ("x" * (MOST_CHARACTERS + 1), "", "characters"),
    ],
)
def test_what_is_no_free_passage_or_says_nothing_is_refused(
    web: Web, at: str, text: str, passage: str, says: str
) -> None:
    answer = reword(web, at, text, passage=passage)

    assert answer.status_code == 400
    assert says in answer.json()["detail"]


def test_the_same_words_again_change_nothing(web: Web, at: str) -> None:
    text = description(shown(web, at))["text"]

    assert reword(web, at, f"  {text}\n").json()["changed"] == []


def test_words_that_end_a_line_of_yaml_stay_words(web: Web, at: str) -> None:
    hostile = 'a: "b" # c\u2028- d {unknown: e}'
    reword(web, at, hostile)

    assert description(shown(web, at))["text"] == " ".join(hostile.split())


def test_facts_that_were_written_since_are_not_overwritten(web: Web, at: str) -> None:
    letter = shown(web, at)
    reword(web, at, "Another account of it.")
    body = {
        "lang": "en", "facts_sha256": letter["facts_sha256"], "passages": {description(letter)["id"]: "A third one."}
    }  # fmt: skip
    answer = web.client(COUNSEL).put(f"{at}/letters/{CAC}/passages", json=body)

    assert answer.status_code == 409
    assert "since you read this letter" in answer.json()["detail"]


def test_the_board_has_each_letter_in_one_state(web: Web, at: str) -> None:
    def found() -> dict[str, Any]:
        groups = web.client(COUNSEL).get("/letters").json()
        return {
            group["state"]: group["count"]
            for group in groups["groups"]
            for one in group["letters"]
            if one["letter"] == CAC and one["stage"]["stage"] == "initial"
        } | {"mine": groups["mine"]}

    assert set(found()) == {"to_approve", "mine"}
    approve(web, at, DPO)
    assert found()["mine"] == 1
    assert "second" in found()
    approve(web, at, COUNSEL)
    assert set(found()) == {"approved", "mine"}
    reword(web, at, "Another account of it.")
    assert set(found()) == {"changed", "mine"}
    web.client(DPO).post(f"{at}/filings", json={"duty": CAC, "stage": "initial", "reference": "17"})
    assert set(found()) == {"filed", "mine"}


def test_a_letter_in_a_language_without_facts_says_what_it_lacks(web: Web, at: str) -> None:
    letter = shown(web, at, "practice-helpdesk")

    assert letter["text"] is None
    assert letter["lacking"][0]["fact"]["fact"] == "public_statement"


def test_a_letter_is_judged_by_the_texts_of_its_own_language(web: Web, at: str) -> None:
    """The English text is for the people affected; the office in China reads the Chinese one."""
    both = {"en": "Somebody may write to you.", "zh": "他人可能利用往来邮件信息实施诈骗。"}
    read = web.client(DPO).get(f"{at}/facts").json()["sha256"]
    facts = {**settled(consequences={"value": both}), "events": []}
    assert web.client(DPO).put(f"{at}/facts", json=facts, headers={"if-match": read}).is_success

    assert shown(web, at, "cn-pipl-57-authority", "zh")["check"]["format_problems"] == []
    (problem,) = shown(web, at, "cn-pipl-57-authority")["check"]["format_problems"]
    assert problem.startswith("consequences: speaks to the people affected (`you`)")


def test_the_form_of_an_office_belongs_to_a_duty(web: Web, at: str) -> None:
    api = web.client(DPO)

    assert api.get(f"{at}/letters/finder/form").status_code == 404
    assert api.get(f"{at}/letters/{CAC}/form").json()["fields"]


def test_an_incident_without_facts_has_no_letters_and_says_so(web: Web) -> None:
    incident = web.client(DPO).post("/incidents", json={"title": "another"}).json()["id"]

    answer = web.client(VIEWER).get(f"/incidents/{incident}/letters").json()
    assert (answer["has_facts"], answer["letters"]) == (False, [])
    assert web.client(VIEWER).get(f"/incidents/{incident}/letters/{CAC}").status_code == 404

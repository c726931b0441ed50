"""Letters: those of all incidents by state, those of one, and how a letter is judged, approved, sent and filed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import NotFound
from leakguard.web.console.pages.letter_words import downloads, language_names, shown_text
from leakguard.web.console.pages.moments import stated_at
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

LETTER = "/incidents/{incident}/letters/{letter}"
TAKEN = "The mail server took the letter."
REFUSED = "The mail server did not take the letter. How it stands is shown below."

DOUBT = "Nobody knows whether the mail server took the letter. How to settle it is shown below."


def board(desk: Desk) -> PageContext:
    """The letters of all incidents."""
    return {"board": desk.ask("show_letters", query={"limit": 20})}


def of_incident(desk: Desk) -> PageContext:
    """The letters of one incident: what applies first, then what may apply."""
    found = desk.ask("list_letters")
    rows = found["letters"]
    return {
        "has_facts": found["has_facts"], "chosen": desk.query.get("duty", ""),
        "due": [row for row in rows if row["applies"] == "yes" or (row["applies"] and row["approved"])],
        "open": [row for row in rows if row["applies"] == "needs_fact" and not row["approved"]],
        "practice": [row for row in rows if row["applies"] is None],
        "names": language_names(desk, {lang for row in rows for lang in row["languages"]}),
    }  # fmt: skip


def letter(desk: Desk) -> PageContext:
    """One letter."""
    return _context(desk, desk.ask("show_letter", query=which(desk)))


def _context(desk: Desk, found: dict[str, Any]) -> dict[str, Any]:
    return {
        "letter": found, "names": language_names(desk, {*found["languages"], found["lang"]}),
        "downloads": downloads(desk, found) if found["text"] and desk.can("draft_letter") else (),
        "places": shown_text(found), "deliveries": _deliveries(desk, found),
    }  # fmt: skip


def _deliveries(desk: Desk, found: dict[str, Any]) -> list[Any]:
    digests = {version["digest"] for version in found["versions"]}
    if not digests:
        return []
    return [batch for batch in desk.ask("list_deliveries")["batches"] if batch["digest"] in digests]


def which(desk: Desk) -> dict[str, str]:
    """The stage and the language that the address names."""
    return {name: desk.query[name] for name in ("stage", "lang") if desk.query.get(name)}


def back(desk: Desk) -> Done:
    """To the letter."""
    return Done(path=url_of("/incidents/{}/letters/{}", desk.incident, desk.path["letter"], **which(desk)))


def _subject(desk: Desk, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """The letter as operations name it."""
    shown = found or desk.ask("show_letter", query=which(desk))
    name = {"duty": shown["letter"]} if shown["law"] else {"letter": shown["letter"].removeprefix("practice-")}
    stage = {"stage": shown["stage"]["stage"]} if shown["stage"] else {}
    return {**name, **stage, "lang": shown["lang"]}


def approve(desk: Desk) -> Done:
    """Vouch for the text that was read."""
    read_at = {"written_at": desk.one("written_at")} if desk.one("written_at") else {}
    body = {**_subject(desk), "digest": desk.one("digest"), "role": desk.one("role"), **read_at}
    desk.ask("approve_letter", body=body)
    return back(desk)


def withdraw(desk: Desk) -> Done:
    """Take one's own approval back."""
    path = {"incident": desk.incident, "digest": desk.one("digest")}
    desk.ask("withdraw_approval", path=path, body={"reason": desk.one("why")})
    return back(desk)


def send(desk: Desk) -> Done:
    """Send the approved letter to one address."""
    body = {
        **_subject(desk), "to": desk.one("to"), "although": desk.one("although"),
        "attach_pdf": bool(desk.one("attach_pdf")), "again": bool(desk.one("again")),
    }  # fmt: skip
    sent = desk.ask("send_letter", body=body)
    return _done(desk, sent["counts"])


def _done(desk: Desk, counts: dict[str, int], taken: str = "") -> Done:
    """To the letter, with what became of it; `taken` is what is said of one that was taken, if not the act's own."""
    say = taken if counts["sent"] else DOUBT if counts["in_doubt"] else REFUSED
    return Done(path=back(desk).path, say=say)


def settle(desk: Desk) -> Done:
    """Say what is known of a letter in doubt: that it was taken, or that it was not and goes out once more."""
    known = desk.one("known")
    body = {
        **_subject(desk), "to": desk.one("went_to"), "although": desk.one("went_although"),
        "attach_pdf": bool(desk.one("with_pdf")), "in_doubt": known,
    }  # fmt: skip
    sent = desk.ask("send_letter", body=body)
    return _done(desk, sent["counts"], "" if known == "sent" else TAKEN)


def address(desk: Desk) -> Done:
    """State to whom the letter goes, a line each; an empty address leaves it to the office again."""
    lines = [line.strip() for line in desk.one("addressee").splitlines() if line.strip()]
    answers = {f"addressees.{desk.path['letter']}": " | ".join(lines) or None}
    desk.ask("answer_facts", body={"answers": answers}, headers={"if-match": desk.one("facts_sha256")})
    return back(desk)


def file(desk: Desk) -> Done:
    """Record that it was filed with the authority."""
    subject = _subject(desk)
    if "duty" not in subject:
        raise NotFound("no office asks for this letter", next_step="Send it instead.")
    at = stated_at(desk, "filed_at")
    moment = {"at": at} if at else {}
    body = {
        "duty": subject["duty"], "stage": desk.one("filed_stage") or subject["stage"], **moment,
        "reference": desk.one("reference"), "to_be_determined": desk.all("promised"), "reason": desk.one("late"),
    }  # fmt: skip
    desk.ask("file_notice", body=body)
    return back(desk)


_READ = Right.READ_INCIDENTS
SCREENS = (
    Screen(
        name="letters", path="/letters", title="Letters", template="letters/board.html", show=board, right=_READ,
        section="letters",
    ),
    Screen(
        name="incident_letters", path="/incidents/{incident}/letters", title="Letters", section="incidents",
        template="letters/incident.html", show=of_incident, right=_READ, tab="Letters", counts="letters",
    ),
    Screen(
        name="letter", path=LETTER, title="Letter", template="letters/letter.html", show=letter, right=_READ,
        section="letters", under="incident_letters", needs_facts=True,
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="approve_letter", path=f"{LETTER}/approve", screen="letter", perform=approve, right=Right.APPROVE_LETTERS,
        done="Your approval is in the ledger.",
    ),
    Act(
        name="withdraw_letter", path=f"{LETTER}/withdraw", screen="letter", perform=withdraw,
        right=Right.APPROVE_LETTERS, done="Your approval is taken back.",
    ),
    Act(
        name="send_letter", path=f"{LETTER}/send", screen="letter", perform=send, right=Right.SEND_LETTERS,
        done=TAKEN, also=(REFUSED, DOUBT),
    ),
    Act(
        name="settle_letter", path=f"{LETTER}/settle", screen="letter", perform=settle, right=Right.SEND_LETTERS,
        done="Your word that the mail server took it is in the ledger.", also=(TAKEN, REFUSED, DOUBT),
    ),
    Act(
        name="address_letter", path=f"{LETTER}/address", screen="letter", perform=address, right=Right.WRITE_FACTS,
        done="The address is kept in the facts, and the letter has it.",
    ),
    Act(
        name="file_letter", path=f"{LETTER}/file", screen="letter", perform=file, right=Right.SEND_LETTERS,
        done="The filing is recorded. Clocks that it ends or starts follow at once.",
    ),
)  # fmt: skip

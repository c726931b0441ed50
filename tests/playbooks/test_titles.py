"""A title stands beside a state, so it says what has to be done."""

from __future__ import annotations

import pytest

from leakguard.bundled import BundledFiles
from leakguard.playbooks.definitions import parse_playbook
from leakguard.playbooks.titles import reads_as_done, title_now, titles_that_read_as_done

DONE = (
    "The review was held", "Closed, and proved closed by a new probe",
    "Revoked, proved dead, and its use looked into", "The secret opens nothing any more",
    "Locked, its accesses gone, and its state proved", "Nobody can get in any more", "It opens nothing any more",
    "We know which data and whose they are", "The authority knows before the extortioner tells it",
    "The processor has closed it, and proved it to us", "The finder has an answer from a person", "Review held was",
    "Told the people concerned", "", "Have been told", "Notices sent to people are out",
)  # fmt: skip
TO_DO = (
    "Hold the review", "Close it, and prove it closed by a new probe",
    "Tell the authority before the extortioner does", "Find out which data and whose they are",
    "Cut off what still flows to them", "Put the service back in a safe state",
    "Decide whether what is on it can be read", "Make sure that it opens nothing", "Proceed to the notices",
    "Set a login", "Have the processor close it", "Answer the finder in person", "Feed the log to the watch",
)  # fmt: skip


@pytest.mark.parametrize("title", DONE)
def test_a_title_that_states_something_reads_as_done(title: str) -> None:
    assert reads_as_done(title)


@pytest.mark.parametrize("title", TO_DO)
def test_a_title_that_says_what_to_do_does_not(title: str) -> None:
    assert not reads_as_done(title)


@pytest.mark.parametrize("name", BundledFiles().names("playbooks"))
def test_no_title_of_a_playbook_that_ships_reads_as_done(name: str) -> None:
    playbook = parse_playbook(BundledFiles().text("playbooks", name), name=name)

    assert titles_that_read_as_done(playbook) == ()
    assert all(clock.title for clock in playbook.clocks.values())


def test_a_title_is_named_with_its_place() -> None:
    text = (
        BundledFiles().text("playbooks", "exposed_datastore.yaml").replace("Hold the review\n", "The review was held\n")
    )
    playbook = parse_playbook(text, name="own.yaml")

    assert titles_that_read_as_done(playbook) == ("clocks.review: The review was held",)


def test_a_response_that_began_with_an_older_playbook_shows_the_title_of_today() -> None:
    assert title_now("The review was held") == "Hold the review"
    assert title_now("Our own promise") == "Our own promise"
    assert not any(reads_as_done(title_now(title)) for title in DONE[:11])

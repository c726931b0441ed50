"""When two people are one, and whose name a record carries.

Who logged in, or uses a token, is authenticated and compared by the id of the account.
Every other name is what somebody typed, or what the operating system calls the user, and only `is_one_person` tells two
of them apart: it errs to one side, as two people whose names read alike count as one, and are told so; one person must
not count as two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.look_alikes import is_boundary, is_readable, read_alike, signs_of

MOST_CHARACTERS = 200
"""A name longer than this is no name."""
_TURN = "\u202e"
"""The right-to-left override: what follows is shown from its end to its beginning."""
_TURNING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
"""Embeddings, overrides and isolates (UAX #9), which no name needs; the marks U+200E and U+200F turn nothing."""
_MOST_TURNED = 6
"""Words of a name that are also tried in another order as one word, `MinZhang` for `Zhang Min`."""


class BySource(StrEnum):
    """Where the name of whoever records comes from."""

    TYPED = "typed"
    OS = "os"
    """The user of the operating system, as nobody typed a name."""
    PROGRAM = "program"
    """No person: a program that runs by itself."""
    SESSION = "session"
    """The account of whoever logged in."""
    TOKEN = "token"  # noqa: S105  (a word, and no secret)
    """The account that an API token belongs to."""


class LoginMethod(StrEnum):
    """How somebody proved who they are when they logged in."""

    PASSWORD = "password"  # noqa: S105  (a word, and no secret)
    PASSWORD_AND_CODE = "password_totp"  # noqa: S105  (as above)
    """With the code of a second factor."""
    PASSKEY = "passkey"
    """Whose authenticator verified its user."""
    PROVIDER = "oidc"
    """An OpenID provider vouched for them."""
    PROXY = "proxy"
    """A named proxy vouched for them."""


AUTHENTICATED = frozenset({BySource.SESSION, BySource.TOKEN})
"""Sources of a name that an account stands behind."""


class Recorder(Frozen):
    """Who records, as far as is known."""

    name: str
    source: BySource = BySource.TYPED
    actor: str = ""
    """The id that stays: `acc_...` of an account, `os:UID`, `program:NAME`; a typed name has that of the OS user."""
    method: str = ""
    """A `LoginMethod` of whoever logged in; empty for others, and for sessions that began before it was kept."""
    job: str = ""
    """The job of the server for which this process runs; empty for a command that somebody typed."""

    @property
    def is_authenticated(self) -> bool:
        """Whether an account stands behind it."""
        return self.source in AUTHENTICATED

    @property
    def signatory(self) -> Signatory:
        """Who that is, for a rule about two people."""
        return Signatory(name=self.name, actor=self.actor, how=self.source.value)

    def signed(self, by: object) -> dict[str, Any]:
        """What a record says of its recorder; `by` is the name that it states already, which is kept."""
        recorded: dict[str, Any] = {"recorded_by": self.signatory.said}
        if not isinstance(by, str) or not by.strip():
            return {"by": self.name, "by_source": self.source.value, **recorded}
        return {"by_source": self.source.value, **recorded} if by == self.name else recorded


class Signatory(Frozen):
    """A person as a rule about two people sees them."""

    name: str
    actor: str = ""
    how: str = ""
    """A `BySource`; empty where it was not recorded."""

    @property
    def said(self) -> dict[str, str]:
        """As a record has it in `recorded_by`."""
        return {"id": self.actor, "name": self.name, "how": self.how}

    @property
    def is_authenticated(self) -> bool:
        """Whether an account stands behind the name."""
        return bool(self.actor) and self.how in AUTHENTICATED


def signatory_of(content: Mapping[str, Any]) -> Signatory:
    """Who stands behind the name in `by` of a record: the recorder, if it is theirs; else just a name.

    What one person did and another confirmed is recorded by the other, and says in `claimed_by` who did it.
    """
    name = str(content.get("by") or "")
    for recorded in (recorded_by(content, "claimed_by"), recorded_by(content)):
        if recorded.name and recorded.name == name:
            return recorded
    return Signatory(name=name, how=by_source(content))


def recorded_by(content: Mapping[str, Any], key: str = "recorded_by") -> Signatory:
    """Who recorded a record; its name is empty where that was not recorded, as in earlier releases."""
    found = content.get(key)
    if not isinstance(found, Mapping):
        return Signatory(name="")
    name, actor, how = (str(found.get(key) or "") for key in ("name", "id", "how"))
    return Signatory(name=name, actor=actor, how=how)


def may_be_one_person(signatory: Signatory, other: Signatory) -> bool:
    """Whether both may be one person: two accounts are compared by id, everything else by name."""
    if signatory.is_authenticated and other.is_authenticated:
        return signatory.actor == other.actor
    return is_one_person(signatory.name, other.name)


def by_source(content: Mapping[str, Any]) -> str:
    """Where the name of a record comes from; empty where that was not recorded, as in earlier releases."""
    return str(content.get("by_source") or "")


_HOW = {
    BySource.OS.value: " (user of the operating system)",
    BySource.PROGRAM.value: " (program)",
    BySource.SESSION.value: " (logged in)",
    BySource.TOKEN.value: " (API token)",
}
_METHOD = {
    LoginMethod.PASSWORD.value: "password",
    LoginMethod.PASSWORD_AND_CODE.value: "password and code",
    LoginMethod.PASSKEY.value: "passkey",
    LoginMethod.PROVIDER.value: "login provider",
    LoginMethod.PROXY.value: "login proxy",
}


def who_text(name: str, source: str, method: str = "") -> str:
    """A name as it is shown: one that nobody typed says where it comes from, and how its owner logged in if known."""
    how = _HOW.get(source, "")
    if method in _METHOD and source == BySource.SESSION.value:
        how = f" (logged in by {_METHOD[method]})"
    return f"{name}{how}" if name else ""


def is_one_person(first: str, other: str) -> bool:
    """Whether both names may be one person's.

    Neither case, width, accents, spaces, signs, the order of words nor letters that look alike tell people apart; what
    holds nothing that is read is nobody's name, and one with the next such.
    A text that turns the direction of writing is compared as it is shown, too.
    Traditional and simplified Chinese, and hiragana and katakana, of one name are other signs: they count as two.
    Initials, titles and short forms are other words: nothing in `A. Lovelace` or `Dr. Ada Lovelace` tells whether it is
    Ada Lovelace.
    """
    return any(_read_as_one(signs_of(each), signs_of(another)) for each in _shown(first) for another in _shown(other))


def _shown(text: str) -> Iterator[str]:
    """The text as it is stored, and as a screen shows it where a sign turns what follows round."""
    yield text
    before, sign, after = text.partition(_TURN)
    if sign:
        yield before + after[::-1]


def _read_as_one(signs: str, others: str) -> bool:
    if read_alike(signs, others):
        return True
    words, other_words = _words(signs), _words(others)
    return (
        _are_pairs(words, other_words)
        or any(read_alike(turned, others) for turned in _turned(words))
        or any(read_alike(signs, turned) for turned in _turned(other_words))
    )


def is_name(text: str) -> bool:
    """Whether a text names anybody: whether something is left of it that is read, and not too much."""
    return len(text) <= MOST_CHARACTERS and is_readable(text)


def refuse_nameless(name: str, *, option: str = "--by") -> None:
    """Raise `UsageProblem` for what is no name, or is shown as another one than it is."""
    if len(name) > MOST_CHARACTERS:
        raise UsageProblem(
            f"a name may have {MOST_CHARACTERS} characters", next_step=f"Write it shorter: {option} NAME"
        )
    if turning := sorted(_TURNING.intersection(name)):
        raise UsageProblem(
            f"the name in {option} holds a sign that turns the direction of writing (U+{ord(turning[0]):04X})",
            next_step=f"Write it without: {option} NAME. Names in Arabic or Hebrew need no such sign.",
        )
    if not is_name(name):
        shown = "an empty text" if not name.strip() else f"{name[:60]!r}"
        raise UsageProblem(
            f"{option} needs a person's name, and {shown} is none", next_step=f'Say who: {option} "A. Counsel"'
        )


def refuse_unreadable(reason: str, *, option: str = "--reason") -> None:
    """Raise `UsageProblem` for a reason in which nobody can read anything; an empty one is none, and passes."""
    if reason and not is_readable(reason):
        shown = "blanks" if not reason.strip() else repr(reason[:60])
        raise UsageProblem(
            f"{option} has to say something that a person can read, and {shown} does not",
            next_step=f'Say why, in words: {option} "..."',
        )


def alike_text(first: str, other: str) -> str:
    """Why two names count as one person's, and the way out for two people who are named alike."""
    if first.strip() == other.strip():
        return f"`{first.strip()}` is the same name twice"
    return (
        f"`{first.strip()}` and `{other.strip()}` read alike, so they count as one person;"
        " two people of that name add what tells them apart, such as a department"
    )


def _words(signs: str) -> tuple[str, ...]:
    return tuple("".join(" " if is_boundary(sign) else sign for sign in signs).split())


def _turned(words: Sequence[str]) -> Iterator[str]:
    """The words in each order that begins with another one of them."""
    if len(words) <= _MOST_TURNED:
        yield from ("".join((*words[place:], *words[:place])) for place in range(1, len(words)))


def _are_pairs(words: Sequence[str], others: Sequence[str]) -> bool:
    """Whether each word has one of the others to itself that it reads like."""
    if len(words) != len(others):
        return False
    alike = [[place for place, other in enumerate(others) if read_alike(word, other)] for word in words]
    taken: dict[int, int] = {}
    return all(_finds_partner(place, alike, taken, set()) for place in range(len(words)))


def _finds_partner(word: int, alike: Sequence[Sequence[int]], taken: dict[int, int], asked: set[int]) -> bool:
    """Give `word` a partner, moving those that have one already where they find another (Kuhn's matching)."""
    for other in alike[word]:
        if other not in asked:
            asked.add(other)
            if other not in taken or _finds_partner(taken[other], alike, taken, asked):
                taken[other] = word
                return True
    return False

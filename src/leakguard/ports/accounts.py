"""What accounts need from the store beside the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leakguard.ports.journals import Journal

if TYPE_CHECKING:
    from leakguard.models.accounts import AnsweredRequest, Passkey, PendingRequest, Person, SessionRow, TokenRow
    from leakguard.models.records import Record


class AccountStore(Journal, Protocol):
    """People, sessions, tokens and passkeys, each change in one transaction with the ledger entries that tell of it."""

    def people(self) -> tuple[Person, ...]:
        """Everybody, in the order in which they were added; those that were erased have no name."""

    def person(self, actor: str) -> Person | None:
        """Who an account belongs to."""

    def add_person(
        self, person: Person, records: Sequence[Record], *, link: str = "", only_first: bool = False
    ) -> None:
        """Keep a new person; raises `NotAllowed` where the name or the mail is another's already.

        With `link`, the hash of a first link, that is used up in the same transaction, or `NotAllowed` is raised.
        With `only_first`, raises `NotAllowed` where there is anybody already.
        """

    def change_person(self, before: Person, after: Person, records: Sequence[Record], *, resets: bool = False) -> None:
        """Keep what differs between the person as it was read and as it is to be; raises as `add_person`.

        Raises `NotFound` for a person who was erased, and `NotAllowed` where somebody else changed the same just now;
        whoever changes one of password and second factor must have read both. With `resets` both are kept in any case,
        and passkeys and the last code that was used are forgotten: a recovery stands, whatever was under way.
        """

    def erase_person(self, actor: str, records: Sequence[Record], *, at: datetime, after: int) -> None:
        """Erase name, mail, hashes, second factors, passkeys, sessions and hashes of tokens; `NotFound` without one.

        Raises `NotAllowed` where there is an entry about accounts beyond `after`.
        """

    def keep_preferences(self, actor: str, *, language: str, zone: str) -> None:
        """Keep in which language and zone somebody reads; empty for what the browser says."""

    def use_totp(self, actor: str, step: int) -> bool:
        """Keep the time step of a code that was used; false where it, or a later one, was used already."""

    def add_session(self, session: SessionRow) -> None:
        """Keep who logged in."""

    def session(self, secret_hash: str) -> SessionRow | None:
        """The session of a secret."""

    def sessions_of(self, actor: str, *, now: datetime) -> tuple[SessionRow, ...]:
        """The sessions of an account that nobody ended and that have not lasted too long, the latest first."""

    def touch_session(self, secret_hash: str, *, at: datetime) -> None:
        """Keep that it was used."""

    def revoke_session(self, secret_hash: str, *, at: datetime) -> None:
        """End one session at once."""

    def revoke_sessions(self, actor: str, *, at: datetime) -> int:
        """End all sessions of an account at once; returns how many."""

    def add_token(self, token: TokenRow, records: Sequence[Record]) -> None:
        """Keep a new token."""

    def token_of(self, secret_hash: str) -> TokenRow | None:
        """The token of a secret."""

    def tokens(self, actor: str = "") -> tuple[TokenRow, ...]:
        """Tokens of an account, or of all, in the order in which they were added."""

    def touch_token(self, token: str, *, at: datetime) -> None:
        """Keep that it was used; `token` is its id."""

    def revoke_token(self, token: str, records: Sequence[Record], *, at: datetime) -> None:
        """End a token at once; raises `NotFound` where there is none, or it has ended."""

    def passkeys(self, actor: str = "") -> tuple[Passkey, ...]:
        """Passkeys of an account, or of all."""

    def add_passkey(self, passkey: Passkey) -> None:
        """Keep a new one; raises `NotAllowed` for one that is known."""

    def remove_passkey(self, actor: str, passkey: str) -> None:
        """Let go of one of an account's passkeys; raises `NotFound`."""

    def use_passkey(self, passkey: str, *, sign_count: int) -> bool:
        """Keep its counter; false where the counter did not grow, as that of a copy does not (zero always passes)."""

    def attempts(self, key: str, *, since: datetime) -> tuple[datetime, ...]:
        """When attempts failed that count against a key."""

    def note_attempt(self, keys: Sequence[str], *, at: datetime, forget: datetime) -> None:
        """Keep a failed attempt under each key, and let go of those before `forget`."""

    def forget_attempts(self, key: str, *, at: datetime | None = None) -> None:
        """Let go of those of a key, as somebody logged in: all, or the one of a moment."""

    def begin_request(self, request: AnsweredRequest) -> AnsweredRequest | None:
        """Keep that a request with an idempotency key began; returns the one of this key that was there before."""

    def take_request(self, request: AnsweredRequest, before: AnsweredRequest) -> bool:
        """Put another attempt in the place of one that ended without an answer; false where it changed meanwhile."""

    def work_for(self, request: AnsweredRequest) -> None:
        """Note from now on, in the transaction of each record, that this request recorded it.

        A record raises `NotAllowed` once another attempt took the request over.
        """

    def answer_request(self, request: AnsweredRequest) -> None:
        """Keep what was answered, unless another attempt took the request over."""

    def recorded_by_request(self, actor: str, key: str) -> PendingRequest | None:
        """What a request recorded that is not answered; `None` for one that is, or is not known."""

    def forget_request(self, actor: str, key: str) -> None:
        """Let go of a request that failed before it changed anything, so that it may be sent again."""

    def forget_requests(self, *, before: datetime) -> None:
        """Let go of old ones."""

    def add_first_link(self, secret_hash: str, *, at: datetime) -> None:
        """Keep the hash of a link that makes the first admin; earlier ones no longer work."""

"""Reports from outside: what is promised, which mailbox is read, and who answers."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from leakguard.bundled import BundledFiles
from leakguard.errors import NotAllowed, NotFound, UsageProblem
from leakguard.frozen import replace
from leakguard.models.scope import Limits, Scope
from leakguard.settings import Settings

if TYPE_CHECKING:
    import ssl

    from leakguard.intake.legal_rules import LegalRuleMatch, LegalRules
    from leakguard.intake.letters import House
    from leakguard.intake.promises import Promises
    from leakguard.intake.sealed_files import SealedTo
    from leakguard.mailing.imap.mailbox import ImapMailbox
    from leakguard.ports import Prober
    from leakguard.scanning.gate import Gate
    from leakguard.use_cases.incidents.watched_laws import Seat
    from leakguard.use_cases.intake.answer import Texts
    from leakguard.use_cases.intake.check_sites import SiteCheckOptions


class IntakeWiringBase(Protocol):
    """What this part needs of the others."""

    settings: Settings

    @property
    def bundled(self) -> BundledFiles:
        """The data folders."""

    @property
    def seat(self) -> Seat | None:
        """Where the organisation sits."""

    def now(self) -> datetime:
        """The time, in UTC."""

    @property
    def resolve(self) -> Callable[[str], tuple[str, ...]]:
        """All addresses of a name."""

    def promises(self) -> Promises:
        """What is promised."""

    def rules_of_reports(self) -> Callable[[datetime], tuple[LegalRuleMatch, ...]]:
        """What laws ask about a report that arrived then."""

    def prober(self, gate: Gate, limits: Limits) -> Prober:
        """The door to the network."""

    def house(self, scope: Scope | None) -> House:
        """Who answers."""


class IntakeWiring:
    """The part of `Wiring` that takes reports in."""

    settings: Settings

    def promises(self: IntakeWiringBase) -> Promises:
        """What is promised to whoever reports, with the days that the settings state."""
        from leakguard.intake.promises import FOLDER, load_promises  # noqa: PLC0415  (`--help` must not load it)

        shipped = load_promises(self.bundled.texts(FOLDER))
        own = self.settings.reports
        months = own.keep_months or shipped.retention.at_most_months
        return replace(
            shipped,
            promises=tuple(
                replace(promise, days=own.promises.get(promise.until, promise.days)) for promise in shipped.promises
            ),
            retention=replace(shipped.retention, at_most_months=months),
        )

    def house(self: IntakeWiringBase, scope: Scope | None) -> House:
        """Who answers: as the settings say, else the owner of the scope; raises `UsageProblem` where neither does."""
        from leakguard.intake.letters import House  # noqa: PLC0415  (as above)

        own = self.settings.reports
        organisation = own.organisation or (scope.owner.organisation if scope else "")
        contact = own.contact or (scope.owner.contact if scope else "")
        if not organisation or not contact:
            raise UsageProblem(
                "nothing says who answers",
                next_step='Write it into leakguard.toml: [reports] organisation = "...", contact = "...".',
            )
        return House(organisation=organisation, contact=contact, zone=self.settings.zone)

    def report_texts(self: IntakeWiringBase, scope: Scope | None) -> Texts:
        """What letters to whoever reported are made of."""
        from leakguard.intake.letters import load_letters  # noqa: PLC0415  (as above)
        from leakguard.intake.promises import FOLDER  # noqa: PLC0415  (as above)
        from leakguard.use_cases.intake.answer import Texts  # noqa: PLC0415  (as above)

        letters = load_letters(self.bundled.texts(FOLDER))
        return Texts(letters=letters, promises=self.promises(), house=self.house(scope))

    def mailbox(self: IntakeWiringBase, url: str) -> ImapMailbox:
        """A mailbox that the settings name; raises `NotAllowed` for another, `NotFound` without its password."""
        from leakguard.mailing.imap.mailbox import ImapMailbox  # noqa: PLC0415  (as above)

        own = self.settings.reports
        if url not in own.imap:
            raise NotAllowed(
                "the settings do not name this mailbox, so it is not read",
                next_step='Name it in leakguard.toml: [reports] imap = ["imaps://reports@mail.example.edu/INBOX"]',
            )
        password = os.environ.get(own.password_env)
        if not password:
            raise NotFound(
                f"the variable {own.password_env} is not set, and the mailbox asks for a password",
                next_step=f"Set it for this command: {own.password_env}=... leakguard report import --imap URL",
            )
        return ImapMailbox(
            url=url, password=password, resolve=self.resolve, private=own.private, tls=_trusting(own.ca_file)
        )

    def report_rules(self: IntakeWiringBase, arrived_at: datetime) -> tuple[LegalRuleMatch, ...]:
        """What laws and standards ask of the organisation of the settings about a report."""
        return self.rules_of_reports()(arrived_at)

    def rules_of_reports(self: IntakeWiringBase) -> Callable[[datetime], tuple[LegalRuleMatch, ...]]:
        """The same for a report that arrived then; the seat is read now, and the rules once a report asks for them."""
        from leakguard.settings import words_of  # noqa: PLC0415  (as above)

        seat, roles, zone = self.seat, words_of(self.settings.obligated_as), self.settings.zone
        countries = frozenset(seat.codes if seat is not None else ())

        @cache
        def rules() -> LegalRules:
            from leakguard.intake.legal_rules import load_legal_rules  # noqa: PLC0415  (as above)
            from leakguard.intake.promises import FOLDER  # noqa: PLC0415  (as above)

            return load_legal_rules(self.bundled.texts(FOLDER))

        def asked(arrived_at: datetime) -> tuple[LegalRuleMatch, ...]:
            from leakguard.intake.legal_rules import rules_for  # noqa: PLC0415  (as above)

            return rules_for(rules(), countries=countries, roles=roles, arrived_at=arrived_at, zone=zone)

        return asked

    def asking_sites(
        self: IntakeWiringBase, scope: Scope, *, keyring: str | None, complaints: bool | None
    ) -> SiteCheckOptions:
        """How our own sites are asked; complaint contacts by default where the organisation sits in China."""
        from leakguard.intake.promises import FOLDER  # noqa: PLC0415  (as above)
        from leakguard.intake.sites import load_site_rules  # noqa: PLC0415  (as above)
        from leakguard.scanning.gate import Gate  # noqa: PLC0415  (as above)
        from leakguard.use_cases.intake.check_sites import SiteCheckOptions  # noqa: PLC0415  (as above)
        from leakguard.wiring.openpgp import gpgv  # noqa: PLC0415  (as above)

        gate, seat = Gate(scope=scope), self.seat
        is_chinese = seat is not None and "CN" in {code.partition("-")[0] for code in seat.codes}
        return SiteCheckOptions(
            prober=self.prober(gate, scope.limits), resolve=self.resolve, gate=gate, now=self.now(),
            rules=load_site_rules(self.bundled.texts(FOLDER)), signatures=gpgv(keyring) if keyring else None,
            asks_complaints=is_chinese if complaints is None else complaints,
        )  # fmt: skip

    def sealed_to(self, path: str) -> SealedTo:
        """To whom attachments are encrypted; raises `BadFile`."""
        from leakguard.files.opening import read_bytes  # noqa: PLC0415  (as above)
        from leakguard.intake.sealed_files import SealedTo  # noqa: PLC0415  (as above)

        return SealedTo(read_bytes(path, most=1024 * 1024), name=path)


def _trusting(ca_file: str) -> ssl.SSLContext | None:
    import ssl  # noqa: PLC0415  (as above)

    if not ca_file:
        return None
    if not Path(ca_file).is_file():
        raise NotFound(
            f"leakguard.toml names the certificates `{ca_file}`, and there is no such file",
            next_step="Correct ca_file in [reports].",
        )
    return ssl.create_default_context(cafile=ca_file)

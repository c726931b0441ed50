"""Who gets alerts now where a roster says so: the people of each role of the chain, in person and in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import chain

from leakguard.alerts.quiet import channel_for
from leakguard.alerts.readiness import GAP_AHEAD, NO_ROSTER, UNHELD, UNREAD_CALENDAR, NotReady
from leakguard.frozen import Frozen, replace
from leakguard.models.alerts import PERSON_MARK, ChannelSettings, WatchSettings
from leakguard.models.moments import to_z
from leakguard.ports import Channel
from leakguard.use_cases.accounts.rosters import KnownRoster, PeopleStore, ReadCalendar, RosterPerson, read_roster

MakeChannel = Callable[[ChannelSettings], Channel]
_MAIL = "smtp"
"""The kind of channel that can reach one person."""
_SET = "Say who: leakguard oncall set"


class OnDuty(Frozen):
    """Settings and channels with the people in them who are on call at one moment."""

    settings: WatchSettings
    channels: Mapping[str, Channel]
    problems: tuple[NotReady, ...] = ()
    """What keeps alerts from whoever is on call; they go to the channels of the role as the settings name them."""
    remarks: tuple[NotReady, ...] = ()


class OnCall(Frozen):
    """What it takes to find out."""

    store: PeopleStore
    settings: WatchSettings
    channels: Mapping[str, Channel]
    make: MakeChannel
    zone: tzinfo
    """Of times in the calendar that name none."""
    read: ReadCalendar | None = None

    def at(self, now: datetime) -> OnDuty | None:
        """Who gets alerts at a moment; `None` where there is no roster. Raises `StoreUnusable`."""
        known = read_roster(self.store, self.read, zone=self.zone, now=now)
        return None if known.is_empty else on_duty(known, self.settings, self.channels, self.make, now)


def on_duty(
    known: KnownRoster, settings: WatchSettings, channels: Mapping[str, Channel], make: MakeChannel, now: datetime
) -> OnDuty:
    """Put the people on call before the channels of each role that the roster knows, see `Escalation.calls`."""
    escalation = settings.escalation
    calls: dict[str, tuple[tuple[str, ...], ...]] = {}
    reached: dict[str, tuple[str, RosterPerson]] = {}
    for role, names in escalation.roles.items():
        if known.roster.knows(role):
            shared = tuple(dict.fromkeys(channel_for(name, escalation.quiet, now) for name in names))
            turns = [known.people.get(word) for word in known.roster.calls(role, now)]
            own = [_own(turn, shared, settings, reached) for turn in turns]
            calls[role] = tuple(_calls(own, shared))
    made = {name: make(_to(settings, base, who)) for name, (base, who) in reached.items()}
    people = {name: who.name for name, (_, who) in reached.items()}
    roles = tuple(dict.fromkeys(level.role for level in escalation.levels))
    return OnDuty(
        settings=replace(settings, escalation=replace(escalation, calls=calls, people=people)),
        channels={**channels, **made},
        problems=roster_problems(known, settings, roles, now),
        remarks=roster_remarks(known, roles, now),
    )


def _own(
    who: RosterPerson | None,
    shared: Sequence[str],
    settings: WatchSettings,
    reached: dict[str, tuple[str, RosterPerson]],
) -> tuple[str, ...]:
    """The channels of a role with the mail to one person in the place of that to all; none where none reaches them."""
    mails = {channel.name for channel in settings.channels if channel.kind == _MAIL}
    if who is None or who.why_unreached or mails.isdisjoint(shared):
        return ()
    own = {name: f"{name}{PERSON_MARK}{who.actor}" if name in mails else name for name in shared}
    reached |= {named: (name, who) for name, named in own.items() if name in mails}
    return tuple(own.values())


def _calls(own: Sequence[tuple[str, ...]], shared: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """For each level of a role in turn: its person, then who comes after, then everybody whom the settings name.

    Where nobody holds the role, or they cannot be reached, the first level goes to those of the settings at once.
    """
    for place, first in enumerate(own):
        after = chain.from_iterable(own[place:]) if first else ()
        yield tuple(dict.fromkeys((*after, *shared)))
    yield shared


def _to(settings: WatchSettings, base: str, who: RosterPerson) -> ChannelSettings:
    """A channel of the settings, to one person alone."""
    channel_settings = next(channel for channel in settings.channels if channel.name == base)
    mail = who.person.mail if who.person is not None else ""
    return replace(channel_settings, options={**channel_settings.options, "to": [mail]})


def roster_problems(
    known: KnownRoster, settings: WatchSettings, roles: Sequence[str], now: datetime
) -> tuple[NotReady, ...]:
    """What keeps alerts from whoever is on call now."""
    found = []
    if known.unread:
        found.append(NotReady(kind=UNREAD_CALENDAR, text=known.unread, next_step=known.unread_next_step))
    mails = {channel.name for channel in settings.channels if channel.kind == _MAIL}
    for role in roles:
        if not known.roster.knows(role):
            continue
        why = _why_unreached(known.holders(role, now))
        if not why and mails.isdisjoint(settings.escalation.roles.get(role, ())):
            why = "the role has no channel of kind smtp, so nobody is notified in person"
            next_step = f"Give the role a mail channel in leakguard.toml: roles = {{{role} = [...]}}"
            found.append(_unheld(role, why, next_step))
        elif why:
            found.append(_unheld(role, why, f"{_SET} {role} NAME --until T"))
    return tuple(found)


def _why_unreached(holders: Sequence[RosterPerson]) -> str:
    """Why the first holder of a role gets no alert; empty where one does."""
    if not holders:
        return "nobody holds it now, by the roster"
    return holders[0].why_unreached


def _unheld(role: str, why: str, next_step: str) -> NotReady:
    text = f"role {role}: {why}; its alerts go to its channels as leakguard.toml names them"
    return NotReady(kind=UNHELD, text=text, next_step=next_step)


def roster_remarks(known: KnownRoster, roles: Sequence[str], now: datetime) -> tuple[NotReady, ...]:
    """Roles that no roster names, and gaps that come soon."""
    found = []
    for role in roles:
        gap = known.roster.gap_after(role, now) if known.roster.holders(role, now) else None
        if not known.roster.knows(role) and not known.unread:
            text = f"role {role}: nobody is on its roster; its alerts go to its channels as leakguard.toml names them"
            found.append(NotReady(kind=NO_ROSTER, text=text, next_step=f"{_SET} {role} NAME --until T"))
        elif gap is not None:
            at = to_z(gap.replace(microsecond=0))
            text = f"role {role}: nobody holds it from {at} on, by the roster"
            found.append(NotReady(kind=GAP_AHEAD, text=text, next_step=f"{_SET} {role} NAME --from {at}"))
    return tuple(found)

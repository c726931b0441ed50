"""The tables of `leakguard.toml` that say whom the watchman tells, and how.

```toml
[[channel]]
name = "soc-mail"
kind = "smtp"
host = "mail.example.edu"
from = "leakguard@example.edu"
to = ["soc@example.edu"]
user = "leakguard"
password_env = "LEAKGUARD_SMTP_PASSWORD"

[escalation]
levels = [{role = "commander"}, {role = "deputy", after = "PT10M", least = "urgent"}]
roles = {commander = ["soc-mail"], deputy = ["soc-mail"]}
quiet = {from = "22:00", to = "07:00", zone = "Europe/Berlin"}

[oncall]
calendar = "https://calendar.example.edu/soc.ics"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from typing import Annotated, Any, Literal

from leakguard.alerts.mail_addresses import one_address
from leakguard.clocks.durations import parse_exact
from leakguard.clocks.rules import ExactText, TimeOfDay, ZoneName
from leakguard.errors import BadFile, Problem, UsageProblem
from leakguard.files.fitting import fit, fitting_part
from leakguard.files.light_shapes import AfterValidator, Field, LightShape, model_validator
from leakguard.files.names import nearest_name
from leakguard.files.yaml_text import ReadText
from leakguard.models.alerts import (
    ChannelSettings,
    Escalation,
    EscalationLevel,
    OnCallSettings,
    QuietHours,
    Severity,
    WatchSettings,
)

MAX_CHANNELS = 50
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$")]
Variable = Annotated[str, Field(pattern=r"^[A-Z_][A-Z0-9_]{0,99}$")]
"""The name of an environment variable, which holds what must not stand in a file."""
Line = Annotated[str, Field(min_length=1, max_length=500)]
Address = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(one_address)]
Seconds = Annotated[float, Field(gt=0, le=60)]


class Smtp(LightShape):
    """Plain-text mail through a mail server."""

    name: Name
    kind: Literal["smtp"]
    host: Line
    port: Annotated[int, Field(strict=True, ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    from_: Address = Field(alias="from")
    to: Annotated[tuple[Address, ...], Field(min_length=1, max_length=50)]
    bounces_to: Annotated[str, Field(pattern=r"^([!-;=?-~]+@[!-;=?-~]+)?$", max_length=254)] = ""
    """Where letters that cannot be delivered come back to; empty for the address in `from`."""
    user: str = ""
    password_env: Variable | None = None
    timeout: Seconds = 20

    @model_validator(mode="after")
    def _both_or_none(self) -> Smtp:
        if bool(self.user) != (self.password_env is not None):
            raise ValueError("give `user` and `password_env` together, or neither: a login needs both")
        return self


class Webhook(LightShape):
    """A signed JSON document by HTTP POST."""

    name: Name
    kind: Literal["webhook"]
    url: Line | None = None
    url_env: Variable | None = None
    secret_env: Variable | None = None
    """The key of the signature; without one the document is not signed."""
    attempts: Annotated[int, Field(strict=True, ge=1, le=10)] = 3
    timeout: Seconds = 10

    @model_validator(mode="after")
    def _one_url(self) -> Webhook:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("give `url`, or `url_env` where the address itself is a secret")
        if self.url is not None and not re.match(r"(?i)https?://[^\s/?#]", self.url):
            raise ValueError("`url` must begin with https:// or http://, and name a host")
        return self


class Chat(LightShape):
    """A chat service that apprise knows; its URL holds a token, so it stands in the environment."""

    name: Name
    kind: Literal["chat"]
    url_env: Variable


class File(LightShape):
    """One line a message in a file: for drills, and for a person who only wants to see."""

    name: Name
    kind: Literal["file"]
    path: Line


Channel = Annotated[Smtp | Webhook | Chat | File, Field(discriminator="kind")]
CHANNEL_KINDS: Mapping[str, type[LightShape]] = {"smtp": Smtp, "webhook": Webhook, "chat": Chat, "file": File}
"""Every kind of channel and the shape of its table; one that is left out here is found by a test."""


class Level(LightShape):
    """See `models.alerts.EscalationLevel`."""

    role: Name
    after: ExactText = "PT0S"
    least: Severity = Severity.NOTICE


class Quiet(LightShape):
    """See `models.alerts.QuietHours`."""

    from_: TimeOfDay = Field(alias="from")
    to: TimeOfDay
    zone: ZoneName
    instead: dict[Name, Name] = Field(default_factory=dict)


class EscalationTable(LightShape):
    """See `models.alerts.Escalation`."""

    levels: tuple[Level, ...] = ()
    roles: dict[Name, tuple[Name, ...]] = Field(default_factory=dict)
    repeat: ExactText = "PT1H"
    quiet: Quiet | None = None


class WatchmanTable(LightShape):
    """See `models.alerts.WatchSettings`."""

    heartbeat: str = ""
    heartbeat_channel: str = ""
    link: str = ""


class OnCallTable(LightShape):
    """See `models.alerts.OnCallSettings`."""

    calendar: Annotated[str, Field(max_length=2000)] = ""
    calendar_env: Variable | None = None

    @model_validator(mode="after")
    def _one_place(self) -> OnCallTable:
        if self.calendar and self.calendar_env:
            raise ValueError("give `calendar`, or `calendar_env` where the address itself is a secret")
        if "://" in self.calendar and not self.calendar.startswith("https://"):
            raise ValueError("a calendar is a file, or an address that begins with https://")
        return self


class Tables(LightShape):
    """All of them together."""

    channel: Annotated[tuple[Channel, ...], Field(max_length=MAX_CHANNELS)] = ()
    escalation: EscalationTable = EscalationTable()
    watchman: WatchmanTable = WatchmanTable()
    oncall: OnCallTable = OnCallTable()


def watch_settings(tables: Mapping[str, Any], *, name: str) -> WatchSettings:
    """Read the tables; raises `BadFile` with every problem, also of names that fit nothing."""
    stated = ReadText(value=dict(tables))
    try:
        read = fit(stated, Tables, name=name)
    except BadFile as bad:
        rest = fitting_part(stated, Tables)
        raise BadFile(name, (*bad.problems, *_further_problems(rest, bad.problems))) from bad
    problems = tuple(_problems(read))
    if problems:
        raise BadFile(name, problems)
    table, channels = read.escalation, tuple(_channel(channel) for channel in read.channel)
    return WatchSettings(
        channels=channels,
        escalation=Escalation(
            levels=tuple(
                EscalationLevel(role=level.role, after=parse_exact(level.after), least=level.least)
                for level in table.levels
            ),
            roles=dict(table.roles),
            repeat=parse_exact(table.repeat),
            quiet=_quiet(table.quiet),
        ),
        heartbeat=read.watchman.heartbeat,
        heartbeat_channel=read.watchman.heartbeat_channel,
        link=read.watchman.link,
        oncall=OnCallSettings(calendar=read.oncall.calendar, calendar_env=read.oncall.calendar_env or ""),
    )


def mail_channel(channels: Sequence[ChannelSettings], name: str | None) -> ChannelSettings:
    """The channel that letters go through: of this name, or the only one of kind `smtp`; raises `UsageProblem`."""
    mails = [channel for channel in channels if channel.kind == "smtp"]
    chosen = [mail for mail in mails if name in {None, mail.name}]
    if len(chosen) == 1:
        return chosen[0]
    known = ", ".join(mail.name for mail in mails)
    hint = f"Choose one: --channel NAME ({known})." if known else 'Add one to leakguard.toml: [[channel]] kind = "smtp"'
    raise UsageProblem("letters go through one channel of kind smtp, and it is not clear which", next_step=hint)


def _channel(channel: Smtp | Webhook | Chat | File) -> ChannelSettings:
    options = channel.model_dump(mode="json", by_alias=True, exclude={"name", "kind"})
    return ChannelSettings(name=channel.name, kind=channel.kind, options=options)


def _quiet(table: Quiet | None) -> QuietHours | None:
    if table is None:
        return None
    return QuietHours(
        start=time.fromisoformat(table.from_),
        end=time.fromisoformat(table.to),
        zone=table.zone,
        instead=dict(table.instead),
    )


def _further_problems(rest: Tables | None, problems: Sequence[Problem]) -> Iterator[Problem]:
    """What the fitting part means; nothing that only seems wrong since a part beside it did not fit."""
    broken = {re.split(r"[.\[]", problem.where.removeprefix("escalation."), maxsplit=1)[0] for problem in problems}
    if rest is not None and not broken & {"channel", "roles", "levels", "escalation"}:
        yield from _problems(rest)


def _problems(read: Tables) -> Iterator[Problem]:
    """What the tables mean together: every name must be somebody's."""
    known = [channel.name for channel in read.channel]
    for number, name in enumerate(known):
        if name in known[:number]:
            yield Problem(where=f"channel[{number}].name", text=f"`{name}` is the name of another channel")
    yield from _level_problems(read.escalation)
    used = {f"escalation.roles.{role}": names for role, names in read.escalation.roles.items()}
    if read.watchman.heartbeat_channel:
        used["watchman.heartbeat_channel"] = (read.watchman.heartbeat_channel,)
    for away, instead in (read.escalation.quiet.instead if read.escalation.quiet else {}).items():
        used[f"escalation.quiet.instead.{away}"] = (away, instead)
    for where, names in used.items():
        for name in names:
            if name not in known:
                yield Problem(where=where, text=f"no channel is called `{name}`", nearest=nearest_name(name, known))


def _level_problems(table: EscalationTable) -> Iterator[Problem]:
    afters = [parse_exact(level.after) for level in table.levels]
    for number, level in enumerate(table.levels):
        where = f"escalation.levels[{number}]"
        if level.role in table.roles and not table.roles[level.role]:
            text = f"the role `{level.role}` names no channel"
            yield Problem(where=f"escalation.roles.{level.role}", text=text)
        elif level.role not in table.roles:
            near = nearest_name(level.role, list(table.roles))
            yield Problem(where=f"{where}.role", text=f"nobody has the role `{level.role}`", nearest=near)
        if number and afters[number] < afters[number - 1]:
            yield Problem(where=f"{where}.after", text="a later level cannot come before an earlier one")
    if afters and afters[0]:
        yield Problem(where="escalation.levels[0].after", text="the first level is notified at once: write PT0S")
    if parse_exact(table.repeat) < parse_exact("PT1M"):
        yield Problem(where="escalation.repeat", text="an alert repeated more often than every minute helps nobody")

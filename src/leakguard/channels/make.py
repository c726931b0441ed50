"""Makes the channels that the settings name; secrets come out of the environment, and only here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from leakguard.errors import ChannelUnset
from leakguard.frozen import Frozen
from leakguard.models.alerts import AlertMessage, ChannelSettings
from leakguard.ports import AnsweringChannel, Now

if TYPE_CHECKING:
    import ssl


class ChannelContext(Frozen):
    """What every channel may need of the machine."""

    environment: Mapping[str, str]
    now: Now
    sleep: Callable[[float], None]
    head: Callable[[], str] = str
    """The short head of the ledger."""
    sandbox: Path | None = None
    """In a drill: the file that every message goes to in the place of people."""
    tls: ssl.SSLContext | None = None


class UnusableChannel(Frozen):
    """A channel without its secret: the others work, and this one says why it does not."""

    name: str
    variable: str

    def send(self, message: AlertMessage) -> None:
        """Always raises `ChannelUnset`."""
        self.send_and_report(message)

    def send_and_report(self, message: AlertMessage) -> NoReturn:
        """As `send`."""
        what = f"{message.id[:80]} was not sent: the environment variable {self.variable} is not set"
        raise ChannelUnset(f"channel {self.name}: {what}", next_step=f"Set {self.variable} where LeakGuard runs.")


def missing_secrets(settings: Sequence[ChannelSettings], around: ChannelContext) -> dict[str, str]:
    """By channel, the first environment variable that it needs and that is not set; in a drill none is needed."""
    if around.sandbox is not None:
        return {}
    found = {setting.name: _missing(setting, around) for setting in settings}
    return {name: variable for name, variable in found.items() if variable is not None}


def _missing(channel: ChannelSettings, around: ChannelContext) -> str | None:
    variables = (value for key, value in channel.options.items() if key.endswith("_env"))
    return next((name for name in variables if name and not around.environment.get(name)), None)


def make_channels(settings: Sequence[ChannelSettings], around: ChannelContext) -> dict[str, AnsweringChannel]:
    """The channels by name. In a drill every one of them is the sandbox."""
    return {setting.name: _make(setting, around) for setting in settings}


def _make(channel: ChannelSettings, around: ChannelContext) -> AnsweringChannel:
    if around.sandbox is not None:
        from leakguard.channels.file import FileChannel  # noqa: PLC0415  (each kind loads what it needs alone)

        return FileChannel(name=channel.name, path=around.sandbox)
    missing = _missing(channel, around)
    if missing is not None:
        return UnusableChannel(name=channel.name, variable=missing)
    return MAKERS[channel.kind](channel, around)


def _smtp(channel: ChannelSettings, around: ChannelContext) -> AnsweringChannel:
    from leakguard.channels.smtp import SmtpChannel  # noqa: PLC0415  (as above)

    options = channel.options
    return SmtpChannel(
        name=channel.name,
        host=options["host"],
        port=options["port"],
        sender=options["from"],
        recipients=tuple(options["to"]),
        security=options["security"],
        user=options["user"],
        password=_secret(options, "password_env", around),
        timeout=options["timeout"],
        now=around.now,
        head=around.head,
        tls=around.tls,
    )


def _webhook(channel: ChannelSettings, around: ChannelContext) -> AnsweringChannel:
    from leakguard.channels.webhook import WebhookChannel  # noqa: PLC0415  (as above)

    options = channel.options
    return WebhookChannel(
        name=channel.name,
        url=options["url"] or _secret(options, "url_env", around),
        secret=_secret(options, "secret_env", around),
        attempts=options["attempts"],
        timeout=options["timeout"],
        now=around.now,
        sleep=around.sleep,
    )


def _chat(channel: ChannelSettings, around: ChannelContext) -> AnsweringChannel:
    from leakguard.channels.chat import ChatChannel  # noqa: PLC0415  (as above)

    return ChatChannel(name=channel.name, url=_secret(channel.options, "url_env", around))


def _file(channel: ChannelSettings, _: ChannelContext) -> AnsweringChannel:
    from leakguard.channels.file import FileChannel  # noqa: PLC0415  (as above)

    return FileChannel(name=channel.name, path=Path(channel.options["path"]))


MAKERS: Mapping[str, Callable[[ChannelSettings, ChannelContext], AnsweringChannel]] = {
    "smtp": _smtp,
    "webhook": _webhook,
    "chat": _chat,
    "file": _file,
}
"""By kind; a test holds it against `alerts.settings.CHANNEL_KINDS`."""


def _secret(options: Mapping[str, Any], key: str, around: ChannelContext) -> str:
    return around.environment.get(options[key] or "", "")

"""Makes the way for letters through the mail server that a channel of the settings names."""

from __future__ import annotations

from leakguard.channels.failures import fail
from leakguard.channels.make import Surroundings
from leakguard.mailing.smtp.drill_file import DrillMailer
from leakguard.mailing.smtp.letter_mail import is_sender
from leakguard.mailing.smtp.letter_smtp import SmtpMailer
from leakguard.models.alerts import ChannelSettings
from leakguard.ports import Mailer


def make_mailer(one: ChannelSettings, around: Surroundings) -> Mailer:
    """A way for letters through the mail server of a channel; in a drill a file, and no connection is opened.

    Raises `ChannelFailed` when the environment lacks the password.
    """
    options = one.options
    sender = options["from"]
    if not is_sender(sender):
        fail(one.name, "`from` is no e-mail address in ASCII", 'Write it as "Name <office@example.edu>".')
    if around.sandbox is not None:
        return DrillMailer(name=one.name, path=around.sandbox, sender=sender, now=around.now)
    variable = options["password_env"]
    if variable and not around.environment.get(variable):
        fail(one.name, f"the environment variable {variable} is not set", f"Set {variable} where the letters are sent.")
    return SmtpMailer(
        name=one.name, host=options["host"], port=options["port"], sender=sender, security=options["security"],
        bounces_to=options["bounces_to"], user=options["user"], password=around.environment.get(variable or "", ""),
        timeout=options["timeout"], now=around.now, tls=around.tls,
    )  # fmt: skip

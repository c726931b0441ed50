"""How reports from outside come in, as the settings say."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.frozen import Frozen, field


class FormSettings(Frozen):
    """The table `[reports.form]`: where the public form is reached, and how much it takes."""

    bind: str = ""
    """An IP address of this machine; empty for 127.0.0.1."""
    port: int = 0
    """0 for the usual one."""
    hosts: tuple[str, ...] = ()
    """Names under which browsers reach it."""
    behind_proxy: str = ""
    """The IP address of the proxy in front, which alone may connect, and speaks TLS."""
    each_hour: int = 5
    """Reports of one address (IPv6: one /64) in an hour."""
    all_each_hour: int = 60
    """Reports in all in an hour."""
    most_waiting: int = 500
    """Reports of the form that nobody has read: with more no other is taken."""


class ReportSettings(Frozen):
    """The table `[reports]`."""

    imap: tuple[str, ...] = ()
    """The mailboxes that may be read, such as `imaps://reports@mail.example.edu/INBOX`."""
    private: tuple[str, ...] = ()
    """Hosts of those that may be at a private or local address, by name or address."""
    password_env: str = "LEAKGUARD_REPORTS_PASSWORD"  # noqa: S105  (the name of a variable)
    """The environment variable that holds the password, or the token, of the mailbox."""
    ca_file: str = ""
    """Certificates that the mail server is trusted by; empty for those of the machine."""
    organisation: str = ""
    """Who answers; empty for the owner of the scope."""
    contact: str = ""
    """Where people write to; empty for the contact of the scope."""
    channel: str = ""
    """The mail channel that answers go through; empty for the only one."""
    attachments_certificate: str = ""
    """A certificate (PEM) that kept attachments are encrypted to; empty: none is kept."""
    promises: Mapping[str, int] = field(default_factory=dict)
    """Days by state, in the place of those that ship."""
    keep_months: int | None = None
    """Months from the end of a report until it is to be erased, in the place of what ships."""
    form: FormSettings = field(default_factory=FormSettings)
    """Of the public form, which runs only where somebody starts it."""

"""Mailing of letters: approvals, recipients, the seal of a batch, logs and bounces, and talking to a mail server.

May import `notices` and `ledger`, what lies below them, and idna; `smtp` may import `channels` too. All but `smtp`
and `imap` is pure: it opens no connection and reads no clock. Never keeps a name or an address of a recipient.
"""

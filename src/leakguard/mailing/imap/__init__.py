"""Reads the mailbox for reports over TLS: nothing in it is changed, not even the mark that a mail was read."""

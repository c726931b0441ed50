"""Mailing of letters: who approved them, who may be written to by e-mail, how each sending stands, and the sending.

May import `notices` and `ledger`, what lies below them, and idna. All but `smtp` and `imap` is pure: it opens no
connection and reads no clock. Never keeps a name or an address of anybody who gets a letter.
"""

"""Hands letters to a mail server, one step of SMTP after the other; in a drill, to a file in its place."""

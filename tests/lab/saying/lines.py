"""Protocols of lines: Redis, memcached, FTP, NATS, rsync, RTSP; and of two code hosts, svnserve and git's daemon."""

from __future__ import annotations

import json
import re

REDIS = re.compile(rb"(?:\*1\r\n\$(?:4\r\nPING|4\r\nINFO|6\r\nDBSIZE)\r\n|\*2\r\n\$4\r\nINFO\r\n\$\d+\r\n[a-z]+\r\n)+")
MEMCACHED = re.compile(rb"(?:(?:version|stats|quit)\r\n)+")
RSYNC = re.compile(rb"@RSYNCD: \d+\.\d+[ a-z0-9]*\n(?:(?:#list|[A-Za-z0-9_.+@][ -.0-~]*)?\n)?")
"""A greeting, and the list or the name of one module; what would follow is a transfer."""
FTP = re.compile(
    rb"(?:(?:AUTH TLS|USER anonymous|PASS [a-z]+@[a-z.]+|SYST|FEAT|PWD|EPSV|PASV|LIST|QUIT)\r\n)*"
    rb"(?:AUTH TLS\r\n\x16\x03.*)?",
    re.DOTALL,
)
SVN = re.compile(
    rb"(?:\( 2 \( edit-pipeline svndiff1 \) \d+:svn://svn[^ ]* 9:LeakGuard \( \) \) "
    rb"(?:\( ANONYMOUS \( 0: \) \) )?(?:\( check-path \( 0: \( \) \) \) )?(?:\( get-latest-rev \( \) \) )?)?"
)
"""The choice of a repository, a way in without a name, what stands at its root, the number of its last revision."""
GIT = re.compile(rb"[0-9a-f]{4}git-upload-pack /[^\0]*\0host=[a-z]+\0\0version=2\0(?:0000)?")
"""The choice of a repository, and the end; what would name or send an object is neither."""
RTSP = re.compile(
    rb"DESCRIBE rtsp://[a-z]+/[^ ]* RTSP/1\.0\r\nCSeq: 1\r\nAccept: application/sdp\r\nUser-Agent: [a-z]+\r\n\r\n"
)
"""How a stream is made up; what sets one up or plays it is another word."""
LOGINS = {"user", "pass", "auth_token", "jwt", "nkey", "sig"}


def read_in_lines(said: bytes) -> bool:
    """Whether it is only reading in one of the protocols."""
    return any(form.fullmatch(said) for form in (REDIS, MEMCACHED, RSYNC, FTP, SVN, GIT, RTSP)) or _nats_read(said)


def _nats_read(said: bytes) -> bool:
    """A greeting without a login, and pings; nothing is subscribed or published."""
    if not said.endswith(b"\r\n"):
        return False
    return all(line in {b"PING", b"PONG"} or _greets(line) for line in said[:-2].split(b"\r\n"))


def _greets(line: bytes) -> bool:
    if not line.startswith(b"CONNECT {"):
        return False
    try:
        return not LOGINS & set(json.loads(line.removeprefix(b"CONNECT ")))
    except ValueError:
        return False

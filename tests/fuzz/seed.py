"""Makes the first inputs of the corpus out of what real servers said, and of answers that are known to be awkward.

`python -m fuzz.seed` writes them; what the fuzzer finds beyond them is added by `python -m fuzz --keep`.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from fuzz.readers import READERS, first_inputs
from fuzz.talk import packed, questions_of
from leakguard.probes.prober import SESSIONS
from support.hostile import http_answer

CORPUS = Path(__file__).parent / "corpus"
RECORDED = Path(__file__).parents[1] / "probes" / "recorded"
LARGEST = 4096
"""Bytes of one input: more makes the fuzzer slow, and finds no more."""
_MOST_QUESTIONS = 6
PRODUCTS = {
    "activemq": "openwire", "cassandra": "cql", "clickhouse": "clickhouse", "ferretdb": "mongodb",
    "git-daemon": "git", "kafka": "kafka",
    "mariadb": "mysql", "memcached": "memcached", "mosquitto": "mqtt", "nats": "nats", "nbd-server": "nbd",
    "nfs-ganesha": "nfs", "openldap": "ldap", "postgresql": "postgres", "redis": "redis", "rsync": "rsync",
    "orthanc-dicom": "dicom", "pymodbus": "modbus", "asyncua": "opcua", "gstreamer": "rtsp",
    "samba": "smb", "svnserve": "svn", "tgt": "iscsi", "vsftpd": "ftp", "zookeeper": "zookeeper",
}  # fmt: skip
_LISTING = (
    b'<html><title>Index of /</title><a href="../">..</a><a href="dump.sql">dump.sql</a> 2024-01-01 10:00 12K</html>'
)
_BUCKET = (
    b"<ListBucketResult><Name>ours</Name><IsTruncated>true</IsTruncated><Contents><Key>a</Key><Size>5</Size></Contents>"
    b"<NextContinuationToken>t</NextContinuationToken></ListBucketResult>"
)
_ACL = (
    b"<AccessControlPolicy><AccessControlList><Grant><Grantee><URI>AllUsers</URI></Grantee>"
    b"<Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>"
)
_ERROR = b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>"
_BLOBS = (
    b"<EnumerationResults><Blobs><Blob><Name>a</Name><Properties><Content-Length>5</Content-Length></Properties>"
    b"</Blob></Blobs><NextMarker>m</NextMarker></EnumerationResults>"
)
_OBJECTS = (
    b'{"kind": "storage#objects", "items": [{"size": "5"}], "nextPageToken": "t",'
    b' "permissions": ["storage.objects.list"]}'
)
_DESCRIBED = b'{"swagger":"2.0","paths":{"/users":{}},"definitions":{"users":{"properties":{"id":{}}}}}'
_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
_INTERIM = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
_UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nrest"
_OLD = b"HTTP/1.0 200 OK\n\nbody"
WRITTEN: Mapping[str, Sequence[bytes]] = {
    "http": (http_answer(b"{}"), _CHUNKED, _INTERIM, _UPGRADE, _OLD),
    "page": (
        http_answer(b'<!doctype html><script src="/a.js"></script>'),
        http_answer(b'import("./b.js");c.from("users");//# sourceMappingURL=a.js.map'), http_answer(b"{}"),
    ),
    "webroot": (
        http_answer(_LISTING), http_answer(b"", status="404 Not Found"), http_answer(b"ref: refs/heads/main\n"),
    ),
    "s3": tuple(map(http_answer, (_BUCKET, _ACL, _ERROR))),
    "azblob": tuple(map(http_answer, (_BLOBS, _ERROR))),
    "postgrest": (
        http_answer(b'{"code":"PGRST205","message":"no"}', status="404 Not Found"), http_answer(_DESCRIBED),
        http_answer(b"[]", headers="Content-Range: */5\r\n"),
    ),
    "rtdb": (http_answer(b"null"), http_answer(b'{"error":"Permission denied"}', status="401 Unauthorized")),
    "firestore": (
        http_answer(b'[{"result":{"aggregateFields":{"n":{"integerValue":"5"}}}}]'),
        http_answer(b'[{"error":{"code":403,"status":"PERMISSION_DENIED"}}]', status="403 Forbidden"),
    ),
    "firebasestorage": (
        http_answer(b'{"prefixes":[],"items":[]}'), http_answer(b'{"error":{"message":"no"}}', status="403 Forbidden"),
    ),
    "algolia": (
        http_answer(b'{"acl":["search","browse"]}'), http_answer(b'{"items":[{"name":"a","entries":5}]}'),
        http_answer(b'{"message":"no","status":403}', status="403 Forbidden"),
    ),
    "appwrite": (
        http_answer(b'{"version":"1.6.2"}'), http_answer(b'{"total":3,"documents":[]}'),
        http_answer(b'{"code":404,"type":"database_not_found"}', status="404 Not Found"),
    ),
    "meilisearch": (
        http_answer(b'{"code":"index_not_found"}', status="404 Not Found"),
        http_answer(b'{"results":[],"offset":0,"limit":0,"total":7}'),
        http_answer(b'{"databaseSize":1,"indexes":{"a":{"numberOfDocuments":5}}}'),
    ),
    "gcs": (http_answer(_OBJECTS), http_answer(b'{"error": {"errors": [{"reason": "notFound"}]}}')),
    "swift": (
        http_answer(b"[]", headers="X-Container-Object-Count: 5\r\nX-Container-Bytes-Used: 9\r\n"), http_answer(_ERROR),
    ),
    "aerospike": (
        b"\x02\x01" + (40).to_bytes(6, "big") + b"build\t6.4.0\nnamespaces\ttest;bar\nnode\tA1\n\n",
        b"\x02\x01" + (30).to_bytes(6, "big") + b"namespace/test\tobjects=5;used=9\n",
    ),
}  # fmt: skip


def seeds(kind: str) -> Iterator[bytes]:
    """Each list of answers under each question, whole and in pieces of three bytes; of a reader, files."""
    if kind in READERS:
        yield from first_inputs(kind)
        return
    for answers in (*_recorded(kind), *[[each] * 3 for each in WRITTEN.get(kind, ())], WRITTEN.get(kind, ())):
        for number, _ in enumerate(questions_of(kind)[:_MOST_QUESTIONS]):
            for at in range(min(len(answers), 3)):
                yield packed(number, answers[at:])[:LARGEST]
        if answers:
            yield packed(0, answers, piece=3)[:LARGEST]


def _recorded(kind: str) -> Iterator[list[bytes]]:
    for path in sorted(RECORDED.glob("*.jsonl")):
        if any(path.name.startswith(product) and each == kind for product, each in PRODUCTS.items()):
            rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
            yield [base64.b64decode(row["response_b64"]) for row in rows]


def keep(kind: str, data: bytes) -> None:
    """One file of the corpus, named after what it holds."""
    folder = CORPUS / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


if __name__ == "__main__":
    for each in (*SESSIONS, *READERS):
        for seed in seeds(each):
            keep(each, seed)

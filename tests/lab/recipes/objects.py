"""The Versity S3 gateway on a plain folder, from its Go module: it truly enforces who may list a bucket."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from lab.clients.s3 import S3
from lab.clients.web import Web
from lab.fetch import PINS
from lab.model import CANARY, NotAsNamed, NotHad, Server, records_of
from lab.recipes.databases import copy_program
from lab.site import Site

ACCESS, SECRET = "labaccess", "lab-secret-key"
OWNED = {"x-amz-object-ownership": "BucketOwnerPreferred"}
"""A bucket must be made with this before it takes a canned ACL, as at AWS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One way to set up a bucket."""

    name: str
    form: str
    acl: str = ""
    allowed: tuple[str, ...] = ()
    """What the bucket's policy lets everyone do."""


BUCKETS = (
    Bucket(name="lab-private", form="protected"),
    Bucket(name="lab-public-acl", form="open", acl="public-read"),
    Bucket(name="lab-writable", form="open", acl="public-read-write"),
    Bucket(name="lab-public-policy", form="open", allowed=("s3:ListBucket", "s3:GetObject")),
    Bucket(name="lab-object-public", form="protected", allowed=("s3:GetObject",)),
)
"""In the last one an object can be read by whoever knows its name, and nobody can list it."""


async def versitygw(site: Site) -> list[Server]:
    """One gateway that holds every form of bucket."""
    name = "versitygw"
    kept = await site.shelf.go("versitygw")
    workdir, port = site.workdir(name), site.port()
    program = await asyncio.to_thread(copy_program, kept, workdir)
    (workdir / "data").mkdir()
    keys = ["--access", ACCESS, "--secret", SECRET]
    process = await site.start(workdir, [program, "--port", f"127.0.0.1:{port}", *keys, "posix", workdir / "data"])
    await site.until(process, workdir, lambda: Web(port=port).ask("GET", "/").status == 403)
    await asyncio.to_thread(_make_buckets, S3(port=port, access=ACCESS, secret=SECRET))
    await asyncio.to_thread(_assert_forms, Web(port=port))
    return [
        Server(
            name=name,
            datastore="s3",
            form="open",
            version=PINS["versitygw"]["version"],
            transport="http",
            port=port,
            buckets={bucket.name: bucket.form for bucket in BUCKETS},
            pid=process.pid,
        )
    ]


def _make_buckets(owner: S3) -> None:
    for bucket in BUCKETS:
        acl = {"x-amz-acl": bucket.acl, **OWNED} if bucket.acl else {}
        body = json.dumps(records_of(bucket.name)).encode()
        answers = [
            owner.ask("PUT", f"/{bucket.name}", headers=acl),
            # Object names are counted and never kept, so they carry the canary too.
            owner.ask("PUT", f"/{bucket.name}/{CANARY}-{bucket.name}.json", body),
        ]
        if bucket.allowed:
            answers.append(owner.ask("PUT", f"/{bucket.name}", _policy(bucket), query="policy"))
        if refused := [answer.status for answer in answers if answer.status >= 300]:
            raise NotHad(f"the gateway refused to make {bucket.name}: {refused}")


def _policy(bucket: Bucket) -> bytes:
    place = f"arn:aws:s3:::{bucket.name}"
    statements = [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": [action],
            "Resource": [place if action == "s3:ListBucket" else f"{place}/*"],
        }
        for action in bucket.allowed
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements}).encode()


def _assert_forms(stranger: Web) -> None:
    for bucket in BUCKETS:
        answer = stranger.ask("GET", f"/{bucket.name}?list-type=2")
        if (answer.status == 200) != (bucket.form == "open"):
            raise NotAsNamed(f"a stranger's listing of {bucket.name} was answered with {answer.status}")
    known = stranger.ask("GET", f"/lab-object-public/{CANARY}-lab-object-public.json")
    if known.status != 200:
        raise NotAsNamed(f"the public object of lab-object-public was answered with {known.status}")

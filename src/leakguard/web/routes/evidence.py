"""Evidence: what was taken in, uploads, kept copies and bundles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePath

from pydantic import Field

from leakguard import __version__
from leakguard.accounts.rights import Right
from leakguard.errors import NotFound
from leakguard.frozen import Frozen
from leakguard.ledger.custody import (
    HANDED,
    HOLD_RELEASED,
    PUT_ON_HOLD,
    SEALED,
    UNSEALED,
    Holds,
    item_sequence,
    item_to_json,
)
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.proofs.evidence_export import BundleOptions, Programs, export_bundle
from leakguard.use_cases.proofs.evidence_items import EvidenceOptions, Intake, add_files, list_items, record_custody
from leakguard.web.around import moment_in
from leakguard.web.call import Answer, Call, Upload
from leakguard.web.models import Body, Name, NeededReason, Query, Stated, Text, Words
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import evidence as shapes

OCTETS = "application/octet-stream"


class OfIncident(Query):
    """Of one incident, or of all."""

    incident: Name | None = None


class AddEvidence(Query):
    """What is said about the file."""

    name: Name = Field(description="What the file is called; a folder before it is left out.")
    source: Text = Field(default="", description="Where it comes from.")
    note: Text = Field(default="", description="What else should be known.")
    at: Stated | None = Field(default=None, description="When it was collected (default: now).")


class ExportEvidence(Body):
    """What the bundle holds, and who gets it."""

    incident: Name | None = Field(default=None, description="Contents of this incident alone; the chain is whole.")
    to: Name = Field(description="Who gets it; an entry of the ledger says so first.")
    files: bool = Field(default=True, description="Whether kept copies go along.")


class HandOver(Body):
    """In whose hands it is from now on."""

    to: Words = Field(description="Who holds it from now on.")


class Seal(Body):
    """How it is sealed."""

    seal: Words = Field(description="The number of the seal or of the bag.")


class Why(Body):
    """Why."""

    reason: NeededReason


class UploadIntake(Frozen):
    """Reads what a request brought, whatever name it was given; no other file of this machine."""

    kept: Intake
    upload: Upload

    def take(self, path: str, *, keep: bool) -> tuple[str, int]:  # noqa: ARG002  (a name alone)
        """SHA-256 and size of the upload; with `keep` a copy is kept beside the store."""
        return self.kept.take(self.upload.path, keep=keep)

    def has(self, sha256: str) -> bool:
        """Whether a copy lies beside the store."""
        return self.kept.has(sha256)

    def drop(self, sha256: str, is_needed: Callable[[], bool]) -> None:
        """Remove a copy beside the store unless it is needed."""
        self.kept.drop(sha256, is_needed)


def list_all(call: Call) -> Answer:
    """The items of evidence, each with its custody, as `evidence list --items` has them."""
    found, holds = list_items(call.wiring.store, call.query.incident)
    return Answer(document={"items": [item_to_json(item, holds) for item in found], "held": sorted(holds.subjects)})


def add(call: Call) -> Answer:
    """Take the body in as a file, with a copy of it; the answer names its SHA-256, as `evidence add --keep` does."""
    asked: AddEvidence = call.query
    wiring, upload = call.wiring, call.upload
    if upload is None:
        raise NotFound("no file was sent", next_step="Send the bytes of the file as the body.")
    zone = load_incident(wiring.store, call.incident).zone
    adding = EvidenceOptions(
        by=wiring.by, source=asked.source, note=asked.note, keep=True, collected_at=moment_in(asked.at, zone)
    )
    intake = UploadIntake(kept=wiring.kept_files(), upload=upload)
    name = PurePath(asked.name.replace("\\", "/")).name or "file"
    items = add_files(wiring.store, intake, call.incident, (name,), adding, now=wiring.now)
    return Answer(document={"items": [item_to_json(item, Holds()) for item in items]})


def hand_over(call: Call) -> Answer:
    """Record that an item is in somebody else's hands, as `evidence hand-over` does."""
    return _custody(call, HANDED, call.body.to)


def seal(call: Call) -> Answer:
    """Record that an item was sealed, as `evidence seal` does."""
    return _custody(call, SEALED, call.body.seal)


def unseal(call: Call) -> Answer:
    """Record that a seal was opened, as `evidence seal --broken` does."""
    return _custody(call, UNSEALED, call.body.reason)


def hold(call: Call) -> Answer:
    """Put an item under legal hold, as `evidence hold` does."""
    return _custody(call, PUT_ON_HOLD, call.body.reason)


def release(call: Call) -> Answer:
    """Release an item from legal hold, as `evidence release` does."""
    return _custody(call, HOLD_RELEASED, call.body.reason)


def _custody(call: Call, kind: str, text: str) -> Answer:
    wiring, name = call.wiring, call.path["item"]
    if item_sequence(name) is None:
        raise NotFound(f"`{name[:60]}` is no item of evidence", next_step="See them: GET /api/v1/evidence")
    record_custody(wiring.store, kind, (name,), by=wiring.by, text=text, now=wiring.now)
    found, holds = list_items(wiring.store)
    return Answer(document={"items": [item_to_json(item, holds) for item in found if item.id == name]})


def download(call: Call) -> Answer:
    """The kept copy of one item: always an attachment, never anything that a browser shows."""
    wanted = call.path["item"]
    found = next((item for item in list_items(call.wiring.store)[0] if item.id == wanted), None)
    copies = call.wiring.kept_files()
    if found is None or not found.has_copy or not copies.has(found.sha256):
        raise NotFound(
            f"there is no kept copy of `{wanted[:60]}`", next_step="See which items have one: GET /api/v1/evidence"
        )
    return Answer(
        chunks=copies.chunks(found.sha256), media=OCTETS, file_name=found.name,
        headers={"etag": f'"{found.sha256}"'},
    )  # fmt: skip


def export(call: Call) -> Answer:
    """A bundle that anybody can verify without us, as `evidence export` writes it."""
    body: ExportEvidence = call.body
    wiring = call.wiring
    options = BundleOptions(
        incident=body.incident, has_files=body.files, by=wiring.by, recipient=body.to,
        may_name_reporters=call.caller is not None and call.caller.may(Right.READ_REPORTERS),
    )  # fmt: skip
    programs = Programs(verifier=wiring.verifier(), made_by=f"leakguard {__version__}", is_drill=wiring.settings.drill)
    chunks = export_bundle(
        wiring.vouching_store(), wiring.kept_files(), options, programs, key=wiring.signing_key, now=wiring.now
    )
    name = f"{body.incident or 'leakguard'}-evidence.zip"
    return Answer(chunks=_begun(chunks), media="application/zip", file_name=name)


def _begun(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Make the first chunk now: what refuses the bundle is an answer of its own, and no cut-off file."""
    first = next(chunks, b"")

    def all_of_them() -> Iterator[bytes]:
        yield first
        yield from chunks

    return all_of_them()


_ITEM, _ADD = "/evidence/{item}", Right.ADD_EVIDENCE
_CUSTODY = (
    Operation(
        name="hand_over_evidence", method=Method.POST, path=f"{_ITEM}/hand-over", right=_ADD, handler=hand_over,
        request=HandOver, takes=BodyKind.JSON, answer=shapes.ItemsAdded, command="evidence hand-over",
        summary="Record that an item is in somebody else's hands from now on.",
        also="By somebody else than who holds it by the records, it is recorded as well, and shown as a gap.",
    ),
    Operation(
        name="seal_evidence", method=Method.POST, path=f"{_ITEM}/seal", right=_ADD, handler=seal, request=Seal,
        takes=BodyKind.JSON,
        answer=shapes.ItemsAdded, command="evidence seal", summary="Record that an item was sealed.",
    ),
    Operation(
        name="unseal_evidence", method=Method.POST, path=f"{_ITEM}/unseal", right=_ADD, handler=unseal, request=Why,
        takes=BodyKind.JSON, answer=shapes.ItemsAdded, command="evidence seal",
        summary="Record that the seal of an item was opened, and why.",
    ),
    Operation(
        name="hold_evidence", method=Method.POST, path=f"{_ITEM}/hold", right=_ADD, handler=hold, request=Why,
        takes=BodyKind.JSON, answer=shapes.ItemsAdded, command="evidence hold", summary="Put an item under legal hold.",
        also="Until it is released none of its content can be erased.",
    ),
    Operation(
        name="release_evidence", method=Method.POST, path=f"{_ITEM}/release", right=Right.REDACT_EVIDENCE,
        handler=release, request=Why, takes=BodyKind.JSON, answer=shapes.ItemsAdded, command="evidence release",
        summary="Release an item from legal hold.",
    ),
)  # fmt: skip
OPERATIONS = (
    Operation(
        name="list_evidence", method=Method.GET, path="/evidence", right=Right.READ_EVIDENCE, handler=list_all,
        query=OfIncident, answer=shapes.Items, summary="List the items of evidence, each with its custody.",
        command="evidence list",
    ),
    Operation(
        name="add_evidence", method=Method.POST, path="/incidents/{incident}/evidence", right=Right.ADD_EVIDENCE,
        handler=add, query=AddEvidence, takes=BodyKind.FILE, status=201, answer=shapes.ItemsAdded,
        summary="Upload a file as evidence; the answer names its SHA-256 and its id.",
        also="The body is the file itself. A copy is kept beside the store, under its SHA-256.",
        command="evidence add",
    ),
    Operation(
        name="download_evidence", method=Method.GET, path="/evidence/{item}/content", right=Right.READ_EVIDENCE,
        handler=download, media=(OCTETS,), summary="Download the kept copy of one item.",
    ),
    Operation(
        name="export_evidence", method=Method.POST, path="/evidence/export", right=Right.EXPORT_EVIDENCE,
        handler=export, request=ExportEvidence, takes=BodyKind.JSON, media=("application/zip",),
        summary="Export the ledger, its proofs and a verifier as one zip file.",
        also="Reports from outside that name who sent them go along only for who has `read_reporters`.",
        command="evidence export",
    ),
    *_CUSTODY,
)  # fmt: skip

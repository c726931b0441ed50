"""`leakguard export elasticsearch`: findings and events as documents of the Elastic Common Schema."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import click

from leakguard.cli.moments import moment_in
from leakguard.cli.options import Context, format_option, pass_context, store_option
from leakguard.cli.writing import replace_chunks
from leakguard.errors import ExitCode, UsageProblem
from leakguard.models.exports import Document
from leakguard.models.texts import counted
from leakguard.outputs.ecs import event_document, finding_document
from leakguard.use_cases.scans.export_documents import (
    ExportOptions,
    ExportProgress,
    Makers,
    documents_of,
    send_documents,
)

_EPILOG = """\
The login is read from the environment: LEAKGUARD_ES_API_KEY, or LEAKGUARD_ES_USER and LEAKGUARD_ES_PASSWORD.
Existing documents stay unchanged: if an export was interrupted, run it again.

\b
Examples:
  leakguard export elasticsearch --url https://search.example.edu:9200
  leakguard export elasticsearch --url https://search.example.edu:9200 --run R-20261124-1a2b3c --ca ca.pem
  leakguard export elasticsearch --url https://search.example.edu:9200 --since 2026-11-24T00:00Z
  leakguard export elasticsearch --to-file bulk.ndjson  # for `POST /_bulk` from another machine

Exit codes: 0 all documents are there, 2 wrong usage, 3 could not finish, or some documents were refused.
"""
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,60}")
_STEP = 500
"""Documents between two words on how far it has come."""


@click.command(epilog=_EPILOG)
@click.option("--url", help="Address of the cluster, https://HOST:9200.")
@click.option("--to-file", metavar="FILE", help="Write the documents for `_bulk` to a file instead (`-` is stdout).")
@click.option("--run", "runs", multiple=True, metavar="RUN", help="Only the findings of this run.")
@click.option("--incident", "incidents", multiple=True, metavar="ID", help="Only this incident, with its findings.")
@click.option("--all", "everything", is_flag=True, help="All runs and incidents of the store (the default).")
@click.option("--since", metavar="TIME", help="Only what was observed or recorded since TIME.")
@click.option(
    "--index-prefix",
    default="leakguard",
    show_default=True,
    help="Prefix of the names of the indices: PREFIX-findings and PREFIX-events.",
)
@click.option("--ca", metavar="FILE", default="", help="Certificate authority of the cluster (PEM).")
@click.option(
    "--fingerprint", metavar="SHA256", default="", help="Fingerprint of the cluster's certificate, instead of --ca."
)
@format_option("text", "json")
@store_option
@pass_context
def elasticsearch_cmd(context: Context, /, **options: Any) -> int:  # noqa: ANN401  (click has checked them)
    """Send findings and events of incidents to your own Elasticsearch or OpenSearch, in ECS 9."""
    if bool(options["url"]) == bool(options["to_file"]):
        raise UsageProblem("name the cluster, or a file", next_step="Use --url URL, or --to-file FILE.")
    prefix = str(options["index_prefix"])
    if not _PREFIX.fullmatch(prefix):
        raise UsageProblem(
            "an index is named in small letters, digits, `-`, `_` and `.`", next_step="Change --index-prefix."
        )
    documents = documents_of(context.wiring.existing_store, _wish(context, options), _makers(context, prefix))
    if options["to_file"]:
        return _write(context, str(options["to_file"]), documents, output_format=options["output_format"])
    wiring = context.wiring
    sink = wiring.document_sink(
        wiring.destination(options["url"], ca_file=options["ca"], fingerprint=options["fingerprint"])
    )
    text = wiring.bundled.text("templates", "export/elasticsearch.json").replace("PREFIX", prefix)
    try:
        done = send_documents(documents, sink, (prefix, json.loads(text)), _teller(context), _note(context))
    finally:
        sink.close()
    return _conclude(context, done, output_format=options["output_format"])


def _wish(context: Context, options: dict[str, Any]) -> ExportOptions:
    picked = (*options["runs"], *options["incidents"])
    if options["everything"] and picked:
        raise UsageProblem("--all and a pick exclude each other", next_step="Leave one of them out.")
    since = moment_in(options["since"], zone=context.wiring.settings.zone) if options["since"] else None
    return ExportOptions(runs=options["runs"], incidents=options["incidents"], since=since)


def _makers(context: Context, prefix: str) -> Makers:
    words: dict[str, Any] = {"prefix": prefix, "drill": context.wiring.settings.drill}
    return Makers(finding=partial(finding_document, **words), event=partial(event_document, **words))


def _write(context: Context, path: str, documents: Iterable[Document], *, output_format: str) -> int:
    is_stdout = path == "-"
    if is_stdout and output_format == "json":
        raise UsageProblem("stdout cannot hold the documents and the result", next_step="Leave --format out.")
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for count, document in enumerate(documents, 1):  # noqa: B007  (counted for what is said behind it)
            action = {"create": {"_index": document.index, "_id": document.id}}
            yield f"{json.dumps(action)}\n{json.dumps(document.body)}\n".encode()

    if is_stdout:
        for line in lines():
            click.echo(line, nl=False)
    else:
        replace_chunks(path, lines())
    if output_format == "json":
        click.echo(json.dumps({"file": path, "documents": count}))
    context.notes.print(f"{path}: {counted(count, 'document')}, for `POST /_bulk`")
    return ExitCode.CLEAN


def _teller(context: Context) -> Callable[[ExportProgress], None]:
    def tell(done: ExportProgress) -> None:
        if done.total % _STEP == 0:
            context.notes.print(f"{done.total:,} documents")

    return tell


def _note(context: Context) -> Callable[[str], None]:
    return lambda text: context.notes.print(f"index template: {text}")


def _conclude(context: Context, done: ExportProgress, *, output_format: str) -> int:
    if output_format == "json":
        value = {"new": done.new, "known": done.known, "failed": done.failed, "problems": list(done.problems)}
        click.echo(json.dumps(value))
    else:
        context.say(f"{done.new:,} new, {done.known:,} there before, {done.failed:,} refused")
        for problem in done.problems:
            context.notes.print(f"  {problem}")
    return ExitCode.UNFINISHED if done.failed else ExitCode.CLEAN

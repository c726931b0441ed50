"""veraPDF, which the PDF industry holds documents to the standard with: one run of Java for a folder of files."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from lab.fetch import Shelf, cache_folder

MAIN = "org.verapdf.apps.GreenfieldCliWrapper"


def verdicts(folder: Path) -> dict[str, list[str]]:
    """Each PDF of the folder by its name, with the rules of PDF/UA-1 that it breaks.

    Raises `NotHad` where veraPDF cannot be fetched: who asks for the long tests wants to know whether they hold.
    """
    command = ["java", "-Xmx1g", "-cp", str(asyncio.run(_jar())), MAIN, "--flavour", "ua1", "--format", "mrr"]
    ran = subprocess.run([*command, "--recurse", str(folder)], check=False, capture_output=True, timeout=1500)
    try:
        report = fromstring(ran.stdout)
    except SyntaxError as error:
        raise AssertionError(f"veraPDF ended with {ran.returncode}: {ran.stderr.decode()[-500:]}") from error
    return {Path(str(job.findtext("item/name"))).name: list(_problems(job)) for job in report.iter("job")}


async def _jar() -> Path:
    shelf = Shelf(cache_folder())
    if not shutil.which("java"):
        await shelf.debian("java")
    return await shelf.maven("verapdf")


def _problems(job: Element) -> Iterator[str]:
    """What fails, and that nothing was judged."""
    report = job.find("validationReport")
    if report is None:
        yield f"not judged: {job.findtext('taskException/exceptionMessage') or job.findtext('.//logs') or 'no reason'}"
        return
    for rule in report.iter("rule"):
        if rule.get("status") == "failed":
            yield f"{rule.get('clause')}-{rule.get('testNumber')}: {rule.findtext('description')}"
    if report.get("isCompliant") != "true":
        yield str(report.get("statement"))

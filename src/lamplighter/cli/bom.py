"""RECORD: bom."""

import json
from collections.abc import Mapping

import click

from lamplighter.cli.flags import Verb
from lamplighter.cli.page import Page
from lamplighter.cli.places import ENV
from lamplighter.cli.session import Session, with_session


@click.command(cls=Verb)
@click.argument("reference", metavar="REF")
@click.option("--out", metavar="FILE", default="", help="where to; default: by the name of the version, here")
@ENV
@with_session
def bom(session: Session, reference: str, out: str, environment: str) -> Page:
    """Write the bill of materials of a version, as CycloneDX 1.6 in JSON: its files with their digests, every locked package
    with what is known to be wrong with it, the data it came from, its figures and what its project considered. The same
    version and the same facts give the same bytes; a file that is there is replaced. REF is such as churn@7, churn@live, or
    churn for the newest."""
    known = session.platform.version(reference, environment).version
    path = session.path(out or f"{known.model}-{known.number}.cdx.json")
    content = session.platform.bom(known.name)
    path.write_bytes(content)
    told = json.loads(content)
    packages, found = len(told.get("components", [])), len(told.get("vulnerabilities", []))
    advised = told["metadata"]["properties"][0]["value"]
    return Page(
        says=f"✓ What {known.name} is made of is in {path}.",
        data={"version": known.name, "file": str(path), "serial": told["serialNumber"], "packages": packages},
        facts=[
            ("digest", known.digest),
            ("files", str(len(known.manifest.artifacts))),
            ("packages", str(packages)),
            ("vulnerabilities", f"not known: advisories {advised}" if "none" in advised else f"{found} known, as of {advised}"),
        ],
        next=[f"lamp vulnerabilities {known.name}", f"lamp card export {known.name}"],
        url=session.address(f"/m/{known.model}/v/{known.number}"),
    )


COMMANDS: Mapping[str, click.Command] = {"bom": bom}

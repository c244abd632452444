"""RECORD: export kserve."""

from typing import TYPE_CHECKING

from lamplighter.cli.page import Page
from lamplighter.cli.session import Session

if TYPE_CHECKING:  # help needs no version
    from lamplighter.domain.version import Version


def kserve_page(
    session: Session, reference: str, environment: str, out: str, address: str, image: str, storage: str, host: str
) -> Page:
    """Write what KServe serves a version by; with a storage address the files of the version, too."""
    from lamplighter.bridges.base import File
    from lamplighter.cluster import kserve
    from lamplighter.cluster.image import DOCKERFILE
    from lamplighter.cluster.manifest import written

    pinned = session.platform.pinned(reference, environment)
    known = session.platform.version(f"{pinned.route.models[0].model}@sha256:{pinned.digest}").version
    url = address.rstrip("/") or session.address("")
    objects = kserve.service(pinned, storage, url, host)
    secrets = f"lamplighter-{known.model}-callers" + ("" if storage else f" and lamplighter-{known.model}-token")
    files = [
        File(name="serving-runtime.yml", content=written([kserve.runtime(image)]), use="the runtime, once for each namespace"),
        File(name=f"{known.model}.yml", content=written(objects), use=f"{known.name} and no other; needs the Secret {secrets}"),
    ]
    if not image:
        files.append(File(name="Dockerfile", content=DOCKERFILE, use="build the image of it, and name it with --image"))
    place = session.path(out)
    place.mkdir(parents=True, exist_ok=True)
    for file in files:
        (place / file.name).write_text(file.content)
    facts = [(file.name, file.use) for file in files]
    if storage:
        facts.append((_bring(session, known, out), f"its files, each checked; copy what is in it to {storage}"))
    return Page(
        says=f"✓ {known.name}, as it is live in {pinned.route.environment}, is in {out} for KServe.",
        data={"version": known.name, "digest": known.digest, "files": [{"name": name, "use": use} for name, use in facts]},
        facts=facts,
    )


def _bring(session: Session, version: "Version", out: str) -> str:
    """Put every file of a version into a folder, by its digest; gives the name of the folder."""
    from lamplighter.artifacts.base import wrong_digest
    from lamplighter.domain.record import digest_of

    name = f"{version.model}-{version.number}"
    folder = session.path(out) / name
    folder.mkdir(exist_ok=True)
    for digest in (version.digest, *(one.digest for one in version.manifest.artifacts)):
        content = session.platform.artifact(digest)
        if digest_of(content) != digest:
            raise wrong_digest()
        (folder / digest).write_bytes(content)
    return name

"""RECORD: export codeowners. The owners of the stages become owners of the files, and a check says where that does not hold."""

import os
from collections.abc import Iterator
from pathlib import Path

from lamplighter.cli.folders import folder_of, projects_below
from lamplighter.cli.page import Page
from lamplighter.cli.session import Session
from lamplighter.domain.codeowners import GITHUB, GITLAB, has_sections, read_rules
from lamplighter.domain.errors import LampError
from lamplighter.domain.reviewers import NAMES, CodeNames, read_names, rules, taken
from lamplighter.sdk.build import read_folder

_BEGIN, _END = "# Begin of what `lamp export codeowners` writes; the last rule that matches counts.", "# End of it."
#: Files of a folder that are looked at, and folders that hold nothing of a model.
_MOST, _OTHERS = 2_000, frozenset({"__pycache__", "node_modules", "venv", "site-packages"})


def codeowners_page(session: Session, path: str) -> Page:
    """Write rules for every folder with a lamp.toml into the CODEOWNERS of the repository, or into a new one."""
    root = _root(folder_of(session, path))
    # All of them, whichever folder was named: the rules of the others would be gone.
    folders = projects_below(session, str(root))
    names, file = _names(root), _file(root)
    lines: list[str] = []
    for folder in folders:
        found = rules(_below(folder, root), read_folder(folder).owners, names)
        lines += found or [f"# {_below(folder, root) or '.'}: its lamp.toml names no owner of design or industrialization"]
    target = file or root / _new(root)
    before = target.read_text(encoding="utf-8") if file else ""
    target.parent.mkdir(exist_ok=True)
    target.write_text(_with(before, lines), encoding="utf-8")
    told = str(target.relative_to(root))
    return Page(
        says=f"✓ {told} names the owners of {len(folders)} model{'' if len(folders) == 1 else 's'}.",
        data={"file": told, "rules": lines},
        text="\n".join(f"  {line}" for line in lines),
        next=["lamp ci check"],
    )


def disagreements(folder: Path) -> list[str]:
    """Sentences on the files of a project that the CODEOWNERS of its repository gives to others; none without such a file."""
    root = _root(folder)
    files = [root / name for name in dict.fromkeys((*_first(root, GITHUB), *_first(root, GITLAB)))]
    try:
        return [told for file in files for told in _of(file, folder, root)]
    except LampError as error:
        return [f"CODEOWNERS was not held against lamp.toml. {error.what} {error.fix}"]


def _of(file: Path, folder: Path, root: Path) -> Iterator[str]:
    project, names = read_folder(folder), _names(root)
    found = read_rules(file.read_text(encoding="utf-8", errors="replace"))
    for one in taken(found, _below(folder, root), _files(folder), project.owners, names):
        yield one.told(file.relative_to(root).as_posix(), project.name)


def _with(before: str, lines: list[str]) -> str:
    """The rules in their place, or at the end, where nothing takes them; in a section of their own where there are sections."""
    kept, _, rest = before.partition(f"{_BEGIN}\n")
    after = rest.partition(f"{_END}\n")[2]
    head = ["[Models]"] if has_sections(kept + after) else []
    gap = "" if not kept or kept.endswith("\n\n") else "\n" if kept.endswith("\n") else "\n\n"
    return kept + gap + "\n".join([_BEGIN, *head, *lines, _END, ""]) + after


def _root(folder: Path) -> Path:
    """The root of the repository of a folder; the folder itself outside of one."""
    full = folder.resolve()
    return next((place for place in (full, *full.parents) if (place / ".git").exists()), full)


def _below(folder: Path, root: Path) -> str:
    place = folder.resolve().relative_to(root).as_posix()
    return "" if place == "." else place


def _names(root: Path) -> CodeNames:
    file = root / NAMES
    return read_names(file.read_text(encoding="utf-8")) if file.is_file() else CodeNames()


def _first(root: Path, places: tuple[str, ...]) -> tuple[str, ...]:
    return next(((name,) for name in places if (root / name).is_file()), ())


def _new(root: Path) -> str:
    """Where a first file is looked for, by what else is there: GitLab reads nothing below `.github`."""
    is_gitlab = (root / ".gitlab-ci.yml").exists() or (root / ".gitlab").is_dir()
    return GITLAB[-1] if is_gitlab and not (root / ".github").exists() else GITHUB[0]


def _file(root: Path) -> Path | None:
    found = _first(root, GITHUB) or _first(root, GITLAB)
    return root / found[0] if found else None


def _files(folder: Path) -> list[str]:
    """What lies in the folder of a project, by its path in it; folders of other projects are theirs."""
    return [name for name, _ in zip(_walked(folder), range(_MOST), strict=False)]


def _walked(folder: Path) -> Iterator[str]:
    for place, folders, files in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and name not in _OTHERS and not (here / name / "lamp.toml").exists()
        )
        yield from ((here / name).relative_to(folder).as_posix() for name in sorted(files))

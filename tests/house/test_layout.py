"""The house itself: where imports point, how files are named, and what may not be written in any of them."""

import ast
import importlib
import re
import subprocess
import sysconfig
from functools import cache
from pathlib import Path

import pytest

import lamplighter

ROOT = Path(__file__).parents[2]
PACKAGE = Path(lamplighter.__file__).parent
PLUGIN_FOLDERS = (
    "gates",
    "probes",
    "targets",
    "measures",
    "channels",
    "trainers",
    "artifacts",
    "bridges",
    "presets",
    "serving.runtimes",
)

#: Words that name no thing; a file of such a name swells without end.
EMPTY_WORDS = {"common", "core", "helper", "helpers", "manager", "managers", "service", "services", "util", "utils"}

#: Hosts of package registries, in pieces so that this file does not name one.
REGISTRY_HOSTS = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("deb", "debian", "org"))
]

#: Folders of one particular machine, which no other machine has.
MACHINE_PATH = re.compile(
    r"(?<![\w.*/~}-])/(?:work|farm|root|opt/(?:pypi|wheels)|(?:home|Users)/(?!you\b)\w+|tmp/bash_jobs)/[\w.]+"
)


@cache
def committed() -> tuple[Path, ...]:
    """Every file that is, or on the next commit would be, under version control."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    files = (ROOT / name for name in listing.stdout.split("\0") if name)
    return tuple(sorted(file for file in files if file.is_file()))


def text_of(file: Path) -> str:
    """The file's text; empty for a file that is not text, such as a data set."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def plugins() -> list[str]:
    files = ((folder, file) for folder in PLUGIN_FOLDERS for file in (PACKAGE / folder.replace(".", "/")).glob("*.py"))
    return sorted(f"lamplighter.{folder}.{file.stem}" for folder, file in files if file.stem not in ("__init__", "base"))


def test_imports_point_the_way_the_map_allows() -> None:
    lint = Path(sysconfig.get_path("scripts")) / "lint-imports"
    outcome = subprocess.run([lint, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_every_folder_is_a_package() -> None:
    """A folder without `__init__.py` is passed over by the lint of imports; revisions and the demo's project are files."""
    folders = {file.parent for file in PACKAGE.rglob("*.py") if file.parent.name not in ("versions", "project")}
    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").exists()) == []


def test_every_file_is_named_after_a_thing() -> None:
    names = {file: set(re.split(r"[_.-]", file.stem)) for file in committed() if file.suffix == ".py"}
    folders = {folder: {folder.name} for file in names for folder in file.relative_to(ROOT).parents}
    assert [str(path) for path, words in {**names, **folders}.items() if words & EMPTY_WORDS] == []


def test_no_file_names_a_registry() -> None:
    found = [f"{file.relative_to(ROOT)}: {host}" for file in committed() for host in REGISTRY_HOSTS if host in text_of(file)]
    assert found == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    found = [f"{file.relative_to(ROOT)}: {match[0]}" for file in committed() for match in MACHINE_PATH.finditer(text_of(file))]
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["|work|main", "see |root|.cache", "(|opt|wheels|x.whl)", "|home|ada|model.onnx", "|Users|ada|x"],
    ids=lambda text: text.strip("(')"),
)
def test_a_folder_of_one_machine_is_seen(text: str) -> None:
    assert MACHINE_PATH.search(text.replace("|", "/"))


@pytest.mark.parametrize("text", ["src|work|main", "https:||example.com|work|main", "|work", "~|opt|x", "|v1|work|x"])
def test_other_paths_are_left_alone(text: str) -> None:
    assert not MACHINE_PATH.search(text.replace("|", "/"))


def test_there_are_plugins_to_load() -> None:
    assert {name.split(".")[1] for name in plugins()} >= {"gates", "probes", "targets", "measures", "serving"}


@pytest.mark.parametrize("name", plugins())
def test_every_plugin_can_be_loaded(name: str) -> None:
    assert importlib.import_module(name).__doc__


def test_the_stub_names_what_the_package_gives() -> None:
    stub = ast.parse((PACKAGE / "__init__.pyi").read_text())
    imported = {name.name for line in stub.body if isinstance(line, ast.ImportFrom) for name in line.names}
    assert imported | {"__version__"} == set(lamplighter.__all__)


def _shows_a_type(call: ast.Call) -> bool:
    """Whether the call shows a type to msgspec, which lays it out while other threads may already see it."""
    name = ast.unparse(call.func)
    decodes = name.startswith("msgspec.") and name.endswith(".decode") and any(word.arg == "type" for word in call.keywords)
    return decodes or name == "msgspec.convert" or (name.endswith(".Decoder") and bool(call.args or call.keywords))


def test_types_are_laid_out_in_one_place() -> None:
    place = PACKAGE / "domain" / "decoding.py"
    calls = [
        f"{file.relative_to(PACKAGE)}:{node.lineno}"
        for file in sorted(PACKAGE.rglob("*.py"))
        if file != place
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call) and _shows_a_type(node) and "lay_out(" not in ast.unparse(node)
    ]
    assert calls == [], "Read with domain/decoding.py: a type laid out by two threads at once ends the process."

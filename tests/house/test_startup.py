"""Importing the package and asking for help load nothing heavy."""

import json
import subprocess
import sys
from pathlib import Path

HEAVY = {
    "alembic",
    "cryptography",
    "httpx2",
    "jinja2",
    "numpy",
    "onnxruntime",
    "pandas",
    "sklearn",
    "sqlalchemy",
    "starlette",
    "uvicorn",
}

IMPORT = "import lamplighter"
HELP = """
from lamplighter.cli.main import main
sys.argv = ["lamp", "--help"]
try:
    main()
except SystemExit as ended:
    assert not ended.code, ended.code
"""
REPORT = """
import json, pathlib
pathlib.Path(report).write_text(json.dumps(sorted(sys.modules)))
"""


def modules_after(code: str, tmp_path: Path) -> set[str]:
    """Names of the top-level modules that a fresh interpreter has loaded after this code."""
    report = tmp_path / "modules.json"
    program = f"import sys\nreport = sys.argv[1]\n{code}\n{REPORT}"
    subprocess.run([sys.executable, "-c", program, report], check=True, capture_output=True, text=True, cwd=tmp_path)
    names: list[str] = json.loads(report.read_text())
    return {name.split(".")[0] for name in names}


def test_importing_the_package_loads_nothing_heavy(tmp_path: Path) -> None:
    loaded = modules_after(IMPORT, tmp_path)
    assert "lamplighter" in loaded
    assert loaded & HEAVY == set()


def test_asking_for_help_loads_nothing_heavy(tmp_path: Path) -> None:
    loaded = modules_after(HELP, tmp_path)
    assert "click" in loaded
    assert loaded & HEAVY == set()


def test_a_heavy_import_would_be_seen(tmp_path: Path) -> None:
    assert "numpy" in modules_after("import numpy", tmp_path)

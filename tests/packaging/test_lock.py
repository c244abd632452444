"""A lock is the closure of what the modules of a model need."""

import sys
from importlib import metadata

from lamplighter.domain.version import Lock
from lamplighter.packaging.lock import lock

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def test_the_closure_of_one_module() -> None:
    names = ["joblib", "narwhals", "numpy", "scikit-learn", "scipy", "threadpoolctl"]
    known = {name: metadata.version(name) for name in names}
    found = lock(["sklearn"]).packages
    assert {name: found[name] for name in names if name in found} == {name: known[name] for name in names if name in found}
    assert {"scikit-learn", "numpy", "scipy", "joblib", "threadpoolctl"} <= set(found)


def test_a_module_whose_distribution_has_another_name() -> None:
    assert lock(["yaml"]) == Lock(python=HERE, packages={"pyyaml": metadata.version("PyYAML")})


def test_the_standard_library_and_modules_of_no_distribution_need_nothing() -> None:
    assert lock(["json", "__main__", "no_such_module"]) == Lock(python=HERE)

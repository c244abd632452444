"""What a directory that only MLflow opens has to say before it is opened, and the refusals of what it cannot say."""

import json
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from lamplighter.domain.contract import Kind, Meaning, Output
from lamplighter.domain.errors import Invalid
from lamplighter.packaging.capture import capture
from lamplighter.packaging.contract import infer
from lamplighter.packaging.sources.base import Captured, Request

NUMBER: Mapping[str, Any] = {"type": "double", "required": True}
HERE = f"pandas=={metadata.version('pandas')}\n# a remark\ncloudpickle=={metadata.version('cloudpickle')}  # another\n"
TRUST = Request(trust=True)


def column(name: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "required": True, **more}


def tensor(dtype: str, *shape: Any) -> dict[str, Any]:
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}}


def saved(
    folder: Path,
    *,
    inputs: Sequence[Any] | None = (column("delay", "double"),),
    outputs: Sequence[Any] | None = (NUMBER,),
    requirements: str = HERE,
    **more: Any,
) -> Path:
    """A directory as MLflow writes it, with these sides of its signature; nothing of it can be opened."""
    sides = {"inputs": inputs, "outputs": outputs}
    signature = {side: None if specs is None else json.dumps(specs) for side, specs in sides.items()}
    flavor = {"loader_module": "mlflow.pyfunc.model", **more.pop("flavor", {})}
    told = {"flavors": {"python_function": flavor}, "mlflow_version": "3.17.2", "signature": signature, **more}
    (folder / "MLmodel").write_text(yaml.safe_dump(told))
    (folder / "requirements.txt").write_text(requirements)
    return folder


def captured(folder: Path, request: Request = TRUST, **what: Any) -> Captured:
    return capture(saved(folder, mlflow_version="", **what), request)


def refused(folder: Path, request: Request = TRUST, **what: Any) -> Invalid:
    with pytest.raises(Invalid) as caught:
        captured(folder, request, **what)
    return caught.value


def test_columns_come_from_the_signature(tmp_path: Path) -> None:
    kinds = ("double", "float", "long", "integer", "string", "boolean")
    inputs = [column(kind, kind, required=False) for kind in kinds]
    found = captured(tmp_path, inputs=inputs)
    wanted = (Kind.NUMBER, Kind.NUMBER, Kind.INTEGER, Kind.INTEGER, Kind.TEXT, Kind.BOOLEAN)
    assert dict(found.kinds) == dict(zip(kinds, wanted, strict=True))
    # MLflow takes no empty value in a column of whole numbers or truth values, whatever the signature says.
    assert found.inputs == kinds
    assert found.nullable == {"double", "float", "string"}


def test_the_sample_is_held_to_the_declared_kinds() -> None:
    output = Output(name="prediction", meaning=Meaning.NUMBER)
    (number,) = infer({"delay": [1, 2]}, output, (), {"delay": Kind.NUMBER}).inputs
    assert (number.kind, number.low, number.high) == (Kind.NUMBER, 1.0, 2.0)
    with pytest.raises(Invalid) as caught:
        infer({"stops": [1.0, None]}, output, (), {"stops": Kind.INTEGER})
    assert (caught.value.code, "is integer by the signature of the model, and number" in caught.value.why) == ("E1156", True)


@pytest.mark.parametrize(
    "outputs", [[NUMBER], [column("yes", "long")], [tensor("float32", -1)], [tensor("int64", -1, 1)]], ids=str
)
def test_one_number_is_a_quantity_or_a_probability_if_classes_are_named(tmp_path: Path, outputs: list[Any]) -> None:
    assert captured(tmp_path, outputs=outputs).output == Output(name="prediction", meaning=Meaning.NUMBER)
    named = captured(tmp_path, Request(("no", "yes"), trust=True), outputs=outputs).output
    assert (named.meaning, named.classes) == (Meaning.PROBABILITY, ("no", "yes"))


@pytest.mark.parametrize("outputs", [[tensor("float64", -1, 2)], [column("no", "double"), column("yes", "double")]], ids=str)
def test_two_numbers_are_the_probabilities_of_classes_that_are_named(tmp_path: Path, outputs: list[Any]) -> None:
    assert captured(tmp_path, Request(("no", "yes"), trust=True), outputs=outputs).output.classes == ("no", "yes")
    found = refused(tmp_path, outputs=outputs)
    assert (found.code, "classes=(negative, positive)" in found.fix) == ("E1154", True)


@pytest.mark.parametrize(
    ("side", "specs", "what"),
    [
        ("inputs", None, "what it takes and what it answers"),
        ("outputs", None, "what it takes and what it answers"),
        ("inputs", [tensor("float64", -1, 4)], "takes an array or a list instead of named columns"),
        ("inputs", [{"type": "double"}], "takes an array or a list instead of named columns"),
        ("inputs", [column("at", "datetime")], "takes the column 'at' as datetime"),
        ("inputs", [column("words", "array")], "takes the column 'words' as array"),
        ("inputs", [column("x", "long"), column("x", "double")], "two columns of the same name"),
        ("outputs", [column("label", "string")], "answers with classes, texts or something else"),
        ("outputs", [column("late", "boolean")], "answers with classes, texts or something else"),
        ("outputs", [tensor("str", -1)], "answers with classes, texts or something else"),
        ("outputs", [tensor("float64", -1, 3)], "answers with classes, texts or something else"),
        ("outputs", [tensor("float64", [1], 3)], "answers with classes, texts or something else"),
        ("outputs", [NUMBER, NUMBER, NUMBER], "answers with 3 numbers for each row"),
    ],
    ids=str,
)
def test_what_a_contract_cannot_say_is_refused(tmp_path: Path, side: str, specs: list[Any] | None, what: str) -> None:
    sides: dict[str, Any] = {side: specs}
    found = refused(tmp_path, **sides)
    assert (found.code, what in found.what) == ("E1154", True), found


def test_without_a_signature_the_refusal_says_how_to_save_one(tmp_path: Path) -> None:
    found = refused(tmp_path, signature=None)
    assert found.why.startswith("It was saved without a signature")
    assert "input_example=X.head()" in found.fix
    assert refused(tmp_path, outputs=None).why.startswith("Its signature names no outputs")


def test_it_is_code(tmp_path: Path) -> None:
    assert refused(tmp_path, Request()).code == "E1155"


def test_packages_that_are_here_are_locked_as_they_are(tmp_path: Path) -> None:
    lock = captured(tmp_path).lock
    assert lock is not None
    assert {"pandas", "numpy", "cloudpickle"} <= lock.packages.keys()


@pytest.mark.parametrize(
    ("requirements", "why"),
    [
        ("", "It has no requirements.txt."),
        ("pandas @ https://elsewhere.example/pandas.whl", "no package of an index"),
        ("git+https://elsewhere.example/pandas", "no package of an index"),
        ("--extra-index-url https://elsewhere.example", "no package of an index"),
        ("./pandas.whl", "no package of an index"),
        ("pandas>=2 --find-links=wheels", "no package of an index"),
        ("pandas>=2,<9; python_version>'3'\nscikit-learn[docs]", "no environment may be made for it here."),
    ],
)
def test_what_does_not_say_its_packages_is_refused(tmp_path: Path, requirements: str, why: str) -> None:
    assert why in refused(tmp_path, requirements=requirements).why


def test_packages_that_cannot_be_had_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("uv")
    monkeypatch.setenv("UV_OFFLINE", "1")
    folder = saved(tmp_path, requirements="no-such-flower==9.9")
    with pytest.raises(Invalid) as caught:
        capture(folder, Request(trust=True, environments=tmp_path / "environments"))
    assert caught.value.why.startswith("uv could not find its packages")
    # MLflow opens it, whether the directory names it or not.
    assert caught.value.fix.endswith("no-such-flower==9.9 mlflow-skinny==3.17.2 pandas")


def test_another_python_is_refused(tmp_path: Path) -> None:
    found = refused(tmp_path, flavor={"python_version": "3.8.20"})
    assert found.what.startswith("This MLflow model was saved with Python 3.8, and here is Python 3.")

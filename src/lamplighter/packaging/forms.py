"""The forms in which a model may be served, the fastest first; the first that answers as the model does is taken.

Our own compiled form, then a graph by skl2onnx, then the model itself in a process of its own. What was tried, and why it was
given up, is part of the evidence `compilation`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs, to_builtins

from lamplighter.domain.errors import Invalid
from lamplighter.domain.robustness import KIND
from lamplighter.domain.version import Badge
from lamplighter.packaging import reference, trial
from lamplighter.packaging.compile.base import Compiled, NotCompiled
from lamplighter.packaging.compile.model import compile_model
from lamplighter.packaging.converted import NotConverted, converted
from lamplighter.packaging.fact import Fact
from lamplighter.packaging.material import Material, Packed, packed
from lamplighter.packaging.sources.base import Source
from lamplighter.serving.compiled import plan as plans
from lamplighter.serving.runtimes.base import Surroundings
from lamplighter.serving.worker.opening import IMPORTS


@dataclass
class _Trials:
    """What happened so far."""

    #: Values around split points, which every form is asked.
    edges: reference.Edges
    evidence: list[Fact] = field(default_factory=list)
    tried: list[Mapping[str, Any]] = field(default_factory=list)
    why: str = ""

    def give_up(self, form: str, why: str) -> None:
        self.why = why
        self.tried.append({"form": form, "serves": False, "why": why})

    def passes(self, form: str, material: Material, version: Packed) -> bool:
        surroundings = Surroundings(environments=material.environments, is_author=True)
        asked = (material.truth, material.columns, self.edges, surroundings, material.expectations)
        outcome = trial.run(version.manifest, version.blobs, *asked)
        self.evidence.append(Fact(kind="load-check", facts=structs.asdict(outcome.bulb)))
        if outcome.parity is None:
            self.give_up(form, outcome.bulb.why)
            return False
        self.evidence.append(Fact(kind="parity", facts=structs.asdict(outcome.parity)))
        if not outcome.parity.passed:
            self.give_up(form, outcome.parity.why)
            return False
        if outcome.robustness is not None:
            self.evidence.append(Fact(kind=KIND, facts=to_builtins(outcome.robustness)))
        self.tried.append({"form": form, "serves": True, "why": outcome.parity.why})
        return True


def chosen(material: Material) -> tuple[Packed, tuple[Fact, ...]]:
    """The first form that answers as the model does, with the evidence of all tried; raises `Invalid` if none does or may."""
    form = compile_model(material.captured.model, material.contract, material.columns)
    known = {} if isinstance(form, NotCompiled) else form.edges
    trials = _Trials(known or reference.midpoints(material.contract, material.columns))
    makers: Sequence[tuple[str, Callable[[], Packed | str]]] = (
        ("compiled", lambda: _refusal(form) if isinstance(form, NotCompiled) else _compiled(material, form)),
        ("graph", lambda: _graph(material)),
        ("model", lambda: _model(material)),
    )
    for name, make in makers:
        version = make()
        if isinstance(version, str):
            trials.give_up(name, version)
        elif trials.passes(name, material, version):
            return version, (Fact(kind="compilation", facts={**_told(form), "tried": trials.tried}), *trials.evidence)
    raise Invalid(
        "The model is not served as it answers here.",
        why=trials.why,
        fix="Mend what the reason names; the model has to answer the same rows with the same numbers, alone as in a batch, in"
        " their order, and without chance or state.",
        code="E1162",
    )


def _refusal(form: NotCompiled) -> str:
    return f"{form.step}: {form.why}."


def _told(form: Compiled | NotCompiled) -> Mapping[str, Any]:
    if isinstance(form, NotCompiled):
        return {"compiled": False, "step": form.step, "why": form.why}
    return {"compiled": True, "form": type(form.plan.estimator).__name__.lower(), "width": len(form.plan.template)}


def _compiled(material: Material, form: Compiled) -> Packed:
    """A plan with its trees. The source goes along unless opening it would run code, for nothing needs it."""
    parts = [("plan", Source("plan.json", "json", Badge.DATA, plans.write(form.plan)))]
    parts += [("model", Source("model.onnx", "onnx", Badge.DATA, form.trees))] if form.trees else []
    return packed(material, "compiled", [*parts, *_kept(material)], _roots(material))


def _graph(material: Material) -> Packed | str:
    """A graph in a process of its own, which needs no package of the model."""
    graph = converted(material.captured.model, material.contract)
    if isinstance(graph, NotConverted):
        return f"{graph.why}."
    parts = [("model", Source("model.onnx", "onnx", Badge.DATA, graph)), *_kept(material)]
    return packed(material, "python", parts, frozenset({"onnxruntime"}))


def _model(material: Material) -> Packed:
    if material.captured.unsafe is not None:
        raise material.captured.unsafe
    return packed(material, "python", [("model", material.captured.source)], _roots(material))


def _kept(material: Material) -> list[tuple[str, Source]]:
    source = material.captured.source
    return [] if source.badge is Badge.CODE else [("source", source)]


def _roots(material: Material) -> frozenset[str]:
    captured = material.captured
    opened = () if captured.unsafe else IMPORTS[captured.source.format]
    return frozenset(captured.roots | {name.split(".")[0] for name in opened})

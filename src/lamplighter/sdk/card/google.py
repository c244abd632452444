"""A model file as the Model Card Toolkit of Google reads it: JSON of its schema v0.0.2, made from the bill of materials.

The model card of CycloneDX follows that schema, so each part of it has its place here, too. There is none for a signature.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from lamplighter.domain.contract import Contract
from lamplighter.domain.instant import rfc3339
from lamplighter.domain.ownership import Ownership
from lamplighter.domain.version import Version

_Part = Mapping[str, Any]


def written(bom: bytes, version: Version, ownership: Ownership) -> bytes:
    """The whole file; `bom` is that of the version, and owners are those of now."""
    model = json.loads(bom)["metadata"]["component"]
    card = model["modelCard"]
    told = {
        "schema_version": "0.0.2",
        "model_details": _details(model, version, ownership),
        "model_parameters": _parameters(card["modelParameters"], version.manifest.contract),
        "quantitative_analysis": _kept(performance_metrics=_figures(card)),
        "considerations": _considerations(card.get("considerations", {})),
    }
    return json.dumps(told, indent=2, ensure_ascii=False).encode() + b"\n"


def _kept(**parts: Any) -> dict[str, Any]:
    """An object without its empty parts."""
    return {name: part for name, part in parts.items() if part}


def _details(model: _Part, version: Version, ownership: Ownership) -> dict[str, Any]:
    duties: dict[str, list[str]] = {}
    for one in ownership.assignments:
        if one.accountable:
            duties.setdefault(one.accountable, []).append(one.duty.value)
    return _kept(
        name=version.model,
        overview=model.get("description", ""),
        owners=[{"name": f"{party}: {', '.join(held)}", "contact": party} for party, held in duties.items()],
        version=_kept(name=version.name, date=rfc3339(version.created_at)[:10], diff=version.note),
        licenses=[{"identifier": one["expression"]} for one in model.get("licenses", ())],
        references=[{"reference": one["url"]} for one in model["externalReferences"]],
        path=model["purl"],
    )


def _parameters(parameters: _Part, contract: Contract) -> dict[str, Any]:
    return _kept(
        model_architecture=parameters.get("modelArchitecture", ""),
        data=[_dataset(one) for one in parameters.get("datasets", ())],
        input_format_map=_formats([one.name for one in contract.inputs], parameters.get("inputs", ())),
        output_format_map=_formats([contract.output.name], parameters["outputs"]),
    )


def _dataset(one: _Part) -> dict[str, Any]:
    facts = {each["name"].removeprefix("lamplighter:"): each["value"] for each in one["contents"]["properties"]}
    return {"name": one["name"], "description": ", ".join(f"{name} {text}" for name, text in facts.items())}


def _formats(names: Sequence[str], told: Sequence[_Part]) -> list[dict[str, str]]:
    """What each is, without its name, which stands before it."""
    return [{"key": name, "value": one["format"][len(name) + 2 :]} for name, one in zip(names, told, strict=True)]


def _figures(card: _Part) -> list[dict[str, Any]]:
    found = card.get("quantitativeAnalysis", {}).get("performanceMetrics", ())
    return [
        _kept(
            type=one["type"],
            value=one["value"],
            slice=one.get("slice", ""),
            confidence_interval=_bounds(one.get("confidenceInterval", {})),
        )
        for one in found
    ]


def _bounds(interval: _Part) -> dict[str, str]:
    return _kept(lower_bound=interval.get("lowerBound"), upper_bound=interval.get("upperBound"))


def _considerations(found: _Part) -> dict[str, Any]:
    groups = [
        {"name": one["groupAtRisk"], "mitigation_strategy": one["mitigationStrategy"]}
        for one in found.get("fairnessAssessments", ())
    ]
    return _kept(
        users=_described(found.get("users", ())),
        use_cases=_described(found.get("useCases", ())),
        limitations=_described(found.get("technicalLimitations", ())),
        tradeoffs=_described(found.get("performanceTradeoffs", ())),
        ethical_considerations=[{"name": one["name"]} for one in found.get("ethicalConsiderations", ())] + groups,
    )


def _described(texts: Sequence[str]) -> list[dict[str, str]]:
    return [{"description": text} for text in texts]

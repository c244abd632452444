"""Ask a live model for predictions, over HTTP on the address of its environment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx2
import msgspec

from lamplighter.domain.decoding import from_json
from lamplighter.domain.errors import Blocked, Conflict, Invalid, LampError, NotAllowed, NotFound, Unavailable
from lamplighter.domain.names import parse_reference
from lamplighter.domain.prediction import prediction_id
from lamplighter.domain.record import Record
from lamplighter.sdk.bearer import bearer
from lamplighter.sdk.interface import Platform
from lamplighter.views.live import Live

_KINDS: Mapping[int, type[LampError]] = {401: NotAllowed, 403: NotAllowed, 404: NotFound, 503: Unavailable, 502: Blocked}


class Answer(Record, frozen=True):
    """Scores and who gave them."""

    #: The version that answered, such as `late-flights@7`.
    version: str
    #: Id of the request.
    request: str
    #: Prediction ids, one a row; a label names one of them.
    ids: tuple[str, ...]
    scores: tuple[float, ...]


class Endpoint:
    """One model in one environment, with connections that stay open."""

    def __init__(self, address: str, model: str, token: str, *, timeout: float = 30.0) -> None:
        self.model = model
        self.url = f"{address}/m/{model}/invocations"
        headers = {"Authorization": bearer(token), "Content-Type": "application/json"}
        self._client = httpx2.Client(headers=headers, timeout=timeout, trust_env=False)

    def predict(self, columns: Mapping[str, Sequence[Any]], *, event_time: str = "") -> Answer:
        """Scores for rows given by column; `event_time` (RFC 3339) says when they happened, where it is not now."""
        names = list(columns)
        rows = list(zip(*columns.values(), strict=True))
        body = msgspec.json.encode({"dataframe_split": {"columns": names, "data": rows}})
        headers = {"Lamp-Event-Time": event_time} if event_time else {}
        try:
            answer = self._client.post(self.url, content=body, headers=headers)
        except httpx2.TransportError as error:
            raise Unavailable(
                f"No answer from {self.url}.",
                why=f"The connection failed with {type(error).__name__}.",
                fix="See with lamp doctor whether serving runs.",
                code="E1703",
            ) from None
        if not answer.is_success:
            raise refusal(answer)
        scores = tuple(from_json(answer.content, _Predictions).predictions)
        request = answer.headers["Lamp-Prediction-Id"]
        ids = tuple(prediction_id(request, row) for row in range(len(scores)))
        return Answer(version=answer.headers["Lamp-Version"], request=request, ids=ids, scores=scores)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


class _Predictions(Record, frozen=True):
    predictions: list[float]


def refusal(answer: httpx2.Response, first: int = 0) -> LampError:
    """What an answer without success says. Rows are counted from `first`, for a request that is a part of a table."""
    try:
        problem = from_json(answer.content, dict[str, Any])
    except msgspec.DecodeError:
        problem = {}
    kind = _KINDS.get(answer.status_code, Invalid)
    what = str(problem.get("title", f"Serving answered {answer.status_code}."))
    why = "; ".join(_places(problem.get("errors", ()), first))
    return kind(what, why=why or str(problem.get("detail", "")), fix=str(problem.get("detail", "Look at the contract.")))


def _places(errors: Sequence[Mapping[str, Any]], first: int) -> Iterator[str]:
    """The first place of each sort of error in each column, so that a column that is wrong in every row is told once."""
    found: dict[tuple[str, str], list[str]] = {}
    for error in errors:
        pointer, what = str(error.get("pointer")), f"{error.get('code')}, wanted {error.get('expected')}"
        found.setdefault((pointer.rpartition("/")[2], what), []).append(pointer)
    for (_, what), pointers in found.items():
        yield f"{_moved(pointers[0], first)}: {what}{', in other rows too' if len(pointers) > 1 else ''}"


def _moved(pointer: str, first: int) -> str:
    head, rows, rest = pointer.partition("/rows/")
    row, slash, column = rest.partition("/")
    return f"{head}{rows}{int(row) + first}{slash}{column}" if row.isdecimal() else pointer


def live_in(platform: Platform, model: str, environment: str = "") -> Live:
    """Where a model answers; raises `NotFound` if it does not, and `Conflict` if it runs elsewhere.

    Without an environment it is the most protected one.
    """
    found = [live for live in platform.status(model).live if environment in ("", live.environment)]
    if not found:
        raise NotFound(
            f"{model} is not live{' in ' + environment if environment else ''}.",
            why="No version has traffic there.",
            fix=f"Deploy it: lamp deploy {model}",
            code="E1211",
        )
    if found[-1].elsewhere:
        raise Conflict(
            f"{model} runs elsewhere.",
            why=f"It answers at {found[-1].elsewhere}, and nothing of it can be asked here.",
            fix=f"Ask it there, and push what came of it: lamp predictions push {model} FILE",
            code="E1573",
        )
    return found[-1]


def endpoint(platform: Platform, reference: str, token: str, environment: str = "") -> Endpoint:
    """The address of a model as the holder of a token; raises `NotFound`."""
    model = parse_reference(reference).model
    return Endpoint(live_in(platform, model, environment).address, model, token)

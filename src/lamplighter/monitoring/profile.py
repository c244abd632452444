"""The reference of a version: bins frozen on the rows it was trained on, and what they held."""

from collections.abc import Mapping, Sequence

from lamplighter.domain.contract import Contract, Kind
from lamplighter.domain.record import Record, digest_of
from lamplighter.domain.timestamp import are_timestamps
from lamplighter.monitoring import encoding
from lamplighter.monitoring.arrays import Values, as_numbers, present
from lamplighter.monitoring.binning import Bins, category_bins, is_free, numeric_bins
from lamplighter.monitoring.distribution import Distribution
from lamplighter.monitoring.form import Form, listed, numbers_of
from lamplighter.monitoring.refusals import UnknownColumn
from lamplighter.monitoring.tally import tally
from lamplighter.monitoring.truth import Truth

#: The column that holds the answers of the model.
PREDICTION = "@prediction"

_HEADER = b"lamplighter profile 1\n"
#: Bytes that a column takes at most beside the categories that its contract names, and that all of them take at most.
_COLUMN, _ALL = 512 * 1024, 32 * 1024 * 1024


class Profile(Record, frozen=True, eq=False):
    """Reference distribution of every input and, where scores were at hand, of the prediction.

    Law of change of the bytes: the first line names the format; fields may be added with a default; bins are never
    changed, because counts in the database refer to them by `identity`. Another meaning of a field is another format.
    """

    #: SHA-256 over the columns; counts name it.
    identity: str
    #: By name, in the order of the contract; the prediction is last under `PREDICTION`.
    columns: dict[str, Distribution]
    #: How much each input moves the score, by name; empty if it was not measured.
    importance: dict[str, float] = {}
    #: Distances of consecutive parts of the reference from the whole, by column and measure; empty if they were not taken.
    chunks: dict[str, dict[str, tuple[float, ...]]] = {}
    #: Scores with their truth, if labels were at hand.
    truth: Truth | None = None


def reference_profile(
    contract: Contract, columns: Mapping[str, Values], scores: Values | None = None, *, edges: Sequence[float] = ()
) -> Profile:
    """Freeze bins on these rows and count them.

    `columns` holds one value a row, None or NaN for nothing, for every input of the contract; others are ignored. `edges` are
    scores that become edges of the prediction's bins, such as the threshold of the decision.
    Texts without known categories are looked at by the hour of the day if they are timestamps, and by their length if they
    hardly come twice.
    Raises `UnknownColumn` for an input that is not there and `UnreadableColumn` for values of another kind.
    """
    kept: dict[str, Distribution] = {}
    for column in contract.inputs:
        if column.name not in columns or column.name == PREDICTION:
            raise UnknownColumn(column.name, "The contract names it and the reference rows lack it, or the name is reserved.")
        kept[column.name] = _reference(column.name, column.kind, column.categories, columns[column.name])
    if scores is not None:
        bins = numeric_bins(Kind.NUMBER, present(as_numbers(scores, PREDICTION)), edges)
        kept[PREDICTION] = Distribution(bins=bins, tally=tally(bins, scores, PREDICTION))
    return Profile(identity=digest_of(encoding.body(kept)), columns=kept)


def profile_bytes(profile: Profile) -> bytes:
    """The artifact: a header line and compressed MessagePack."""
    return encoding.packed(_HEADER, profile)


def profile_from(content: bytes, contract: Contract) -> Profile:
    """The profile of a contract, in an artifact that anybody may have written; raises `UnreadableBytes` or `TooManyBytes`."""
    return encoding.unpacked_within(_HEADER, content, Profile, "a profile", _most_bytes(contract))


def _most_bytes(contract: Contract) -> int:
    """What the profile of a contract takes at most: its inputs, its prediction, and their categories."""
    named = sum(len(name.encode()) + 16 for column in contract.inputs for name in column.categories or ())
    return min(_COLUMN * (len(contract.inputs) + 1) + named, _ALL)


def _reference(name: str, kind: Kind, known: tuple[str, ...] | None, values: Values) -> Distribution:
    bins: Bins
    if kind in (Kind.NUMBER, Kind.INTEGER):
        bins = numeric_bins(kind, present(as_numbers(values, name)))
    elif kind is Kind.TEXT and known is None and are_timestamps(listed(values)):
        bins = numeric_bins(Kind.NUMBER, present(numbers_of(Form.HOUR, values, name)), form=Form.HOUR)
    elif kind is Kind.TEXT and known is None and is_free(values):
        bins = numeric_bins(Kind.INTEGER, present(numbers_of(Form.LENGTH, values, name)), form=Form.LENGTH)
    else:
        bins = category_bins(kind, known, values)
    return Distribution(bins=bins, tally=tally(bins, values, name))

"""A deployed model as an estimator of scikit-learn, for whatever takes one: permutation importance, calibration, scores.

Every row that is asked is a prediction of whoever asks, and stands in the log as such.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin  # type: ignore[import-untyped]

from lamplighter.domain.version import Manifest
from lamplighter.packaging import frames
from lamplighter.sdk.connect import connect, surroundings
from lamplighter.sdk.decided import classes_of, decided, is_number
from lamplighter.sdk.interface import Platform
from lamplighter.sdk.model import Answer, Endpoint, live_in

#: Rows of one request.
_ROWS = 5_000


class _Deployed(BaseEstimator):  # type: ignore[misc]
    """The live version of a model in an environment, the most protected one if none is named.

    It is found, and signed in to, by the surroundings of the process that asks, so that a copy of it holds no secret.
    """

    def __init__(self, model: str, environment: str = "") -> None:
        self.model = model
        self.environment = environment

    def fit(self, X: Any, y: Any = None) -> Any:  # noqa: N803, ARG002  the names of scikit-learn
        """Change nothing: what is deployed was fitted before. Raises `Invalid` for a table without rows."""
        self._columns(X)
        return self

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """Names of the columns, in the order of the contract."""
        return np.array([column.name for column in self._manifest.contract.inputs], dtype=object)

    @property
    def n_features_in_(self) -> int:
        """Number of columns."""
        return len(self._manifest.contract.inputs)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs; connections and secrets stay here."""
        return {"model": self.model, "environment": self.environment}

    @property
    def _manifest(self) -> Manifest:
        if not hasattr(self, "_known"):
            self._known: dict[str, Manifest] = {}
            self._live = f"{self.model}@{live_in(connect(), self.model, self.environment).number}"
        return self._manifest_of(self._live)

    def _manifest_of(self, version: str) -> Manifest:
        if version not in self._known:
            self._known[version] = connect().version(version).version.manifest
        return self._known[version]

    def _columns(self, table: Any) -> frames.Columns:
        return frames.columns(table, [str(name) for name in self.feature_names_in_])

    def _answers(self, table: Any) -> list[Answer]:
        columns = self._columns(table)
        if not hasattr(self, "_endpoint"):
            address = live_in(connect(), self.model, self.environment).address
            self._endpoint = Endpoint(address, self.model, surroundings().token)
        starts = range(0, len(next(iter(columns.values()))), _ROWS)
        parts = ({name: values[at : at + _ROWS] for name, values in columns.items()} for at in starts)
        return [self._endpoint.predict(part) for part in parts]

    def predict(self, X: Any) -> NDArray[Any]:  # noqa: N803
        """What each row is, by the version that answered: a class, or the number of a model of numbers; shape (rows,)."""
        return np.array(
            [one for answer in self._answers(X) for one in decided(self._manifest_of(answer.version), answer.scores)]
        )


class DeployedRegressor(RegressorMixin, _Deployed):  # type: ignore[misc]
    """A deployed model of numbers."""


class DeployedClassifier(ClassifierMixin, _Deployed):  # type: ignore[misc]
    """A deployed model with two classes."""

    @property
    def classes_(self) -> NDArray[Any]:
        """The two classes, negative first."""
        return np.array(classes_of(self._manifest))

    def predict_proba(self, X: Any) -> NDArray[np.float64]:  # noqa: N803
        """Scores of both classes, negative first; shape (rows, 2)."""
        scores = np.array([score for answer in self._answers(X) for score in answer.scores], dtype=np.float64)
        return np.column_stack([1.0 - scores, scores])


def estimator(platform: Platform, model: str, environment: str) -> DeployedClassifier | DeployedRegressor:
    """The estimator for what answers; raises `NotFound` where nothing does, and `Conflict` for a model that runs elsewhere."""
    live = live_in(platform, model, environment)
    manifest = platform.version(f"{model}@{live.number}").version.manifest
    return (DeployedRegressor if is_number(manifest) else DeployedClassifier)(model, environment)

"""The model behind MLServer's own codec for tables."""

import joblib
import pandas
from mlserver import MLModel
from mlserver.codecs import NumpyCodec, PandasCodec
from mlserver.types import InferenceRequest, InferenceResponse


class Probability(MLModel):
    """Answers with the probability of the positive class."""

    async def load(self) -> bool:
        """Open the model."""
        self._model = joblib.load(self.settings.parameters.uri)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        """One probability for each row."""
        frame: pandas.DataFrame = PandasCodec.decode_request(payload)
        scores = self._model.predict_proba(frame)[:, 1]
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("probability", scores)])

"""LitServe with one worker. Run as `serve.py MODEL PORT`."""

import sys
from typing import Any

import joblib
import litserve
import pandas


class Probability(litserve.LitAPI):
    """Answers with the probability of the positive class."""

    def setup(self, device: str) -> None:  # noqa: ARG002
        """Open the model."""
        self.model = joblib.load(sys.argv[1])

    def decode_request(self, request: dict[str, Any]) -> pandas.DataFrame:
        """The rows as a frame."""
        return pandas.DataFrame(request["rows"])

    def predict(self, frame: pandas.DataFrame) -> list[float]:
        """One probability for each row."""
        answers: list[float] = self.model.predict_proba(frame)[:, 1].tolist()
        return answers

    def encode_response(self, output: list[float]) -> dict[str, list[float]]:
        """The body of the answer."""
        return {"predictions": output}


if __name__ == "__main__":
    server = litserve.LitServer(Probability(), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", generate_client_file=False)

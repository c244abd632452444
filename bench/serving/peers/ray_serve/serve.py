"""Ray Serve with one replica on a cluster of its own. Run as `serve.py MODEL PORT`."""

import sys
import time
from typing import Any

import joblib
import pandas
import ray
from ray import serve
from starlette.requests import Request


@serve.deployment(max_ongoing_requests=128)
class Probability:
    """Answers with the probability of the positive class."""

    def __init__(self, path: str) -> None:
        self.model = joblib.load(path)

    async def __call__(self, request: Request) -> dict[str, Any]:
        """One probability for each row."""
        rows = (await request.json())["rows"]
        return {"predictions": self.model.predict_proba(pandas.DataFrame(rows))[:, 1].tolist()}


ray.init(address="local", num_cpus=2, include_dashboard=False, log_to_driver=False)
serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[2])})
serve.run(Probability.bind(sys.argv[1]), route_prefix="/predict")
while True:
    time.sleep(1)

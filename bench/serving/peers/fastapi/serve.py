"""A service as one writes it by hand: FastAPI, a frame for each request, `predict_proba`. Run as `serve.py MODEL PORT`."""

import sys
from typing import Any

import joblib
import pandas
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

model = joblib.load(sys.argv[1])
app = FastAPI()


class Rows(BaseModel):
    """The body of a request."""

    rows: list[dict[str, Any]]


@app.post("/predict")
def predict(body: Rows) -> dict[str, list[float]]:
    """One probability for each row."""
    return {"predictions": model.predict_proba(pandas.DataFrame(body.rows))[:, 1].tolist()}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)

"""`mlflow models serve` with the model as its scikit-learn flavour saves it. Run as `serve.py MODEL PORT`."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import joblib
import mlflow.sklearn

folder = Path(tempfile.mkdtemp()) / "model"
shutil.rmtree(folder, ignore_errors=True)
mlflow.sklearn.save_model(
    joblib.load(sys.argv[1]), folder, pyfunc_predict_fn="predict_proba", serialization_format="cloudpickle"
)
place = ["--model-uri", str(folder), "--host", "127.0.0.1", "--port", sys.argv[2], "--env-manager", "local", "--workers", "1"]
os.execv(sys.executable, [sys.executable, "-m", "mlflow", "models", "serve", *place])

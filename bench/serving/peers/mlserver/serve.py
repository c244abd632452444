"""MLServer with one worker process. Run as `serve.py MODEL PORT`."""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

folder, port = Path(tempfile.mkdtemp()), int(sys.argv[2])
settings = {"host": "127.0.0.1", "http_port": port, "grpc_port": port + 1, "metrics_port": port + 2, "parallel_workers": 0}
model = {"name": "model", "implementation": "runtime.Probability", "parameters": {"uri": sys.argv[1]}}
(folder / "settings.json").write_text(json.dumps({**settings, "debug": False}))
(folder / "model-settings.json").write_text(json.dumps(model))
shutil.copy(Path(__file__).with_name("runtime.py"), folder)
os.chdir(folder)
command = str(Path(sys.executable).with_name("mlserver"))
os.execv(command, [command, "start", str(folder)])

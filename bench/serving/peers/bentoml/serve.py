"""`bentoml serve`. Run as `serve.py MODEL PORT [Plain|Batching]`."""

import os
import sys
from pathlib import Path

os.environ["BENCH_MODEL"] = sys.argv[1]
os.environ["BENTOML_DO_NOT_TRACK"] = "1"
kind = sys.argv[3] if len(sys.argv) > 3 else "Plain"
place = ["--host", "127.0.0.1", "--port", sys.argv[2], "--working-dir", str(Path(__file__).parent)]
os.execv(sys.executable, [sys.executable, "-m", "bentoml", "serve", f"probability:{kind}", *place])

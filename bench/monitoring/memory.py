"""Memory at its highest while 10,000,000 rows by 50 columns are counted from one Parquet file, in a process of its own."""

import resource
import subprocess
import sys
from pathlib import Path

import msgspec
from arro3.io import read_parquet
from lines import line
from million import CONTRACT, large, reference

from lamplighter.monitoring.profile import Profile, profile_bytes, profile_from
from lamplighter.monitoring.table import Naming, Part, count_parts

#: Megabytes.
_LIMIT = 600.0
_BATCH = 65_536


def counted(profile: Profile, path: Path) -> dict[str, float]:
    """Rows that were counted, and megabytes."""
    found = count_parts(profile, [Part(read_parquet(str(path), batch_size=_BATCH))], Naming(time="at", scores="score"))
    rows = sum(counts.rows for counts in found.values())
    return {"rows": rows, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    """Print the line."""
    path = large()
    stored = path.with_suffix(".profile")
    stored.write_bytes(profile_bytes(reference()))
    done = subprocess.run([sys.executable, __file__, str(stored), str(path)], check=True, capture_output=True)
    found = msgspec.json.decode(done.stdout)
    assert found["rows"] == 10_000_000, found
    line("memory_10m_x_50", found["memory"], "limit", _LIMIT, "MB", lower_is_better=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        profile = profile_from(Path(sys.argv[1]).read_bytes(), CONTRACT)
        sys.stdout.buffer.write(msgspec.json.encode(counted(profile, Path(sys.argv[2]))))
    else:
        main()

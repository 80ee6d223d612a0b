"""An acknowledged import survives kill -9, and none is ever there by half."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from geo_service.store import Store

KILLS = {"sqlite": 10, "postgres": 5}  # the server outlives its clients: less can go wrong there
ROWS = 1500
SHARED = 300

# Imports once, then forks one writer per line on its standard input: starting Python takes longer than a kill.
WRITER = """
import os, sys
import geopandas as gpd, numpy as np, pandas as pd, shapely
from geo_service.store import Batch, Store

address, rows, shared = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

def write(start):
    print("pid", os.getpid(), flush=True)
    with Store.open(address) as store:
        number = start
        while True:
            ids = [f"own-{number}-{row}" for row in range(rows)] + [f"shared-{row}" for row in range(shared)]
            frame = gpd.GeoDataFrame(
                {"name": f"batch {number}", "category": "shop"},
                geometry=shapely.points(113 + np.arange(len(ids)) * 1e-5, 29.0),
                index=pd.Index(ids, name="id", dtype="object"), crs="EPSG:4326",
            )
            batch = Batch("places", f"{number}", "0" * 64, "wgs84", "csv", len(ids), len(ids), [], False)
            store.save_layer(frame, "places", batch)
            print("done", number, flush=True)
            number += 1

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            write(int(line))
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    print("dead", os.waitstatus_to_exitcode(status), flush=True)
"""


def test_acknowledged_imports_survive_kills(database: str, store_address: str, tmp_path: Path) -> None:
    Store.open(store_address, create=True).close()
    chance = random.Random(20261123)
    acknowledged = -1
    command = [sys.executable, "-c", WRITER, store_address, str(ROWS), str(SHARED)]
    log = tmp_path / "errors"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as writer,
    ):
        assert writer.stdin is not None
        assert writer.stdout is not None
        for _ in range(KILLS[database]):
            writer.stdin.write(f"{acknowledged + 1}\n")
            writer.stdin.flush()
            kind, pid = writer.stdout.readline().split()
            assert kind == "pid", log.read_text()
            for _ in range(chance.randint(0, 2)):
                acknowledged = _acknowledged(writer.stdout.readline(), log)
            time.sleep(chance.uniform(0, 0.25))
            os.kill(int(pid), signal.SIGKILL)
            while not (line := writer.stdout.readline()).startswith("dead"):
                acknowledged = _acknowledged(line, log)
            assert line.split()[1] == str(-signal.SIGKILL), log.read_text()
            acknowledged = _check(store_address, acknowledged)
        writer.stdin.close()
    assert acknowledged >= KILLS[database] // 2


def _acknowledged(line: str, log: Path) -> int:
    assert line.startswith("done "), log.read_text()
    return int(line.split()[1])


def _check(address: str, acknowledged: int) -> int:
    """Look at the store after a kill; return the last batch in it, which may be one more than was acknowledged."""
    started = time.monotonic()
    with Store.open(address) as store:
        assert time.monotonic() - started < 5
        last = store.data_version() - 1
        assert last in {acknowledged, acknowledged + 1}
        assert sorted(int(batch.file_name) for batch in store.batches(1000)) == list(range(last + 1))
        names = store.load_layer("places", columns=["name"])["name"]
    if last < 0:
        assert names.empty
        return last
    shared = names[names.index.str.startswith("shared-")]
    own = names[names.index.str.startswith("own-")]
    assert len(shared) == SHARED
    assert set(shared) == {f"batch {last}"}
    assert own.value_counts().to_dict() == {f"batch {number}": ROWS for number in range(last + 1)}
    return last

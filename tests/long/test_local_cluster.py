"""The same release from separate executor processes, byte for byte."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pyspark
import pytest

from cleanroom_join.contract import Protection

PROGRAM = Path(__file__).with_name("local_cluster.py")
ROOT = Path(__file__).parents[2]
CLUSTER = "local-cluster[2,1,1024]"
"""Two executors, each a process with one core and 1024 MiB."""

FILES = {
    "rows.json",
    "summary.txt",
    "pages.parquet",
    "commit.json",
    "entry.jsonl",
}
RELEASES = [f"{protection.value}_{run}" for protection in Protection for run in (1, 2)]


def spark_home(folder: Path) -> Path:
    """
    Return a Spark home that is PySpark's, but for its work directory.

    A local cluster starts executors in ``$SPARK_HOME/work`` and nowhere else, which
    would be inside the installed package.
    """
    home = folder / "home"
    home.mkdir()
    for part in Path(pyspark.__file__).parent.iterdir():
        (home / part.name).symlink_to(part)
    return home


def run(master: str, folder: Path) -> Path:
    """Run the program under a master, and return its folder."""
    home = spark_home(folder)
    done = subprocess.run(
        [sys.executable, PROGRAM, master, folder],
        capture_output=True,
        check=False,
        cwd=folder,
        env={
            **os.environ,
            "PYSPARK_PYTHON": sys.executable,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "SPARK_HOME": str(home),
        },
    )
    shutil.rmtree(home)  # with the executors' copies of every jar; links only are cut
    assert done.returncode == 0, done.stderr[-3000:].decode("utf-8", "replace")
    return folder


@pytest.fixture(scope="module")
def one(request, tmp_path_factory):
    """What one process with one core made."""
    if request.config.getoption("--spark") == "connect":
        pytest.skip("the program chooses its own master, and so its own mode: classic")
    return run("local[1]", tmp_path_factory.mktemp("one"))


@pytest.fixture(scope="module")
def cluster(one, tmp_path_factory):
    """What two executor processes made."""
    return run(CLUSTER, tmp_path_factory.mktemp("cluster"))


def told(folder: Path) -> dict[str, bytes]:
    """Return everything that was told, by its path."""
    paths = [path for path in (folder / "told").rglob("*") if path.is_file()]
    return {str(path.relative_to(folder / "told")): path.read_bytes() for path in paths}


def worked(folder: Path) -> dict[str, tuple[int, int]]:
    """Return tasks completed and bytes read from shuffles, by executor."""
    found = json.loads((folder / "executors.json").read_text())
    return {
        executor["id"]: (executor["completedTasks"], executor["totalShuffleRead"])
        for executor in found
        if executor["completedTasks"]
    }


def test_every_byte_is_the_same(one, cluster):
    """Rows, summary, data pages, commit and ledger entry of every release."""
    first, second = told(one), told(cluster)

    assert first.keys() == {f"{name}/{file}" for name in RELEASES for file in FILES}
    assert [name for name in first if first[name] != second.get(name)] == []
    assert first.keys() == second.keys()


def test_two_executors_worked(one, cluster):
    """Each on its own share, part of which the other had shuffled; the driver on none."""
    alone, together = worked(one), worked(cluster)

    assert alone.keys() == {"driver"}
    assert together.keys() == {"0", "1"}
    assert all(tasks > 20 and shuffled > 0 for tasks, shuffled in together.values())


def test_there_is_something_to_compare(one):
    """Every release shows cells and totals, NULL as well; the first coarser cells too."""
    labels = {}
    for name in RELEASES:
        rows = json.loads((one / "told" / name / "rows.json").read_text())["rows"]
        labels[name] = {label for row in rows for label in row[:3]}
        assert len(rows) > 20
        assert {"'(all)'", "'5411'", "'5732'", "None"} <= labels[name]

    assert "'grocery'" in labels["threshold_1"]

"""Do `pql job run`, `pql plan` and `pql eval` work on Spark, and say what is missing?"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from running import Pql
from spark_sessions import MARKS, REQUIRED, missing

ON_SPARK = "--engine=spark"
ALONE = pytest.mark.spark
NEEDS_PYSPARK = pytest.mark.skipif(not REQUIRED and "pyspark" in (missing() or ""), reason="pyspark is not installed")


@pytest.fixture
def profiles(tmp_path: Path) -> Path:
    rows = [{"_id": "a", "homeAddress": {"city": "Bath"}}, {"_id": "b", "homeAddress": {"city": "Oslo"}}]
    path = tmp_path / "profiles.ndjson"
    path.write_text("".join(json.dumps(row) + "\n" for row in [*rows, {"_id": 1, "homeAddress": 2}]), "utf-8")
    return path


class TestOnSpark:
    pytestmark = MARKS

    def test_run(self, pql: Pql, profiles: Path, tmp_path: Path, spark: Any) -> None:
        out = tmp_path / "out"
        text = 'homeAddress.city = "Bath"'
        ran = pql("job", "run", "-e", text, ON_SPARK, "--profiles", profiles, "--out", out)
        assert (ran.status, ran.err) == (
            0,
            "pql: 1 line of the profiles left out: no JSON, or not as the schema has it\n",
        )
        assert ran.out.splitlines()[1].split() == ["<expression>", "2", "1", "50.0%", "0"]
        assert pyarrow.parquet.read_table(out / "memberships.parquet")["profile"].to_pylist() == ["a"]
        ran = pql("job", "run", "-e", text, ON_SPARK, "--profiles", profiles, "--out", out)
        assert ran.status == 1
        assert "PQL044 there is something already" in ran.err
        ran = pql("job", "run", "-e", text, ON_SPARK, "--profiles", profiles, "--out", out, "--overwrite")
        assert ran.status == 0

    def test_plan(self, pql: Pql, profiles: Path, spark: Any) -> None:
        ran = pql("plan", "-e", "homeAddress = workAddress", "--profiles", f"file://{profiles}")
        assert ran.status == 0
        assert f"engine: spark, as `file://{profiles}` is nothing that the others read" in ran.out
        assert "mapInArrow" in ran.out
        assert "a comparison of objects cannot be said in SQL" in ran.out
        ran = pql("plan", "-e", "homeAddress = workAddress", ON_SPARK, "--profiles", profiles, "--output-format=json")
        (only,) = json.loads(ran.out)["definitions"]
        assert only["by"] == "memory"

    def test_eval(self, pql: Pql, profiles: Path, spark: Any) -> None:
        texts = ("-e", 'homeAddress.city = "Bath"', "--profiles", profiles)
        ran = pql("eval", *texts, ON_SPARK, "--output", "ids")
        assert (ran.status, ran.out) == (0, "a\n")
        assert "pql: engine spark; it does not find out where a null decides" in ran.err
        assert "pql: 1 line of the profiles left out" in ran.err
        counted = pql("eval", *texts, ON_SPARK, "--output-format", "json", "--no-nulls")
        data = json.loads(counted.out)
        assert (data["profiles"], data["badLines"], data["definitions"][0]["qualified"]) == (2, 1, 1)
        named = pql("eval", *texts, "--id", "homeAddress.city", "--output", "ids")
        assert (named.status, named.out) == (0, "Bath\n")
        assert "pql: engine spark: an option is for Spark alone" in named.err
        refused = pql("eval", *texts, ON_SPARK, "--output", "csv")
        assert (refused.status, refused.out) == (2, "")
        assert "--output csv goes with the engine memory" in refused.err
        missing = pql("eval", "-e", "person", ON_SPARK, "--profiles", "/there/is/none")
        assert (missing.status, missing.out) == (1, "")
        assert "PQL085 the profiles cannot be read from `/there/is/none`" in missing.err

    def test_no_such_files(self, pql: Pql, spark: Any) -> None:
        ran = pql("job", "run", "-e", "person", ON_SPARK, "--profiles", "/there/is/none")
        assert ran.status == 1
        assert "PQL085 the profiles cannot be read from `/there/is/none`" in ran.err

    def test_a_process_of_its_own(self, profiles: Path, tmp_path: Path) -> None:
        arguments = ["-e", 'homeAddress.city = "Bath"', ON_SPARK, "--profiles", str(profiles), "--master", "local[1]"]
        command = [sys.executable, "-m", "pqltools", "job", "run", *arguments, "--memory=500MB", "--output-format=json"]
        ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert ran.returncode == 0, ran.stderr
        counts = json.loads(ran.stdout)
        assert (counts["profiles"], counts["refused"], counts["definitions"][0]["qualified"]) == (2, 1, 1)
        assert " WARN " not in ran.stderr


@pytest.mark.parametrize("option", ["--id=_id", "--master=local"])
def test_options_for_spark(option: str, pql: Pql, profiles: Path) -> None:
    ran = pql("job", "run", "-e", "person", "--engine=memory", "--profiles", profiles, option)
    assert ran.status == 1
    assert "is for Spark" in ran.err


def test_without_pyspark(pql: Pql, profiles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pyspark"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pyspark", None)
    ran = pql("job", "run", "-e", "person", ON_SPARK, "--profiles", profiles)
    assert ran.status == 1
    assert "PQL085 pyspark is not installed" in ran.err
    assert "pqltools[spark]" in ran.err


@NEEDS_PYSPARK
class TestWithPyspark:
    pytestmark = ALONE

    def test_nobody_at_the_master(self, profiles: Path) -> None:
        for master, why in (("spark://127.0.0.1:1", "refused"), ("spark://nowhere", "spark://HOST:PORT")):
            status, err = alone("--profiles", str(profiles), "--master", master)
            assert status == 1
            assert f"PQL085 there is no Spark at `{master}`" in err
            assert why in err

    def test_no_master_that_there_is(self, profiles: Path) -> None:
        status, err = alone("--profiles", str(profiles), "--master", "moon")
        assert status == 1
        assert "PQL085 Spark does not start" in err
        assert "Traceback" not in err

    def test_no_java(self, profiles: Path, tmp_path: Path) -> None:
        status, err = alone("--profiles", str(profiles), environment={"PATH": str(tmp_path)})
        assert status == 1
        assert "there is no Java that runs it" in err
        assert "openjdk" in err
        assert "Traceback" not in err


def alone(*arguments: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """How a process of its own ends."""
    command = [sys.executable, "-m", "pqltools", "job", "run", "-e", "person", ON_SPARK, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)
    return ran.returncode, ran.stderr

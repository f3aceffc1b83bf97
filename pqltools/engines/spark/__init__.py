"""How are definitions evaluated on Spark?  `SparkEngine`: all of them in one pass over a table of profiles.

    from pqltools.engines.spark import SparkEngine

    engine = SparkEngine(spark.table("profiles"), session=spark)      # without a session: one on this machine
    plan = engine.plan({"Britons": 'homeAddress.countryCode = "GB"'})
    found = engine.memberships(plan)

Conditions are SQL (`pqltools.sql`), with lambdas over the arrays of a profile. What has no SQL is evaluated by the
compiled evaluator, in Python beside Spark, over the columns that it uses; the plan says so.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.engines.spark.engine import SparkEngine

__all__ = ["SparkEngine"]


def __getattr__(name: str) -> object:
    if name != "SparkEngine":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pqltools.engines.spark.engine import SparkEngine

    return SparkEngine

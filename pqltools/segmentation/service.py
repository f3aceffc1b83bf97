"""What is the service made of?  `Service` opens a data directory and owns everything that works on it."""

from __future__ import annotations

from pqltools.segmentation.audience_metrics import keep_metrics
from pqltools.segmentation.audiences import Audiences
from pqltools.segmentation.clock import Clock, SystemClock
from pqltools.segmentation.datasets import Datasets
from pqltools.segmentation.definitions import Definitions
from pqltools.segmentation.directory import DataDirectory, DirectoryProblem
from pqltools.segmentation.engines.choosing import ChosenEngine
from pqltools.segmentation.engines.columnar import SPARK, OnSpark
from pqltools.segmentation.engines.kept import FOLDER as COLUMNS
from pqltools.segmentation.engines.kept import KeptStores
from pqltools.segmentation.export_files import ExportFiles
from pqltools.segmentation.exports import ExportJobs
from pqltools.segmentation.expressions import Expressions
from pqltools.segmentation.firing import Firing
from pqltools.segmentation.flexible_schedules import FlexibleSchedules
from pqltools.segmentation.imports import Imports
from pqltools.segmentation.jobs import SegmentJobs
from pqltools.segmentation.merge_policies import MergePolicies
from pqltools.segmentation.metadata.store import Metadata
from pqltools.segmentation.options import Options
from pqltools.segmentation.previews import Previews
from pqltools.segmentation.problems import Problem
from pqltools.segmentation.profiles.store import FOLDER, ProfileStore
from pqltools.segmentation.running import Runner
from pqltools.segmentation.scheduled import ExportStarter, SegmentStarter
from pqltools.segmentation.schedules import Schedules, Starter
from pqltools.segmentation.segment_search import SegmentSearch


class Service:
    """The service over one data directory. Any number of threads may use it; `close` it, or use it in a `with`.

    Raises `DirectoryProblem` if the directory cannot be used, `PQLError` for a schema that cannot be read.
    """

    def __init__(self, data_dir: str, clock: Clock | None = None, options: Options = Options()) -> None:  # noqa: B008
        self.clock = SystemClock() if clock is None else clock
        self.options = options
        # Before anything is opened that would have to be closed.
        self.expressions = Expressions(self.clock, options)
        self.directory = DataDirectory(data_dir)
        try:
            self.metadata = Metadata(self.directory.file("metadata.sqlite"))
        except BaseException:
            self.directory.close()
            raise
        try:
            self.profiles = ProfileStore(self.directory.file(FOLDER), self.clock)
        except Problem as problem:
            self.metadata.close()
            self.directory.close()
            raise DirectoryProblem(problem.title) from None
        self.datasets = Datasets(self.metadata, self.clock, self.profiles)
        self.merge_policies = MergePolicies(self.metadata, self.clock, options, self.datasets)
        self.definitions = Definitions(
            self.metadata, self.clock, options, self.expressions, self.merge_policies, self.profiles
        )
        self.audiences = Audiences(self.metadata, self.clock, options, self.definitions)
        self.segment_search = SegmentSearch(self.metadata)
        spark = OnSpark(self.directory.file(SPARK), options.master)
        self.engine = ChosenEngine(options.engine, KeptStores(self.directory.file(COLUMNS)), spark)
        self.runner = Runner(options.limits.running_jobs)
        self.jobs = SegmentJobs(
            self.metadata,
            self.clock,
            options,
            self.merge_policies,
            self.definitions,
            self.profiles,
            self.engine,
            self.runner,
        )
        self.jobs.table.within.append(keep_metrics)
        self.imports = Imports(
            self.metadata,
            self.clock,
            self.expressions,
            self.datasets,
            self.profiles,
            self.directory.file("imports"),
        )
        self.export_files = ExportFiles(self.directory.file("exports"))
        self.exports = ExportJobs(
            self.metadata,
            self.clock,
            options,
            self.merge_policies,
            self.definitions,
            self.datasets,
            self.profiles,
            self.jobs,
            self.export_files,
            self.runner,
        )
        self.previews = Previews(
            self.metadata, self.clock, options, self.definitions, self.merge_policies, self.profiles, self.engine
        )
        starters: dict[str, Starter] = {
            "batch_segmentation": SegmentStarter(self.jobs, options),
            "export": ExportStarter(self.exports),
        }
        self.schedules = Schedules(self.metadata, self.clock, options, starters)
        self.flexible_schedules = FlexibleSchedules(self.metadata, self.schedules)
        self.firing = Firing(self.metadata, self.clock, self.schedules)
        self.definitions.start()
        self.jobs.start()
        self.exports.start()
        self.previews.start()
        self.firing.start()

    def close(self) -> None:
        """Stop working, and let others use the directory."""
        self.firing.close()
        self.previews.close()
        self.runner.close()
        self.profiles.close()
        self.metadata.close()
        self.directory.close()

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""Questions: loops over replications and scenarios, answered with intervals."""

from __future__ import annotations

from cxsim.studies.experiment import Comparison, Run, compare, run
from cxsim.studies.pairs import Effect
from cxsim.studies.replications import Replication

__all__ = ["Comparison", "Effect", "Replication", "Run", "compare", "run"]

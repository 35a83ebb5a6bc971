"""A study on a real cluster of processes, one of which is killed in mid-study; run by `make cluster`."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

import cxsim as cx
from cxsim.scenario import Scenario, scaled, with_values
from cxsim.store import Store
from cxsim.studies.contents import content_of
from cxsim.studies.kept import digest_of

pytestmark = [
    pytest.mark.cluster,
    # of the cluster's own sockets and threads, when it is closed with a worker dead
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"),
]

REPLICATIONS, SEED = 300, 5


def study(**where: object) -> cx.Comparison:
    base = with_values(scaled(Scenario.load("b2b-saas"), 100), {"arrivals.history_months": 6, "horizon_months": 24})
    return cx.compare(base, base.with_("formal-onboarding", start=3), replications=REPLICATIONS, seed=SEED, **where)  # type: ignore[arg-type]


def hash_of(found: cx.Comparison) -> str:
    arms = (found.baseline, *found.alternatives)
    return digest_of([[content_of(one, arm.scenario).digest for one in arm.replications] for arm in arms])


def test_a_study_on_a_cluster_that_loses_a_worker_is_that_of_one_machine(tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    store, killed = Store.open(tmp_path / "store"), []
    with (
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=str(tmp_path)
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        workers = dict(client.run(os.getpid))
        assert len(set(workers.values()) | {os.getpid()}) == 4

        def lose_one(done: int, total: int) -> None:
            if not killed and done >= total // 4:
                killed.append(next(iter(workers.values())))
                os.kill(killed[0], signal.SIGKILL)

        found = study(executor=client.get_executor(pure=False), progress=lose_one, store=store)
        alive = set(client.run(os.getpid).values())
    assert killed
    assert killed[0] not in alive
    here = study()
    assert hash_of(found) == hash_of(here) == store.run(found.run_id).digest
    assert found.effects().equals(here.effects())
    (run,) = store.runs()
    assert (run.state, run.done) == ("finished", 2 * REPLICATIONS)

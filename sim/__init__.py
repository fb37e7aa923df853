"""What happens: the simulation of one replication, and of many.

>>> import sim
>>> sim.Backend.SERIAL.value
'serial'

The names below are what a user needs; each is imported from where it lives when it is asked for, so
that a command which needs none of it starts at once.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.backends.registry import Backend as Backend
    from sim.errors import BackendError as BackendError
    from sim.errors import ReplicationError as ReplicationError
    from sim.errors import StoreError as StoreError
    from sim.experiment.experiment import Experiment as Experiment
    from sim.experiment.experiment import Plan as Plan
    from sim.experiment.experiment import replications_table as replications_table
    from sim.experiment.store import Store as Store
    from sim.journal.records import Records as Records
    from sim.journal.steps import Step as Step
    from sim.patients.cohort import Horizon as Horizon
    from sim.replication.outcome import Outcome as Outcome
    from sim.replication.replicate import Finished as Finished
    from sim.replication.replicate import Setting as Setting
    from sim.replication.replicate import Task as Task
    from sim.replication.replicate import finish as finish
    from sim.replication.replicate import replicate as replicate

    __version__: str

_HOMES = {
    "Backend": "sim.backends.registry",
    "BackendError": "sim.errors",
    "Experiment": "sim.experiment.experiment",
    "Finished": "sim.replication.replicate",
    "Horizon": "sim.patients.cohort",
    "Outcome": "sim.replication.outcome",
    "Plan": "sim.experiment.experiment",
    "Records": "sim.journal.records",
    "ReplicationError": "sim.errors",
    "Setting": "sim.replication.replicate",
    "Step": "sim.journal.steps",
    "Store": "sim.experiment.store",
    "StoreError": "sim.errors",
    "Task": "sim.replication.replicate",
    "finish": "sim.replication.replicate",
    "replicate": "sim.replication.replicate",
    "replications_table": "sim.experiment.experiment",
}
__all__ = [
    "Backend",
    "BackendError",
    "Experiment",
    "Finished",
    "Horizon",
    "Outcome",
    "Plan",
    "Records",
    "ReplicationError",
    "Setting",
    "Step",
    "Store",
    "StoreError",
    "Task",
    "finish",
    "replicate",
    "replications_table",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Import a name of the face from its home (PEP 562)."""
        if name == "__version__":
            return version("twentezorg")
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the face."""
    return [*__all__]

"""What happens: the simulation of one replication, and of many.

>>> import sim
>>> sim.Backend.SERIAL.value
'serial'

The names below are what a user needs; each is imported from where it lives when it is asked for.
"""

from __future__ import annotations

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
else:
    from files.face import face

    __all__, __dir__, __getattr__ = face(
        __name__,
        {
            "sim.backends.registry": ("Backend",),
            "sim.errors": ("BackendError", "ReplicationError", "StoreError"),
            "sim.experiment.experiment": ("Experiment", "Plan", "replications_table"),
            "sim.experiment.store": ("Store",),
            "sim.journal.records": ("Records",),
            "sim.journal.steps": ("Step",),
            "sim.patients.cohort": ("Horizon",),
            "sim.replication.outcome": ("Outcome",),
            "sim.replication.replicate": ("Finished", "Setting", "Task", "finish", "replicate"),
        },
    )

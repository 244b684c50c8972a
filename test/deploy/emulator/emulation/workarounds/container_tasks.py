"""Tasks run: each has processes of its own, and a service replaces what ends."""

from __future__ import annotations

from ..containers import services, tasks
from .workaround import Workaround


def _apply() -> None:
    tasks.run_processes()
    services.take_over()


WORKAROUND = Workaround(
    "container-tasks",
    "a task without a container engine is only a record: nothing runs, and no target is registered",
    _apply,
    ("AWS::ECS::Service",),
)

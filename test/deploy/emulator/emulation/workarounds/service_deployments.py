"""Deployments of services take their course: both sides, traffic, hooks, alarms and the way back."""

from __future__ import annotations

from ..containers.deployment_actions import answer_actions
from ..containers.service_actions import deploy_services
from ..containers.stacks import wait_in_stacks
from .workaround import Workaround


def _apply() -> None:
    deploy_services()
    answer_actions()
    wait_in_stacks()


WORKAROUND = Workaround(
    "service-deployments",
    "a service's new tasks replace the old ones at once, whatever its strategy, hooks and alarms "
    "say, and no deployment can be described",
    _apply,
    ("AWS::ECS::Service",),
)

"""The course of a deployment: a second task set, test traffic, the hook, production, the end of the first.

https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from typing import Any

from ..containers.alarms import Watch
from ..containers.clock import scaled
from ..containers.hooks import HookFailed, invoke
from ..containers.services import (
    cluster_of,
    end_set,
    group_for,
    has_given_up,
    key_of,
    reconcile,
    unhealthy,
)
from ..containers.tasks import in_background
from ..forwarding import set_weights, target_groups
from . import records
from .events import tell
from .records import Deployment
from .revisions import steps_of

logger = logging.getLogger("code_deploy")

_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 60.0
_WHOLE = 100
# A function has an hour to answer, and its start takes its time here as well.
_ANSWER_MINUTES = 60.0
_LEAST_ANSWER_SECONDS = 20.0


class _Failed(Exception):
    """The deployment must go back; with CodeDeploy's code of what went wrong."""

    def __init__(self, code: str, message: str, status: str = records.FAILED) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class Course:
    """One deployment under way."""

    def __init__(self, deployment: Deployment, service: dict[str, Any]) -> None:
        self._deployment = deployment
        self._service = service
        configuration = deployment.properties.get("AlarmConfiguration") or {}
        alarms = configuration.get("Alarms") or [] if configuration.get("Enabled") else []
        self._watch = Watch([alarm["Name"] for alarm in alarms])
        self._before = next(
            known for known in service["deployments"] if known["status"] == "PRIMARY"
        )
        self._after: dict[str, Any] = {}

    def _look(self) -> None:
        if self._deployment.is_to_stop:
            raise _Failed("MANUAL_STOP", "The deployment was stopped.", records.STOPPED)
        if self._service["status"] != "ACTIVE":
            raise _Failed("ECS_UPDATE_ERROR", "The service was deleted.")
        ringing = self._watch.ringing()
        if ringing:
            message = f"One or more alarms have been activated: {', '.join(ringing)}"
            raise _Failed("ALARM_ACTIVE", message, records.STOPPED)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        self._look()
        while time.monotonic() < end:
            time.sleep(min(_POLL_SECONDS, max(end - time.monotonic(), 0.0)))
            self._look()

    def _hook(self, event: str) -> None:
        self._deployment.event = event
        self._look()
        function = self._deployment.app_spec.hooks.get(event)
        if not function:
            return
        question = f"{self._deployment.id}-{event}"
        asked = {"DeploymentId": self._deployment.id, "LifecycleEventHookExecutionId": question}

        def ask() -> None:
            try:
                invoke(function, asked)
            except HookFailed as failure:
                # As on AWS, only the answer that it puts counts.
                logger.warning("%s: %s", question, failure)

        in_background(ask)
        end = time.monotonic() + max(scaled(_ANSWER_MINUTES), _LEAST_ANSWER_SECONDS)
        while question not in self._deployment.answers and time.monotonic() < end:
            self._pause(_POLL_SECONDS)
        if self._deployment.answers.get(question) != "Succeeded":
            raise _Failed(
                "HOOK_EXECUTION_FAILURE",
                f"The Lambda function {function} of {event} did not report success.",
            )

    def _pair(self) -> dict[str, Any]:
        info = self._deployment.properties.get("LoadBalancerInfo") or {}
        return dict((info.get("TargetGroupPairInfoList") or [{}])[0])

    def _groups(self) -> list[str]:
        from ministack.services import alb

        names = [group["Name"] for group in self._pair().get("TargetGroups") or []]
        by_name = {group["TargetGroupName"]: arn for arn, group in alb._tgs.items()}
        return [by_name[name] for name in names if name in by_name]

    def _current_group(self) -> str:
        return group_for(self._service["loadBalancers"][0], self._before)

    def _rules(self, route: str) -> Iterator[str]:
        """The rules of a route's listeners that lead to one of the two groups."""
        from ministack.services import alb

        listeners = (self._pair().get(route) or {}).get("ListenerArns") or []
        groups = set(self._groups())
        for arn, rule in list(alb._rules.items()):
            led = {group for action in rule["Actions"] for group in target_groups(action)}
            if rule["ListenerArn"] in listeners and led & groups:
                yield arn

    def _shift(self, route: str, share: float) -> None:
        after = round(share)
        current = self._current_group()
        shares = {
            group: _WHOLE - after if group == current else after for group in self._groups()
        }
        for rule in self._rules(route):
            set_weights(rule, shares)

    def _install(self) -> None:
        from ministack.services import ecs

        others = [group for group in self._groups() if group != self._current_group()]
        if not others:
            raise _Failed("INVALID_LOAD_BALANCER", "The deployment group needs two target groups.")
        key = ecs._resolve_td_key(self._deployment.app_spec.task_definition)
        if (ecs._task_defs.get(key) or {}).get("status") != "ACTIVE":
            raise _Failed("ECS_UPDATE_ERROR", f"There is no active task definition {key}.")
        self._after = ecs._make_deployment(
            ecs._task_defs[key]["taskDefinitionArn"], self._service["desiredCount"], "ACTIVE"
        )
        self._after.update(_live=True, _side=1, _group=others[0], _external=self._deployment.id)
        self._service["deployments"].append(self._after)
        reconcile(cluster_of(self._service), key_of(self._service))
        end = time.monotonic() + _PATIENCE_SECONDS
        while reason := unhealthy(self._service, self._after):
            if has_given_up(self._after) or time.monotonic() > end:
                raise _Failed("ECS_UPDATE_ERROR", f"The replacement tasks are not ready: {reason}")
            self._pause(_POLL_SECONDS)

    def _allow_traffic(self) -> None:
        steps = steps_of(self._deployment.document()["deploymentConfigName"])
        for share in steps.shares():
            self._shift("ProdTrafficRoute", share)
            if share < _WHOLE:
                self._pause(scaled(steps.minutes))

    def _forward(self) -> None:
        self._hook("BeforeInstall")
        self._install()
        self._hook("AfterInstall")
        self._shift("TestTrafficRoute", _WHOLE)
        self._hook("AfterAllowTestTraffic")
        self._hook("BeforeAllowTraffic")
        self._allow_traffic()
        self._after["status"], self._before["status"] = "PRIMARY", "ACTIVE"
        self._hook("AfterAllowTraffic")
        configuration = self._deployment.properties.get("BlueGreenDeploymentConfiguration") or {}
        end = configuration.get("TerminateBlueInstancesOnDeploymentSuccess") or {}
        self._pause(scaled(float(end.get("TerminationWaitTimeInMinutes") or 0)))

    def _back(self) -> None:
        self._before["status"] = "PRIMARY"
        for route in ("ProdTrafficRoute", "TestTrafficRoute"):
            self._shift(route, 0)
        if self._after:
            end_set(self._service, self._after, "Deployment rolled back")

    def run(self) -> None:
        """Lead the deployment to its end."""
        deployment = self._deployment
        deployment.status, deployment.started = records.IN_PROGRESS, time.time()
        tell(deployment)
        try:
            self._forward()
        except _Failed as failure:
            self._back()
            deployment.error, deployment.status = (failure.code, str(failure)), failure.status
        except Exception as error:
            logger.exception("%s failed", deployment.id)
            deployment.error, deployment.status = ("INTERNAL_ERROR", str(error)), records.FAILED
        else:
            self._after.update(rolloutState="COMPLETED")
            end_set(self._service, self._before, "Deployment completed")
            deployment.status = records.SUCCEEDED
        deployment.completed = time.time()
        logger.info("%s: %s %s", deployment.id, deployment.status, deployment.error or "")
        tell(deployment)

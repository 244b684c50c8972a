"""The course of a service deployment: new tasks, traffic, bake time, and back if it fails.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
"""

from __future__ import annotations

import logging
import time

from . import records
from .alarms import Watch, alarms_of
from .clock import scaled
from .events import tell
from .hooks import HookFailed, call_hooks
from .records import ServiceDeployment
from .services import cluster_of, end_set, has_given_up, key_of, reconcile, unhealthy
from .steps import WHOLE, shifts_traffic, steps
from .traffic import PRODUCTION, TEST, has_rule, problem, shift

logger = logging.getLogger("containers")

_POLL_SECONDS = 0.1
# ECS waits a day; what is not healthy by now never will be here.
_PATIENCE_SECONDS = 60.0
_TEST_SHIFT = "TEST_TRAFFIC_SHIFT"
_PRODUCTION_SHIFT = "PRODUCTION_TRAFFIC_SHIFT"


class _Failed(Exception):
    """The deployment must go back; the text says why."""


class _Aborted(Exception):
    """The deployment must end where it stands."""


class Course:
    """One deployment under way."""

    def __init__(self, deployment: ServiceDeployment) -> None:
        self._deployment = deployment
        self._service = deployment.service
        self._watch = Watch(alarms_of(deployment.service))

    def _look(self) -> None:
        """Raise for what ends a deployment before its time."""
        if self._service["status"] != "ACTIVE":
            raise _Aborted("the service was deleted")
        if self._deployment.status == records.STOP_REQUESTED:
            raise _Aborted("stopped by the user")
        if self._deployment.status == records.ROLLBACK_REQUESTED:
            raise _Failed(self._deployment.reason or "rollback requested by the user")
        ringing = self._watch.ringing()
        if ringing:
            self._deployment.triggered_alarms = ringing
            raise _Failed(f"alarm detected: {', '.join(ringing)}")

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        self._look()
        while time.monotonic() < end:
            time.sleep(min(_POLL_SECONDS, max(end - time.monotonic(), 0.0)))
            self._look()

    def _enter(self, stage: str, *, hooks: bool = True) -> None:
        self._look()
        self._deployment.stage = stage
        if hooks and shifts_traffic(self._service):
            call_hooks(self._deployment, stage, self._pause)
        self._look()

    def _until_healthy(self) -> None:
        end = time.monotonic() + _PATIENCE_SECONDS
        target = self._deployment.target
        while reason := unhealthy(self._service, target):
            if has_given_up(target):
                raise _Failed("tasks failed to start")
            if time.monotonic() > end:
                raise _Failed(f"tasks did not become healthy: {reason}")
            self._pause(_POLL_SECONDS)

    def _scale_up(self) -> None:
        self._enter("SCALE_UP", hooks=False)
        self._deployment.target["_live"] = True
        reconcile(cluster_of(self._service), key_of(self._service))
        self._until_healthy()

    def _shift(self) -> None:
        if has_rule(self._service, TEST):
            shift(self._deployment, TEST, WHOLE)
        self._enter(_TEST_SHIFT)
        self._enter("POST_TEST_TRAFFIC_SHIFT")
        for share, minutes in steps(self._deployment):
            self._enter("PRE_PRODUCTION_TRAFFIC_SHIFT")
            if has_rule(self._service, PRODUCTION):
                shift(self._deployment, PRODUCTION, share)
            self._enter(_PRODUCTION_SHIFT)
            self._pause(scaled(minutes))
        self._enter("POST_PRODUCTION_TRAFFIC_SHIFT")

    def _bake(self) -> None:
        configuration = self._service.get("deploymentConfiguration") or {}
        self._enter("BAKE_TIME", hooks=False)
        minutes = configuration.get("bakeTimeInMinutes")
        self._pause(scaled(float(minutes or 0)))

    def _remove_others(self) -> None:
        """End what an aborted deployment has left, after taking its traffic from it."""
        kept = (self._deployment.source, self._deployment.target)
        others = [known for known in self._service["deployments"] if known not in kept]
        if not others:
            return
        self._enter("RECONCILE_SERVICE")
        if shifts_traffic(self._service):
            shift(self._deployment, TEST, 0)
            shift(self._deployment, PRODUCTION, 0)
        for other in others:
            end_set(self._service, other, "Service reconciled")

    def _forward(self) -> None:
        self._pause(0)
        self._remove_others()
        wrong = problem(self._service) if shifts_traffic(self._service) else ""
        if wrong:
            raise _Failed(wrong)
        self._enter("PRE_SCALE_UP")
        self._scale_up()
        self._enter("POST_SCALE_UP")
        if shifts_traffic(self._service):
            self._shift()
        self._bake()

    def _clean_up(self) -> None:
        self._deployment.stage = "CLEAN_UP"
        self._deployment.target.update(
            rolloutState="COMPLETED", rolloutStateReason="ECS deployment completed."
        )
        if self._deployment.source:
            end_set(self._service, self._deployment.source, "Deployment completed")

    def _back(self, reason: str) -> None:
        """Traffic and tasks as they were before."""
        deployment = self._deployment
        source, target = deployment.source, deployment.target
        deployment.status = records.ROLLBACK_IN_PROGRESS
        deployment.reason = f"Service deployment rolled back because {reason}"
        target.update(rolloutState="FAILED", rolloutStateReason=reason)
        if source:
            deployment.rollback = {
                "reason": reason,
                "startedAt": time.time(),
                "serviceRevisionArn": source["_revision"],
            }
            for kind, stage in ((PRODUCTION, _PRODUCTION_SHIFT), (TEST, _TEST_SHIFT)):
                if kind in deployment.shares:
                    shift(deployment, kind, 0)
                    self._tell_back(stage)
            # A newer request than this deployment says itself what is wanted.
            if self._service["currentServiceDeployment"] == deployment.arn:
                source["status"] = "PRIMARY"
                self._service["taskDefinition"] = source["taskDefinition"]
        end_set(self._service, target, "Deployment rolled back")

    def _tell_back(self, stage: str) -> None:
        """Ask the hooks of a shift again, as ECS does; whatever they say, it goes back."""
        try:
            call_hooks(self._deployment, stage, time.sleep)
        except HookFailed as failure:
            logger.warning("%s: %s", self._deployment.arn, failure)

    def _finish(self, status: str, reason: str = "") -> None:
        self._deployment.status = status
        self._deployment.reason = reason or self._deployment.reason
        self._deployment.finished = time.time()
        logger.info("%s: %s %s", self._deployment.arn, status, self._deployment.reason)
        tell(self._deployment)

    def _end(self) -> None:
        try:
            self._forward()
        except _Aborted as aborted:
            self._deployment.stopped = time.time()
            self._finish(records.STOPPED, str(aborted))
        except (_Failed, HookFailed) as failure:
            self._back(str(failure))
            # Without an older revision there is nothing to go back to.
            has_older = self._deployment.source is not None
            self._finish(records.ROLLBACK_SUCCESSFUL if has_older else records.ROLLBACK_FAILED)
        else:
            self._clean_up()
            self._finish(records.SUCCESSFUL)

    def run(self) -> None:
        """Lead the deployment to its end, whatever that is."""
        if self._deployment.status == records.PENDING:
            self._deployment.status = records.IN_PROGRESS
        self._deployment.started = time.time()
        tell(self._deployment)
        try:
            self._end()
        except Exception as error:
            logger.exception("%s failed", self._deployment.arn)
            self._back(f"the emulator failed: {error}")
            self._finish(records.ROLLBACK_FAILED)

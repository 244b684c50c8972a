"""Lambda functions that a deployment asks before it goes on.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/lambda-lifecycle-hooks.html
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

from .records import ServiceDeployment

logger = logging.getLogger("containers")

_CALL_BACK_SECONDS = 30.0
_SUCCEEDED = "SUCCEEDED"
_FAILED = "FAILED"
_IN_PROGRESS = "IN_PROGRESS"

Pause = Callable[[float], None]


class HookFailed(Exception):
    """A hook that does not let the deployment go on."""


def invoke(function_arn: str, event: dict[str, Any]) -> Any:
    """What a function answers; raises when it is not there or fails."""
    from ministack.services import lambda_svc

    function, configuration, name = lambda_svc._get_func_record_for_ref(function_arn)
    if function is None or configuration is None:
        raise HookFailed(f"the function {name or function_arn} does not exist")
    record = lambda_svc._execution_record_for_config(function, configuration)
    result = lambda_svc._execute_function_with_config_scope(record, event)
    if result.get("error"):
        said = json.dumps(result.get("body"), default=str)
        raise HookFailed(f"the function {name} failed: {said}")
    body = result.get("body")
    text = body.decode() if isinstance(body, bytes) else body
    return json.loads(text) if isinstance(text, str) and text else text


def _event(deployment: ServiceDeployment, stage: str) -> dict[str, Any]:
    def weights(rule: str, stages: tuple[str, ...]) -> dict[str, int]:
        if stage not in stages:
            return {}
        before, after = deployment.shares.get(rule, (100, 0))
        source = {deployment.source["_revision"]: before} if deployment.source else {}
        return {**source, deployment.target["_revision"]: after}

    return {
        "executionId": deployment.target["id"].rpartition("/")[2],
        "lifecycleStage": stage,
        "resourceArn": deployment.arn,
        "executionDetails": {
            "serviceArn": deployment.service["serviceArn"],
            "targetServiceRevisionArn": deployment.target["_revision"],
            "testTrafficWeights": weights("test", ("TEST_TRAFFIC_SHIFT",)),
            "productionTrafficWeights": weights(
                "production", ("PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")
            ),
        },
    }


def _ask(hook: dict[str, Any], deployment: ServiceDeployment, stage: str, pause: Pause) -> None:
    details: dict[str, Any] = dict(hook.get("hookDetails") or {})
    while True:
        event = _event(deployment, stage)
        if details:
            event["hookDetails"] = details
        answer = invoke(hook["hookTargetArn"], event)
        status = answer.get("hookStatus") if isinstance(answer, dict) else None
        logger.info("%s: hook of %s answered %s", deployment.arn, stage, answer)
        if status == _SUCCEEDED:
            return
        if status != _IN_PROGRESS:
            what = "failed" if status == _FAILED else "gave no valid hookStatus"
            raise HookFailed(f"the lifecycle hook {hook['hookTargetArn']} {what} at {stage}")
        details.update(answer.get("hookDetails") or {})
        pause(float(answer.get("callBackDelay") or _CALL_BACK_SECONDS))


def call_hooks(deployment: ServiceDeployment, stage: str, pause: Pause) -> None:
    """Ask all hooks of a stage; raises for one that does not succeed."""
    configuration = deployment.service.get("deploymentConfiguration") or {}
    for hook in configuration.get("lifecycleHooks") or []:
        if stage in (hook.get("lifecycleStages") or []):
            _ask(hook, deployment, stage, pause)

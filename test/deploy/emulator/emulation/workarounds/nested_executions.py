"""A state machine that runs another one to its end: `states:startExecution.sync:2`.

The emulator runs it as an express execution, of which nothing can be listed, and hands its
error on. On AWS the state that waited fails with States.TaskFailed, and its cause holds the
failed execution.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html
"""

from __future__ import annotations

import json
import time
from typing import Any

from .sdk_integrations import call_service
from .workaround import Workaround

_SECOND_VERSION = ".sync:2"
_LOOK_AGAIN_SECONDS = 0.05


def _finished(execution_arn: str) -> dict[str, Any]:
    while True:
        answer = call_service("sfn", "describeExecution", {"ExecutionArn": execution_arn})
        if answer["Status"] != "RUNNING":
            return dict(answer)
        time.sleep(_LOOK_AGAIN_SECONDS)


def _run(resource: str, parameters: dict[str, Any]) -> dict[str, Any]:
    from ministack.services.stepfunctions import _ExecutionError

    request = dict(parameters)
    if not isinstance(request.get("Input", ""), str):
        request["Input"] = json.dumps(request["Input"])
    try:
        started = call_service("sfn", "startExecution", request)
    except _ExecutionError as error:
        name = error.error.replace("Sfn.", "StepFunctions.", 1)
        raise _ExecutionError(name, error.cause) from None
    answer = _finished(started["ExecutionArn"])
    if answer["Status"] != "SUCCEEDED":
        answer.pop("Output", None)
        raise _ExecutionError("States.TaskFailed", json.dumps(answer))
    if resource.endswith(_SECOND_VERSION):
        answer["Output"] = json.loads(answer["Output"])
    return answer


def _apply() -> None:
    from ministack.services import stepfunctions

    stepfunctions._invoke_nested_start_execution_sync = _run


WORKAROUND = Workaround(
    "nested-executions",
    "an execution that another one waits for can't be listed, and hands on its own error",
    _apply,
    ("AWS::StepFunctions::StateMachine",),
)

"""The error of a Node.js function keeps its name, by which a state machine catches it."""

from __future__ import annotations

import threading
from typing import Any

from .workaround import Workaround

# Where the emulator's runtime tells how a call failed.
_ENDS = ('trace: err.stack || ""', "trace: e.stack")
_NAMES = ("err", "e")


def _apply() -> None:
    from ministack.core import lambda_runtime
    from ministack.services import lambda_svc

    for end, name in zip(_ENDS, _NAMES, strict=True):
        lambda_runtime._NODEJS_WORKER_SCRIPT = lambda_runtime._NODEJS_WORKER_SCRIPT.replace(
            end, f"{end}, errorType: {name} && {name}.name"
        )
    invoke = lambda_runtime.Worker.invoke
    execute = lambda_svc._execute_function_warm
    last = threading.local()

    def remembered(self: Any, *arguments: Any, **named: Any) -> Any:
        answer = invoke(self, *arguments, **named)
        last.name = answer.get("errorType")
        return answer

    def named_error(*arguments: Any, **named: Any) -> Any:
        last.name = None
        result = execute(*arguments, **named)
        if result.get("error") and last.name and isinstance(result.get("body"), dict):
            result["body"]["errorType"] = last.name
        return result

    lambda_runtime.Worker.invoke = remembered
    lambda_svc._execute_function_warm = named_error


WORKAROUND = Workaround(
    "function-errors",
    "whatever error a Node.js function ends with, it is told as Runtime.HandlerError",
    _apply,
    ("AWS::Lambda::Function",),
)

"""A stack that is being changed refuses a second change; its change sets too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..service_call import Answer
from .workaround import Workaround

# A stack in review has only a change set so far: nothing is going on in it.
_IN_REVIEW = "REVIEW_IN_PROGRESS"


def _refuse_busy(handle: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
    def refused(parameters: Any) -> Answer:
        from ministack.services.cloudformation import handlers, helpers

        name = helpers._p(parameters, "StackName")
        stack = (handlers._resolve_stack(name) if name else None) or {}
        status = stack.get("StackStatus", "")
        if status.endswith("_IN_PROGRESS") and status != _IN_REVIEW:
            reason = f"Stack:{stack['StackId']} is in {status} state and can not be updated."
            return helpers._error("ValidationError", reason)
        return handle(parameters)

    return refused


def _apply() -> None:
    from ministack.services.cloudformation.handlers import _ACTION_HANDLERS

    for action in ("CreateChangeSet", "ExecuteChangeSet"):
        _ACTION_HANDLERS[action] = _refuse_busy(_ACTION_HANDLERS[action])


WORKAROUND = Workaround(
    "busy-stacks",
    "a change set is accepted for a stack that is being changed",
    _apply,
)

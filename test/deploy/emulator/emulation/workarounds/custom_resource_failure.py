"""A custom resource whose function crashed: nobody will answer any more.

The emulator waits an hour for the answer, as AWS does. A test that waits that
long tells nothing more, so the crash fails the resource at once. A function
that returns without an answer may still have something answer for it (the
provider framework does), and is waited for.
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround


def _crash(result: Any) -> str | None:
    """What a function's result says about a crash."""
    if not isinstance(result, dict) or not result.get("error"):
        return None
    return str(result.get("body") or result.get("error"))


def _fail_unanswered(event: Any, crash: str) -> None:
    """Answer a crashed function's request in its place, if it has not answered itself."""
    from ministack.services.cloudformation import custom_resource

    if not isinstance(event, dict) or "ResponseURL" not in event:
        return
    token = event["ResponseURL"].rsplit("/", 1)[-1]
    entry = custom_resource._pending.get(token)
    if entry and entry["result"] is None:
        reason = f"The function crashed and will not answer: {crash[:1000]}"
        custom_resource.deliver_response(token, {"Status": "FAILED", "Reason": reason})


def _apply() -> None:
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function_with_config_scope

    def executed(record: Any, event: Any) -> Any:
        result = execute(record, event)
        crash = _crash(result)
        if crash:
            _fail_unanswered(event, crash)
        return result

    lambda_svc._execute_function_with_config_scope = executed


WORKAROUND = Workaround(
    "custom-resource-failure",
    "a custom resource whose function crashed is waited for during an hour",
    _apply,
    ("Custom::*",),
)

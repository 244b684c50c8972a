"""Functions write logs only where their role lets them.

The emulator gives every function a log group. On AWS a role without the right
to make one leaves nothing behind, and that is what the providers of custom
resources in the templates rely on.
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from .workaround import Workaround

# The AWS managed policies whose names promise logs, by what follows "service-role/" or "policy/".
_LOGGING_POLICIES = ("AWSLambda*ExecutionRole", "CloudWatchLogsFullAccess", "AdministratorAccess")


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _inline_actions(role: dict[str, Any]) -> list[str]:
    actions: list[str] = []
    for document in (role.get("InlinePolicies") or {}).values():
        policy = json.loads(document) if isinstance(document, str) else document
        for statement in _as_list(policy.get("Statement", [])):
            if statement.get("Effect") == "Allow":
                actions.extend(_as_list(statement.get("Action", [])))
    return actions


def _may(role_arn: str, action: str) -> bool:
    from ministack.services import iam

    role = iam._roles.get(role_arn.rsplit("/", 1)[-1])
    if role is None:
        return True
    for attached in role.get("AttachedPolicies") or []:
        arn = attached if isinstance(attached, str) else attached["PolicyArn"]
        if any(fnmatchcase(arn.rsplit("/", 1)[-1], name) for name in _LOGGING_POLICIES):
            return True
    return any(fnmatchcase(action, pattern) for pattern in _inline_actions(role))


def _apply() -> None:
    from ministack.services import cloudwatch_logs, lambda_svc

    emit = lambda_svc._emit_lambda_logs

    def emit_where_allowed(function: dict[str, Any], *arguments: Any, **named: Any) -> None:
        configuration = function.get("config") or function
        group = (configuration.get("LoggingConfig") or {}).get("LogGroup")
        group = group or f"/aws/lambda/{configuration.get('FunctionName')}"
        role = configuration.get("Role") or ""
        needed = ["logs:CreateLogStream", "logs:PutLogEvents"]
        if group not in cloudwatch_logs._log_groups:
            needed.append("logs:CreateLogGroup")
        if all(_may(role, action) for action in needed):
            emit(function, *arguments, **named)

    lambda_svc._emit_lambda_logs = emit_where_allowed


WORKAROUND = Workaround(
    "function-logs",
    "functions write logs, and make log groups, without the right to",
    _apply,
    types=("AWS::Lambda::Function",),
)

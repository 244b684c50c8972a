"""What Lambda's Node.js runtime tells its functions about itself.

Libraries look at these variables to learn that they run in Lambda: the X-Ray
SDK patches nothing without them. Nobody listens at the daemon's address.
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround

_NODE = "nodejs"
_FIXED = {
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    "TZ": ":UTC",
}


def _of_runtime(configuration: dict[str, Any]) -> dict[str, str]:
    group = (configuration.get("LoggingConfig") or {}).get("LogGroup")
    return {
        **_FIXED,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{configuration['Runtime']}",
        "AWS_LAMBDA_LOG_GROUP_NAME": group or f"/aws/lambda/{configuration['FunctionName']}",
        "_HANDLER": configuration["Handler"],
    }


def _apply() -> None:
    from ministack.core import lambda_runtime

    initialize = lambda_runtime.Worker.__init__

    def with_environment(
        self: Any, name: str, configuration: dict[str, Any], *rest: Any, **named: Any
    ) -> None:
        if str(configuration.get("Runtime", "")).startswith(_NODE):
            own = (configuration.get("Environment") or {}).get("Variables") or {}
            variables = {**_of_runtime(configuration), **own}
            configuration = {**configuration, "Environment": {"Variables": variables}}
        initialize(self, name, configuration, *rest, **named)

    lambda_runtime.Worker.__init__ = with_environment


WORKAROUND = Workaround(
    "function-environment",
    "functions lack the variables by which libraries know that they run in Lambda",
    _apply,
    ("AWS::Lambda::Function",),
)

"""DescribeStacks answers a little later while its stack changes.

The CDK CLI asks for a stack's state, and if it still changes, again after five
seconds; a stack changes for about one second here. An answer that waits for
the end of the change lets a deployment take two seconds instead of six. What
it says is the same. All others are answered at once: a custom resource that
asks for its stack would wait for itself.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any
from urllib.parse import parse_qs

from .service_call import Answer

_PATIENCE_SECONDS = 20.0
_LOOK_AGAIN_SECONDS = 0.05
_ACTION = b"Action=DescribeStacks&"
_CLI = "aws-cdk/"


def _changes(stack_name: str) -> bool:
    from ministack.services.cloudformation.handlers import _resolve_stack

    status = (_resolve_stack(stack_name) or {}).get("StackStatus", "")
    return bool(status.endswith("_IN_PROGRESS")) and status != "REVIEW_IN_PROGRESS"


async def _until_settled(body: bytes) -> None:
    names = parse_qs(body.decode("utf-8", errors="replace")).get("StackName")
    end = time.monotonic() + _PATIENCE_SECONDS
    while names and _changes(names[0]) and time.monotonic() < end:
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


def _is_from_cli(headers: Any) -> bool:
    return any(
        name.lower() in ("user-agent", "x-amz-user-agent") and _CLI in text
        for name, text in dict(headers).items()
    )


def answer_when_settled() -> None:
    """Let DescribeStacks of the CLI wait for the end of a change, for some seconds."""
    from ministack.services import cloudformation

    handle = cloudformation.handle_request

    async def handle_request(
        method: str, path: str, headers: Any, body: bytes, query_params: Any
    ) -> Answer:
        if body and _ACTION in body and _is_from_cli(headers):
            await _until_settled(body)
        answer: Answer = await handle(method, path, headers, body, query_params)
        return answer

    cloudformation.handle_request = handle_request

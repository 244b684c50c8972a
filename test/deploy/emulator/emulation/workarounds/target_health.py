"""Targets are asked for their health, and requests go to those that answer well.

Only targets of the type `ip` on a loopback address are: no other can be reached
from here. They are asked by the path, the port and the codes of their group.
"""

from __future__ import annotations

import asyncio
from typing import Any

from .. import target_checks
from ..service_call import Answer
from .workaround import Workaround

_ACTION = b"Action=DescribeTargetHealth"
_HEALTHY = "<TargetHealth><State>healthy</State></TargetHealth>"
_UNHEALTHY = (
    "<TargetHealth><State>unhealthy</State><Reason>Target.FailedHealthChecks</Reason>"
    "<Description>Health checks failed</Description></TargetHealth>"
)


def _described(parameters: Any) -> Answer:
    from ministack.services import alb

    group = alb._tgs.get(alb._p(parameters, "TargetGroupArn"))
    if group is None:
        refused: Answer = alb._describe_target_health(parameters)
        return refused
    wanted = {target["Id"] for target in alb._parse_targets_param(parameters)}
    members = "".join(
        f"<member><Target><Id>{target['Id']}</Id>"
        f"<Port>{target.get('Port', group.get('Port', 80))}</Port></Target>"
        f"{_HEALTHY if target_checks.check(group, target) else _UNHEALTHY}</member>"
        for target in list(alb._targets.get(group["TargetGroupArn"], []))
        if not wanted or target["Id"] in wanted
    )
    inner = f"<TargetHealthDescriptions>{members}</TargetHealthDescriptions>"
    answer: Answer = alb._xml(200, "DescribeTargetHealth", inner)
    return answer


def _ask_beside_the_loop() -> None:
    """A target may ask the emulator before it answers, so the loop must stay free."""
    from ministack.services import alb

    handle = alb.handle_request

    async def handled(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        if body and _ACTION in body:
            return await asyncio.to_thread(
                lambda: asyncio.run(handle(method, path, headers, body, query))
            )
        return await handle(method, path, headers, body, query)

    alb.handle_request = handled
    alb._ACTION_MAP["DescribeTargetHealth"] = _described


def _send_to_healthy() -> None:
    from ministack.services import alb

    proxy = alb._proxy_http_target

    async def proxied(target: Any, group: dict[str, Any], *request: Any) -> Any:
        registered = list(alb._targets.get(group["TargetGroupArn"], []))
        healthy = await asyncio.to_thread(target_checks.reachable, group, registered)
        if target not in healthy:
            target = alb.random.choice(healthy or [target])
        return await proxy(target, group, *request)

    alb._proxy_http_target = proxied


def _apply() -> None:
    _ask_beside_the_loop()
    _send_to_healthy()


WORKAROUND = Workaround(
    "target-health",
    "every target is healthy, dead ones too, and gets requests",
    _apply,
    ("AWS::ElasticLoadBalancingV2::TargetGroup",),
)

"""Forwarding to several target groups by weight, in templates, in the API and for requests."""

from __future__ import annotations

from typing import Any

from ..forwarding import chosen, forwarding_xml, with_forward
from .workaround import Workaround

_GROUP = "ForwardConfig.TargetGroups.member"
_STICKINESS = "ForwardConfig.TargetGroupStickinessConfig"


def _given(parameters: Any, prefix: str) -> dict[str, Any]:
    """The ForwardConfig of one action in the flat form of the query protocol."""
    from ministack.services import alb

    groups: list[dict[str, Any]] = []
    while True:
        base = f"{prefix}.{_GROUP}.{len(groups) + 1}"
        arn = alb._p(parameters, f"{base}.TargetGroupArn")
        if not arn:
            break
        groups.append({"TargetGroupArn": arn, "Weight": alb._p(parameters, f"{base}.Weight", "1")})
    stickiness = {
        name: alb._p(parameters, f"{prefix}.{_STICKINESS}.{name}")
        for name in ("Enabled", "DurationSeconds")
    }
    return {"TargetGroups": groups, "TargetGroupStickinessConfig": stickiness}


def _read_requests() -> None:
    from ministack.services import alb

    parse = alb._parse_actions

    def parsed(parameters: Any, prefix: str = "DefaultActions") -> list[dict[str, Any]]:
        return [
            with_forward(action, _given(parameters, f"{prefix}.member.{number}"))
            for number, action in enumerate(parse(parameters, prefix), start=1)
        ]

    alb._parse_actions = parsed


def _read_templates() -> None:
    from ministack.services.cloudformation import provisioners

    read = provisioners._elbv2_listener_actions

    def actions(
        properties: dict[str, Any], balancer: str | None, prop: str = "DefaultActions"
    ) -> list[dict[str, Any]]:
        declared = [action for action in properties.get(prop) or [] if isinstance(action, dict)]
        return [
            with_forward(entry, action.get("ForwardConfig"))
            for entry, action in zip(read(properties, balancer, prop), declared, strict=True)
        ]

    provisioners._elbv2_listener_actions = actions


def _answer() -> None:
    from ministack.services import alb

    describe = alb._action_xml

    def described(action: dict[str, Any]) -> str:
        return describe(action).replace("</member>", f"{forwarding_xml(action)}</member>")

    alb._action_xml = described


def _forward() -> None:
    from ministack.services import alb

    execute = alb._execute_actions

    async def executed(actions: list[dict[str, Any]], *request: Any, **options: Any) -> Any:
        return await execute([chosen(action) for action in actions], *request, **options)

    alb._execute_actions = executed


def _apply() -> None:
    _read_requests()
    _read_templates()
    _answer()
    _forward()


WORKAROUND = Workaround(
    "forward-weights",
    "listeners and rules forward to the first of several target groups, whatever the weights",
    _apply,
    (
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
    ),
)

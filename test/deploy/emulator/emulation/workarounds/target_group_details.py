"""What the emulator does not know about a target group of a template.

Its load balancers follow from all rules that forward to it, and its full name,
which metrics and scaling policies use, begins with "targetgroup/".
"""

from __future__ import annotations

from typing import Any

from ..forwarding import target_groups
from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::ElasticLoadBalancingV2::TargetGroup"


def _complete(arn: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    attributes["TargetGroupFullName"] = arn.rsplit(":", 1)[1]


def _connect() -> None:
    """Write down the load balancers. A listener's own actions are those of its default rule."""
    from ministack.services import alb

    balancers: dict[str, set[str]] = {}
    for rule in alb._rules.values():
        listener = alb._listeners.get(rule["ListenerArn"])
        for action in rule["Actions"] if listener else ():
            for target_group in target_groups(action):
                balancers.setdefault(target_group, set()).add(listener["LoadBalancerArn"])
    for arn, target_group in alb._tgs.items():
        target_group["LoadBalancerArns"] = sorted(balancers.get(arn, ()))


def _apply() -> None:
    from ministack.services import alb

    after_create_and_update(_TYPE, _complete)
    describe = alb._ACTION_MAP["DescribeTargetGroups"]

    def described(parameters: Any) -> Any:
        _connect()
        return describe(parameters)

    alb._ACTION_MAP["DescribeTargetGroups"] = described


WORKAROUND = Workaround(
    "target-group-details",
    "a target group has half its full name, and does not know the load balancer whose rule "
    "forwards to it",
    _apply,
    (_TYPE,),
)

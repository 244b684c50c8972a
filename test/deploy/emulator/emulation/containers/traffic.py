"""The listener rules of a deployment: which share of requests each side gets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..forwarding import set_weights, target_groups
from .records import ServiceDeployment
from .services import group_of

PRODUCTION = "production"
TEST = "test"
_RULES = {PRODUCTION: "productionListenerRule", TEST: "testListenerRule"}
_WHOLE = 100


def _advanced(service: dict[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    for balancer in service.get("loadBalancers") or []:
        if balancer.get("advancedConfiguration"):
            yield balancer, balancer["advancedConfiguration"]


def has_rule(service: dict[str, Any], kind: str) -> bool:
    """Whether a deployment of the service shifts that kind of traffic."""
    return any(advanced.get(_RULES[kind]) for _balancer, advanced in _advanced(service))


def shift(deployment: ServiceDeployment, kind: str, target: float) -> None:
    """Send this share of requests, in percent, to the new tasks, and the others to the old ones."""
    after = round(target)
    side = deployment.target["_side"]
    for balancer, advanced in _advanced(deployment.service):
        rule = advanced.get(_RULES[kind])
        if rule:
            shares = {group_of(balancer, side): after, group_of(balancer, 1 - side): _WHOLE - after}
            # In the order of the service's own group and the alternate one, as ECS writes them.
            set_weights(rule, {group: shares[group] for group in _groups(balancer)})
    deployment.shares[kind] = (_WHOLE - after, after)


def _groups(balancer: dict[str, Any]) -> list[str]:
    return [group_of(balancer, side) for side in (0, 1)]


def problem(service: dict[str, Any]) -> str:
    """What is wrong with the rules before a deployment; nothing for a service without them."""
    from ministack.services import alb

    for balancer, advanced in _advanced(service):
        rules = [advanced[name] for name in _RULES.values() if advanced.get(name)]
        missing = [rule for rule in rules if rule not in alb._rules]
        if missing:
            return f"the listener rule {missing[0]} does not exist"
        known = {
            group
            for rule in rules
            for action in alb._rules[rule]["Actions"]
            for group in target_groups(action)
        }
        if not known.issuperset(_groups(balancer)):
            return (
                "invalid networking configuration. Both targetGroup and alternateTargetGroup must "
                "be associated with the productionListenerRule or testListenerRule."
            )
    return ""

"""Actions of listeners and rules that forward to several target groups by weight."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from .properties import truth

Action = dict[str, Any]


def target_groups(action: Action) -> list[str]:
    """The target groups that an action leads to, those of weight 0 too."""
    found = [group["TargetGroupArn"] for group in _weighted(action)]
    plain = action.get("TargetGroupArn")
    return list(dict.fromkeys([*found, *([plain] if plain else [])]))


def _weighted(action: Action) -> list[dict[str, Any]]:
    return list((action.get("ForwardConfig") or {}).get("TargetGroups") or [])


def weights(actions: Iterable[Action]) -> dict[str, int]:
    """The weight of each target group of a rule's forward action."""
    return {
        group["TargetGroupArn"]: group["Weight"]
        for action in actions
        for group in _weighted(action)
    }


def with_forward(action: Action, given: dict[str, Any] | None) -> Action:
    """An action in the form of the API: one group stands both plainly and in the configuration.

    `given` is a ForwardConfig as a template has it, in which weights may be strings.
    """
    groups = (given or {}).get("TargetGroups") or []
    if not groups and action.get("TargetGroupArn"):
        groups = [{"TargetGroupArn": action["TargetGroupArn"]}]
    if not groups:
        return action
    kept = {name: value for name, value in action.items() if name != "TargetGroupArn"}
    kept["ForwardConfig"] = {
        "TargetGroups": [
            {
                "TargetGroupArn": group["TargetGroupArn"],
                "Weight": int(group.get("Weight", 1)),
            }
            for group in groups
        ],
        "TargetGroupStickinessConfig": _stickiness(given or {}),
    }
    if len(groups) == 1:
        kept["TargetGroupArn"] = groups[0]["TargetGroupArn"]
    return kept


def _stickiness(given: dict[str, Any]) -> dict[str, Any]:
    stickiness = given.get("TargetGroupStickinessConfig") or {}
    kept: dict[str, Any] = {"Enabled": truth(stickiness.get("Enabled"))}
    if stickiness.get("DurationSeconds"):
        kept["DurationSeconds"] = int(stickiness["DurationSeconds"])
    return kept


def forwarding_xml(action: Action) -> str:
    """The configuration as elbv2 answers it; nothing for another kind of action."""
    groups = _weighted(action)
    if not groups:
        return ""
    members = "".join(
        f"<member><TargetGroupArn>{group['TargetGroupArn']}</TargetGroupArn>"
        f"<Weight>{group['Weight']}</Weight></member>"
        for group in groups
    )
    stickiness = action["ForwardConfig"]["TargetGroupStickinessConfig"]
    inner = f"<Enabled>{str(stickiness['Enabled']).lower()}</Enabled>"
    if "DurationSeconds" in stickiness:
        inner += f"<DurationSeconds>{stickiness['DurationSeconds']}</DurationSeconds>"
    return (
        f"<ForwardConfig><TargetGroups>{members}</TargetGroups>"
        f"<TargetGroupStickinessConfig>{inner}</TargetGroupStickinessConfig></ForwardConfig>"
    )


def chosen(action: Action) -> Action:
    """The action for one request: the group is drawn by weight, and one of weight 0 never."""
    groups = _weighted(action)
    drawn = [group["Weight"] for group in groups]
    if sum(drawn) == 0:
        return action
    group = random.choices(groups, drawn)[0]
    return {**action, "TargetGroupArn": group["TargetGroupArn"]}


def set_weights(rule_arn: str, shares: dict[str, int]) -> None:
    """Let a rule forward to target groups by these weights, as ModifyRule does."""
    from ministack.services import alb

    rule = alb._rules[rule_arn]
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in shares.items()]
    actions = [
        with_forward(
            {"Type": "forward", "Order": action["Order"]},
            {**_config(action), "TargetGroups": groups},
        )
        if action["Type"] == "forward"
        else action
        for action in rule["Actions"]
    ]
    rule["Actions"] = actions
    if rule.get("IsDefault"):
        alb._listeners[rule["ListenerArn"]]["DefaultActions"] = actions


def _config(action: Action) -> dict[str, Any]:
    return dict(action.get("ForwardConfig") or {})

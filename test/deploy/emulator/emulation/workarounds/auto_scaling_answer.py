"""Changes to what Auto Scaling's Describe actions answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .ec2_answer import Change, with_change

_NAMESPACE = "http://autoscaling.amazonaws.com/doc/2011-01-01/"

Render = Callable[[dict[str, Any]], str]


def members(tag: str, items: list[str]) -> str:
    """A list in the form of the query protocol."""
    return f"<{tag}>{''.join(f'<member>{item}</member>' for item in items)}</{tag}>"


def answer_more(render: Render) -> None:
    """Let a function add XML to each group's answer."""
    from ministack.services import autoscaling

    describe = autoscaling._ACTION_MAP["DescribeAutoScalingGroups"]

    def described(parameters: Any) -> Any:
        status, headers, body = describe(parameters)
        text = body.decode() if isinstance(body, bytes) else body
        for name, group in autoscaling._asgs.items():
            head = f"<AutoScalingGroupName>{name}</AutoScalingGroupName><AutoScalingGroupARN>"
            text = text.replace(head, f"{render(group)}{head}")
        return status, headers, text.encode()

    autoscaling._ACTION_MAP["DescribeAutoScalingGroups"] = described


def change_answer(action: str, change: Change) -> None:
    """Let a function change each successful answer of an action in place."""
    from ministack.services import autoscaling

    original = autoscaling._ACTION_MAP[action]

    def changed(parameters: Any) -> Any:
        answer = original(parameters)
        return with_change(answer, lambda root: change(root, parameters), _NAMESPACE)

    autoscaling._ACTION_MAP[action] = changed

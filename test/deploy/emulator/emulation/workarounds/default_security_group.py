"""The default security group of a network admits its own members.

Without that rule, a custom resource that closes the group would have nothing
to close, and a test that it did would prove nothing.
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround, wrap_handler


def _around_create(create: Any) -> Any:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        from ministack.core.responses import get_account_id
        from ministack.services import ec2

        physical_id, attributes = create(logical_id, properties, stack_name)
        group = ec2._security_groups[attributes["DefaultSecurityGroup"]]
        group["IpPermissions"] = [
            {
                "IpProtocol": "-1",
                "IpRanges": [],
                "Ipv6Ranges": [],
                "PrefixListIds": [],
                "UserIdGroupPairs": [{"GroupId": group["GroupId"], "UserId": get_account_id()}],
            }
        ]
        return physical_id, attributes

    return created


def _apply() -> None:
    wrap_handler("AWS::EC2::VPC", "create", _around_create)


WORKAROUND = Workaround(
    "default-security-group",
    "the default security group of a network made by a template has no inbound rule",
    _apply,
    ("AWS::EC2::VPC",),
)

"""The security group that CloudFront makes in a network with VPC origins.

CloudFormation does not tell its id, so that templates look it up at the
deployment; see the CloudFront Developer Guide, "Restrict access with VPC
origins". It comes with the network's first VPC origin and goes with its last.
"""

from __future__ import annotations

from typing import Any

from ..service_call import call_ec2

GROUP_NAME = "CloudFront-VPCOrigins-Service-SG"


def _network_of(configuration: dict[str, Any]) -> str | None:
    from ministack.services import alb, ec2

    arn = configuration["Arn"]
    if ":instance/" in arn:
        instance = ec2._instances.get(arn.rsplit("/", 1)[1])
        return instance["VpcId"] if instance else None
    balancer = alb._lbs.get(arn)
    return balancer["VpcId"] if balancer else None


def _group_in(network: str) -> str | None:
    from ministack.services import ec2

    return next(
        (
            group_id
            for group_id, group in ec2._security_groups.items()
            if group["VpcId"] == network and group["GroupName"] == GROUP_NAME
        ),
        None,
    )


def join_network(configuration: dict[str, Any]) -> str | None:
    """Make sure of the group in the origin's network; the network, where there is one."""
    network = _network_of(configuration)
    if network and _group_in(network) is None:
        call_ec2(
            "CreateSecurityGroup",
            GroupName=GROUP_NAME,
            GroupDescription="Managed by CloudFront",
            VpcId=network,
        )
    return network


def leave_network(network: str) -> None:
    """Delete the group of a network whose last origin has gone."""
    group_id = _group_in(network)
    if group_id:
        call_ec2("DeleteSecurityGroup", GroupId=group_id)

"""Drift detection notices that a network, a machine or a database is gone.

The emulator detects the drift of thirteen types, none of them of EC2 or RDS.
Here only the existence is checked, not the properties.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .workaround import Workaround

Reader = Callable[[str, dict[str, Any]], dict[str, Any] | None]


def _in(store: Mapping[str, Any]) -> Reader:
    def read(physical_id: str, properties: dict[str, Any]) -> dict[str, Any] | None:
        record = store.get(physical_id)
        state = record.get("State") if isinstance(record, dict) else None
        name = state.get("Name") if isinstance(state, dict) else state
        return None if record is None or name in ("terminated", "deleted") else {}

    return read


def _address(physical_id: str, properties: dict[str, Any]) -> dict[str, Any] | None:
    from ministack.services import ec2

    known = {address["PublicIp"] for address in ec2._addresses.values()}
    return {} if physical_id in known else None


def _readers() -> dict[str, Reader]:
    from ministack.services import alb, autoscaling, cloudwatch, ec2, rds

    return {
        "AWS::AutoScaling::AutoScalingGroup": _in(autoscaling._asgs),
        "AWS::CloudWatch::Alarm": _in(cloudwatch._alarms),
        "AWS::EC2::EIP": _address,
        "AWS::EC2::FlowLog": _in(ec2._flow_logs),
        "AWS::EC2::Instance": _in(ec2._instances),
        "AWS::EC2::InternetGateway": _in(ec2._internet_gateways),
        "AWS::EC2::NatGateway": _in(ec2._nat_gateways),
        "AWS::EC2::NetworkAcl": _in(ec2._network_acls),
        "AWS::EC2::RouteTable": _in(ec2._route_tables),
        "AWS::EC2::SecurityGroup": _in(ec2._security_groups),
        "AWS::EC2::Subnet": _in(ec2._subnets),
        "AWS::EC2::VPC": _in(ec2._vpcs),
        "AWS::EC2::VPCEndpoint": _in(ec2._vpc_endpoints),
        "AWS::ElasticLoadBalancingV2::LoadBalancer": _in(alb._lbs),
        "AWS::ElasticLoadBalancingV2::TargetGroup": _in(alb._tgs),
        "AWS::RDS::DBInstance": _in(rds._instances),
        "AWS::RDS::DBSubnetGroup": _in(rds._subnet_groups),
    }


_NOTHING: frozenset[str] = frozenset()


def _apply() -> None:
    from ministack.services.cloudformation.drift import _DRIFT_READERS

    for resource_type, reader in _readers().items():
        _DRIFT_READERS.setdefault(resource_type, (reader, _NOTHING))


WORKAROUND = Workaround(
    "deleted-resources",
    "drift detection does not notice that a network, an instance or a database was deleted",
    _apply,
)

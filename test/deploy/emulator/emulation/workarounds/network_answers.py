"""What the emulator leaves out about NAT gateways, flow logs, ACLs and endpoints."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

from ..properties import truth
from .ec2_answer import add_element, add_text, change_answer
from .workaround import Workaround


def _gateway_addresses(root: ElementTree.Element, parameters: dict[str, Any]) -> None:
    from ministack.services import ec2

    for item in root.findall("natGatewaySet/item"):
        gateway = ec2._nat_gateways[item.findtext("natGatewayId") or ""]
        address = ElementTree.SubElement(add_element(item, "natGatewayAddressSet"), "item")
        add_text(address, "allocationId", gateway.get("AllocationId"))
        add_text(address, "privateIp", gateway.get("PrivateIp"))
        add_text(address, "publicIp", gateway.get("PublicIp"))


def _flow_log_details(root: ElementTree.Element, parameters: dict[str, Any]) -> None:
    from ministack.services import ec2

    for item in root.findall("flowLogSet/item"):
        flow_log = ec2._flow_logs[item.findtext("flowLogId") or ""]
        add_text(item, "deliverLogsPermissionArn", flow_log.get("DeliverLogsPermissionArn"))
        add_text(item, "logGroupName", flow_log.get("LogGroupName"))
        add_text(item, "maxAggregationInterval", flow_log.get("MaxAggregationInterval"))


def _entry_ports(root: ElementTree.Element, parameters: dict[str, Any]) -> None:
    from ministack.services import ec2

    for item in root.findall("networkAclSet/item"):
        entries = ec2._network_acls[item.findtext("networkAclId") or ""]["Entries"]
        for element, entry in zip(item.findall("entrySet/item"), entries, strict=True):
            if entry.get("PortRange"):
                ports = add_element(element, "portRange")
                add_text(ports, "from", entry["PortRange"]["From"])
                add_text(ports, "to", entry["PortRange"]["To"])


def _endpoint_details(root: ElementTree.Element, parameters: dict[str, Any]) -> None:
    from ministack.services import ec2

    for item in root.findall("vpcEndpointSet/item"):
        endpoint = ec2._vpc_endpoints[item.findtext("vpcEndpointId") or ""]
        add_text(item, "privateDnsEnabled", truth(endpoint.get("PrivateDnsEnabled")))
        policy = endpoint.get("PolicyDocument")
        if policy:
            text = policy if isinstance(policy, str) else json.dumps(policy)
            add_text(item, "policyDocument", text)
        groups = add_element(item, "groupSet")
        for group_id in endpoint.get("SecurityGroupIds") or []:
            group = ElementTree.SubElement(groups, "item")
            add_text(group, "groupId", group_id)


def _apply() -> None:
    change_answer("DescribeNatGateways", _gateway_addresses)
    change_answer("DescribeFlowLogs", _flow_log_details)
    change_answer("DescribeNetworkAcls", _entry_ports)
    change_answer("DescribeVpcEndpoints", _endpoint_details)


WORKAROUND = Workaround(
    "network-answers",
    "NAT gateways have no addresses, flow logs no role and group, ACL entries no ports, "
    "endpoints no groups and policy",
    _apply,
    (
        "AWS::EC2::NatGateway",
        "AWS::EC2::FlowLog",
        "AWS::EC2::NetworkAclEntry",
        "AWS::EC2::VPCEndpoint",
    ),
)

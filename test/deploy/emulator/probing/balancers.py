"""Probes of load balancers and target groups."""

from __future__ import annotations

from typing import Any

from .emulator import Emulator, Probe, Resources, refused
from .networks import subnet


def _balancer(**properties: Any) -> Resources:
    return {
        **subnet(),
        "Balancer": {
            "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": {"Subnets": [{"Ref": "Subnet"}], **properties},
        },
    }


def _load_balancer_details(emulator: Emulator) -> bool:
    stack = emulator.create(
        _balancer(), {"Balancer": {"Ref": "Balancer"}, "Network": {"Ref": "Network"}}
    )
    answer = emulator.client("elbv2").describe_load_balancers(
        LoadBalancerArns=[stack.outputs["Balancer"]]
    )
    return bool(answer["LoadBalancers"][0]["VpcId"] != stack.outputs["Network"])


def _load_balancer_protection(emulator: Emulator) -> bool:
    protection = {"Key": "deletion_protection.enabled", "Value": "true"}
    stack = emulator.create(_balancer(LoadBalancerAttributes=[protection]))
    return emulator.delete(stack).status == "DELETE_COMPLETE"


def _forwarding() -> Resources:
    """A balancer whose rule, and not its listener, forwards to a target group."""
    forward = {"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}
    return {
        **_balancer(),
        "Targets": {
            "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
            "Properties": {"Port": 80, "Protocol": "HTTP", "VpcId": {"Ref": "Network"}},
        },
        "Listener": {
            "Type": "AWS::ElasticLoadBalancingV2::Listener",
            "Properties": {
                "LoadBalancerArn": {"Ref": "Balancer"},
                "Port": 80,
                "Protocol": "HTTP",
                "DefaultActions": [
                    {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}
                ],
            },
        },
        "Rule": {
            "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
            "Properties": {
                "ListenerArn": {"Ref": "Listener"},
                "Priority": 1,
                "Conditions": [{"Field": "path-pattern", "Values": ["/probe"]}],
                "Actions": [forward],
            },
        },
    }


def _target_group_details(emulator: Emulator) -> bool:
    stack = emulator.create(
        _forwarding(),
        {
            "Targets": {"Ref": "Targets"},
            "Name": {"Fn::GetAtt": ["Targets", "TargetGroupFullName"]},
        },
    )
    answer = emulator.client("elbv2").describe_target_groups(
        TargetGroupArns=[stack.outputs["Targets"]]
    )
    is_unknown = not answer["TargetGroups"][0]["LoadBalancerArns"]
    return is_unknown or not stack.outputs["Name"].startswith("targetgroup/")


def _delete_in_use(emulator: Emulator) -> bool:
    acl = {
        "Type": "AWS::WAFv2::WebACL",
        "Properties": {
            "Scope": "REGIONAL",
            "DefaultAction": {"Allow": {}},
            "VisibilityConfig": {
                "CloudWatchMetricsEnabled": True,
                "MetricName": "probe",
                "SampledRequestsEnabled": True,
            },
        },
    }
    stack = emulator.create({"Acl": acl}, {"Acl": {"Fn::GetAtt": ["Acl", "Arn"]}})
    balancer = emulator.create(_balancer(), {"Balancer": {"Ref": "Balancer"}})
    emulator.client("wafv2").associate_web_acl(
        WebACLArn=stack.outputs["Acl"], ResourceArn=balancer.outputs["Balancer"]
    )
    return emulator.delete(stack).status == "DELETE_COMPLETE"


def _unprotected_resources(emulator: Emulator) -> bool:
    balancer = emulator.create(_balancer(), {"Balancer": {"Ref": "Balancer"}})
    return refused(
        emulator.client("wafv2").get_web_acl_for_resource,
        ResourceArn=balancer.outputs["Balancer"],
    )


def _forward_weights(emulator: Emulator) -> bool:
    resources = _forwarding()
    resources["Others"] = resources["Targets"]
    groups = [
        {"TargetGroupArn": {"Ref": "Targets"}, "Weight": 30},
        {"TargetGroupArn": {"Ref": "Others"}, "Weight": 70},
    ]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    resources["Rule"]["Properties"]["Actions"] = [action]
    stack = emulator.create(resources, {"Rule": {"Ref": "Rule"}})
    answer = emulator.client("elbv2").describe_rules(RuleArns=[stack.outputs["Rule"]])
    forward = answer["Rules"][0]["Actions"][0].get("ForwardConfig", {})
    return [group["Weight"] for group in forward.get("TargetGroups", [])] != [30, 70]


def _target_health(emulator: Emulator) -> bool:
    resources = _forwarding()
    resources["Targets"]["Properties"].update(
        TargetType="ip",
        # Nobody listens there.
        Targets=[{"Id": "127.0.0.1", "Port": 9}],
    )
    stack = emulator.create(resources, {"Targets": {"Ref": "Targets"}})
    client = emulator.client("elbv2")
    group = stack.outputs["Targets"]
    client.register_targets(TargetGroupArn=group, Targets=[{"Id": "127.0.0.1", "Port": 9}])
    answer = client.describe_target_health(TargetGroupArn=group)
    return bool(answer["TargetHealthDescriptions"][0]["TargetHealth"]["State"] == "healthy")


def _load_balancer_addresses(emulator: Emulator) -> bool:
    stack = emulator.create(_balancer(), {"Balancer": {"Ref": "Balancer"}})
    _, _, name = stack.outputs["Balancer"].partition(":loadbalancer/")
    answer = emulator.client("ec2").describe_network_interfaces()
    known = [interface["Description"] for interface in answer["NetworkInterfaces"]]
    return f"ELB {name}" not in known


PROBES: dict[str, Probe] = {
    "delete-in-use": _delete_in_use,
    "forward-weights": _forward_weights,
    "load-balancer-addresses": _load_balancer_addresses,
    "load-balancer-details": _load_balancer_details,
    "load-balancer-protection": _load_balancer_protection,
    "target-group-details": _target_group_details,
    "target-health": _target_health,
    "unprotected-resources": _unprotected_resources,
}

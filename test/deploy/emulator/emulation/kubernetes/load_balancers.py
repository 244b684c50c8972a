"""The load balancers of ingresses, as the controllers of EKS make them.

An ingress gets one once its class and a controller for the class are there. It is held by
the controller's finalizer: without the class or the controller its deletion never ends.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..balancers.addresses import follow_listeners
from ..service_call import call_ec2, flatten, parse_xml, refuse_error, required_text
from .wishes import Object, Wish, wish_of

if TYPE_CHECKING:
    from .cluster import Cluster

_FEWEST_ZONES = 2


class Held(Exception):
    """A finalizer that nobody removes."""


def _as_members(value: Any) -> Any:
    """Lists in the form of this service: `Name.member.1`."""
    if isinstance(value, dict):
        return {name: _as_members(item) for name, item in value.items()}
    if isinstance(value, list):
        return {"member": [_as_members(item) for item in value]}
    return value


def _call(action: str, **parameters: Any) -> Any:
    from ministack.services import alb

    return parse_xml(refuse_error(alb._ACTION_MAP[action](flatten(_as_members(parameters)))))


def _group_for(wish: Wish, groups: dict[str, str], service: Object) -> str:
    port = service["port"].get("number") or service["port"].get("name")
    name = f"{service['name']}:{port}"
    if name not in groups:
        made = _call(
            "CreateTargetGroup",
            Name=wish.name(name),
            Protocol="HTTP",
            Port=80,
            VpcId=wish.network,
            TargetType="ip",
            HealthCheckPath=wish.annotation("healthcheck-path", "/"),
            Tags=wish.tags(f"{wish.stack}-{name}"),
        )
        groups[name] = required_text(made, "TargetGroupArn")
    return groups[name]


def _open(wish: Wish, balancer: str, security_group: str, groups: dict[str, str]) -> None:
    """Let people in: the listeners with their rules, the security group, and the firewall."""
    from ministack.services import waf

    redirect = wish.annotation("ssl-redirect")
    for protocol, port in wish.ports:
        ranges = [{"CidrIp": cidr} for cidr in wish.ranges]
        rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": ranges}
        call_ec2("AuthorizeSecurityGroupIngress", GroupId=security_group, IpPermissions=[rule])
        options: dict[str, Any] = {}
        if protocol == "HTTPS":
            options["Certificates"] = [{"CertificateArn": arn} for arn in wish.certificates]
            options["SslPolicy"] = wish.spec.get("sslPolicy") or wish.annotation("ssl-policy")
        leads_on = protocol == "HTTP" and redirect
        response = {"StatusCode": "404", "ContentType": "text/plain", "MessageBody": "Not found"}
        target = {"Protocol": "HTTPS", "Port": redirect, "StatusCode": "HTTP_301"}
        action = (
            {"Type": "redirect", "RedirectConfig": target}
            if leads_on
            else {"Type": "fixed-response", "FixedResponseConfig": response}
        )
        listener = required_text(
            _call(
                "CreateListener",
                LoadBalancerArn=balancer,
                Protocol=protocol,
                Port=port,
                DefaultActions=[action],
                Tags=wish.tags(str(port)),
                **{name: value for name, value in options.items() if value},
            ),
            "ListenerArn",
        )
        if not leads_on:
            _add_rules(wish, listener, groups)
    if wish.firewall:
        refuse_error(waf._associate_web_acl({"ResourceArn": balancer, "WebACLArn": wish.firewall}))


def _add_rules(wish: Wish, listener: str, groups: dict[str, str]) -> None:
    paths = [
        (rule.get("host"), path)
        for rule in wish.ingress["spec"].get("rules") or []
        for path in (rule.get("http") or {}).get("paths") or []
    ]
    for priority, (host, path) in enumerate(paths, start=1):
        prefix = path.get("path", "/").rstrip("/")
        values = [f"{prefix}/*", *([prefix] if prefix else [])]
        group = _group_for(wish, groups, path["backend"]["service"])
        conditions: list[Object] = [
            {"Field": "path-pattern", "PathPatternConfig": {"Values": values}}
        ]
        if host:
            conditions.append({"Field": "host-header", "HostHeaderConfig": {"Values": [host]}})
        _call(
            "CreateRule",
            ListenerArn=listener,
            Priority=priority,
            Conditions=conditions,
            Actions=[{"Type": "forward", "TargetGroupArn": group}],
        )


def _make(wish: Wish) -> dict[str, Any]:
    """A load balancer with what belongs to it."""
    name = wish.name()
    group = required_text(
        call_ec2(
            "CreateSecurityGroup",
            GroupName=name,
            GroupDescription="[k8s] Managed SecurityGroup for LoadBalancer",
            VpcId=wish.network,
        ),
        "groupId",
    )
    call_ec2("CreateTags", ResourceId=[group], Tag=wish.tags("ManagedLBSecurityGroup"))
    made = _call(
        "CreateLoadBalancer",
        Name=name,
        Scheme=wish.scheme,
        VpcId=wish.network,
        Subnets=wish.subnets,
        SecurityGroups=[group],
        Tags=wish.tags("LoadBalancer"),
    )
    balancer = required_text(made, "LoadBalancerArn")
    attributes = wish.attributes
    if attributes:
        _call("ModifyLoadBalancerAttributes", LoadBalancerArn=balancer, Attributes=attributes)
    groups: dict[str, str] = {}
    _open(wish, balancer, group, groups)
    return {
        "arn": balancer,
        "address": required_text(made, "DNSName"),
        "security group": group,
        "target groups": groups,
    }


def _close(made: dict[str, Any]) -> None:
    from ministack.services import alb, ec2, waf

    for arn, listener in list(alb._listeners.items()):
        if listener["LoadBalancerArn"] == made["arn"]:
            _call("DeleteListener", ListenerArn=arn)
    ec2._security_groups[made["security group"]]["IpPermissions"] = []
    if made["arn"] in waf._associations:
        refuse_error(waf._disassociate_web_acl({"ResourceArn": made["arn"]}))


def _remove(made: dict[str, Any]) -> None:
    _close(made)
    _call("DeleteLoadBalancer", LoadBalancerArn=made["arn"])
    for group in made["target groups"].values():
        _call("DeleteTargetGroup", TargetGroupArn=group)
    call_ec2("DeleteSecurityGroup", GroupId=made["security group"])
    follow_listeners()


def follow(cluster: Cluster) -> None:
    """Give each ingress that a controller cares for its load balancer."""
    for key, ingress in cluster.objects.items():
        if not key[0].startswith("Ingress."):
            continue
        wish = wish_of(cluster, ingress)
        shape = wish and json.dumps([ingress["spec"], wish.annotations, wish.spec], sort_keys=True)
        made = cluster.balancers.get(key)
        if wish is None or (made and made["shape"] == shape):
            continue
        if len(wish.subnets) < _FEWEST_ZONES:
            continue
        if made is None:
            made = cluster.balancers[key] = _make(wish)
        else:
            _change(wish, made)
        made["shape"] = shape
        ingress["status"] = {"loadBalancer": {"ingress": [{"hostname": made["address"]}]}}
        follow_listeners()


def _change(wish: Wish, made: dict[str, Any]) -> None:
    """New listeners and rules on the same load balancer, whose address stays."""
    _close(made)
    _open(wish, made["arn"], made["security group"], made["target groups"])


def let_go(cluster: Cluster, ingress: Object) -> None:
    """Remove the load balancer of an ingress that goes; without a controller it stays held."""
    key = cluster.key_of(ingress)
    made = cluster.balancers.get(key)
    if made is None:
        return
    if wish_of(cluster, ingress) is None:
        raise Held("error: timed out waiting for the condition on the ingress: its finalizer stays")
    _remove(made)
    del cluster.balancers[key]

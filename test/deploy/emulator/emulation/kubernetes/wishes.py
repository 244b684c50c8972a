"""What the controllers of EKS would make for an ingress: whether they care, and the names."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cluster import Cluster

Object = dict[str, Any]

_AUTO_MODE = "eks.amazonaws.com/alb"
_INSTALLED = "ingress.k8s.aws/alb"
_ANNOTATION = "alb.ingress.kubernetes.io/"
_DIGITS = 10


def _digest(*parts: str) -> str:
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:_DIGITS]


class Wish:
    """What an ingress and the parameters of its class ask for."""

    def __init__(self, cluster: Cluster, ingress: Object, controller: str, spec: Object) -> None:
        self.cluster, self.ingress, self.controller, self.spec = cluster, ingress, controller, spec
        self.annotations = ingress["metadata"].get("annotations") or {}

    def annotation(self, name: str, default: str = "") -> str:
        """The value of an annotation for controllers."""
        return str(self.annotations.get(f"{_ANNOTATION}{name}", default))

    @property
    def namespace(self) -> str:
        """Where the ingress is."""
        return str(self.ingress["metadata"].get("namespace", "default"))

    @property
    def stack(self) -> str:
        """What shares a load balancer: the ingress alone, or its group."""
        own = f"{self.namespace}/{self.ingress['metadata']['name']}"
        return (self.spec.get("group") or {}).get("name") or self.annotation("group.name", own)

    def name(self, of: str = "") -> str:
        """The name of the load balancer, or of its part for a service."""
        middle = of.partition(":")[0] or self.ingress["metadata"]["name"]
        digest = _digest(self.cluster.record["arn"], self.stack, of)
        return f"k8s-{self.namespace[:8]}-{middle[:8]}-{digest}"

    @property
    def scheme(self) -> str:
        """Who reaches it."""
        return self.spec.get("scheme") or self.annotation("scheme", "internal")

    @property
    def certificates(self) -> list[str]:
        """The ARNs of its certificates."""
        own = [arn.strip() for arn in self.annotation("certificate-arn").split(",") if arn.strip()]
        return list(self.spec.get("certificateARNs") or self.spec.get("certificateArn") or own)

    @property
    def ports(self) -> list[tuple[str, int]]:
        """The protocols and ports of its listeners."""
        default = [{"HTTPS": 443}, {"HTTP": 80}] if self.certificates else [{"HTTP": 80}]
        entries = json.loads(self.annotation("listen-ports") or json.dumps(default))
        return [item for entry in entries for item in entry.items()]

    @property
    def ranges(self) -> list[str]:
        """The addresses that may reach it."""
        own = self.annotation("inbound-cidrs", "0.0.0.0/0").split(",")
        return list(self.spec.get("inboundCIDRs") or [cidr.strip() for cidr in own])

    @property
    def attributes(self) -> list[dict[str, str]]:
        """What it is to be beyond the default."""
        own = [
            pair.partition("=") for pair in self.annotation("load-balancer-attributes").split(",")
        ]
        return [
            *({"Key": key.strip(), "Value": value} for key, is_set, value in own if is_set),
            *(
                {"Key": each["key"], "Value": each["value"]}
                for each in self.spec.get("loadBalancerAttributes") or []
            ),
        ]

    @property
    def firewall(self) -> str:
        """The ARN of the web ACL before it."""
        return self.spec.get("wafv2AclArn") or self.annotation("wafv2-acl-arn")

    @property
    def subnets(self) -> list[str]:
        """Those that it names; otherwise those of its network with the tag for its scheme."""
        from ministack.services import ec2

        named = (self.spec.get("subnets") or {}).get("ids") or [
            subnet.strip() for subnet in self.annotation("subnets").split(",") if subnet.strip()
        ]
        if named:
            return list(named)
        role = "elb" if self.scheme == "internet-facing" else "internal-elb"
        return [
            subnet_id
            for subnet_id, subnet in ec2._subnets.items()
            if subnet["VpcId"] == self.network
            and any(
                tag["Key"] == f"kubernetes.io/role/{role}" for tag in ec2._tags.get(subnet_id, ())
            )
        ]

    @property
    def network(self) -> str:
        """The network of the cluster."""
        return str(self.cluster.record["resourcesVpcConfig"]["vpcId"])

    def tags(self, resource: str) -> list[dict[str, str]]:
        """The tags by which a controller knows what it made."""
        own = self.spec.get("tags") or []
        if self.controller == _AUTO_MODE:
            names = ("eks:eks-cluster-name", "ingress.eks.amazonaws.com")
        else:
            names = ("elbv2.k8s.aws/cluster", "ingress.k8s.aws")
        return [
            {"Key": names[0], "Value": self.cluster.record["name"]},
            {"Key": f"{names[1]}/stack", "Value": self.stack},
            {"Key": f"{names[1]}/resource", "Value": resource},
            *({"Key": tag["key"], "Value": tag["value"]} for tag in own),
        ]


def wish_of(cluster: Cluster, ingress: Object) -> Wish | None:
    """What a controller would make for an ingress; None where none cares for it."""
    class_name = (ingress.get("spec") or {}).get("ingressClassName", "")
    found = cluster.objects.get(("IngressClass.networking.k8s.io/v1", "", class_name))
    if found is None:
        return None
    spec = found.get("spec") or {}
    controller = spec.get("controller", "")
    present = {_AUTO_MODE: cluster.auto_mode, _INSTALLED: cluster.has_controller}
    if not present.get(controller):
        return None
    wanted = spec.get("parameters") or {}
    parameters = next(
        (
            known
            for key, known in cluster.objects.items()
            if key[0].startswith("IngressClassParams.") and key[2] == wanted.get("name")
        ),
        None,
    )
    if wanted and parameters is None:
        return None
    return Wish(cluster, ingress, controller, (parameters or {}).get("spec") or {})

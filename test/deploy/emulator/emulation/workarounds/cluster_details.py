"""What a template says of an EKS cluster beyond name, version and logs.

Its network follows from its subnets, and it is not deleted before its nodes.
"""

from __future__ import annotations

from typing import Any

from ..properties import truth
from ..recorded.record import recorded_resources
from ..service_call import ServiceError, call_ec2, required_text
from .workaround import Workaround, after_create_and_update, wrap_handler

_TYPE = "AWS::EKS::Cluster"
# By the name in a template; each is described in camel case.
_KEPT = (
    "ComputeConfig",
    "ControlPlaneScalingConfig",
    "EncryptionConfig",
    "StorageConfig",
    "UpgradePolicy",
    "ZonalShiftConfig",
)


def _switches(value: Any) -> Any:
    """A template's values in which switches are booleans, whatever they were written as."""
    if isinstance(value, dict):
        return {name: _switches(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_switches(item) for item in value]
    return value == "true" if value in ("true", "false") else value


def _complete(name: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    from ministack.services import ec2, eks
    from ministack.services.cloudformation.provisioners import _pascal_to_camel

    cluster = eks._clusters[name]
    for given in _KEPT:
        own = given[:1].lower() + given[1:]
        if given in properties:
            cluster[own] = _switches(_pascal_to_camel(properties[given]))
        else:
            cluster.pop(own, None)
    network = _switches(_pascal_to_camel(properties.get("KubernetesNetworkConfig") or {}))
    cluster["kubernetesNetworkConfig"].update(network)
    access = properties.get("AccessConfig") or {}
    cluster["accessConfig"]["bootstrapClusterCreatorAdminPermissions"] = truth(
        access.get("BootstrapClusterCreatorAdminPermissions"), default=True
    )
    cluster["deletionProtection"] = truth(properties.get("DeletionProtection"))
    own_network = cluster["resourcesVpcConfig"]
    subnets = [ec2._subnets.get(subnet) for subnet in own_network.get("subnetIds") or []]
    if None in subnets:
        raise ServiceError("InvalidParameterException", "a subnet of the cluster does not exist")
    if subnets:
        own_network["vpcId"] = subnets[0]["VpcId"]
    if own_network["clusterSecurityGroupId"] not in ec2._security_groups:
        own_network["clusterSecurityGroupId"] = _own_group(name, own_network["vpcId"])
    attributes["ClusterSecurityGroupId"] = own_network["clusterSecurityGroupId"]


def _own_group(cluster: str, network: str) -> str:
    """The security group that EKS makes for the cluster."""
    name = f"eks-cluster-sg-{cluster}"
    made = call_ec2(
        "CreateSecurityGroup",
        GroupName=name,
        GroupDescription="EKS created security group",
        VpcId=network,
    )
    group = required_text(made, "groupId")
    tags = [{"Key": "Name", "Value": name}, {"Key": "aws:eks:cluster-name", "Value": cluster}]
    call_ec2("CreateTags", ResourceId=[group], Tag=tags)
    return group


def _users(cluster: str) -> list[str]:
    """What DeleteCluster wants gone before: node groups and Fargate profiles."""
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import eks

    groups = [group for group in eks._nodegroups if group.startswith(f"{cluster}/")]
    here = (get_account_id(), get_region(), "AWS::EKS::FargateProfile")
    profiles = [
        record["id"]
        for record in recorded_resources()
        if (record["account"], record["region"], record["type"]) == here
        and record["properties"].get("ClusterName") == cluster
    ]
    return groups + profiles


def _refuse(delete: Any) -> Any:
    def deleted(name: str, properties: dict[str, Any]) -> None:
        from ministack.services import eks

        cluster = eks._clusters.get(name)
        if cluster and cluster.get("deletionProtection"):
            raise ServiceError("InvalidRequestException", f"{name} is protected from deletion")
        users = _users(name)
        if users:
            raise ServiceError("ResourceInUseException", f"{name} has {', '.join(users)}")
        delete(name, properties)
        if cluster:
            group = cluster["resourcesVpcConfig"]["clusterSecurityGroupId"]
            call_ec2("DeleteSecurityGroup", GroupId=group)

    return deleted


def _apply() -> None:
    after_create_and_update(_TYPE, _complete)
    wrap_handler(_TYPE, "delete", _refuse)


WORKAROUND = Workaround(
    "cluster-details",
    "a cluster loses its compute, encryption, upgrade policy and network, has no security group, "
    "and goes before its nodes",
    _apply,
    (_TYPE,),
)

"""Network ACLs, their entries, and the subnets that they guard."""

from __future__ import annotations

from typing import Any

from ..properties import set_ec2_tags, truth
from ..service_call import ServiceError, call_ec2, required_text
from ..tiers import Properties, Provisioned, ResourceHandler, Tier


def _acl(acl_id: str) -> dict[str, Any]:
    from ministack.services import ec2

    try:
        return ec2._network_acls[acl_id]
    except KeyError:
        raise ServiceError(
            "InvalidNetworkAclID.NotFound", f"The network ACL '{acl_id}' does not exist"
        ) from None


def _create_acl(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    answer = call_ec2("CreateNetworkAcl", VpcId=properties["VpcId"])
    acl_id = required_text(answer, "networkAclId")
    # Every network ACL ends with the rules that deny what no entry allowed.
    for egress in (False, True):
        _acl(acl_id)["Entries"].append(
            {
                "RuleNumber": 32767,
                "Protocol": "-1",
                "RuleAction": "deny",
                "Egress": egress,
                "CidrBlock": "0.0.0.0/0",
            }
        )
    set_ec2_tags(acl_id, properties)
    return acl_id, {"Id": acl_id}


def _change_acl(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    set_ec2_tags(physical_id, new)
    return physical_id, {"Id": physical_id}


def _delete_acl(physical_id: str, properties: Properties) -> None:
    from ministack.services import ec2

    acl = ec2._network_acls.get(physical_id)
    if acl is None:
        return
    if acl["Associations"]:
        raise ServiceError(
            "DependencyViolation", f"The networkAcl '{physical_id}' still guards subnets"
        )
    call_ec2("DeleteNetworkAcl", NetworkAclId=physical_id)
    ec2._tags.pop(physical_id, None)


def _entry_key(properties: Properties) -> dict[str, Any]:
    return {
        "NetworkAclId": properties["NetworkAclId"],
        "RuleNumber": properties["RuleNumber"],
        "Egress": truth(properties.get("Egress")),
    }


def _write_entry(action: str, properties: Properties) -> None:
    call_ec2(
        action,
        **_entry_key(properties),
        Protocol=properties["Protocol"],
        RuleAction=properties["RuleAction"],
        CidrBlock=properties.get("CidrBlock"),
        Ipv6CidrBlock=properties.get("Ipv6CidrBlock"),
    )
    stored = _acl(properties["NetworkAclId"])["Entries"][-1]
    if properties.get("PortRange"):
        stored["PortRange"] = {
            "From": int(properties["PortRange"]["From"]),
            "To": int(properties["PortRange"]["To"]),
        }
    if properties.get("Icmp"):
        stored["IcmpTypeCode"] = properties["Icmp"]


def _create_entry(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    key = _entry_key(properties)
    for entry in _acl(key["NetworkAclId"])["Entries"]:
        if (entry["RuleNumber"], entry["Egress"]) == (int(key["RuleNumber"]), key["Egress"]):
            raise ServiceError(
                "NetworkAclEntryAlreadyExists", f"rule {key['RuleNumber']} exists already"
            )
    _write_entry("CreateNetworkAclEntry", properties)
    direction = "egress" if key["Egress"] else "ingress"
    entry_id = f"{key['NetworkAclId']}|{key['RuleNumber']}|{direction}"
    return entry_id, {"Id": entry_id}


def _change_entry(
    physical_id: str, old: Properties, new: Properties, stack_name: str
) -> Provisioned:
    _write_entry("ReplaceNetworkAclEntry", new)
    return physical_id, {"Id": physical_id}


def _delete_entry(physical_id: str, properties: Properties) -> None:
    call_ec2("DeleteNetworkAclEntry", **_entry_key(properties))


def _default_acl(vpc_id: str) -> dict[str, Any]:
    from ministack.services import ec2

    return ec2._network_acls[ec2._vpcs[vpc_id]["DefaultNetworkAclId"]]


def _associate(acl: dict[str, Any], subnet_id: str) -> str:
    """Move the subnet to this ACL; a subnet has one ACL at any time."""
    from ministack.core.responses import new_uuid
    from ministack.services import ec2

    for other in ec2._network_acls.values():
        other["Associations"] = [
            item for item in other["Associations"] if item["SubnetId"] != subnet_id
        ]
    association_id = f"aclassoc-{new_uuid().replace('-', '')[:17]}"
    acl["Associations"].append({"NetworkAclAssociationId": association_id, "SubnetId": subnet_id})
    return association_id


def _create_association(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    association_id = _associate(_acl(properties["NetworkAclId"]), properties["SubnetId"])
    return association_id, {"AssociationId": association_id}


def _delete_association(physical_id: str, properties: Properties) -> None:
    """Give the subnet back to the network's default ACL, as AWS does."""
    from ministack.services import ec2

    subnet = ec2._subnets.get(properties["SubnetId"])
    for acl in ec2._network_acls.values():
        for association in acl["Associations"]:
            if association["NetworkAclAssociationId"] == physical_id and subnet:
                _associate(_default_acl(acl["VpcId"]), properties["SubnetId"])
                return


HANDLERS = (
    ResourceHandler(
        "AWS::EC2::NetworkAcl",
        Tier.BACKED,
        create=_create_acl,
        change=_change_acl,
        delete=_delete_acl,
        create_only=frozenset({"VpcId"}),
        tag_property=("Tags", "list"),
        note="CreateNetworkAcl",
    ),
    ResourceHandler(
        "AWS::EC2::NetworkAclEntry",
        Tier.BACKED,
        create=_create_entry,
        change=_change_entry,
        delete=_delete_entry,
        create_only=frozenset({"NetworkAclId", "RuleNumber", "Egress"}),
        note="CreateNetworkAclEntry",
    ),
    ResourceHandler(
        "AWS::EC2::SubnetNetworkAclAssociation",
        Tier.BACKED,
        create=_create_association,
        delete=_delete_association,
        note="moves the subnet's association, as ReplaceNetworkAclAssociation does",
    ),
)

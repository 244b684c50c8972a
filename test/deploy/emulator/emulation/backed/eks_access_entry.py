"""Who may use an EKS cluster."""

from __future__ import annotations

from typing import Any

from ..properties import tag_list
from ..service_call import call_json
from ..tiers import Properties, Provisioned, ResourceHandler, Tier


def _associate(properties: Properties, policy: dict[str, Any]) -> None:
    from ministack.services import eks

    scope = policy.get("AccessScope") or {}
    call_json(
        eks._associate_access_policy,
        properties["ClusterName"],
        properties["PrincipalArn"],
        {
            "policyArn": policy["PolicyArn"],
            "accessScope": {
                "type": scope.get("Type"),
                "namespaces": scope.get("Namespaces") or [],
            },
        },
    )


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.services import eks

    cluster, principal = properties["ClusterName"], properties["PrincipalArn"]
    body = {
        "principalArn": principal,
        "type": properties.get("Type", "STANDARD"),
        "kubernetesGroups": properties.get("KubernetesGroups") or [],
        "username": properties.get("Username") or "",
        "tags": {tag["Key"]: tag["Value"] for tag in tag_list(properties)},
    }
    entry = call_json(eks._create_access_entry, cluster, body)["accessEntry"]
    for policy in properties.get("AccessPolicies") or []:
        _associate(properties, policy)
    return f"{principal}|{cluster}", {"AccessEntryArn": entry["accessEntryArn"]}


def _change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    from ministack.services import eks

    cluster, principal = new["ClusterName"], new["PrincipalArn"]
    body = {
        "kubernetesGroups": new.get("KubernetesGroups") or [],
        "username": new.get("Username") or "",
    }
    entry = call_json(eks._update_access_entry, cluster, principal, body)["accessEntry"]
    wanted = {policy["PolicyArn"] for policy in new.get("AccessPolicies") or []}
    for policy in old.get("AccessPolicies") or []:
        if policy["PolicyArn"] not in wanted:
            call_json(eks._disassociate_access_policy, cluster, principal, policy["PolicyArn"])
    for policy in new.get("AccessPolicies") or []:
        _associate(new, policy)
    return physical_id, {"AccessEntryArn": entry["accessEntryArn"]}


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import eks

    cluster, principal = properties["ClusterName"], properties["PrincipalArn"]
    if eks._ae_key(cluster, principal) in eks._access_entries:
        call_json(eks._delete_access_entry, cluster, principal)


HANDLERS = (
    ResourceHandler(
        "AWS::EKS::AccessEntry",
        Tier.BACKED,
        create=_create,
        change=_change,
        delete=_delete,
        create_only=frozenset({"ClusterName", "PrincipalArn", "Type"}),
        note="CreateAccessEntry, AssociateAccessPolicy",
    ),
)

"""Which role the pods of a service account have."""

from __future__ import annotations

from typing import Any

from ..properties import tag_list, truth, without_none
from ..service_call import call_json
from ..tiers import Properties, Provisioned, ResourceHandler, Tier


def _body(properties: Properties) -> dict[str, Any]:
    return without_none(
        {
            "roleArn": properties["RoleArn"],
            "targetRoleArn": properties.get("TargetRoleArn"),
            "disableSessionTags": truth(properties.get("DisableSessionTags")),
            "policy": properties.get("Policy"),
        }
    )


def _attributes(association: dict[str, Any]) -> dict[str, Any]:
    return {
        "AssociationArn": association["associationArn"],
        "AssociationId": association["associationId"],
        "ExternalId": association.get("externalId", ""),
    }


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    from ministack.services import eks

    body = {
        **_body(properties),
        "namespace": properties["Namespace"],
        "serviceAccount": properties["ServiceAccount"],
        "tags": {tag["Key"]: tag["Value"] for tag in tag_list(properties)},
    }
    made = call_json(eks._create_pod_identity_association, properties["ClusterName"], body)
    association = made["association"]
    return association["associationArn"], _attributes(association)


def _id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    from ministack.services import eks

    changed = call_json(
        eks._update_pod_identity_association, new["ClusterName"], _id(physical_id), _body(new)
    )
    return physical_id, _attributes(changed["association"])


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import eks

    cluster, association = properties["ClusterName"], _id(physical_id)
    if eks._pia_key(cluster, association) in eks._pod_identity_associations:
        call_json(eks._delete_pod_identity_association, cluster, association)


HANDLERS = (
    ResourceHandler(
        "AWS::EKS::PodIdentityAssociation",
        Tier.BACKED,
        create=_create,
        change=_change,
        delete=_delete,
        create_only=frozenset({"ClusterName", "Namespace", "ServiceAccount"}),
        tag_property=("Tags", "list"),
        note="CreatePodIdentityAssociation; no pod asks for credentials",
    ),
)

"""The clusters that EKS knows, with their objects, and who may touch these."""

from __future__ import annotations

from typing import Any

from .cluster import Cluster

_ADMINISTRATOR = "AmazonEKSClusterAdminPolicy"

_clusters: dict[str, Cluster] = {}


def cluster_at(arn: str) -> Cluster | None:
    """The cluster that EKS has under an ARN now; one of the same name before it is forgotten."""
    from ministack.services import eks

    _, _, _, region, account, resource = arn.split(":", 5)
    record = eks._clusters.get_scoped(account, region, resource.partition("/")[2])
    known = _clusters.get(arn)
    if record is None or record["status"] != "ACTIVE":
        return None
    if known is None or known.record is not record:
        known = _clusters[arn] = Cluster(record)
    return known


def _arns() -> list[str]:
    from ministack.services import eks

    return [record["arn"] for _scope, record in eks._clusters.all_items()]


def may_administer(cluster: Cluster, role_arn: str) -> bool:
    """Whether an access entry makes a role the administrator of the whole cluster."""
    from ministack.services import eks

    prefix = f"{cluster.record['name']}\x00{role_arn}\x00"
    return any(
        key.startswith(prefix)
        and policy["policyArn"].endswith(f"/{_ADMINISTRATOR}")
        and policy["accessScope"]["type"] == "cluster"
        for key, policy in eks._access_policies.items()
    )


def _access_entries(name: str) -> list[dict[str, Any]]:
    from ministack.services import eks

    def policies_of(entry: dict[str, Any]) -> list[dict[str, Any]]:
        prefix = f"{name}\x00{entry['principalArn']}\x00"
        found = (policy for key, policy in eks._access_policies.items() if key.startswith(prefix))
        return [{"policyArn": each["policyArn"], **each["accessScope"]} for each in found]

    return [
        {
            "principalArn": entry["principalArn"],
            "type": entry["type"],
            "policies": policies_of(entry),
        }
        for key, entry in eks._access_entries.items()
        if key.startswith(f"{name}\x00")
    ]


def _description(cluster: Cluster) -> dict[str, Any]:
    from ministack.core.responses import request_scope
    from ministack.services import eks

    name, arn = cluster.record["name"], cluster.record["arn"]
    _, _, _, region, account, _ = arn.split(":", 5)
    with request_scope(account, region):
        return {
            "account": account,
            "region": region,
            "cluster": eks._sanitize(cluster.record),
            "accessEntries": _access_entries(name),
            "nodeGroups": [
                group for key, group in eks._nodegroups.items() if key.startswith(f"{name}/")
            ],
            "podIdentityAssociations": [
                association
                for key, association in eks._pod_identity_associations.items()
                if key.startswith(f"{name}\x00")
            ],
            "objects": list(cluster.objects.values()),
            "releases": list(cluster.releases.values()),
            "history": cluster.history,
            "loadBalancers": [made["arn"] for made in cluster.balancers.values()],
        }


def describe() -> list[dict[str, Any]]:
    """The clusters of EKS, what they hold, and what was done with it in what order."""
    found = (cluster_at(arn) for arn in _arns())
    return [_description(cluster) for cluster in found if cluster]

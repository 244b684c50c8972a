"""The capacity providers of a cluster."""

from __future__ import annotations

from typing import Any

from ..api_names import api_names
from ..service_call import call_json
from ..tiers import Properties, Provisioned, ResourceHandler, Tier


def _put(cluster: str, providers: list[str], strategy: list[dict[str, Any]]) -> None:
    from ministack.services import ecs

    request = {
        "cluster": cluster,
        "capacityProviders": providers,
        "defaultCapacityProviderStrategy": api_names(strategy),
    }
    call_json(ecs._put_cluster_capacity_providers, request)


def _create(logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
    _put(
        properties["Cluster"],
        properties["CapacityProviders"],
        properties["DefaultCapacityProviderStrategy"],
    )
    return properties["Cluster"], {}


def _change(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Provisioned:
    return _create("", new, stack_name)


def _delete(physical_id: str, properties: Properties) -> None:
    from ministack.services import ecs

    if ecs._resolve_cluster_name(physical_id) in ecs._clusters:
        _put(physical_id, [], [])


HANDLERS = (
    ResourceHandler(
        "AWS::ECS::ClusterCapacityProviderAssociations",
        Tier.BACKED,
        create=_create,
        change=_change,
        delete=_delete,
        create_only=frozenset({"Cluster"}),
        note="PutClusterCapacityProviders",
    ),
)

"""What stands behind each CloudFormation type: the emulator, our handler, or only a record.

A reader of a green deployment has to know which of the three it was, so every
handler of ours carries its tier, and `describe_tiers` reports all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, Any]]


_KUBERNETES = ("HelmChart", "KubernetesObjectValue", "KubernetesPatch", "KubernetesResource")


class Tier(StrEnum):
    """How much of a resource type really exists after a deployment."""

    NATIVE = "native"
    BACKED = "backed"
    RECORDED = "recorded"


@dataclass(frozen=True)
class ResourceHandler:
    """One CloudFormation type that the emulator lacks.

    `create_only` are the properties whose change replaces the resource. Any
    other change goes to `change`, which keeps the physical id; a type without
    `change` is replaced by every change. `tag_property` names the property
    that takes the stack's tags, and its form ("list" or "map").
    """

    resource_type: str
    tier: Tier
    create: Callable[[str, Properties, str], Provisioned]
    delete: Callable[[str, Properties], None]
    change: Callable[[str, Properties, Properties, str], Provisioned] | None = None
    create_only: frozenset[str] = field(default_factory=frozenset)
    tag_property: tuple[str, str] | None = None
    note: str = ""

    def update(
        self,
        physical_id: str,
        old: Properties,
        new: Properties,
        stack_name: str,
        logical_id: str | None = None,
    ) -> Provisioned:
        """Change in place, or create the successor.

        The engine deletes the predecessor itself, after the whole update has
        succeeded, when it sees a new physical id.
        """
        replaced = any(old.get(name) != new.get(name) for name in self.create_only)
        if replaced or self.change is None:
            return self.create(logical_id or physical_id, new, stack_name)
        return self.change(physical_id, old, new, stack_name)

    def as_entry(self) -> dict[str, Any]:
        """The entry in the form of the emulator's dictionary of handlers."""
        return {
            "create": self.create,
            "update": self.update,
            "update_with_logical_id": True,
            "delete": self.delete,
        }


def register(handlers: Iterable[ResourceHandler]) -> None:
    """Add handlers to the emulator; refuse to hide one that it already has.

    A newer emulator that learns a type should take over: the refusal makes
    whoever updates it notice, and delete our handler.
    """
    from ministack.services.cloudformation.provisioners import (
        _RESOURCE_HANDLERS,
        _STACK_TAG_PROPERTY,
    )

    for handler in handlers:
        if handler.resource_type in _RESOURCE_HANDLERS:
            raise RuntimeError(
                f"{handler.resource_type} has a handler already: delete ours, or register it once"
            )
        _RESOURCE_HANDLERS[handler.resource_type] = handler.as_entry()
        if handler.tag_property:
            _STACK_TAG_PROPERTY[handler.resource_type] = handler.tag_property


def describe_tiers(
    handlers: Iterable[ResourceHandler], corrected: dict[str, list[str]]
) -> dict[str, dict[str, Any]]:
    """Each known type with its tier, its note, and the work-arounds that touch it.

    Call it after `register`: what is in the emulator's dictionary and not ours
    is native.
    """
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    ours = {handler.resource_type: handler for handler in handlers}
    described: dict[str, dict[str, Any]] = {}
    for resource_type in sorted(_RESOURCE_HANDLERS):
        handler = ours.get(resource_type)
        described[resource_type] = {
            "tier": (handler.tier if handler else Tier.NATIVE).value,
            "note": handler.note if handler else "",
            "workarounds": sorted(corrected.get(resource_type, [])),
        }
    described["Custom::*"] = {
        "tier": Tier.NATIVE.value,
        "note": "the function behind the service token runs as a Node.js or Python process",
        "workarounds": sorted(corrected.get("Custom::*", [])),
    }
    for name in _KUBERNETES:
        described[f"Custom::AWSCDK-EKS-{name}"] = {
            "tier": Tier.RECORDED.value,
            "note": "the CDK's own functions run, with a kubectl and a helm of ours: objects are "
            "kept, with an API server's refusals, and an ingress gets a load balancer; no pod runs",
            "workarounds": sorted(corrected.get("Custom::*", [])),
        }
    return described

"""The store of recorded resources, and the handlers that write to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..service_call import ServiceError
from ..tiers import Properties, Provisioned, ResourceHandler, Tier

Identify = Callable[[str, Properties, str], str]
Attributes = Callable[[str, Properties], dict[str, Any]]

_records: dict[tuple[str, str, str, str], Properties] = {}


def recorded_resources() -> list[dict[str, Any]]:
    """Everything that is recorded at the moment."""
    return [
        {
            "account": account,
            "region": region,
            "type": resource_type,
            "id": physical_id,
            "properties": properties,
        }
        for (account, region, resource_type, physical_id), properties in sorted(_records.items())
    ]


def arn(service: str, resource: str) -> str:
    """An ARN in the account and region of the stack."""
    from ministack.core.responses import get_account_id, get_region

    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{resource}"


def name_from(property_name: str, max_length: int = 100) -> Identify:
    """Identify a resource by a property, or by a generated name without it."""

    def identify(logical_id: str, properties: Properties, stack_name: str) -> str:
        from ministack.services.cloudformation.provisioners import _physical_name

        given = properties.get(property_name)
        return given or _physical_name(stack_name, logical_id, max_len=max_length)

    return identify


def no_attributes(physical_id: str, properties: Properties) -> dict[str, Any]:
    """For types that offer only their reference."""
    return {}


@dataclass(frozen=True)
class Recorded:
    """A type of which the properties are kept, and the rule for its reference."""

    resource_type: str
    identify: Identify
    required: frozenset[str]
    attributes: Attributes = no_attributes
    create_only: frozenset[str] = field(default_factory=frozenset)

    def _key(self, physical_id: str) -> tuple[str, str, str, str]:
        from ministack.core.responses import get_account_id, get_region

        return get_account_id(), get_region(), self.resource_type, physical_id

    def _keep(self, physical_id: str, properties: Properties) -> Provisioned:
        missing = sorted(name for name in self.required if properties.get(name) in (None, ""))
        if missing:
            raise ServiceError("ValidationError", f"{self.resource_type} lacks {missing}")
        _records[self._key(physical_id)] = properties
        return physical_id, self.attributes(physical_id, properties)

    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Provisioned:
        """Keep the properties under the id that references answer."""
        physical_id = self.identify(logical_id, properties, stack_name)
        if self._key(physical_id) in _records:
            raise ServiceError("AlreadyExists", f"{self.resource_type} {physical_id} exists")
        return self._keep(physical_id, properties)

    def change(
        self, physical_id: str, old: Properties, new: Properties, stack_name: str
    ) -> Provisioned:
        """Keep the new properties under the same id."""
        return self._keep(physical_id, new)

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Forget the record."""
        _records.pop(self._key(physical_id), None)

    def handler(self) -> ResourceHandler:
        """The handler to register."""
        return ResourceHandler(
            self.resource_type,
            Tier.RECORDED,
            create=self.create,
            change=self.change,
            delete=self.delete,
            create_only=self.create_only,
            note="properties, references and order only; no behaviour",
        )

"""Secrets made by a template: how they are generated, and what `Ref` answers."""

from __future__ import annotations

import json
from typing import Any

from ..properties import truth
from ..service_call import call_json
from .workaround import Workaround, wrap_handler

_TYPE = "AWS::SecretsManager::Secret"
_SWITCHES = (
    "ExcludeLowercase",
    "ExcludeNumbers",
    "ExcludePunctuation",
    "ExcludeUppercase",
    "IncludeSpace",
)


def _generated(rules: dict[str, Any]) -> str:
    from ministack.services import secretsmanager

    request: dict[str, Any] = {switch: truth(rules.get(switch)) for switch in _SWITCHES}
    request["RequireEachIncludedType"] = truth(rules.get("RequireEachIncludedType"), default=True)
    request["PasswordLength"] = int(rules.get("PasswordLength", 32))
    request["ExcludeCharacters"] = rules.get("ExcludeCharacters", "")
    password: str = call_json(secretsmanager._get_random_password, request)["RandomPassword"]
    if not rules.get("SecretStringTemplate"):
        return password
    return json.dumps(
        {**json.loads(rules["SecretStringTemplate"]), rules["GenerateStringKey"]: password}
    )


def _name_of(arn: str) -> str:
    """The key of the emulator's store, which is the secret's name."""
    from ministack.services import secretsmanager

    for name, secret in secretsmanager._secrets.items():
        if secret["ARN"] == arn:
            return str(name)
    return arn


def _around_create(create: Any) -> Any:
    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
        _name, attributes = create(logical_id, properties, stack_name)
        return attributes["Arn"], attributes

    return created


def _around_update(update: Any) -> Any:
    def updated(physical_id: str, *details: Any) -> Any:
        _name, attributes = update(_name_of(physical_id), *details)
        return attributes["Arn"], attributes

    return updated


def _around_delete(delete: Any) -> Any:
    return lambda physical_id, properties: delete(_name_of(physical_id), properties)


def _apply() -> None:
    from ministack.services.cloudformation import provisioners

    declared = provisioners._sm_secret_string

    def secret_string(properties: dict[str, Any]) -> str:
        rules = properties.get("GenerateSecretString")
        if rules is None or properties.get("SecretString"):
            return str(declared(properties))
        return _generated(rules)

    provisioners._sm_secret_string = secret_string
    wrap_handler(_TYPE, "create", _around_create)
    wrap_handler(_TYPE, "update", _around_update)
    wrap_handler(_TYPE, "delete", _around_delete)


WORKAROUND = Workaround(
    "secret-details",
    "a generated secret has punctuation against its rules, and its reference is not its ARN",
    _apply,
    (_TYPE,),
)

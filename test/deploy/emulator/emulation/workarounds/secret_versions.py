"""A secret's value that is put again under the same token is one version, once."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround

_VALUES = ("SecretString", "SecretBinary")


def _apply() -> None:
    from ministack.core.responses import error_response_json
    from ministack.services import secretsmanager

    put = secretsmanager._put_secret_value

    def put_once(data: dict[str, Any]) -> Any:
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        token = data.get("ClientRequestToken")
        version = secret["Versions"].get(token) if secret and token else None
        if version is None:
            return put(data)
        if any(version.get(name) != data.get(name) for name in _VALUES):
            return error_response_json(
                "ResourceExistsException",
                f"You can't use ClientRequestToken {token} because that value is already in use "
                f"for a version of secret {secret['ARN']}.",
                400,
            )
        return secretsmanager.json_response(
            {
                "ARN": secret["ARN"],
                "Name": secret["Name"],
                "VersionId": token,
                "VersionStages": list(version["Stages"]),
            }
        )

    secretsmanager._put_secret_value = put_once


WORKAROUND = Workaround(
    "secret-versions",
    "putting a secret's value again under its token loses the previous version",
    _apply,
    ("AWS::SecretsManager::Secret",),
)

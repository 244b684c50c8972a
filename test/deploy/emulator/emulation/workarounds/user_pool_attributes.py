"""The address of a user pool as the issuer of tokens, for `Fn::GetAtt`."""

from __future__ import annotations

from typing import Any

from .workaround import Workaround, after_create_and_update

_TYPE = "AWS::Cognito::UserPool"


def _issuer(physical_id: str, properties: dict[str, Any], attributes: dict[str, Any]) -> None:
    attributes.setdefault("ProviderURL", f"https://{attributes['ProviderName']}")


def _apply() -> None:
    after_create_and_update(_TYPE, _issuer)


WORKAROUND = Workaround(
    "user-pool-attributes",
    "Fn::GetAtt does not know the ProviderURL of a user pool",
    _apply,
    (_TYPE,),
)

"""What KMS refuses to encrypt and to decrypt.

The emulator's ciphertext carries no proof of its own integrity, and it opens under any
key that the caller names. A keyed digest at its end gives it one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

from .workaround import Workaround

_DIGEST_BYTES = 32
_KEY_ID_BYTES = 36
_LONGEST_PLAINTEXT = 4096
_CIPHERTEXTS = {"CiphertextBlob", "PrivateKeyCiphertextBlob"}


def _bytes(value: str | bytes) -> bytes:
    return base64.b64decode(value) if isinstance(value, str) else value


def _digest(record: dict[str, Any], ciphertext: bytes) -> bytes:
    return hmac.new(record["_symmetric_key"], ciphertext, hashlib.sha256).digest()


def _sealing(action: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """An action of which the ciphertext ends with a digest that only its key can make."""

    def sealed(data: dict[str, Any]) -> Any:
        from ministack.services import kms

        status, headers, body = action(data)
        record = kms._resolve_key(data.get("KeyId", ""))
        if status != 200 or "_symmetric_key" not in record:
            return status, headers, body
        answer = json.loads(body)
        for field in _CIPHERTEXTS & answer.keys():
            ciphertext = _bytes(answer[field])
            answer[field] = base64.b64encode(ciphertext + _digest(record, ciphertext)).decode()
        return kms.json_response(answer)

    return sealed


def _apply() -> None:
    from ministack.core.responses import error_response_json
    from ministack.services import kms

    encrypt, decrypt = kms._encrypt, kms._decrypt

    def checked_encrypt(data: dict[str, Any]) -> Any:
        if len(_bytes(data.get("Plaintext", ""))) > _LONGEST_PLAINTEXT:
            return error_response_json(
                "ValidationException",
                "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: "
                "Member must have length less than or equal to 4096",
                400,
            )
        return encrypt(data)

    def checked_decrypt(data: dict[str, Any]) -> Any:
        sealed = _bytes(data.get("CiphertextBlob", ""))
        record = kms._resolve_key(sealed[:_KEY_ID_BYTES].decode("utf-8", errors="ignore"))
        if not record or "_symmetric_key" not in record:
            return decrypt(data)
        ciphertext, digest = sealed[:-_DIGEST_BYTES], sealed[-_DIGEST_BYTES:]
        if not hmac.compare_digest(digest, _digest(record, ciphertext)):
            return error_response_json("InvalidCiphertextException", "", 400)
        named = kms._resolve_key(data["KeyId"]) if data.get("KeyId") else record
        if named and named["KeyId"] != record["KeyId"]:
            return error_response_json(
                "IncorrectKeyException",
                "The key ID in the request does not identify a CMK that can perform this "
                "operation.",
                400,
            )
        return decrypt({**data, "CiphertextBlob": base64.b64encode(ciphertext).decode()})

    kms._encrypt, kms._decrypt = _sealing(checked_encrypt), checked_decrypt
    for name in (
        "_generate_data_key",
        "_generate_data_key_without_plaintext",
        "_generate_data_key_pair",
        "_generate_data_key_pair_without_plaintext",
    ):
        setattr(kms, name, _sealing(getattr(kms, name)))


WORKAROUND = Workaround(
    "ciphertexts",
    "KMS decrypts what was changed, or encrypted by another key than the named one; "
    "it encrypts more than 4096 bytes",
    _apply,
    ("AWS::KMS::Key",),
)

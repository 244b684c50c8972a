"""S3 writes with `aws:kms` and no key: they use the account's key for S3.

The emulator has no such key and refuses the write, also that of the CDK's own
assets once a bucket has the encryption that its template asks for.
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround

_ALGORITHM = "x-amz-server-side-encryption"
_KEY_ID = "x-amz-server-side-encryption-aws-kms-key-id"


def _apply() -> None:
    from ministack.core.responses import get_account_id, get_region
    from ministack.services import s3

    resolve = s3._resolve_sse_write_headers

    def resolved(headers: dict[str, str], bucket_name: str) -> Any:
        if headers.get(_ALGORITHM) == "aws:kms" and not headers.get(_KEY_ID):
            key = f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/s3"
            headers = {**headers, _KEY_ID: key}
        return resolve(headers, bucket_name)

    s3._resolve_sse_write_headers = resolved


WORKAROUND = Workaround(
    "managed-key",
    "S3 refuses writes with aws:kms that name no key",
    _apply,
    ("AWS::S3::Bucket",),
)

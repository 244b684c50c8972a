"""Distributions whose origin is a bucket: CloudFront asks it over TLS, and hears what is not there.

The emulator looks at how the viewer came to it, which is over HTTP, so that a
bucket that refuses HTTP refuses CloudFront. It also knows no right to list
buckets, with which S3 answers 404 for what is not there, and 403 without.
"""

from __future__ import annotations

from typing import Any

from .workaround import Workaround


def _may_list(bucket: str, source_arn: str) -> bool:
    from ministack.core import iam_evaluator
    from ministack.services import s3

    owner = s3._bucket_owner_account(bucket) or s3.get_account_id()
    policy = s3._bucket_policies.get_scoped(owner, None, bucket)
    if not policy or not source_arn:
        return False
    context = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="s3:ListBucket",
        resource_arn=f"arn:aws:s3:::{bucket}",
        region=s3.get_region(),
        service_context={"aws:sourcearn": source_arn},
    )
    answer = iam_evaluator.evaluate_resource_policy(
        policy, context, service="cloudfront.amazonaws.com"
    )
    return bool(answer.decision == "Allow")


def _apply() -> None:
    from ministack.core import iam_evaluator
    from ministack.services import s3

    fetch = s3.serve_cloudfront_origin_fetch

    def fetch_over_tls(
        bucket_name: str,
        key: str,
        method: str,
        headers: dict[str, str],
        source_arn: str = "",
        oai_id: str = "",
    ) -> Any:
        address, _ = iam_evaluator._request_origin.get()
        token = iam_evaluator._request_origin.set((address, True))
        try:
            answer = fetch(bucket_name, key, method, headers, source_arn, oai_id)
            bucket = s3._ensure_bucket(bucket_name)
            is_missing = bucket is not None and key not in bucket["objects"]
            if answer[0] == 403 and is_missing and _may_list(bucket_name, source_arn):
                return s3._error(
                    "NoSuchKey", "The specified key does not exist.", 404, f"/{bucket_name}/{key}"
                )
            return answer
        finally:
            iam_evaluator._request_origin.reset(token)

    s3.serve_cloudfront_origin_fetch = fetch_over_tls


WORKAROUND = Workaround(
    "bucket-origins",
    "CloudFront asks its buckets over HTTP, and learns of no object that it is not there",
    _apply,
    ("AWS::CloudFront::Distribution",),
)

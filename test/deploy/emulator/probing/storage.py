"""Probes of buckets and secrets."""

from __future__ import annotations

from .emulator import Emulator, Probe, Resources, Stack, refused

_BUCKET: Resources = {
    "Bucket": {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "Tags": [{"Key": "probe", "Value": "yes"}],
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        },
    }
}


def _bucket(emulator: Emulator) -> Stack:
    return emulator.create(_BUCKET, {"Bucket": {"Ref": "Bucket"}})


def _bucket_details(emulator: Emulator) -> bool:
    name = _bucket(emulator).outputs["Bucket"]
    s3 = emulator.client("s3")
    ownership = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]
    has_writers = ownership["Rules"] == [{"ObjectOwnership": "ObjectWriter"}]
    return refused(s3.get_bucket_tagging, Bucket=name) or not has_writers


def _bucket_not_empty(emulator: Emulator) -> bool:
    stack = _bucket(emulator)
    emulator.client("s3").put_object(Bucket=stack.outputs["Bucket"], Key="a", Body=b"a")
    return emulator.delete(stack).status == "DELETE_COMPLETE"


def _managed_key(emulator: Emulator) -> bool:
    name = _bucket(emulator).outputs["Bucket"]
    return refused(
        emulator.client("s3").put_object,
        Bucket=name,
        Key="a",
        Body=b"a",
        ServerSideEncryption="aws:kms",
    )


def _secret_details(emulator: Emulator) -> bool:
    rules = {"PasswordLength": 200, "ExcludePunctuation": True}
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": rules}}
    stack = emulator.create({"Secret": secret}, {"Secret": {"Ref": "Secret"}})
    reference = stack.outputs["Secret"]
    value = emulator.client("secretsmanager").get_secret_value(SecretId=reference)
    return not reference.startswith("arn:") or not value["SecretString"].isalnum()


PROBES: dict[str, Probe] = {
    "bucket-details": _bucket_details,
    "bucket-not-empty": _bucket_not_empty,
    "managed-key": _managed_key,
    "secret-details": _secret_details,
}

"""Probes of buckets and secrets."""

from __future__ import annotations

from .emulator import Emulator, Probe, Resources, Stack, refused

_TRANSITIONS = [
    {"StorageClass": "STANDARD_IA", "TransitionInDays": 30},
    {"StorageClass": "GLACIER", "TransitionInDays": 90},
]

_BUCKET: Resources = {
    "Bucket": {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "Tags": [{"Key": "probe", "Value": "yes"}],
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
            "LifecycleConfiguration": {
                "Rules": [{"Status": "Enabled", "Transitions": _TRANSITIONS}]
            },
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
    if refused(s3.get_bucket_tagging, Bucket=name) or not has_writers:
        return True
    rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    return len(rules[0]["Transitions"]) < len(_TRANSITIONS)


def _bucket_cors(emulator: Emulator) -> bool:
    name = _bucket(emulator).outputs["Bucket"]
    rule = {"AllowedMethods": ["PUT"], "AllowedOrigins": ["https://site.example.com"]}
    emulator.client("s3").put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})
    headers = {"Origin": "https://other.example.com", "Access-Control-Request-Method": "PUT"}
    return emulator.status_of(f"/{name}/a", "OPTIONS", headers=headers) != 403


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
    "bucket-cors": _bucket_cors,
    "bucket-details": _bucket_details,
    "bucket-not-empty": _bucket_not_empty,
    "managed-key": _managed_key,
    "secret-details": _secret_details,
}

"""Probes of what services send, encrypt and keep secret."""

from __future__ import annotations

import json

from .emulator import Emulator, Probe, refused


def _ciphertexts(emulator: Emulator) -> bool:
    keys = emulator.client("kms")
    key, other = (keys.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    sealed = keys.encrypt(KeyId=key, Plaintext=b"probe")["CiphertextBlob"]
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    return (
        keys.decrypt(KeyId=key, CiphertextBlob=sealed)["Plaintext"] != b"probe"
        or not refused(keys.decrypt, KeyId=other, CiphertextBlob=sealed)
        or not refused(keys.decrypt, KeyId=key, CiphertextBlob=changed)
        or not refused(keys.encrypt, KeyId=key, Plaintext=b"p" * 4097)
    )


def _secret_versions(emulator: Emulator) -> bool:
    secrets = emulator.client("secretsmanager")
    secret = secrets.create_secret(Name="secret-versions-probe", SecretString="first")["ARN"]
    again = {"SecretId": secret, "ClientRequestToken": "t" * 32}
    for _ in range(2):
        secrets.put_secret_value(**again, SecretString="second")
    return refused(
        secrets.get_secret_value, SecretId=secret, VersionStage="AWSPREVIOUS"
    ) or not refused(secrets.put_secret_value, **again, SecretString="third")


def _message_moves(emulator: Emulator) -> bool:
    queues = emulator.client("sqs")

    def queue(name: str, **attributes: str) -> tuple[str, str]:
        url = queues.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        found = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return url, found["Attributes"]["QueueArn"]

    dead_url, dead_arn = queue("message-moves-probe-dead")
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1})
    url, _ = queue("message-moves-probe", VisibilityTimeout="0", RedrivePolicy=policy)
    queues.send_message(QueueUrl=url, MessageBody="probe")
    for _ in range(2):
        received = queues.receive_message(QueueUrl=url).get("Messages", [])
    dead = queues.receive_message(QueueUrl=dead_url, VisibilityTimeout=0).get("Messages", [])
    if received or not dead:
        return True
    if refused(queues.start_message_move_task, SourceArn=dead_arn):
        return True
    return not queues.receive_message(QueueUrl=url).get("Messages")


PROBES: dict[str, Probe] = {
    "ciphertexts": _ciphertexts,
    "message-moves": _message_moves,
    "secret-versions": _secret_versions,
}

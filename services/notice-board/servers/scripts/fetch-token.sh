#!/bin/bash
# Fetches the token for writing with the server's role, before each start: a new token needs no release.
set -euo pipefail
umask 077

folder=${RUN_FOLDER:-/run/notice-board}

rm -rf "$folder"
if [ -z "${POST_TOKEN_SECRET_ARN:-}" ]; then
  exit 0
fi
token=$(aws secretsmanager get-secret-value --region "$AWS_REGION" --secret-id "$POST_TOKEN_SECRET_ARN" \
  --query SecretString --output text)
# What systemd would read otherwise than it is written.
if [[ ! "$token" =~ ^[A-Za-z0-9._~+/=-]{16,1024}$ ]]; then
  echo "the secret is not 16 to 1024 letters, digits or . _ ~ + / = -" >&2
  exit 1
fi
mkdir -p "$folder"
printf 'POST_TOKEN=%s\n' "$token" >"$folder/token.env"

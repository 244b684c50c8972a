#!/bin/bash
set -euo pipefail

url=${SERVICE_URL:-http://127.0.0.1:8080}
version_file=${VERSION_FILE:-/opt/notice-board/version.env}
patience=${PATIENCE_SECONDS:-60}

ask() {
  curl --fail --silent --max-time 5 "$url$1"
}

# By time and not by turns: a turn may take five seconds itself.
end=$((SECONDS + patience))
until ask /readyz >/dev/null; do
  if [ "$SECONDS" -ge "$end" ]; then
    echo "$url/readyz does not answer with 200 within $patience s" >&2
    exit 1
  fi
  sleep 1
done

# The release before may still be the one that answers.
version=$(sed -n 's/^VERSION=//p' "$version_file")
if ! ask /version | grep --fixed-strings --quiet "\"version\":\"$version\""; then
  echo "$url/version is not $version" >&2
  exit 1
fi

#!/bin/bash
set -euo pipefail

program=${NODE_PROGRAM:-/usr/bin/node-24}
environment=${APPLICATION_ENVIRONMENT:-/etc/application.env}
log=${LOG_FOLDER:-/var/log/notice-board}

if [ ! -x "$program" ]; then
  echo "$program is missing: the server's first boot has to install nodejs24" >&2
  exit 1
fi
if [ ! -r "$environment" ]; then
  echo "$environment is missing: the server's first boot has to write it" >&2
  exit 1
fi
mkdir -p "$log"

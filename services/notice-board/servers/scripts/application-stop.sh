#!/bin/bash
set -euo pipefail

# A failure here would block every later deployment, as CodeDeploy runs the script of the release that is there.
if systemctl cat notice-board >/dev/null 2>&1; then
  systemctl stop notice-board
fi

#!/bin/bash
set -euo pipefail

systemctl daemon-reload
systemctl enable notice-board
systemctl restart notice-board

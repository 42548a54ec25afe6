#!/bin/sh
# Installs packages of Debian or Ubuntu where that is allowed (root), else names the command: scripts/packages.sh NAME...
set -eu
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    apt-get -qq update
    # RUNLEVEL: what is a server is not started by being installed.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "$@" >/dev/null
else
    echo "Not on this machine, and only root may install it. Give this command, then make again:" >&2
    echo "    sudo apt-get install $*" >&2
    exit 1
fi

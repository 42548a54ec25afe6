#!/bin/sh
# Makes the virtual environment .venv with Python 3.11 or later: scripts/venv.sh PYTHON
set -eu
python=$1
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    echo "Raadslag needs Python 3.11 or later; '$python' is not. Install one, or name it: make PYTHON=/path/to/python3" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    sh scripts/packages.sh python3-venv
fi
"$python" -m venv .venv

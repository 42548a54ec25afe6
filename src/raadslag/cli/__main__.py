"""`python -m raadslag.cli`: the command where its script is not on the path."""

import sys

from raadslag.cli import main

sys.exit(main())

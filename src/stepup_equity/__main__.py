"""``python -m stepup_equity`` is the command line."""

import sys

from stepup_equity.cli import main

sys.exit(main())

"""Models: cards, files, engines, and who may use them when. Nothing here knows an article."""

import os

# How often a thread of a model looks whether the others have come before it sleeps; the engines read it as they load.
# With the default of 300,000 times, models that share their cores with anything else wait for threads that only spin:
# ten times slower beside two busy processes, twice with this.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

"""Models: cards, files, engines, and who may use them when. Nothing here knows an article."""

import os

# How often a thread of a model looks whether the others have come before it sleeps; the engines read it as they load.
# With OpenMP's default of 300,000 times, some 15 ms, models that share their cores with anything else wait for threads
# that only spin, and a step takes many times as long; a tenth of a millisecond or two is what threads that have their
# cores wait for one another.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

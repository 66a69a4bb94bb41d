"""Models: cards, files, engines, and the scheduling of requests. Nothing here knows about articles."""

import os

# How many times an OpenMP thread polls for work before it sleeps; read when an engine is loaded. With the default of
# 300,000 (about 15 ms), idle threads take the cores from whatever else runs on them, and a step takes many times as
# long. Threads that have cores of their own wait only 0.1 to 0.2 ms for one another.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")

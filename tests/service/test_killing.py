"""kill -9 while a job is running: in the end each item has exactly one result."""

import json
import random
import time
from multiprocessing import get_context
from pathlib import Path

from service.jobs.store import Item, JobStore
from tests.desk import LEAD
from tests.service.killed import work

ITEMS = 150


def test_no_result_is_lost_or_duplicated_by_twenty_kills(tmp_path: Path):
    jobs = JobStore(tmp_path)
    name = jobs.create("")
    requests = [
        {"kind": "translation", "text": f"{LEAD} {n}", "source_language": "en", "target_language": "fr"}
        for n in range(ITEMS)
    ]
    jobs.add(name, [Item(n, json.dumps(item).encode()) for n, item in enumerate(requests)])
    jobs.start(name, "")
    context = get_context("forkserver")
    context.set_forkserver_preload(["tests.service.killed"])
    rng, progress = random.Random(6), []
    for _ in range(20):
        before = jobs.get(name, "").done
        process = context.Process(target=work, args=(tmp_path, 0.001))
        process.start()
        target = before + rng.randrange(6)
        while jobs.get(name, "").done < target and process.is_alive():
            time.sleep(0.002)
        time.sleep(rng.random() * 0.01)
        process.kill()
        process.join()
        progress.append(jobs.get(name, "").done - before)
    assert 0 < jobs.get(name, "").done < ITEMS
    assert sum(map(bool, progress)) > 10
    last = context.Process(target=work, args=(tmp_path, 0.0))
    last.start()
    last.join()
    job = jobs.get(name, "")
    assert (job.state, job.done, job.failed) == ("done", ITEMS, 0)
    results = [json.loads(line) for _, line in jobs.results(name, 0, 2 * ITEMS)]
    assert sorted(line["index"] for line in results) == list(range(ITEMS))
    assert all(line["answer"]["translations"][0]["text"].endswith(f" {line['index']}") for line in results)
    jobs.close()

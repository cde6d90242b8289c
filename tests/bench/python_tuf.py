"""python-tuf, driven as main.rs says."""

import json
import os
import sys
import time
from pathlib import Path
from urllib.parse import unquote

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig


class Files(FetcherInterface):
    """The files of a directory; a missing one is status 404."""

    def __init__(self):
        self.requests = 0

    def _fetch(self, url):
        self.requests += 1
        try:
            with open(unquote(url.removeprefix("file://")), "rb") as file:
                while chunk := file.read(1 << 16):
                    yield chunk
        except FileNotFoundError as missing:
            raise DownloadHTTPError(url, 404) from missing


CONFIG = UpdaterConfig(max_root_rotations=4096, snapshot_max_length=1 << 32, targets_max_length=1 << 32)


def client(repository, cache, pin):
    http = repository.startswith("http")
    fetcher = None if http else Files()
    base = repository if http else "file://" + repository
    os.makedirs(cache, exist_ok=True)
    return Updater(cache, base, cache, base + "/targets", fetcher, CONFIG, bootstrap=pin), fetcher


def run(verb, repository, cache, target):
    clock = time.perf_counter if repository.startswith("http") else time.process_time
    if verb in ("cold", "warm", "cached"):
        root = target if target.endswith("root.json") else repository + "/1.root.json"
        # `warm` starts from the pin, as an application that trusts its own binary does; `cached` from its cache.
        pin = None if verb == "cached" else Path(root).read_bytes()
        start = clock()
        updater, fetcher = client(repository, cache, pin)
        updater.refresh()
        seconds = clock() - start
        if target and not target.endswith("root.json"):
            updater.get_targetinfo(target)
        return seconds, fetcher.requests if fetcher else 0
    if verb == "find":
        updater, fetcher = client(repository, cache, None)
        updater.refresh()
        before = fetcher.requests
        start = clock()
        assert updater.get_targetinfo(target)
        return clock() - start, fetcher.requests - before
    if verb == "canonical":
        value = json.loads(Path(repository).read_bytes())
        start = clock()
        json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        return clock() - start, 0
    return None


for line in sys.stdin:
    words = line.split() + [""] * 4
    answer = run(*words[:4])
    print("-" if answer is None else f"{answer[0]} {answer[1]}", flush=True)

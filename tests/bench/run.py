"""Ours and the peers on the same files, by turns, in one run: a table of medians and ratios.

run.py [--small] OURS WRITE [--python PYTHON] [--node FOLDER] [--tuffet BINARY] [--chain W1]
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
OPTIONS = argparse.ArgumentParser()
for name in ("ours", "write"):
    OPTIONS.add_argument(name)
for name in ("--python", "--node", "--tuffet", "--chain"):
    OPTIONS.add_argument(name)
OPTIONS.add_argument("--small", action="store_true")
OPTIONS.add_argument("--only", action="append", choices=["w1", "http", "w2", "w3", "w6", "w8"])
OPTIONS = OPTIONS.parse_args()
SCRATCH = Path(tempfile.mkdtemp(prefix="tuffet-bench-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))


class Contender:
    """A process that answers tasks, started again where it died."""

    def __init__(self, name, *command):
        self.name, self.command, self.process = name, command, None

    def ask(self, verb, repository, cache, target=""):
        if self.process is None:
            pipe = subprocess.PIPE
            self.process = subprocess.Popen(self.command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
        try:
            print(verb, repository, cache, target, file=self.process.stdin, flush=True)
            answer = self.process.stdout.readline().split()
        except BrokenPipeError:
            answer = []
        if not answer:
            self.process.wait()
            self.process = None
        return (float(answer[0]), int(answer[1])) if len(answer) == 2 else None


OURS = Contender("ours", OPTIONS.ours, "ours")
TOUGH = Contender("tough", OPTIONS.ours, "tough")
PYTHON = Contender("python-tuf", OPTIONS.python, HERE / "python_tuf.py") if OPTIONS.python else None
NODE = Contender("tuf-js", "node", HERE / "tuf_js.mjs", OPTIONS.node) if OPTIONS.node else None


def generate(name, scheme, layout, roots, targets, bins=0, by="prefixes"):
    folder = SCRATCH / name
    arguments = [OPTIONS.write, folder, scheme, layout, roots, targets, bins, by]
    asked = subprocess.run([str(a) for a in arguments], check=True, capture_output=True, text=True).stdout.strip()
    return folder, asked


def cache_of(contender, repository):
    return SCRATCH / "caches" / f"{contender.name}-{Path(str(repository)).name}"


def measure(what, repository, turns, rounds, target="", unit=1e3):
    """`turns`: contender, verb and rounds at most; `cold` starts with an empty cache, the others with what is there."""
    times = [[] for _ in turns]
    requests = [None] * len(turns)
    for number in range(rounds):
        for at, (contender, verb, most) in enumerate(turns):
            if contender is None or number >= most:
                continue
            cache = cache_of(contender, repository)
            if verb in ("cold", "ahead"):
                shutil.rmtree(cache, ignore_errors=True)
            if answer := contender.ask(verb, repository, cache, target):
                times[at].append(answer[0] * unit)
                requests[at] = answer[1]
    medians = [statistics.median(each) if each else None for each in times]
    row(what, [(c.name if c else "", v, m, r) for (c, v, _), m, r in zip(turns, medians, requests)])
    return medians


def row(what, cells):
    first = cells[0][2]
    parts = []
    for at, (name, verb, median, requests) in enumerate(cells):
        label = name if verb in ("cold", "find", "canonical", "") else f"{name} {verb}"
        if median is None:
            parts.append(f"{label}: -" if label else "")
            continue
        ratio = f" ({median / first:.1f} x)" if at and first else ""
        asked = f" [{requests}]" if requests else ""
        parts.append(f"{label} {median:.2f}{ratio}{asked}")
    print(f"{what:<44} " + ", ".join(part for part in parts if part), flush=True)


class Server:
    def __init__(self, folder, delay):
        command = [sys.executable, HERE / "server.py", folder, str(delay)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.base = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"

    def counts(self):
        return urllib.request.urlopen(self.base + "/connections").read().decode().split()

    def end(self):
        self.process.kill()
        self.process.wait()


def w1():
    chains = (1, 100) if OPTIONS.small else (1, 100, 1000)
    for scheme in ("ed25519", "p256"):
        for roots in chains:
            folder, _ = generate(f"w1-{scheme}-{roots}", scheme, "pretty", roots, 10)
            most, slow = {1: (31, 31), 100: (7, 3), 1000: (3, 1)}[roots]
            turns = [(OURS, "cold", most), (TOUGH, "cold", most), (PYTHON, "cold", most), (NODE, "cold", slow)]
            measure(f"W1 cold, {roots} roots, {scheme}, ms", folder, turns, most)
    for roots in chains:
        folder = SCRATCH / f"w1-ed25519-{roots}"
        few = 3 if roots == 1000 else 15
        turns = [(OURS, "again", 31), (OURS, "notes", 31), (TOUGH, "warm", few), (PYTHON, "cached", 31)]
        turns += [(PYTHON, "warm", few), (NODE, "cached", 31), (OURS, "warm", few)]
        measure(f"W1 warm, {roots} roots behind the pin, ms [requests]", folder, turns, 31)


def http():
    for roots, delay in ((1, 0), (100, 0), (100, 20)):
        folder = SCRATCH / f"w1-ed25519-{roots}"
        server, pin = Server(folder, delay), str(folder / "1.root.json")
        rounds = 15 if roots == 1 else 3
        turns = [(OURS, "cold", rounds)]
        turns += [(PYTHON, "cold", rounds), (NODE, "cold", rounds)] if delay == 0 else [(OURS, "ahead", rounds)]
        what = f"W1 HTTP, {roots} roots, {delay} ms of delay, wall ms"
        for contender, _, _ in turns:
            # A connection costs as much as a refresh: one round goes before what is counted.
            if contender:
                contender.ask("cold", server.base, cache_of(contender, "first"), pin)
                shutil.rmtree(cache_of(contender, "first"), ignore_errors=True)
        server.counts()
        OURS.ask("cold", server.base, cache_of(OURS, "first"), pin)
        connections, requests = server.counts()
        measure(what, server.base, turns, rounds, pin)
        print(f"{'':<44} ours: {requests} requests over {connections} connection(s)")
        server.end()


def w2():
    for count in (1_000, 10_000) if OPTIONS.small else (10_000, 100_000):
        for layout in ("canonical", "pretty"):
            folder, asked = generate(f"w2-{layout}-{count}", "ed25519", layout, 1, count)
            few = 7 if count <= 10_000 else 2
            slow = 3 if count <= 1_000 else 0
            turns = [(OURS, "cold", few), (TOUGH, "cold", few), (PYTHON, "cold", few)]
            measure(f"W2 cold, {count} targets, {layout}, ms", folder, [*turns, (NODE if slow else None, "cold", slow)], few)


def w3():
    bins = 1_024 if OPTIONS.small else 16_384
    for by in ("succinct", "prefixes"):
        folder, asked = generate(f"w3-{by}", "p256", "pretty", 1, 0, bins, by)
        turns = [(OURS, "cold", 7), (PYTHON, "cold", 7)]
        measure(f"W3 cold refresh, {bins} bins, {by}, ms", folder, turns, 7, "")
        measure(f"W3 new client's refresh, {by}, ms", folder, [(OURS, "warm", 7), (PYTHON, "cached", 7)], 7)
        bin_of_ours = cache_of(OURS, folder)
        measure(f"W3 lookup, bin fetched, {by}, ms", folder, [(OURS, "find", 1), (PYTHON, "find", 1)], 1, asked)
        measure(f"W3 lookup, bin in the cache, {by}, ms", folder, [(OURS, "find", 7), (PYTHON, "find", 7)], 7, asked)


def w6():
    folder = SCRATCH / ("w2-canonical-1000" if OPTIONS.small else "w2-canonical-10000")
    file = folder / "1.targets.json"
    turns = [(OURS, "canonical", 9), (TOUGH, "canonical", 9), (PYTHON, "canonical", 9), (NODE, "canonical", 9)]
    medians = measure(f"W6 canonical JSON of {file.stat().st_size / 1e6:.1f} MB, ms (tough: olpc-cjson)", file, turns, 9)
    rates = [("-" if m is None else f"{file.stat().st_size / 1e3 / m:.0f}") for m in medians]
    print(f"{'':<44} MB/s: {', '.join(rates)}")


def w8():
    if OPTIONS.tuffet:
        times = []
        for _ in range(31):
            start = time.perf_counter()
            subprocess.run([OPTIONS.tuffet, "--help"], stdout=subprocess.DEVNULL, check=True)
            times.append(time.perf_counter() - start)
        size = os.path.getsize(OPTIONS.tuffet) / (1 << 20)
        print(f"{'W8 tuffet --help, wall ms':<44} {statistics.median(times) * 1e3:.1f}; the binary {size:.1f} MiB")
    if OPTIONS.chain and shutil.which("valgrind"):
        for roots in (1, 100):
            once = [OPTIONS.chain, "ed25519", str(roots), "once"]
            environment = {**os.environ, "TMPDIR": str(SCRATCH)}
            subprocess.run(once, check=True, env=environment, stdout=subprocess.DEVNULL)
            command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={SCRATCH}/callgrind", *once]
            said = subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stderr
            count = next(line.split()[-1] for line in said.splitlines() if "Collected" in line)
            print(f"{f'W8 instructions, chain of {roots} Ed25519 roots':<44} {int(count) / 1e6:.0f} million")


try:
    print("ours first; (n x): so many times what ours takes; -: it does not do this, or does not finish")
    for part in (w1, http, w2, w3, w6, w8):
        if OPTIONS.only and part.__name__ not in OPTIONS.only:
            continue
        began = time.perf_counter()
        part()
        print(f"# {part.__name__}: {time.perf_counter() - began:.0f} s", file=sys.stderr)
finally:
    shutil.rmtree(SCRATCH, ignore_errors=True)

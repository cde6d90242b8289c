"""W4 and W5 by turns, ours and python-tuf, in one run: scale.py [--small] W4 W5 PYTHON."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

SMALL = "--small" in sys.argv
W4, W5, PYTHON = [argument for argument in sys.argv[1:] if argument != "--small"]
SCRIPT = Path(__file__).parent / "scale_python.py"
SCRATCH = Path(tempfile.mkdtemp(prefix="tuffet-bench-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))


def ask(*command):
    command = [str(part) for part in command]
    # Milliseconds of the wall clock and of the processor: `12.34 ms, 10.20 of the processor`, and what else there is.
    words = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(words[0]), float(words[2])


def by_turns(what, rounds, *contenders):
    """Each contender: a name, and what to run. The first is what the ratios are to."""
    times = [[] for _ in contenders]
    for _ in range(rounds):
        for at, (_, command) in enumerate(contenders):
            times[at].append(ask(*command))
    for at, clock in enumerate(("wall", "processor")):
        medians = [statistics.median(each[at] for each in run) for run in times]
        parts = [f"{name} {median:.2f}" for (name, _), median in zip(contenders, medians)]
        # The processor's clock ticks a hundred times a second: of what takes less there is no ratio.
        ratios = [f"{median / medians[0]:.1f} x" if medians[0] else "too short" for median in medians[1:]]
        print(f"{what + ', ' + clock + ' ms':<56} {', '.join(parts)}: {', '.join(ratios)}", flush=True)


def w4():
    for files in (1_000, 10_000) if SMALL else (1_000, 10_000, 20_000):
        folder = SCRATCH / f"w4-{files}"
        for number in range(files):
            place = folder / f"{number // 100:04}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"file-{number:06}.bin").write_bytes(f"{number:08}".encode() + b"x" * 4088)
        turns = [("two threads", (W4, folder, 2)), ("one", (W4, folder, 1)), ("python-tuf", (PYTHON, SCRIPT, "scan", folder))]
        by_turns(f"W4 {files} files of 4 KiB", 5, *turns)
        shutil.rmtree(folder)


def w5():
    targets, bins = (100_000, 2_048) if SMALL else (1_000_000, 16_384)
    for scheme in ("ed25519",):
        ours, theirs = SCRATCH / "ours", SCRATCH / "theirs"
        for folder in (ours, theirs):
            subprocess.run([W5, "write", folder, scheme, str(targets), str(bins)], check=True)
        for new, inner in ((1, 5), (1000, 1)):
            # Other paths in every round: what is there already is no change.
            turns = [("one thread", (W5, "update", ours, new, 1, inner)), ("two", (W5, "update", ours, new, 2, inner))]
            turns += [("python-tuf", (PYTHON, SCRIPT, "update", theirs, new, inner))]
            by_turns(f"W5 {new} new of {targets}, {bins} bins, {scheme}", 3, *turns)


try:
    w4()
    w5()
finally:
    shutil.rmtree(SCRATCH, ignore_errors=True)

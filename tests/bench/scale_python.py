"""python-tuf's metadata API on W4 and W5: scale_python.py scan FOLDER | update FOLDER NEW ROUNDS. Prints milliseconds."""

import os
import statistics
import sys
import time
from datetime import datetime, timezone

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Metadata, MetaFile, TargetFile
from tuf.api.serialization.json import JSONSerializer

EXPIRES = datetime(2099, 1, 1, tzinfo=timezone.utc)
COMPACT = JSONSerializer(compact=True)


def scan(folder):
    """A target of each file."""
    targets = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            target = os.path.relpath(path, folder)
            targets[target] = TargetFile.from_file(target, path, ["sha256"])
    return targets


class Repository:
    """One that keeps snapshot and timestamp in memory between updates, as ours does."""

    def __init__(self, folder):
        self.folder = folder
        self.signer = CryptoSigner(Ed25519PrivateKey.from_private_bytes(bytes([6] * 32)))
        self.timestamp = self.read("timestamp")
        self.snapshot = self.read(f"{self.timestamp.signed.snapshot_meta.version}.snapshot")
        self.targets = self.read(f"{self.snapshot.signed.meta['targets.json'].version}.targets")

    def read(self, name):
        return Metadata.from_file(os.path.join(self.folder, name + ".json"))

    def write(self, name, metadata):
        metadata.signed.version += 1
        metadata.signed.expires = EXPIRES
        metadata.sign(self.signer)
        data = metadata.to_bytes(COMPACT)
        name = name if name == "timestamp" else f"{metadata.signed.version}.{name}"
        place = os.path.join(self.folder, name + ".json")
        with open(place + ".new", "wb") as file:
            file.write(data)
        os.replace(place + ".new", place)
        return data

    def update(self, paths):
        roles = self.targets.signed.delegations.succinct_roles
        bins = {}
        for path in paths:
            bins.setdefault(roles.get_role_for_target(path), []).append(path)
        meta = self.snapshot.signed.meta
        for name, added in bins.items():
            file = meta[name + ".json"]
            role = self.read(f"{file.version}.{name}")
            self.targets.signed.verify_delegate(name, role.signed_bytes, role.signatures)
            for path in added:
                role.signed.targets[path] = TargetFile.from_data(path, path.encode(), ["sha256", "sha512"])
            self.write(name, role)
            file.version = role.signed.version
        data = self.write("snapshot", self.snapshot)
        version = self.snapshot.signed.version
        pin = MetaFile.from_data(version, data, ["sha256"])
        self.timestamp.signed.snapshot_meta = pin
        self.write("timestamp", self.timestamp)


verb, folder = sys.argv[1:3]
times = []
if verb == "scan":
    start = time.perf_counter()
    scan(folder)
    times.append(time.perf_counter() - start)
else:
    new, rounds = int(sys.argv[3]), int(sys.argv[4])
    repository = Repository(folder)
    for number in range(rounds):
        paths = [f"python/{os.getpid()}-{number}-{at}" for at in range(new)]
        start = time.perf_counter()
        repository.update(paths)
        times.append(time.perf_counter() - start)
print(f"{statistics.median(times) * 1e3:.2f}")

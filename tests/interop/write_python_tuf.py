"""Repositories as python-tuf's metadata API writes them, into the folder named: NAME/0/{metadata,targets}, NAME/wanted.json."""

import datetime
import hashlib
import json
import pathlib
import sys

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    SuccinctRoles,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

EXPIRES = datetime.datetime(2027, 6, 1, tzinfo=datetime.timezone.utc)
CORPUS = pathlib.Path(sys.argv[1])


class Repository:
    """A consistent-snapshot repository whose every role is signed by keys of one kind."""

    def __init__(self, name, signer, algorithms=("sha256",)):
        self.folder = CORPUS / name / "0"
        (self.folder / "metadata").mkdir(parents=True)
        (self.folder / "targets").mkdir()
        self.signers = [signer() for _ in range(3)]
        self.algorithms, self.wanted, self.roles = list(algorithms), {}, {}
        self.targets = Targets(expires=EXPIRES)

    def add(self, role, path, content):
        """Lists a target in a role, and writes its file under each hash."""
        data = content.encode()
        role.targets[path] = TargetFile.from_data(path, data, self.algorithms)
        for algorithm in self.algorithms:
            file = self.folder / "targets" / path
            file = file.with_name(f"{hashlib.new(algorithm, data).hexdigest()}.{file.name}")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        self.wanted[path] = content

    def file(self, name, signed, signers):
        metadata = Metadata(signed)
        for signer in signers:
            metadata.sign(signer, append=True)
        data = metadata.to_bytes(JSONSerializer(compact=name != "1.targets.json"))
        (self.folder / "metadata" / name).write_bytes(data)
        return MetaFile(signed.version, len(data), {"sha256": hashlib.sha256(data).hexdigest()})

    def write(self):
        one = self.signers[0]
        snapshot = Snapshot(expires=EXPIRES)
        for name, role in self.roles.items():
            snapshot.meta[f"{name}.json"] = self.file(f"1.{name}.json", role, [one])
        snapshot.meta["targets.json"] = self.file("1.targets.json", self.targets, [one])
        timestamp = Timestamp(expires=EXPIRES)
        timestamp.snapshot_meta = self.file("1.snapshot.json", snapshot, [one])
        self.file("timestamp.json", timestamp, [one])
        root = Root(expires=EXPIRES, consistent_snapshot=True)
        for signer in self.signers:
            root.add_key(signer.public_key, "root")
        root.roles["root"].threshold = 2
        for role in ("targets", "snapshot", "timestamp"):
            root.add_key(one.public_key, role)
        self.file("1.root.json", root, self.signers[:2])
        (self.folder.parent / "wanted.json").write_text(json.dumps(self.wanted))


def plain(name, signer, algorithms=("sha256",)):
    repository = Repository(name, signer, algorithms)
    repository.add(repository.targets, "a.txt", "a")
    repository.add(repository.targets, "deep/er/b.txt", "b")
    repository.targets.unrecognized_fields["x-note"] = {"é": ["\n"]}
    repository.write()


def below(name, roles=None, succinct=None):
    repository = Repository(name, CryptoSigner.generate_ed25519)
    key = repository.signers[0].public_key
    repository.targets.delegations = delegations = Delegations({key.keyid: key}, roles, succinct)
    for role in list(roles or {}) + list(succinct.get_roles() if succinct else []):
        repository.roles[role] = Targets(expires=EXPIRES)
    for at in range(8):
        path = f"packages/{at}.txt"
        role, _ = next(iter(delegations.get_roles_for_target(path)))
        repository.add(repository.roles[role], path, str(at))
    for role in (roles or {}).values():
        role.keyids = [key.keyid]
    if succinct:
        succinct.keyids = [key.keyid]
    repository.write()


def role(name, **what):
    return DelegatedRole(name, [], 1, True, **what)


plain("python-ed25519", CryptoSigner.generate_ed25519)
plain("python-ecdsa", CryptoSigner.generate_ecdsa)
plain("python-rsa", CryptoSigner.generate_rsa)
plain("python-sha512", CryptoSigner.generate_ed25519, ["sha512"])
plain("python-two-hashes", CryptoSigner.generate_ed25519, ["sha256", "sha512"])
below("python-succinct", succinct=SuccinctRoles([], 1, 3, "bin"))
halves = {"low": "01234567", "high": "89abcdef"}
below("python-prefixes", {name: role(name, path_hash_prefixes=list(half)) for name, half in halves.items()})
below("python-paths", {name: role(name, paths=paths) for name, paths in {"a": ["other/*"], "b": ["packages/*"]}.items()})

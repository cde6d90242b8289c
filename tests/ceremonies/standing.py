"""Where every file of the real ceremonies stands, computed without a line of tuffet: `cryptography` and this page.

The argument is the folder `sigstore` of the real data. Prints the table that tests/data/ceremonies.tsv holds."""

import hashlib
import json
import pathlib
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

# The roots in force before and after a role that is no root was published.
IN_FORCE = {("targets", 5): [4, 5], ("snapshot", 53): [4, 5], ("timestamp", 53): [4, 5], ("targets", 7): [6, 7], ("targets", 12): [12, 13]}


def canonical(value):
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return json.dumps(value)


def public(key):
    text = key["keyval"]["public"]
    if text.startswith("-----BEGIN"):
        return load_pem_public_key(text.encode())
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes.fromhex(text))


def fingerprint(key):
    return hashlib.sha256(public(key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def is_valid(key, signature, payload):
    try:
        public(key).verify(signature, payload, ec.ECDSA(hashes.SHA256()))
        return True
    except InvalidSignature:
        return False


def name(root, keyid):
    return root["keys"][keyid].get("x-tuf-on-ci-keyowner", keyid[:8])


def words(listed):
    return ",".join(listed) or "-"


def rows(path, file, roots):
    """One line a root that is asked."""
    signed, entries = file["signed"], file["signatures"]
    role, payload = signed["_type"], canonical(signed).encode()
    listed = {keyid for root in roots for keyid in root["roles"][role]["keyids"]}
    places = [entry["keyid"][:8] for entry in entries if not entry["sig"]]
    strangers = [entry["keyid"][:8] for entry in entries if entry["sig"] and entry["keyid"] not in listed]
    wrong = set(entry["keyid"] for entry in entries if entry["sig"]) & listed
    lines = []
    for root in roots:
        keyids, have = root["roles"][role]["keyids"], {}
        for entry in entries:
            if entry["sig"] and entry["keyid"] in keyids:
                key = root["keys"][entry["keyid"]]
                if is_valid(key, bytes.fromhex(entry["sig"]), payload):
                    have.setdefault(fingerprint(key), name(root, entry["keyid"]))
                    wrong.discard(entry["keyid"])
        missing = [name(root, keyid) for keyid in keyids if fingerprint(root["keys"][keyid]) not in have]
        whose = "own" if root is signed else f"v{root['version']}"
        count = f"{len(have)}/{root['roles'][role]['threshold']}"
        lines.append([whose, count, words(have.values()), words(missing)])
    entries = [words(places), words(strangers), words(sorted(keyid[:8] for keyid in wrong))]
    return ["\t".join([path, *line, *entries]) for line in lines]


def table(data):
    def published(version):
        return json.loads((data / f"prod/metadata/{version}.root.json").read_bytes())["signed"]

    for path in sorted(data.glob("ceremonies/*/*.json")):
        file = json.loads(path.read_bytes())
        signed = file["signed"]
        role, version = signed["_type"], signed["version"]
        short = path.relative_to(data / "ceremonies").as_posix()
        if role == "root":
            yield from rows(short, file, [signed] + ([published(version - 1)] if version > 1 else []))
        else:
            for root in IN_FORCE.get((role, version), [1]):
                yield from rows(short, file, [published(root)])


print("\t".join(["file", "root", "valid", "signed", "missing", "places", "strangers", "wrong"]))
for line in table(pathlib.Path(sys.argv[1])):
    print(line)

#!/usr/bin/env python3
"""Signs with a key version in Google Cloud KMS, through `gcloud`. The protocol is that of programs.md.

The key's name is the version's, as `gcloud kms keys versions list` prints it; `gcpkms:` or `gcpkms://` may stand before:
program:./gcloud-kms-signer.py?key=gcpkms://projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N
Whoever runs it must have logged in (`gcloud auth login`) and hold roles/cloudkms.signerVerifier on the key.
"""

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

SCHEMA = "tuffet-signer-v1"
NAME = re.compile(
    r"(?:gcpkms:(?://)?)?projects/([^/]+)/locations/([^/]+)/keyRings/([^/]+)/cryptoKeys/([^/]+)/cryptoKeyVersions/([0-9]+)"
)

# The algorithms of KMS whose signatures TUF has a scheme for. PKCS#1 v1.5 keys are not among them.
SCHEMES = {
    "EC_SIGN_P256_SHA256": ("ecdsa-sha2-nistp256", "sha256"),
    "EC_SIGN_P384_SHA384": ("ecdsa-sha2-nistp384", "sha384"),
    "EC_SIGN_ED25519": ("ed25519", None),
    "RSA_SIGN_PSS_2048_SHA256": ("rsassa-pss-sha256", "sha256"),
    "RSA_SIGN_PSS_3072_SHA256": ("rsassa-pss-sha256", "sha256"),
    "RSA_SIGN_PSS_4096_SHA256": ("rsassa-pss-sha256", "sha256"),
    "RSA_SIGN_PSS_4096_SHA512": ("rsassa-pss-sha512", "sha512"),
}


def gcloud(*arguments):
    # A list and no shell: nothing in a name is a command. --quiet: it asks nobody anything.
    ran = subprocess.run(["gcloud", "kms", *arguments, "--quiet"], stdin=subprocess.DEVNULL, capture_output=True)
    if ran.returncode != 0:
        raise RuntimeError("gcloud: " + ran.stderr.decode(errors="replace").strip())
    return ran.stdout


def place(name):
    match = NAME.fullmatch(name)
    if not match:
        raise ValueError("expected projects/P/locations/L/keyRings/R/cryptoKeys/K/cryptoKeyVersions/N")
    project, location, ring, key, version = match.groups()
    where = [f"--key={key}", f"--keyring={ring}", f"--location={location}", f"--project={project}"]
    return version, where


def read(folder, name):
    with open(os.path.join(folder, name), "rb") as file:
        return file.read()


def answer(request, folder):
    if request["schema"] != SCHEMA:
        raise ValueError(f"expected schema {SCHEMA}")
    version, where = place(request["key"])
    if request["request"] == "public":
        told = json.loads(gcloud("keys", "versions", "describe", version, *where, "--format=json"))
        if told["algorithm"] not in SCHEMES:
            raise ValueError(f"TUF has no scheme for {told['algorithm']}")
        gcloud("keys", "versions", "get-public-key", version, *where, f"--output-file={folder}/key.pem")
        return {
            "public_key": read(folder, "key.pem").decode(),
            "scheme": SCHEMES[told["algorithm"]][0],
            "holder": f"Google Cloud KMS, protection level {told.get('protectionLevel', 'unknown')}",
        }
    if request["request"] == "sign":
        payload = base64.b64decode(request["payload"], validate=True)
        if hashlib.sha256(payload).hexdigest() != request["payload_sha256"]:
            raise ValueError("the payload is not the one of payload_sha256")
        with open(f"{folder}/payload", "wb") as file:
            file.write(payload)
        digest = {scheme: digest for scheme, digest in SCHEMES.values()}[request["scheme"]]
        # Without a digest gcloud sends the payload itself: what Ed25519 wants, and at most 64 KiB.
        flags = [f"--digest-algorithm={digest}"] if digest else []
        files = [f"--input-file={folder}/payload", f"--signature-file={folder}/signature"]
        gcloud("asymmetric-sign", f"--version={version}", *where, *flags, *files)
        signature = read(folder, "signature")
        # The reference says the file is base64, the command has written plain bytes: both are taken. Nothing binary
        # of a signature's length is base64 by chance, and tuffet checks what comes out.
        if re.fullmatch(rb"[A-Za-z0-9+/]+={0,2}\s*", signature):
            signature = base64.b64decode(signature)
        return {"signature": base64.b64encode(signature).decode()}
    raise ValueError(f"unknown request {request['request']}")


try:
    with tempfile.TemporaryDirectory() as folder:
        result = answer(json.load(sys.stdin), folder)
except Exception as error:  # whatever it is, the person who signs wants to read it
    result = {"error": f"{type(error).__name__}: {error}"}
print(json.dumps({"schema": SCHEMA, **result}))

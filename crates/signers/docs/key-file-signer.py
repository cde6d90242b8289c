#!/usr/bin/env python3
"""Signs with an unencrypted private key in PEM: for tests, and to show the protocol of programs.md.

The key's name is its path: program:./key-file-signer.py?key=/path/to/key.pem
"""

import base64
import hashlib
import json
import sys

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa

SCHEMA = "tuffet-signer-v1"


def schemes(key):
    """The schemes the key can sign with, the usual one first."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return ["ed25519"]
    if isinstance(key, ec.EllipticCurvePrivateKey):
        curves = {"secp256r1": "ecdsa-sha2-nistp256", "secp384r1": "ecdsa-sha2-nistp384"}
        return [curves[key.curve.name]] if key.curve.name in curves else []
    if isinstance(key, rsa.RSAPrivateKey):
        return ["rsassa-pss-sha256", "rsassa-pss-sha384", "rsassa-pss-sha512"]
    return []


def sign(key, scheme, payload):
    digest = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}.get(scheme[-3:])
    if scheme == "ed25519":
        return key.sign(payload)
    if scheme.startswith("ecdsa-"):
        return key.sign(payload, ec.ECDSA(digest))  # DER already
    return key.sign(payload, padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH), digest)


def answer(request):
    if request["schema"] != SCHEMA:
        raise ValueError(f"expected schema {SCHEMA}")
    with open(request["key"], "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None)
    if request["request"] == "public":
        if not schemes(key):
            raise ValueError("the key is of a kind TUF has no scheme for")
        pem = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {"public_key": pem.decode(), "scheme": schemes(key)[0], "holder": "an open file on this machine"}
    if request["request"] == "sign":
        payload = base64.b64decode(request["payload"], validate=True)
        if hashlib.sha256(payload).hexdigest() != request["payload_sha256"]:
            raise ValueError("the payload is not the one of payload_sha256")
        if request["scheme"] not in schemes(key):
            raise ValueError(f"the key cannot sign {request['scheme']}")
        return {"signature": base64.b64encode(sign(key, request["scheme"], payload)).decode()}
    raise ValueError(f"unknown request {request['request']}")


try:
    result = answer(json.load(sys.stdin))
except Exception as error:  # whatever it is, the person who signs wants to read it
    result = {"error": f"{type(error).__name__}: {error}"}
print(json.dumps({"schema": SCHEMA, **result}))

// A repository as @tufjs/models writes it, into the folder named as second argument. The first argument is the folder
// tuf-js was installed into, with its models.
import { createRequire } from "node:module";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const [installed, corpus] = process.argv.slice(2);
const require = createRequire(path.join(installed, "node_modules", "tuf-js", "package.json"));
const models = require("@tufjs/models");
const { Delegations } = require(path.join(installed, "node_modules/@tufjs/models/dist/delegations.js"));
const { DelegatedRole, Role } = require(path.join(installed, "node_modules/@tufjs/models/dist/role.js"));
const { canonicalize } = require("@tufjs/canonical-json");

const expires = "2027-06-01T00:00:00Z";
const sha256 = (data) => crypto.createHash("sha256").update(data).digest("hex");

function pair(type) {
  const made =
    type === "ed25519" ? crypto.generateKeyPairSync(type) : crypto.generateKeyPairSync("ec", { namedCurve: "P-256" });
  const raw = made.publicKey.export({ format: "der", type: "spki" }).subarray(-32).toString("hex");
  const pem = made.publicKey.export({ format: "pem", type: "spki" });
  const object =
    type === "ed25519"
      ? { keytype: type, keyval: { public: raw }, scheme: type }
      : { keytype: "ecdsa", keyval: { public: pem }, scheme: "ecdsa-sha2-nistp256" };
  const keyID = sha256(canonicalize(object));
  const sign = (data) => {
    const sig = type === "ed25519" ? crypto.sign(null, data, made.privateKey) : crypto.sign("sha256", data, made.privateKey);
    return new models.Signature({ keyID, sig: sig.toString("hex") });
  };
  return { key: models.Key.fromJSON(keyID, object), sign };
}

function write(name, type) {
  const folder = path.join(corpus, name, "0");
  const keys = [pair(type), pair(type)];
  const file = (file, signed, signers) => {
    const metadata = new models.Metadata(signed);
    signers.forEach((signer) => metadata.sign(signer.sign));
    const data = JSON.stringify(metadata.toJSON());
    fs.mkdirSync(path.join(folder, "metadata"), { recursive: true });
    fs.writeFileSync(path.join(folder, "metadata", file), data);
    return new models.MetaFile({ version: signed.version, length: data.length, hashes: { sha256: sha256(data) } });
  };
  const wanted = { "a.txt": "a", "deep/b.txt": "b", "below/c.txt": "c" };
  const target = (name) => {
    const hashes = { sha256: sha256(wanted[name]) };
    const place = path.join(folder, "targets", path.dirname(name), `${hashes.sha256}.${path.basename(name)}`);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, wanted[name]);
    return new models.TargetFile({ path: name, length: wanted[name].length, hashes });
  };
  const [first] = keys;
  const common = { version: 1, specVersion: "1.0.31", expires };
  const role = new DelegatedRole({
    name: "below", keyIDs: [first.key.keyID], threshold: 1, terminating: true, paths: ["below/*"],
  });
  const delegations = new Delegations({ keys: { [first.key.keyID]: first.key }, roles: { below: role } });
  const targets = new models.Targets({ ...common, delegations });
  targets.addTarget(target("a.txt"));
  targets.addTarget(target("deep/b.txt"));
  const below = new models.Targets(common);
  below.addTarget(target("below/c.txt"));
  const meta = {
    "below.json": file("1.below.json", below, [first]),
    "targets.json": file("1.targets.json", targets, [first]),
  };
  const snapshotMeta = file("1.snapshot.json", new models.Snapshot({ ...common, meta }), [first]);
  file("timestamp.json", new models.Timestamp({ ...common, snapshotMeta }), [first]);
  const all = (keyIDs, threshold) => new Role({ keyIDs, threshold });
  const root = new models.Root({
    ...common,
    consistentSnapshot: true,
    roles: {
      root: all([], 2), targets: all([], 1), snapshot: all([], 1), timestamp: all([], 1),
    },
  });
  keys.forEach(({ key }) => root.addKey(key, "root"));
  ["targets", "snapshot", "timestamp"].forEach((role) => root.addKey(first.key, role));
  file("1.root.json", root, keys);
  fs.writeFileSync(path.join(corpus, name, "wanted.json"), JSON.stringify(wanted));
}

write("tufjs-ed25519", "ed25519");
write("tufjs-ecdsa", "ecdsa");

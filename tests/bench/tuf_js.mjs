// tuf-js, driven as main.rs says. The first argument is the folder it was installed into.
import { createRequire } from "node:module";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";

const require = createRequire(path.join(process.argv[2], "node_modules", "tuf-js", "package.json"));
const { Updater, BaseFetcher } = require("tuf-js");
const { DownloadHTTPError } = require(path.join(process.argv[2], "node_modules/tuf-js/dist/error.js"));
const { canonicalize } = require("@tufjs/canonical-json");

// The files of a directory; a missing one is status 404.
class Files {
  requests = 0;
  read(url) {
    this.requests += 1;
    const file = decodeURIComponent(url.replace("file://", ""));
    if (!fs.existsSync(file)) throw new DownloadHTTPError("not found", 404);
    return file;
  }
  async downloadBytes(url) {
    return fs.readFileSync(this.read(url));
  }
  async downloadFile(url, length, handler) {
    return handler(this.read(url));
  }
}

const large = 2 ** 32;
const config = { maxRootRotations: 4096, snapshotMaxLength: large, targetsMaxLength: large };

function client(repository, cache, pin) {
  const http = repository.startsWith("http");
  const base = http ? repository : "file://" + repository;
  fs.mkdirSync(cache, { recursive: true });
  if (pin) fs.copyFileSync(pin, path.join(cache, "root.json"));
  const fetcher = http ? undefined : new Files();
  const options = { metadataDir: cache, metadataBaseUrl: base, targetDir: cache, targetBaseUrl: base + "/targets" };
  return [new Updater({ ...options, fetcher, config }), fetcher];
}

function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function run(verb, repository, cache, target) {
  const clock = repository.startsWith("http") ? () => performance.now() / 1e3 : cpu;
  if (["cold", "warm", "cached"].includes(verb)) {
    const root = target.endsWith("root.json") ? target : repository + "/1.root.json";
    const start = clock();
    const [updater, fetcher] = client(repository, cache, verb === "cached" ? null : root);
    await updater.refresh();
    return [clock() - start, fetcher?.requests ?? 0];
  }
  if (verb === "find") {
    const [updater, fetcher] = client(repository, cache, null);
    await updater.refresh();
    const before = fetcher.requests;
    const start = clock();
    if (!(await updater.getTargetInfo(target))) throw new Error("not found");
    return [clock() - start, fetcher.requests - before];
  }
  if (verb === "canonical") {
    const value = JSON.parse(fs.readFileSync(repository, "utf8"));
    const start = clock();
    Buffer.from(canonicalize(value));
    return [clock() - start, 0];
  }
  return null;
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const words = line.split(" ").concat(["", "", "", ""]);
  const answer = await run(...words.slice(0, 4));
  console.log(answer === null ? "-" : answer.join(" "));
}

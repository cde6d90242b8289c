// Runs tuf-js over the folder named as second argument: every case in, one JSON object out. The first argument is the
// folder it was installed into.
import { createRequire } from "node:module";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [installed, corpus] = process.argv.slice(2);
const require = createRequire(path.join(installed, "node_modules", "tuf-js", "package.json"));
const { Updater } = require("tuf-js");
const { DownloadHTTPError } = require(path.join(installed, "node_modules/tuf-js/dist/error.js"));

// Reads one state of a case; a missing file is status 404.
class Folder {
  constructor(base) {
    this.base = base;
  }
  read(url) {
    const file = path.join(this.base, decodeURIComponent(url.replace("corpus:/", "")));
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

async function answer(folder, now, pin) {
  const cache = fs.mkdtempSync(path.join(os.tmpdir(), "tuf-js-"));
  try {
    fs.copyFileSync(pin, path.join(cache, "root.json"));
    const updater = new Updater({
      metadataDir: cache,
      metadataBaseUrl: "corpus:/metadata",
      targetDir: cache,
      targetBaseUrl: "corpus:/targets",
      fetcher: new Folder(folder),
    });
    updater.trustedSet.referenceTime = new Date(now);
    await updater.refresh();
    return { refused: null };
  } catch (error) {
    return { refused: `${error.constructor.name}: ${error.message}` };
  } finally {
    fs.rmSync(cache, { recursive: true });
  }
}

const answers = {};
for (const name of fs.readdirSync(corpus).sort()) {
  const folder = path.join(corpus, name);
  const { states } = JSON.parse(fs.readFileSync(path.join(folder, "case.json"), "utf8"));
  const pin = path.join(folder, "0", "metadata", "1.root.json");
  answers[name] = [await answer(path.join(folder, "0"), states[0].now, pin)];
}
console.log(JSON.stringify(answers));

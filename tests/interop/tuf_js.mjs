// Runs tuf-js over the folder named as second argument, as differential/python_tuf.py runs python-tuf. The first
// argument is the folder it was installed into.
import { createRequire } from "node:module";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const [installed, corpus] = process.argv.slice(2);
const require = createRequire(path.join(installed, "node_modules", "tuf-js", "package.json"));
const { Updater } = require("tuf-js");
const { DownloadHTTPError } = require(path.join(installed, "node_modules/tuf-js/dist/error.js"));

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

const said = (error) => `${error.constructor.name}: ${error.message}`;

async function answer(folder, state, pin) {
  const cache = fs.mkdtempSync(path.join(os.tmpdir(), "tuf-js-"));
  const targets = {};
  try {
    fs.copyFileSync(pin, path.join(cache, "root.json"));
    const updater = new Updater({
      metadataDir: cache,
      metadataBaseUrl: "corpus:/metadata",
      targetDir: cache,
      targetBaseUrl: "corpus:/targets",
      fetcher: new Folder(folder),
    });
    updater.trustedSet.referenceTime = new Date(state.now);
    await updater.refresh();
    for (const name of Object.keys(state.expected.targets)) {
      try {
        const found = await updater.getTargetInfo(name);
        if (!found) throw new Error("not listed");
        const file = await updater.downloadTarget(found, path.join(cache, "target"));
        targets[name] = { content: fs.readFileSync(file, "utf8") };
      } catch (error) {
        targets[name] = { refused: said(error) };
      }
    }
    return { refused: null, targets };
  } catch (error) {
    return { refused: said(error), targets };
  } finally {
    fs.rmSync(cache, { recursive: true });
  }
}

const answers = {};
for (const name of fs.readdirSync(corpus).sort()) {
  const folder = path.join(corpus, name);
  const { states } = JSON.parse(fs.readFileSync(path.join(folder, "case.json"), "utf8"));
  const pin = path.join(folder, "0", "metadata", "1.root.json");
  answers[name] = [await answer(path.join(folder, "0"), states[0], pin)];
}
console.log(JSON.stringify(answers));

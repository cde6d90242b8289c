// tuf-js over folders, for the scripts beside the tests: loads it, and reads one state of a case. The argument is the
// folder it was installed into.
import { createRequire } from "node:module";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

// Calls `use` with an updater that starts from `pin` at the time `now`, and with its cache, which is gone afterwards.
export function opener(installed) {
  const require = createRequire(path.join(installed, "node_modules", "tuf-js", "package.json"));
  const { Updater } = require("tuf-js");
  const { DownloadHTTPError } = require(path.join(installed, "node_modules/tuf-js/dist/error.js"));

  // A missing file is status 404.
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

  return async (folder, now, pin, use) => {
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
      return await use(updater, cache);
    } finally {
      fs.rmSync(cache, { recursive: true });
    }
  };
}

export const said = (error) => `${error.constructor.name}: ${error.message}`;

// Answers to every case below `corpus` as one JSON object, `answer` called with a case's folder, first state and pin.
export async function answers(corpus, answer) {
  const all = {};
  for (const name of fs.readdirSync(corpus).sort()) {
    const folder = path.join(corpus, name);
    const { states } = JSON.parse(fs.readFileSync(path.join(folder, "case.json"), "utf8"));
    const pin = path.join(folder, "0", "metadata", "1.root.json");
    all[name] = [await answer(path.join(folder, "0"), states[0], pin)];
  }
  console.log(JSON.stringify(all));
}

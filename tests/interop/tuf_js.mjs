// Runs tuf-js over the folder named as second argument, as differential/python_tuf.py runs python-tuf. The first
// argument is the folder it was installed into.
import fs from "node:fs";
import path from "node:path";
import { answers, opener, said } from "../support/tuf_js.mjs";

const [installed, corpus] = process.argv.slice(2);
const open = opener(installed);

async function answer(folder, state, pin) {
  const targets = {};
  try {
    await open(folder, state.now, pin, async (updater, cache) => {
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
    });
    return { refused: null, targets };
  } catch (error) {
    return { refused: said(error), targets };
  }
}

await answers(corpus, answer);

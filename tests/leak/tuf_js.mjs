// Runs tuf-js over the folder named as second argument: every case in, one JSON object out. The first argument is the
// folder it was installed into.
import { answers, opener, said } from "../support/tuf_js.mjs";

const [installed, corpus] = process.argv.slice(2);
const open = opener(installed);

async function answer(folder, state, pin) {
  try {
    await open(folder, state.now, pin, (updater) => updater.refresh());
    return { refused: null };
  } catch (error) {
    return { refused: said(error) };
  }
}

await answers(corpus, answer);

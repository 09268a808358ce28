// What a server does not have yet of what is asked here: the list that Cardea's testbed keeps (testdata/pending.json).
// Its own tests hold that what is on the list is not there, so nothing stays on it for longer than it must.
import { readFileSync } from "node:fs";

const LIST = new URL("../../testbed/testdata/pending.json", import.meta.url);

/** The list as it is for one server. It is Cardea's: of any other nothing is pending. */
export class Pending {
  #entries;

  constructor(entries) {
    this.#entries = entries;
  }

  static async of(testbed) {
    const { implementation } = await testbed.capabilities();
    return new Pending(implementation === "cardea" ? JSON.parse(readFileSync(LIST, "utf8")) : []);
  }

  /** The feature that options wait for which were refused, if all of them are pending. */
  forOptions(paths) {
    const found = paths.map((path) => this.#entries.find(({ options }) => options?.some((option) => isBelow(path, option))));
    return found.length > 0 && found.every(Boolean) ? found[0].feature : undefined;
  }

  /** The first of these endpoints ("POST /update-user") that is pending. */
  forEndpoints(endpoints = []) {
    return endpoints.find((name) => this.#entries.some(({ endpoint }) => endpoint === name));
  }
}

function isBelow(path, option) {
  return path.startsWith(option) && (path.length === option.length || ".[=".includes(path[option.length]));
}

/** Says that a test has to wait for a feature. */
export class PendingError extends Error {
  constructor(feature) {
    super(`waits for ${feature}`);
    this.name = "PendingError";
  }
}

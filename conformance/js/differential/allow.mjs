// Differences that somebody has decided to keep, with the reason.
//
// allow.json is a list of { scenario, database?, step, title, changes, reason }:
// `changes` are the "-" and "+" lines of the step's hunk, all of them and exactly;
// with `database`, the entry is only for that kind. An entry that a run could have
// used and didn't is stale and reported, so the list shrinks with the differences.
import { readFile } from "node:fs/promises";

export class AllowList {
  #entries;
  #used = new Set();

  constructor(entries) {
    for (const entry of entries) {
      if (!entry.reason) throw new Error(`allow.json: no reason for ${JSON.stringify(entry)}`);
    }
    this.#entries = entries;
  }

  static async load(url) {
    return new AllowList(JSON.parse(await readFile(url, "utf8")));
  }

  /** True if the difference, seen on databases of a kind, is on the list. */
  allows(scenario, kind, { step, title, hunk }) {
    const changes = JSON.stringify(hunk.filter((line) => line[0] !== " "));
    const entry = this.#entries.find(
      (item) =>
        item.scenario === scenario &&
        (item.database ?? kind) === kind &&
        item.step === step &&
        item.title === title &&
        JSON.stringify(item.changes) === changes,
    );
    if (entry) this.#used.add(entry);
    return entry !== undefined;
  }

  /** Entries for the given scenarios and kinds of databases that allowed nothing. */
  stale(scenarios, kinds) {
    return this.#entries.filter(
      (entry) =>
        !this.#used.has(entry) &&
        scenarios.includes(entry.scenario) &&
        (!entry.database || kinds.includes(entry.database)),
    );
  }
}

// Sends the same requests to the reference and to another server, and compares the answers.
//
//     node differential/run.mjs --subject '["./testbed","--listen","127.0.0.1:0"]' \
//         --adapters stdlib,echo --databases memory,sqlite --only cookies
//
// Exit code 1 means that there were differences.
import { readdir } from "node:fs/promises";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { IdentityProviders } from "../lib/idp.mjs";
import { REFERENCE } from "../lib/matrix.mjs";
import { Pending } from "../lib/pending.mjs";
import { Testbed, Unsupported, parseCommand } from "../lib/testbed.mjs";
import { AllowList } from "./allow.mjs";
import { compare } from "./compare.mjs";
import { play } from "./play.mjs";
import { printDifference, printObservations } from "./print.mjs";
import { walks } from "./walks.mjs";

// How far apart the two servers' times may be where their clocks cannot be stopped.
const TOLERANCE = 5_000;

// Scenarios that are played at the same time, if clocks are the instances' own: making databases is mostly waiting.
const AT_ONCE = 4;

const { values: flags } = parseArgs({
  options: {
    reference: { type: "string" }, // a command, JSON or words; default: our own reference
    subject: { type: "string" }, // likewise; default: the reference once more, which must show no difference
    adapters: { type: "string", default: "stdlib" },
    databases: { type: "string", default: "memory" },
    only: { type: "string", default: "" }, // part of a scenario's name
    limit: { type: "string", default: "50" }, // print so many differences and count the rest
    walks: { type: "string", default: "0" }, // so many random scenarios, instead of the written ones
    seed: { type: "string", default: "1" }, // of the first of them
    show: { type: "boolean", default: false }, // print what the reference answers
  },
});

const written = flags.walks === "0";
const scenarios = (written ? await loadScenarios() : walks(Number(flags.walks), Number(flags.seed))).filter(({ name }) => name.includes(flags.only));
if (scenarios.length === 0) throw new Error(`no scenario's name contains ${flags.only}`);

const [reference, subject] = await Promise.all(
  [flags.reference, flags.subject].map((command) => Testbed.start(command ? parseCommand(command) : REFERENCE)),
);
const providers = scenarios.some(({ idp }) => idp) ? await IdentityProviders.start() : undefined;
let failed;
try {
  failed = await run();
} finally {
  await Promise.all([reference.stop(), subject.stop(), providers?.stop()]);
}
process.exitCode = failed ? 1 : 0;

async function run() {
  const started = performance.now();
  const allowed = await AllowList.load(new URL("allow.json", import.meta.url));
  const freezes = await Promise.all([reference, subject].map(canFreeze));
  const freeze = freezes.every(Boolean);
  const playable = scenarios.filter(({ exact }) => freeze || !exact);
  for (const { name } of scenarios.filter((scenario) => !playable.includes(scenario))) {
    console.log(`left out, as the clock cannot be stopped: ${name}`);
  }

  const pending = await Pending.of(subject);
  const waiting = new Map();
  const kinds = words(flags.databases);
  const limit = Number(flags.limit);
  let [steps, differences] = [0, 0];
  for (const kind of kinds) {
    const ofKind = playable.filter((scenario) => isFor(scenario, kind));
    const setup = { kind, freeze, pending };
    const results = await mapAtOnce(ofKind, freeze ? AT_ONCE : 1, (scenario) => playBoth(scenario, setup));
    for (const { name, expected, found, waitsFor } of results) {
      if (waitsFor) {
        waiting.set(name, waitsFor);
        continue;
      }
      if (flags.show) printObservations(kind, name, expected);
      for (const [adapter, differencesFound] of found) {
        steps += expected.length;
        for (const difference of differencesFound) {
          if (allowed.allows(name, kind, difference)) continue;
          if (++differences <= limit) printDifference(`${adapter}/${kind}`, name, difference);
        }
      }
    }
  }

  for (const feature of new Set(waiting.values())) {
    const names = [...waiting.keys()].filter((name) => waiting.get(name) === feature);
    console.log(`${names.length} scenarios wait for ${feature}: ${names.join("; ")}`);
  }
  if (differences > limit) console.log(`\n… and ${differences - limit} more (--limit, --only)`);
  const played = playable.filter((scenario) => !waiting.has(scenario.name) && kinds.some((kind) => isFor(scenario, kind)));
  const stale = allowed.stale(
    played.map(({ name }) => name),
    kinds,
  );
  for (const entry of stale) console.log(`allow.json has an entry that nothing needs: ${JSON.stringify(entry)}`);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${played.length} scenarios, ${steps} steps compared, ${differences} differences, ${seconds} s`);
  return differences > 0 || stale.length > 0;
}

/** Plays a scenario on both sides: what the reference says, and where each of the subject's adapters differs, or what it lacks. */
async function playBoth(scenario, { kind, freeze, pending }) {
  const endpoint = pending.forEndpoints(scenario.needs);
  if (endpoint) return { name: scenario.name, waitsFor: endpoint };
  // The reference has one adapter: its answers serve for all of the subject's.
  const reading = play(reference, scenario, { adapter: "node", kind, freeze, providers });
  const found = [];
  for (const adapter of words(flags.adapters)) {
    const [expected, got] = await both(reading, playSubject(scenario, { adapter, kind, freeze, pending }));
    if (got.waitsFor) return { name: scenario.name, waitsFor: got.waitsFor };
    found.push([adapter, got.unsupported ?? compare(expected, got.observations, freeze ? 0 : TOLERANCE)]);
  }
  return { name: scenario.name, expected: await reading, found };
}

/** What the subject answers, or that it can't be asked: an option that it lacks is a difference, not the end of the run. */
async function playSubject(scenario, { pending, ...setup }) {
  try {
    return { observations: await play(subject, scenario, { ...setup, providers }) };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    const waitsFor = pending.forOptions(error.paths);
    if (waitsFor) return { waitsFor };
    return { unsupported: [{ step: 0, title: "the instance", hunk: [`+${error.message}`] }] };
  }
}

/** Promise.all, but a failure waits for the other one's end: it has a database to remove. */
async function both(...promises) {
  const results = await Promise.allSettled(promises);
  for (const { status, reason } of results) if (status === "rejected") throw reason;
  return results.map(({ value }) => value);
}

/** Maps items with fn, some of them at once; the results keep the items' order. After a failure no item is begun. */
async function mapAtOnce(items, width, fn) {
  const results = [];
  const failures = [];
  const entries = items.entries(); // shared: each worker takes the next one
  const work = async () => {
    for (const [i, item] of entries) {
      if (failures.length > 0) return;
      await fn(item).then(
        (result) => (results[i] = result),
        (error) => failures.push(error),
      );
    }
  };
  // All of them come to their end, so that each removes the database it has made.
  await Promise.all(Array.from({ length: width }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}

/** Whether a scenario is for databases of a kind: for all of them, unless it says for which. */
function isFor({ kinds }, kind) {
  return kinds?.includes(kind) ?? true;
}

/** A testbed whose instances' clocks can be stopped, each for itself, says so among its capabilities. */
async function canFreeze(testbed) {
  const { clock } = await testbed.capabilities();
  return Array.isArray(clock) && clock.includes("freeze");
}

async function loadScenarios() {
  const folder = new URL("requests/", import.meta.url);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".mjs")).sort();
  const lists = await Promise.all(files.map(async (file) => (await import(new URL(file, folder))).default));
  const all = lists.flat();
  const names = new Set();
  for (const { name } of all) {
    if (names.has(name)) throw new Error(`two scenarios are called ${name}`);
    names.add(name);
  }
  return all;
}

function words(text) {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter(Boolean);
}

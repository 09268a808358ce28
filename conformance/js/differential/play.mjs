// Plays a scenario against one testbed and writes down what it observes.
import { freshDatabase } from "../lib/databases.mjs";
import { ISSUER } from "../lib/idp.mjs";
import { Jar } from "../lib/jar.mjs";
import { Unsupported } from "../lib/testbed.mjs";
import { Functions, Storage } from "./functions.mjs";
import { Normalizer } from "./normalize.mjs";
import {
  FAILED,
  observeAsked,
  observeCall,
  observeCallback,
  observeOutbox,
  observeRequests,
  observeResponse,
  observeStored,
} from "./observe.mjs";
import { BASE_URL } from "./steps.mjs";

const SECRET = "differential-secret-0123456789-abcdefghijklmnop";

// Far enough from today that a server that ignores its clock is seen at once.
const START = Date.parse("2026-03-01T12:00:00.000Z");

// Databases that list rows which nobody has sorted by their ids, which are random. The others list them as they came.
const LISTED_BY_ID = ["mysql"];

/**
 * Plays `scenario` on an instance over a fresh database.
 *
 * Resolves to the observations, one per step: { title, lines }. `freeze` tells
 * that the testbed's clock can stand still, which makes times exact. `providers` hosts the identity provider of a
 * scenario that wants one.
 */
export async function play(testbed, scenario, { adapter, kind, freeze, providers }) {
  const clock = { now: START };
  const storage = new Storage(() => clock.now);
  const functions = await Functions.start({ answers: scenario.answers, storage });
  const idp = scenario.idp && (await openProvider(providers, scenario.idp));
  const { database, drop } = await freshDatabase(kind);
  try {
    const instance = await testbed.open(describe(scenario, { adapter, database, functions, idp }));
    try {
      const player = new Player(instance, scenario, { kind, freeze, clock, storage, functions, idp });
      player.normalizer.anyOrder = scenario.anyOrder ?? false;
      return await player.run();
    } finally {
      await instance.close();
    }
  } catch (error) {
    if (error instanceof Unsupported) throw error;
    throw new Error(`${scenario.name} on ${adapter}/${kind}: ${error.message}`, { cause: error });
  } finally {
    functions.close();
    await idp?.close();
    await drop();
  }
}

// Faults that are there from the start spoil what the instance asks while it is set up.
async function openProvider(providers, { faults = [], ...description }) {
  const idp = await providers.open({ issuer: ISSUER, seed: 1, now: START, ...description });
  for (const fault of faults) await idp.fault(fault);
  return idp;
}

function describe({ options = {}, instance = {}, storage }, { adapter, database, functions, idp }) {
  return {
    adapter,
    database,
    passwordHasher: "fast",
    compat: "exact",
    ...(idp && { outbound: idp.url }),
    ...(storage && { secondaryStorage: functions.storage(storage) }),
    ...functions.resolve(instance),
    options: functions.resolve({
      baseURL: BASE_URL,
      secret: SECRET,
      ...options,
      emailAndPassword: { enabled: true, ...options.emailAndPassword },
    }),
  };
}

class Player {
  #instance;
  #steps;
  #listedByID;
  #freeze;
  #clock;
  #storage;
  #functions;
  #seen = 0;
  #seenAtProvider = 0;
  #jars = new Map();

  constructor(instance, { steps, options }, { kind, freeze, clock, storage, functions, idp }) {
    this.#instance = instance;
    this.#steps = steps;
    this.#listedByID = LISTED_BY_ID.includes(kind);
    this.#freeze = freeze;
    this.#clock = clock;
    this.#storage = storage;
    this.#functions = functions;
    this.secret = options?.secret ?? SECRET;
    this.normalizer = new Normalizer({ url: instance.url, start: START, secret: this.secret });
    this.url = instance.url;
    this.captured = {};
    this.idp = idp;
  }

  jar(actor) {
    if (!this.#jars.has(actor)) this.#jars.set(actor, new Jar());
    return this.#jars.get(actor);
  }

  /** The time on the instance's clock, in milliseconds. */
  get now() {
    return this.#clock.now;
  }

  async run() {
    await this.#setClock();
    const observations = [];
    for (const [i, step] of this.#steps.entries()) {
      this.normalizer.beginStep(i + 1);
      let title = `step ${i + 1}`;
      try {
        const concrete = typeof step === "function" ? step(this) : step;
        title = this.normalizer.text(describeStep(concrete));
        this.normalizer.unsorted = this.#listedByID && (concrete.unsorted ?? false);
        observations.push({ title, lines: await this.#play(concrete) });
      } catch (error) {
        // A step that cannot even be played on one side is a difference, and the next ones may still tell more.
        observations.push({ title, lines: [`${FAILED}${this.normalizer.text(String(error.message))}`] });
      }
    }
    return observations;
  }

  async #play(step) {
    switch (step.kind) {
      case "request":
        return this.#request(step);
      case "call":
        return this.#call(step);
      case "outbox": {
        const messages = await this.#instance.outbox(this.#seen);
        this.#seen = messages.at(-1)?.seq ?? this.#seen;
        this.mail = messages.findLast(({ args }) => args[0]?.token)?.args[0] ?? this.mail;
        for (const [name, read] of Object.entries(step.capture ?? {})) this.captured[name] = read(messages);
        return observeOutbox(messages, this);
      }
      case "asked":
        return observeAsked(this.#functions.asked(), this);
      case "stored":
        return observeStored(this.#storage.contents(), this);
      case "provider":
        await step.act(this.idp, this);
        return [];
      case "visit":
        this.back = await this.idp.visit(step.change(this.captured.url), step);
        return observeCallback(this.back, this);
      case "askedOfProvider": {
        const requests = await this.idp.requests({ after: this.#seenAtProvider });
        this.#seenAtProvider = requests.at(-1)?.seq ?? this.#seenAtProvider;
        const unseen = ["discovery", "jwks", "authorize"]; // when documents are fetched is everybody's own business
        return observeRequests(requests.filter(({ endpoint }) => !unseen.includes(endpoint)), this);
      }
      case "clock":
        this.#clock.now += step.advanceMs;
        await this.#setClock();
        return [];
    }
    throw new Error(`unknown kind of step ${step.kind}`);
  }

  // Set, not advanced: what the steps themselves took doesn't add up.
  async #setClock() {
    await this.idp?.clock({ now: this.#clock.now });
    await this.#instance.clock({ now: this.#clock.now, ...(this.#freeze && { freeze: true }) });
  }

  async #request({ method, target, as, headers = {}, body, json, capture, compare }) {
    const cookie = as === undefined ? undefined : this.jar(as).header;
    const all = cookie === undefined ? headers : { ...headers, cookie };
    const response = await this.#instance.request(method, target, { headers: all, body, json });
    if (as !== undefined) this.jar(as).store(response.all("set-cookie"));
    for (const [name, read] of Object.entries(capture ?? {})) this.captured[name] = read(response);
    return observeResponse(response, { compare, secret: this.secret, normalizer: this.normalizer });
  }

  async #call({ operation, input, as }) {
    const cookie = as === undefined ? undefined : this.jar(as).header;
    const headers = as === undefined ? input.headers : { ...input.headers, ...(cookie && { cookie }) };
    const result = await this.#instance.call(operation, { ...input, ...(headers && { headers }) });
    if (as !== undefined) {
      this.jar(as).store(
        result.headers.filter(([name]) => name.toLowerCase() === "set-cookie").map(([, value]) => value),
      );
    }
    return observeCall(result, { secret: this.secret, normalizer: this.normalizer });
  }
}

function describeStep(step) {
  if (step.note) return step.note;
  const who = step.as === undefined ? "" : ` as ${step.as}`;
  switch (step.kind) {
    case "request":
      return `${step.method} ${step.target}${who}${describeInput(step.json ?? step.body)}`;
    case "call":
      return `call ${step.operation}${who}${describeInput(step.input)}`;
    case "asked":
      return "what functions were asked";
    case "stored":
      return "what secondary storage holds";
    case "clock":
      return `the clock moves on ${step.advanceMs} ms`;
  }
  return step.kind;
}

function describeInput(input) {
  if (input === undefined) return "";
  const text =
    typeof input === "string" ? input : Buffer.isBuffer(input) ? input.toString("latin1") : JSON.stringify(input);
  return " " + (text.length > 120 ? `${text.slice(0, 117)}…` : text);
}

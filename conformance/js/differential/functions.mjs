// The functions among a scenario's options, and its secondary storage: an HTTP server that an instance asks.
import { createServer } from "node:http";

/** Marks a place in a scenario's options where a function goes: one of the scenario's `answers`, by name. */
export const asks = (name) => ({ $ask: name });

/** Answers the calls of one instance's functions, and notes them. */
export class Functions {
  #server;
  #answers;
  #storage;
  #asked = [];

  /** `answers` maps names to functions of the arguments; `storage` is a Storage. */
  static async start({ answers = {}, storage }) {
    const functions = new Functions();
    functions.#answers = answers;
    functions.#storage = storage;
    functions.#server = createServer((req, res) => functions.#serve(req, res));
    await new Promise((resolve) => functions.#server.listen(0, "127.0.0.1", resolve));
    return functions;
  }

  #url(name) {
    return `http://127.0.0.1:${this.#server.address().port}/${name}`;
  }

  /** The options with webhooks where they ask for functions. */
  resolve(value) {
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((item) => this.resolve(item));
    if (typeof value.$ask === "string") {
      if (!Object.hasOwn(this.#answers, value.$ask)) throw new Error(`the scenario has no answer for ${value.$ask}`);
      return { $webhook: this.#url(`answers/${value.$ask}`) };
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.resolve(item)]));
  }

  /** The member `secondaryStorage` of a description; with "simple" it lacks the two atomic operations. */
  storage(kind) {
    const operations = ["get", "set", "delete", ...(kind === "simple" ? [] : ["getAndDelete", "increment"])];
    return {
      kind: "webhook",
      ...Object.fromEntries(operations.map((name) => [name, { $webhook: this.#url(`storage/${name}`) }])),
    };
  }

  /** The calls since the last look: [{ name, args }]. */
  asked() {
    return this.#asked.splice(0);
  }

  async #serve(req, res) {
    const chunks = [];
    for await (const chunk of req) chunks.push(chunk);
    const { args } = JSON.parse(Buffer.concat(chunks).toString());
    const [, kind, name] = req.url.split("/");
    let answer;
    if (kind === "storage") {
      answer = { result: this.#storage[name](...args) };
    } else {
      this.#asked.push({ name, args });
      const result = await this.#answers[name](...args);
      answer = result?.$error ? { error: result.$error } : { result };
    }
    res.setHeader("content-type", "application/json");
    res.end(JSON.stringify(answer));
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** A secondary storage whose lifetimes, in seconds, go by the clock `now`. */
export class Storage {
  #entries = new Map();
  #now;

  constructor(now) {
    this.#now = now;
  }

  #live(key) {
    const entry = this.#entries.get(key);
    if (entry && entry.until <= this.#now()) this.#entries.delete(key);
    return this.#entries.get(key);
  }

  get(key) {
    return this.#live(key)?.value ?? null;
  }

  set(key, value, ttl) {
    this.#entries.set(key, { value, until: ttl ? this.#now() + ttl * 1000 : Infinity });
  }

  delete(key) {
    this.#entries.delete(key);
  }

  getAndDelete(key) {
    const value = this.get(key);
    this.#entries.delete(key);
    return value;
  }

  increment(key, ttl) {
    const entry = this.#live(key);
    if (!entry) {
      this.set(key, "1", ttl);
      return 1;
    }
    entry.value = String(Number(entry.value) + 1);
    return Number(entry.value);
  }

  /**
   * What is in it: [{ key, value, ttl }], in an order that does not depend on ids, where it can be: by the keys with
   * their random parts left out, and then as the values came.
   */
  contents() {
    const kind = (key) => key.replace(/[A-Za-z0-9]{24,32}$|(?<=:)[\w-]{43}$/, "…");
    return [...this.#entries.keys()]
      .filter((key) => this.#live(key))
      .map((key) => {
        const { value, until } = this.#entries.get(key);
        return { key, value, ttl: (until - this.#now()) / 1000 };
      })
      .sort((a, b) => (kind(a.key) < kind(b.key) ? -1 : kind(a.key) > kind(b.key) ? 1 : 0));
  }
}

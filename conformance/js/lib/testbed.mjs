// Drives a testbed executable through its control requests.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { RawClient } from "./raw.mjs";

const START_TIMEOUT = 60_000;

/** A running testbed process. */
export class Testbed {
  #child;
  #log = "";
  #http;

  /**
   * Starts `command`, an array of program and arguments, and waits for its control line.
   * What it logs is kept and shown only when something fails.
   */
  static async start(command, { cwd } = {}) {
    const testbed = new Testbed();
    const child = spawn(command[0], command.slice(1), { cwd, stdio: ["pipe", "pipe", "pipe"] });
    testbed.#child = child;
    child.stderr.on("data", (chunk) => (testbed.#log = (testbed.#log + chunk).slice(-16_384)));
    child.stdin.on("error", () => {}); // it may be gone before we close its input
    const control = await new Promise((resolve, reject) => {
      const fail = (reason) => reject(new Error(`${command.join(" ")}: ${reason}\n${testbed.#log}`));
      const timer = setTimeout(() => fail("printed no control line"), START_TIMEOUT);
      child.once("error", (error) => fail(error.message));
      child.once("close", (code, signal) => fail(`ended with ${signal ?? `code ${code}`} before its control line`));
      createInterface({ input: child.stdout }).once("line", (line) => {
        clearTimeout(timer);
        try {
          resolve(JSON.parse(line).control);
        } catch {
          fail(`printed ${line} for a control line`);
        }
      });
    }).catch((error) => {
      child.kill("SIGKILL");
      throw error;
    });
    testbed.#http = new RawClient(control);
    return testbed;
  }

  /** Uses a testbed that somebody else started, and will stop, at a control address. */
  static attach(control) {
    const testbed = new Testbed();
    testbed.#http = new RawClient(control);
    return testbed;
  }

  /** The tail of what the process has logged so far. */
  get log() {
    return this.#log;
  }

  capabilities() {
    return this.control("GET", "/capabilities", undefined, 200);
  }

  /** Opens an instance from its description. Throws Unsupported for an answer of 422. */
  async open(description) {
    const { id, url } = await this.control("POST", "/instances", description, 201);
    return new Instance(this, id, url);
  }

  /** One control request; its answer's JSON if the status is `expected`, else an error. */
  async control(method, path, body, expected) {
    const response = await this.#http.request(method, path, { json: body });
    if (response.status === 422) throw new Unsupported(response.json().unsupported);
    if (response.status !== expected) {
      throw new Error(`${method} ${path}: got ${response.status} ${response.text}, want ${expected}\n${this.#log}`);
    }
    return response.text === "" ? undefined : response.json();
  }

  /** Ends the process the polite way: closes its input, and waits. */
  async stop() {
    this.#http.close();
    if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = new Promise((resolve) => this.#child.once("close", resolve));
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 5_000);
    this.#child.stdin.end();
    await closed;
    clearTimeout(timer);
  }
}

/** An instance of a testbed. `url` is its origin. */
export class Instance {
  #testbed;
  #http;

  constructor(testbed, id, url) {
    this.#testbed = testbed;
    this.#http = new RawClient(url);
    this.id = id;
    this.url = url;
  }

  /** Sends one HTTP request as RawClient.request does, over the instance's own kept-alive connections. */
  request(method, path, options) {
    return this.#http.request(method, path, options);
  }

  /** What recorded callbacks received: [{ seq, callback, args }]. */
  outbox(after = 0) {
    return this.#testbed.control("GET", `/instances/${this.id}/outbox?after=${after}`, undefined, 200);
  }

  /** Moves the clock: { now }, { advanceMs } or { reset }; `freeze` where the testbed has it. */
  clock(move) {
    return this.#testbed.control("POST", `/instances/${this.id}/clock`, move, 204);
  }

  /** Calls an operation in process: { status, headers: [[name, value]], body }. */
  call(operation, input = {}) {
    return this.#testbed.control("POST", `/instances/${this.id}/call`, { operation, input }, 200);
  }

  async close() {
    this.#http.close();
    await this.#testbed.control("DELETE", `/instances/${this.id}`, undefined, 204);
  }
}

/** A testbed cannot build the instance: the paths of what it doesn't implement. */
export class Unsupported extends Error {
  constructor(paths) {
    super(`not supported: ${paths.join(", ")}`);
    this.name = "Unsupported";
    this.paths = paths;
  }
}

/** Reads a command from JSON (`["./testbed","--listen","127.0.0.1:0"]`) or plain words. */
export function parseCommand(text) {
  return text.trimStart().startsWith("[") ? JSON.parse(text) : text.trim().split(/\s+/);
}

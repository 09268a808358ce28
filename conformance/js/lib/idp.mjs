// Drives identity providers of conformance/idp through its command's control requests.
//
//   IDP_CMD       how to start the command: a JSON array, or words (default: go run)
//   IDP_CONTROL   or the control address of one that already runs
import { fileURLToPath } from "node:url";
import { RawClient } from "./raw.mjs";
import { Testbed, parseCommand } from "./testbed.mjs";

const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));
const GO_RUN = ["go", "run", "./conformance/idp/cmd/idp", "--listen", "127.0.0.1:0"];

/** The issuer of a provider whose description says so: it is reached by `outbound` only, and is the same in every run. */
export const ISSUER = "https://idp.example";

/** The process that hosts providers. It starts as a testbed does. */
export class IdentityProviders {
  #process;

  static async start() {
    const providers = new IdentityProviders();
    const { IDP_CONTROL, IDP_CMD } = process.env;
    providers.#process = IDP_CONTROL
      ? Testbed.attach(IDP_CONTROL)
      : await Testbed.start(IDP_CMD ? parseCommand(IDP_CMD) : GO_RUN, { cwd: REPOSITORY });
    return providers;
  }

  /**
   * Opens a provider: `clients`, `users`, `issuer` and the like as in options.go, `seed`, `now`. The client is "app"
   * with CLIENT.secret unless the description has others.
   */
  async open(description = {}) {
    const all = { clients: [CLIENT], ...description };
    const { id, url, issuer } = await this.#process.control("POST", "/providers", all, 201);
    return new IdentityProvider(this.#process, id, url, issuer);
  }

  stop() {
    return this.#process.stop();
  }
}

/** The application's registration at a provider. */
export const CLIENT = { id: "app", secret: "the-secret-of-the-application-0123456789" };

/** A provider. `url` is its origin, `issuer` what it calls itself. */
export class IdentityProvider {
  #process;
  #http;

  constructor(process, id, url, issuer) {
    this.#process = process;
    this.#http = new RawClient(url);
    this.id = id;
    this.url = url;
    this.issuer = issuer;
  }

  #control(method, path, body, expected = 204) {
    return this.#process.control(method, `/providers/${this.id}${path}`, body, expected);
  }

  /** Misbehaves: { endpoint, times, idToken, claims, set, status, … } as in fault.go. */
  fault(fault) {
    return this.#control("POST", "/faults", fault);
  }

  clearFaults() {
    return this.#control("DELETE", "/faults");
  }

  /** Lets go on what a fault with `hold` keeps waiting. */
  release() {
    return this.#control("POST", "/release");
  }

  /** Signs with a new key from now on; the old one leaves the key set if it is to retire. */
  rotate({ retire = false } = {}) {
    return this.#control("POST", "/rotate", { retire });
  }

  /** Moves the clock: { now } or { advanceMs }. It stands still from then on. */
  clock(move) {
    return this.#control("POST", "/clock", move);
  }

  /** Adds a user, or changes the one with the same `sub`. */
  user(user) {
    return this.#control("POST", "/users", user);
  }

  /** An ID token as an app on a phone gets it: { issuer, client, user, nonce, fault }. */
  async idToken({ client = CLIENT.id, ...rest }) {
    return (await this.#control("POST", "/id-token", { client, ...rest }, 200)).token;
  }

  /** What it was asked: [{ seq, endpoint, client, method, url, headers, body }], or of some endpoints only. */
  async requests({ after = 0, endpoints } = {}) {
    const all = await this.#control("GET", `/requests?after=${after}`, undefined, 200);
    return endpoints ? all.filter(({ endpoint }) => endpoints.includes(endpoint)) : all;
  }

  /**
   * Opens an authorization URL in the place of a browser whose user approves, or not: { url, form }, the request that
   * the browser makes then. Throws where the provider shows an error instead.
   */
  async visit(authorizationURL, { user, approve = true }) {
    const response = await this.#http.request("POST", "/", {
      headers: {
        "x-original-url": authorizationURL,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      body: new URLSearchParams({ decision: approve ? "approve" : "cancel", user: user ?? "" }).toString(),
    });
    if (response.status !== 200) throw new Error(`${authorizationURL} answers ${response.status} ${response.text}`);
    return response.json();
  }

  async close() {
    this.#http.close();
    await this.#control("DELETE", "");
  }
}

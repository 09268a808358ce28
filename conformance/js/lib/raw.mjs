// HTTP requests with exactly the bytes that a test wants to send.
//
// fetch() normalizes paths, forbids headers such as Host and Origin, joins
// repeated ones, adds a content type and follows redirects. node:http does none
// of that, and shows repeated response headers one by one.
import { Agent, request as httpRequest } from "node:http";

const TIMEOUT = 30_000;

/** Sends requests to one origin over kept-alive connections. */
export class RawClient {
  #agent = new Agent({ keepAlive: true, maxSockets: 8 });
  #origin;

  constructor(origin) {
    this.#origin = new URL(origin);
  }

  /**
   * Sends one request and reads the whole answer.
   *
   * `path` goes into the request line as it is. `headers` is an object, whose
   * values may be arrays for repeated headers, or a list of [name, value] pairs;
   * nothing is added to them but Host, Connection and the framing of a body.
   * The body is `body` (string or bytes), or `json` (any value) with its content type.
   */
  request(method, path, { headers = {}, body, json } = {}) {
    const lines = Array.isArray(headers) ? headers.map(([name, value]) => [name, value]) : flatten(headers);
    const has = (name) => lines.some(([key]) => key.toLowerCase() === name);
    let payload = body === undefined ? undefined : Buffer.from(body);
    if (json !== undefined) {
      payload = Buffer.from(JSON.stringify(json));
      if (!has("content-type")) lines.push(["content-type", "application/json"]);
    }
    if (!has("host")) lines.unshift(["Host", this.#origin.host]);
    if (!has("content-length") && !has("transfer-encoding")) {
      if (payload !== undefined) lines.push(["content-length", String(payload.length)]);
      else if (method === "POST") lines.push(["content-length", "0"]);
    }
    return this.#send(method, path, lines.flat(), payload);
  }

  #send(method, path, headers, payload) {
    return new Promise((resolve, reject) => {
      const req = httpRequest({
        agent: this.#agent,
        hostname: this.#origin.hostname,
        port: this.#origin.port,
        method,
        path,
        headers,
        timeout: TIMEOUT,
      });
      req.on("timeout", () => req.destroy(new Error(`no answer to ${method} ${path} in ${TIMEOUT} ms`)));
      req.on("error", reject);
      req.on("response", async (res) => {
        try {
          const chunks = [];
          for await (const chunk of res) chunks.push(chunk);
          resolve(new RawResponse(res.statusCode, res.rawHeaders, Buffer.concat(chunks)));
        } catch (error) {
          reject(error);
        }
      });
      req.end(payload);
    });
  }

  /** Closes the kept-alive connections. */
  close() {
    this.#agent.destroy();
  }
}

/** An answer: `status`, `headers` as [lower-case name, value] pairs in wire order, `bytes`. */
export class RawResponse {
  constructor(status, rawHeaders, bytes) {
    this.status = status;
    this.headers = [];
    for (let i = 0; i < rawHeaders.length; i += 2) this.headers.push([rawHeaders[i].toLowerCase(), rawHeaders[i + 1]]);
    this.bytes = bytes;
  }

  get text() {
    return this.bytes.toString("utf8");
  }

  json() {
    return JSON.parse(this.text);
  }

  /** All values of a header, in wire order. */
  all(name) {
    return this.headers.filter(([key]) => key === name).map(([, value]) => value);
  }

  /** The header's first value, or undefined. */
  header(name) {
    return this.all(name)[0];
  }
}

function flatten(headers) {
  return Object.entries(headers).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((item) => [name, item]) : [[name, value]],
  );
}

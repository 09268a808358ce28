// The three JSON forms of a function: $record, $const and $webhook.
import { request as httpRequest } from "node:http";
import { MessageChannel, Worker, receiveMessageOnPort } from "node:worker_threads";
import { APIError } from "better-auth/api";

// better-auth takes the results of these without awaiting them.
const SYNCHRONOUS = /(^|\.)(getTempEmail|getTempName|generateId)$/;

/** True if a value from an instance description stands for a function. */
export function isFunctionForm(value) {
  return value.$record === true || "$const" in value || typeof value.$webhook === "string";
}

/** Makes the function that `form`, the value of the option at `path`, stands for. */
export function makeFunction(form, path, record) {
  if (form.$record) return (...args) => void record(path, toJSONArgs(args));
  if ("$const" in form) return () => form.$const;
  if (SYNCHRONOUS.test(path)) {
    return (...args) => resultOf(postSync(form.$webhook, { args: toJSONArgs(args) }));
  }
  return async (...args) => resultOf(await post(form.$webhook, { args: toJSONArgs(args) }));
}

function resultOf({ result, error }) {
  if (error) {
    throw new APIError(error.status ?? "INTERNAL_SERVER_ERROR", { message: error.message, code: error.code });
  }
  return result;
}

/**
 * Callback arguments as JSON. Functions and better-auth's contexts are left
 * out: a context holds the secret, the adapter and references to itself.
 */
export function toJSONArgs(args) {
  const ancestors = [];
  const kept = args.filter((arg) => typeof arg !== "function" && !isContext(arg));
  const text = JSON.stringify(kept, function (key, value) {
    if (typeof value === "function" || typeof value === "bigint" || isContext(value)) return undefined;
    if (value instanceof Request) {
      return { url: value.url, method: value.method, headers: Object.fromEntries(value.headers) };
    }
    if (value instanceof Headers) return Object.fromEntries(value);
    if (value === null || typeof value !== "object") return value;
    // `this` is the object that holds `value`: what is above it on the way from the root are its ancestors.
    while (ancestors.length > 0 && ancestors.at(-1) !== this) ancestors.pop();
    if (ancestors.includes(value)) return undefined;
    ancestors.push(value);
    return value;
  });
  return JSON.parse(text);
}

function isContext(value) {
  if (value === null || typeof value !== "object") return false;
  return "internalAdapter" in value || (typeof value.context === "object" && typeof value.setCookie === "function");
}

// node:http and not fetch: a test's own webhooks must not take the way that
// `outbound` gives to the instance's requests.
function post(url, body) {
  return new Promise((resolve, reject) => {
    const data = Buffer.from(JSON.stringify(body));
    const headers = { "content-type": "application/json", "content-length": data.length };
    const req = httpRequest(url, { method: "POST", headers }, async (res) => {
      try {
        const chunks = [];
        for await (const chunk of res) chunks.push(chunk);
        resolve(JSON.parse(Buffer.concat(chunks).toString() || "{}"));
      } catch (error) {
        reject(error);
      }
    });
    req.on("error", reject);
    req.end(data);
  });
}

// Blocks this thread while another one posts. The signal is shared memory
// because the event loop, which would deliver a message, is what stands still.
function postSync(url, body) {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(new URL("./sync-post.mjs", import.meta.url), {
    workerData: { url, body, signal, port: port2 },
    transferList: [port2],
  });
  Atomics.wait(signal, 0, 0, 10_000);
  const answer = receiveMessageOnPort(port1)?.message;
  void worker.terminate();
  if (!answer) throw new Error(`no answer from ${url} in 10 s`);
  if (answer.failure) throw new Error(`${url}: ${answer.failure}`);
  return answer.value;
}

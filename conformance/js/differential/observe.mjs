// Answers as lists of lines, one fact per line, ready for a diff.
import { describeSetCookies, describeSigned } from "./cookies.mjs";
import { inOrder } from "./normalize.mjs";

/** What the only line of a step starts with that could not be played. */
export const FAILED = "failed: ";

// Not part of the contract between better-auth and its clients.
const IGNORED_HEADERS = new Set([
  "date", // the machine's clock
  "connection", // hop by hop
  "keep-alive", // hop by hop, and a server's own choice
  "transfer-encoding", // framing: chunked or with a length, the body is the same
  "content-length", // likewise
  "etag", // added by some frameworks; better-auth sets none
]);

// Their values are those of signed cookies.
const SIGNED_HEADERS = new Set(["set-auth-token"]);

// What a server protects its own pages with. How a page looks and what guards it is nobody's contract.
const PAGE_HEADERS = new Set(["content-security-policy", "referrer-policy", "x-content-type-options", "x-frame-options"]);

/** The lines of an HTTP answer. `compare: "status"` leaves all else out. */
export function observeResponse(response, { compare, secret, normalizer }) {
  const lines = [`status: ${response.status}`];
  if (compare === "status") return lines;
  const headers = isPage(response) ? response.headers.filter(([name]) => !PAGE_HEADERS.has(name)) : response.headers;
  lines.push(...observeHeaders(headers, { secret, normalizer }));
  lines.push(...observeBody(response, normalizer));
  return lines;
}

/** The lines of an in-process call's result. */
export function observeCall({ status, headers, body }, { secret, normalizer }) {
  const lower = headers.map(([name, value]) => [name.toLowerCase(), value]);
  return [
    `status: ${status}`,
    ...observeHeaders(lower, { secret, normalizer }),
    ...observeJSON("body", normalizer.arrange(body), normalizer),
  ];
}

/** Arguments without those headers of a request among them that say how it travelled. */
function withoutTransport(args) {
  const isRequest = (arg) => arg !== null && typeof arg === "object" && "method" in arg && "headers" in arg;
  return args.map((arg) => {
    if (!isRequest(arg)) return arg;
    const headers = Object.entries(arg.headers).filter(([name]) => name !== "host" && !IGNORED_HEADERS.has(name));
    return { ...arg, headers: Object.fromEntries(headers) };
  });
}

/** The lines of recorded callbacks. */
export function observeOutbox(messages, { normalizer }) {
  return messages.flatMap(({ callback, args }, i) => [
    `message ${i + 1}: ${callback}`,
    ...observeJSON("args", withoutTransport(args).map(withoutSignatures), normalizer),
  ]);
}

const SIGNATURE = /\.[\w%-]{43,}%3D/g;

// A request among the arguments without the signatures of its cookies, which are looked at where cookies are set.
function withoutSignatures(arg) {
  if (typeof arg?.headers !== "object") return arg;
  const headers = Object.entries(arg.headers);
  return { ...arg, headers: Object.fromEntries(headers.map(([name, value]) => [name, String(value).replace(SIGNATURE, ".<signature>")])) };
}

/** The lines of the calls of functions. */
export function observeAsked(calls, { normalizer }) {
  if (calls.length === 0) return ["nothing"];
  const sorted = calls.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return sorted.flatMap(({ name, args }, i) => [
    `call ${i + 1}: ${name}`,
    ...observeJSON("args", withoutTransport(args).map(inOrder).map((arg) => withoutOwn(name, arg)), normalizer),
  ]);
}

// In which order an app's function finds the members of an object is nobody's contract, nor whether one without a value
// is null or not there; nor is the order of two tables' writes. The id of a row that is about to be made, and the time
// of an update, are not always known to better-auth's hooks.
function withoutOwn(name, arg) {
  if (name.endsWith(".create.before")) return { ...arg, id: undefined };
  if (name.endsWith(".update.before")) return { ...arg, updatedAt: undefined };
  return arg;
}

// Marks by which Cardea's own servers tell each other that a session has ended, so that none of them brings it back.
const OWN_KEYS = /^(ended-session-|void-before:)/;

/** The lines of what secondary storage holds. Others parse the values: the order of members means nothing to them. */
export function observeStored(entries, { normalizer }) {
  const shared = entries.filter(({ key }) => !OWN_KEYS.test(key));
  if (shared.length === 0) return ["nothing"];
  const shown = shared.map((entry) => ({ ...entry, key: normalizer.text(entry.key) }));
  shown.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)); // by what they are, not by random ids
  return shown.flatMap(({ key, value, ttl }) => [
    `key: ${key}`,
    `ttl: ${ttl}`,
    ...observeStoredValue(value, normalizer),
  ]);
}

function observeStoredValue(text, normalizer) {
  try {
    const value = JSON.parse(text);
    const lines = observeJSON("value", inOrder(value), normalizer);
    return JSON.stringify(value) === text ? lines : [...lines, "value: not as JSON.stringify writes it"];
  } catch {
    return [`value: ${normalizer.text(String(text))}`];
  }
}

/** The lines of requests that an identity provider got, with what of them makes a difference to it. */
export function observeRequests(requests, { normalizer }) {
  if (requests.length === 0) return ["nothing"];
  const shown = ["authorization", "accept", "content-type", "user-agent"];
  return requests.flatMap(({ method, url, headers, body }, i) => [
    `request ${i + 1}: ${method} ${normalizer.text(url)}`,
    ...Object.entries(headers)
      .map(([name, values]) => [name.toLowerCase(), values.join(", ")])
      .filter(([name, value]) => shown.includes(name) && !(name === "user-agent" && RUNTIMES.test(value)) && value !== "*/*")
      .sort()
      .map(([name, value]) => `${name}: ${normalizer.text(value)}`),
    ...[...new URLSearchParams(body)].map(([name, value]) => `${name} = ${observeParameter(name, value, normalizer)}`).sort(),
  ]);
}

// What HTTP clients call themselves unless they are told otherwise.
const RUNTIMES = /^(node|undici|Go-http-client.*)$/;

// The verifier is random and of any length; that it fits the challenge, the provider has seen.
function observeParameter(name, value, normalizer) {
  return name === "code_verifier" ? "a verifier" : normalizer.text(value);
}

/** The lines of what a browser brings back from an identity provider. */
export function observeCallback({ url, form }, { normalizer }) {
  const at = new URL(url);
  const params = form ? Object.entries(form).map(([name, [value]]) => [name, value]) : [...at.searchParams];
  return [`${form ? "POST" : "GET"} ${normalizer.text(at.origin + at.pathname)}`, ...params.map(([name, value]) => `${name} = ${normalizer.text(value)}`)];
}

// Names sorted, as their order means nothing; values of one name in their order, which for cookies does.
function observeHeaders(headers, { secret, normalizer }) {
  const names = [...new Set(headers.map(([name]) => name))].filter((name) => !IGNORED_HEADERS.has(name)).sort();
  return names.flatMap((name) => {
    const values = headers.filter(([key]) => key === name).map(([, value]) => value);
    const texts =
      name === "set-cookie"
        ? describeSetCookies(values, { secret, normalizer })
        : values.map((value) => (SIGNED_HEADERS.has(name) ? describeSigned(value, { secret, normalizer }) : normalizer.text(value)));
    return texts.map((text) => `${name}: ${text}`);
  });
}

function isPage(response) {
  return (response.header("content-type") ?? "").startsWith("text/html");
}

function observeBody(response, normalizer) {
  const type = response.header("content-type") ?? "";
  if (response.bytes.length === 0) return ["body: absent"];
  if (isPage(response)) return ["body: a page"];
  if (!type.startsWith("application/json")) return [`body: ${normalizer.text(response.text)}`];
  let value;
  try {
    value = response.json();
  } catch {
    return [`body: not JSON: ${normalizer.text(response.text)}`];
  }
  const lines = observeJSON("body", normalizer.arrange(value), normalizer);
  // Spaces, escapes and number forms are JavaScript's own.
  if (JSON.stringify(value) !== response.text) lines.push("body: not as JSON.stringify writes it");
  return lines;
}

/** One line per leaf, in the order of the text: member order is part of the contract. */
function observeJSON(path, value, normalizer) {
  if (value !== null && typeof value === "object") {
    const members = Array.isArray(value)
      ? value.map((item, i) => [`${path}[${i}]`, item])
      : Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[`${path}.${key}`, item]]));
    if (members.length === 0) return [`${path}: ${Array.isArray(value) ? "[]" : "{}"}`];
    return members.flatMap(([name, item]) => observeJSON(name, item, normalizer));
  }
  if (typeof value === "string") return [`${path}: ${JSON.stringify(normalizer.text(value))}`];
  if (typeof value === "number") return [`${path}: ${normalizer.number(value)}`];
  return [`${path}: ${value}`];
}

// What differs between any two runs, replaced by what must not.
//
// Ids and tokens become numbered placeholders: the same value gets the same
// number everywhere in a scenario, so a token that should be equal in the body
// and in the cookie still has to be. The number is that of the step which showed
// the value first, and its place there: a step that shows more values in one run
// than in the other doesn't shift the numbers of later ones. Times become offsets
// from the scenario's start.

import { createHmac } from "node:crypto";

const ISO_TIME = /\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z/g;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
// Ids and session tokens have 32 characters, tokens to reset a password 24.
const ID = /(?<![A-Za-z0-9])[A-Za-z0-9]{32}(?![A-Za-z0-9])/g;
const TOKEN = /(?<![A-Za-z0-9])[A-Za-z0-9]{24}(?![A-Za-z0-9])/g;
// OAuth's state and nonce.
const STATE = /(?<![\w-])[\w-]{32}(?![\w-])/g;
const HASH = /(?<![\w-])[\w-]{43}(?![\w-])/g;
// A second factor: challenges, devices, the secret of an authenticator app; and texts that are nothing but a code.
const CHALLENGE = /2fa-(?!otp-|attempts-)[\w-]{20}(?![\w-])/g;
const DEVICE = /trust-device-[\w-]{32}(?![\w-])/g;
const APP_SECRET = /(?<=[?&]secret=)[A-Z2-7]{52}(?![A-Z2-7])/g;
const BACKUP_CODE = /^[A-Za-z0-9]{5}-[A-Za-z0-9]{5}$/;
const SENT_CODE = /^[0-9]{6}(?=$|:[0-9]$)/;
const JWT = /(?<![\w-])(eyJ[\w-]+)\.(eyJ[\w-]+)\.([\w-]{43,}|(?![\w-]))(?![\w-])/g;

export class Normalizer {
  #names = new Map();
  #step = 0;
  #shown = 0;
  #glancing = false;
  #url;
  #start;
  #secret;

  /** `url` is the instance's own origin, `start` the scenario's first moment in ms, `secret` what signs tokens. */
  constructor({ url, start, secret = "" }) {
    this.#url = url;
    this.#start = start;
    this.#secret = secret;
  }

  /** Says that what comes now belongs to the step with this number. */
  beginStep(number) {
    this.#step = number;
    this.#shown = 0;
  }

  text(value) {
    return value
      .replaceAll(this.#url, "<url>")
      .replaceAll(new URL(this.#url).host, "<host>")
      .replace(JWT, (_, header, claims, signature) => this.#jwt(header, claims, signature))
      .replace(ISO_TIME, (time) => this.#offset(Date.parse(time)))
      .replace(UUID, (id) => this.#name("uuid", id))
      .replace(CHALLENGE, (id) => this.#name("challenge", id))
      .replace(DEVICE, (id) => this.#name("device", id))
      .replace(APP_SECRET, (secret) => this.#name("app secret", secret))
      .replace(BACKUP_CODE, (code) => this.#name("backup code", code))
      .replace(SENT_CODE, (code) => this.#name("sent code", code))
      .replace(HASH, (hash) => this.#name("hash", hash))
      .replace(STATE, (state) => this.#name("id", state))
      .replace(ID, (id) => this.#name("id", id))
      .replace(TOKEN, (token) => this.#name("token", token));
  }

  /** What a token says, and whether the secret signed it. */
  #jwt(header, claims, signature) {
    return `<jwt ${this.#segment(header)} ${this.#segment(claims)} ${this.#signature(header, claims, signature)}>`;
  }

  // Tokens of 43 characters' signature are the server's own; the others come from identity providers.
  #signature(header, claims, signature) {
    if (signature.length !== 43) return `signed with ${signature.length} characters`;
    const own = createHmac("sha256", this.#secret).update(`${header}.${claims}`).digest("base64url");
    return signature === own ? "signed" : "wrongly signed";
  }

  /** What a segment of a JWT says. That its signature is right, whoever takes the token finds out. */
  #segment(text) {
    return JSON.stringify(JSON.parse(Buffer.from(text, "base64url").toString()), (_, item) => {
      if (typeof item === "number") return this.number(item);
      return typeof item === "string" ? this.text(item) : item;
    });
  }

  /** Numbers that are times in seconds or milliseconds are near the scenario's start. */
  number(value) {
    const year = 366 * 86_400_000;
    if (Number.isInteger(value)) {
      if (Math.abs(value - this.#start) < year) return this.#offset(value, "ms");
      if (Math.abs(value * 1000 - this.#start) < year) return this.#offset(value * 1000, "s");
    }
    return String(value);
  }

  /** Whether arrange() sorts: for a scenario in which the order of members depends on how a row was made. */
  anyOrder = false;

  /** Whether arrange() sorts lists of objects: for an answer whose lists have no order of their own. */
  unsorted = false;

  /** A value of JSON as it is, or inOrder(), or with its lists sorted. */
  arrange(value) {
    const arranged = this.anyOrder ? inOrder(value) : value;
    return this.unsorted ? this.#sorted(arranged) : arranged;
  }

  // By what the objects show, which is the same in any two runs but for ids that come up here for the first time.
  #sorted(value) {
    if (value === null || typeof value !== "object") return value;
    if (!Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#sorted(item)]));
    }
    const items = value.map((item) => this.#sorted(item));
    if (!items.every((item) => item !== null && typeof item === "object")) return items;
    const keyed = items.map((item) => ({ item, key: this.#glance(JSON.stringify(item)) }));
    return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ item }) => item);
  }

  /** text(), but what it shows for the first time gets no number yet. */
  #glance(value) {
    this.#glancing = true;
    try {
      return this.text(value);
    } finally {
      this.#glancing = false;
    }
  }

  #offset(ms, unit = "iso") {
    return `<time ${unit} ${ms - this.#start}>`;
  }

  #name(kind, value) {
    if (this.#glancing && !this.#names.has(value)) return `<${kind}>`;
    if (!this.#names.has(value)) this.#names.set(value, `<${kind} ${this.#step}.${++this.#shown}>`);
    return this.#names.get(value);
  }
}

/** A value of JSON with the members of objects sorted, and without those that are null. */
export function inOrder(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const members = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, inOrder(item)]));
}

const TIME = /<time (\w+) (-?\d+)>/g;

/** True if two normalized lines say the same, with times at most `tolerance` ms apart. */
export function sameLine(a, b, tolerance) {
  if (a === b) return true;
  if (tolerance === 0 || a.replace(TIME, "<$1>") !== b.replace(TIME, "<$1>")) return false;
  const times = (line) => [...line.matchAll(TIME)].map((match) => Number(match[2]));
  const others = times(b);
  return times(a).every((time, i) => Math.abs(time - others[i]) <= tolerance);
}

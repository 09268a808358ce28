// What a Set-Cookie line says, in a form that two runs can be compared by.
import { createDecipheriv, createHash, createHmac, hkdfSync } from "node:crypto";
import { parseSetCookie } from "../lib/jar.mjs";

// A value that is too long for one cookie is spread over more: session_data.0, session_data.1 and so on.
const CHUNK = /^(.*)\.(\d+)$/;

/** The lines of Set-Cookie headers in their order; the value of chunks is shown with the last of them. */
export function describeSetCookies(lines, context) {
  const cookies = lines.map(parseSetCookie);
  const piecesOf = (name) =>
    cookies
      .filter((c) => c.value !== "" && CHUNK.exec(c.name)?.[1] === name)
      .sort((a, b) => Number(CHUNK.exec(a.name)[2]) - Number(CHUNK.exec(b.name)[2]));
  return lines.map((line, i) => {
    const { name, value, attributes } = cookies[i];
    const [, whole] = CHUNK.exec(name) ?? [];
    if (whole === undefined || value === "") return describeSetCookie(line, context);
    const pieces = piecesOf(whole);
    const parts = attributes.map(([key, v]) => (v === undefined ? key : `${key}=${v}`));
    const joined = pieces.map((piece) => piece.value).join("");
    const isLast = cookies.findLastIndex((c) => pieces.includes(c)) === i;
    const shown = isLast ? `, together ${describeValue(joined, { ...context, cookie: whole })}` : "";
    return [`${context.normalizer.text(name)} = ${value.length} characters${shown}`, ...parts].join("; ");
  });
}

/** One normalized line per cookie: name, kind and content of the value, attributes in their order. */
export function describeSetCookie(line, { secret, normalizer }) {
  const { name, value, attributes } = parseSetCookie(line);
  const parts = attributes.map(([key, v]) => (v === undefined ? key : `${key}=${v}`));
  return [`${normalizer.text(name)} = ${describeValue(value, { secret, normalizer, cookie: name })}`, ...parts].join("; ");
}

/** What a value is that is signed like a cookie's, but not encoded. */
export function describeSigned(value, context) {
  return describeValue(encodeURIComponent(value), context);
}

function describeValue(raw, { secret, normalizer, cookie }) {
  if (raw === "") return "empty";
  let value;
  try {
    value = decodeURIComponent(raw);
  } catch {
    return `undecodable(${normalizer.text(raw)})`;
  }
  const encoded = encodeURIComponent(value) === raw ? "" : " not encoded as encodeURIComponent does";

  const dot = value.lastIndexOf(".");
  const signature = value.slice(dot + 1);
  if (dot > 0 && /^[A-Za-z0-9+/]{43}=$/.test(signature)) {
    const payload = value.slice(0, dot);
    const kind = signature === sign(payload, secret) ? "signed" : "wrongly signed";
    return `${kind}(${normalizer.text(payload)})${encoded}`;
  }
  return describeToken(value, { secret, normalizer, cookie }) + encoded;
}

/** The signature that better-auth appends to a cookie's value (contract: formats.md §3.3). */
export const sign = (value, secret) => createHmac("sha256", secret).update(value).digest("base64");

// Cookie caches: compact ones are one base64url segment of JSON, JWTs three segments, JWEs five.
function describeToken(value, { secret, normalizer, cookie }) {
  const segments = value.split(".");
  const json = segments.map(decodeJSON);
  if (segments.length === 1 && json[0] !== undefined) return `json(${flatten(json[0], normalizer)})`;
  if (segments.length === 3 && json[0] && json[1]) {
    return `jwt(${flatten(json[0], normalizer)} ${flatten(json[1], normalizer)})`;
  }
  if (segments.length === 5 && json[0]) {
    const claims = open(segments, secret, cookie.includes("account_data") ? "better-auth-account" : "better-auth-session");
    return `jwe(${flatten(json[0], normalizer)} ${claims ? flatten(claims, normalizer) : "that does not open"})`;
  }
  // Encrypted with a nonce: what can be compared is how much there is.
  if (cookie.endsWith("oauth_state")) return `encrypted(${value.length} characters)`;
  return `plain(${shorten(normalizer.text(value))})`;
}

/** The claims of a JWE (dir, A256CBC-HS512; contract: formats.md §5), or undefined if it is not one of this secret's. */
function open([header, , iv, ciphertext, tag], secret, salt) {
  const key = Buffer.from(hkdfSync("sha256", secret, salt, "BetterAuth.js Generated Encryption Key", 64));
  const bytes = (segment) => Buffer.from(segment, "base64url");
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(header.length * 8));
  const mac = createHmac("sha512", key.subarray(0, 32))
    .update(Buffer.concat([Buffer.from(header), bytes(iv), bytes(ciphertext), length]))
    .digest();
  if (!mac.subarray(0, 32).equals(bytes(tag))) return undefined;
  const decipher = createDecipheriv("aes-256-cbc", key.subarray(32), bytes(iv));
  return JSON.parse(Buffer.concat([decipher.update(bytes(ciphertext)), decipher.final()]).toString());
}

function decodeJSON(segment) {
  if (!/^[\w-]{2,}$/.test(segment)) return undefined;
  try {
    const value = JSON.parse(Buffer.from(segment, "base64url").toString());
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

// Signatures inside depend on times and ids, and are covered by the tests that present the cookie.
function flatten(value, normalizer) {
  return JSON.stringify(normalizer.arrange(value), (key, item) => {
    if (key === "signature" || key === "jti") return `<${key}>`;
    if (typeof item === "number") return normalizer.number(item);
    return typeof item === "string" ? shorten(normalizer.text(item)) : item;
  });
}

const shorten = (text) =>
  text.length <= 200 ? text : `${text.slice(0, 40)}… ${text.length} characters, ${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;

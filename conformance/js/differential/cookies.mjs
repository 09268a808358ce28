// What a Set-Cookie line says, in a form that two runs can be compared by.
import { createHmac } from "node:crypto";
import { parseSetCookie } from "../lib/jar.mjs";

/** One normalized line per cookie: name, kind and content of the value, attributes in their order. */
export function describeSetCookie(line, { secret, normalizer }) {
  const { name, value, attributes } = parseSetCookie(line);
  const parts = attributes.map(([key, v]) => (v === undefined ? key : `${key}=${v}`));
  return [`${normalizer.text(name)} = ${describeValue(value, { secret, normalizer })}`, ...parts].join("; ");
}

function describeValue(raw, { secret, normalizer }) {
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
  return describeToken(value, normalizer) + encoded;
}

/** The signature that better-auth appends to a cookie's value (contract: formats.md §3.3). */
export const sign = (value, secret) => createHmac("sha256", secret).update(value).digest("base64");

// Cookie caches: compact ones are one base64url segment of JSON, JWTs three segments, JWEs five.
function describeToken(value, normalizer) {
  const segments = value.split(".");
  const json = segments.map(decodeJSON);
  if (segments.length === 1 && json[0] !== undefined) return `json(${flatten(json[0], normalizer)})`;
  if (segments.length === 3 && json[0] && json[1]) {
    return `jwt(${flatten(json[0], normalizer)} ${flatten(json[1], normalizer)})`;
  }
  if (segments.length === 5 && json[0]) return `jwe(${flatten(json[0], normalizer)})`;
  return `plain(${normalizer.text(value)})`;
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
  return JSON.stringify(value, (key, item) => {
    if (key === "signature" || key === "jti") return `<${key}>`;
    if (typeof item === "number") return normalizer.number(item);
    return typeof item === "string" ? normalizer.text(item) : item;
  });
}

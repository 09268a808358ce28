// From the JSON of an instance description to the values that better-auth takes.
import { isFunctionForm, makeFunction } from "./callbacks.mjs";

/**
 * Revives an option value. `path` is the option's dotted path, by which the
 * outbox names its callbacks; `record(path, args)` puts a call into the outbox.
 */
export function revive(value, path, record) {
  if (value === "Infinity") return Infinity;
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item, i) => revive(item, `${path}[${i}]`, record));
  if (typeof value.$regexp === "string") return new RegExp(value.$regexp, value.flags);
  if (isFunctionForm(value)) return makeFunction(value, path, record);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, revive(item, path ? `${path}.${key}` : key, record)]),
  );
}

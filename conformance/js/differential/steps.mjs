// The vocabulary of scenarios.
//
// A scenario is { name, options?, instance?, exact?, anyOrder?, kinds?, answers?, storage?, needs?, steps }. `options` are
// better-auth options on top of the defaults in play.mjs; `instance` holds other
// members of an instance description. With `exact`, the scenario depends on a
// clock that stands still and is left out where a testbed's clock can't. With
// `anyOrder`, the order of members in JSON does not count, nor whether one is null
// or not there: of a session that is in no table both depend on how it was made. `kinds`
// are the databases that it is for: making one for each of many takes its time,
// and what is not about the database is the same on all of them. Where the
// options say asks("name"), `answers.name` is called with the function's arguments;
// it returns the result, or { $error: { status, code, message } }. With `storage`
// ("full", or "simple" without the atomic operations) the instance has a secondary
// storage that stored() looks into. `needs` names the endpoints without an option
// of their own that a server may not have yet. With `idp`, the description of an
// identity provider (lib/idp.mjs; `faults` has it from the start), whatever the instance asks of the outside world
// goes to such a provider, with the scenario's clock and codes that are the same in every run.
//
// A step is one of the values below, or a function of the state that returns
// one. The state has: url, the instance's origin; now, its clock's time; jar(actor); captured, by name;
// secret, which signs cookies; mail, the last message with a token in it that an
// outbox step has shown: { user, url, token }; idp, the identity provider; back, what the
// last visit there has brought: { url, form }.

/** The origin that instances believe to have, unless their options say otherwise. */
export const BASE_URL = "http://localhost:3000";

const BASE_PATH = "/api/auth";

/**
 * One request, sent exactly as given: `path` is below the base path, `target`
 * the whole request target. `as` names an actor, whose cookies are sent and
 * kept. `capture` maps names to functions of the response. `compare` limits
 * what is compared to "status". With `unsorted`, nobody has asked for an order of the lists in the answer: on MySQL,
 * where it depends on random ids then, it does not count.
 */
export function send(method, path, { target, ...rest } = {}) {
  return { kind: "request", method, target: target ?? BASE_PATH + path, ...rest };
}

export const get = (path, options) => send("GET", path, options);

/** A POST of JSON from a page of our own origin; a header given as undefined is left out. */
export function post(path, json, { headers, ...rest } = {}) {
  const all = Object.entries({ origin: BASE_URL, ...headers }).filter(([, value]) => value !== undefined);
  return send("POST", path, { json, headers: Object.fromEntries(all), ...rest });
}

/** A POST of any bytes with any content type from a page of our own origin. */
export function postRaw(path, body, contentType = "application/json", { headers, ...rest } = {}) {
  return send("POST", path, {
    body,
    headers: { ...(contentType !== null && { "content-type": contentType }), origin: BASE_URL, ...headers },
    ...rest,
  });
}

/** An operation in process; `as` adds that actor's cookies to the input's headers. */
export const call = (operation, input = {}, rest = {}) => ({ kind: "call", operation, input, ...rest });

/** Moves the clock on. */
export const advance = (ms) => ({ kind: "clock", advanceMs: ms });

/** Looks at what the recorded callbacks received since the last look; `capture` maps names to functions of the messages. */
export const outbox = ({ capture } = {}) => ({ kind: "outbox", capture });

/** Looks at what functions have been asked since the last look. */
export const asked = () => ({ kind: "asked" });

/** Looks at what secondary storage holds now: keys, values, lifetimes. */
export const stored = () => ({ kind: "stored" });

/** Does something to the identity provider: `act` gets it and the state. */
export const atProvider = (note, act) => ({ kind: "provider", note, act });

/** Makes the identity provider misbehave, once unless `times` says otherwise. */
export const fault = (description) =>
  atProvider(`the provider's fault: ${JSON.stringify(description)}`, (idp) => idp.fault({ times: 1, ...description }));

/**
 * Opens the authorization URL that a step has captured as `url` in the place of a browser: the `user` with this subject
 * approves, or nobody. `change` is a function of the URL, to take another one.
 */
export const visit = (user, { approve = user !== undefined, change = (url) => url } = {}) => ({
  kind: "visit",
  note: `${user ?? "nobody"} ${approve ? "approves" : "does not approve"} at the provider`,
  user,
  approve,
  change,
});

/** Looks at what the identity provider was asked since the last look, of documents and keys nothing. */
export const askedOfProvider = () => ({ kind: "askedOfProvider", note: "what the provider was asked" });

export { asks } from "./functions.mjs";

export const SECOND = 1_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const PASSWORD = "password1234";

/** Somebody's credentials by first name. */
export const person = (name, fields = {}) => ({
  name,
  email: `${name.toLowerCase()}@example.com`,
  password: PASSWORD,
  ...fields,
});

export const signUp = (name, { fields, ...rest } = {}) =>
  post("/sign-up/email", person(name, fields), { as: name, ...rest });

export const signIn = (name, { fields, ...rest } = {}) => {
  const { email, password } = person(name);
  return post("/sign-in/email", { email, password, ...fields }, { as: name, ...rest });
};

export const getSession = (name, query = "", rest = {}) => get(`/get-session${query}`, { as: name, ...rest });

// Steps of signing in with identity providers, for the scenarios that are about it.
import { CLIENT, ISSUER } from "../lib/idp.mjs";
import { BASE_URL, atProvider, get, post, visit } from "./steps.mjs";

/** People at the provider: "ann" and "bob" with a verified address, "carl" with one that is not, "dora" without any. */
export const USERS = [
  { sub: "ann", name: "Ann Lee", email: "ann@example.com", emailVerified: true, picture: "https://img.example/ann.png", id: 1001 },
  { sub: "bob", name: "Bob Ray", email: "bob@example.com", emailVerified: true, id: 1002 },
  { sub: "carl", name: "Carl Orr", email: "carl@example.com", emailVerified: false, id: 1003 },
  { sub: "dora", name: "Dora Fay", id: 1004 },
];

const credentials = { clientId: CLIENT.id, clientSecret: CLIENT.secret };

/** The provider under names of better-auth's own, all with the one registration. */
export const KNOWN = { google: credentials, github: credentials, apple: credentials };

/** The provider as one of the plugin generic-oauth. */
export const generic = (fields = {}) => ({
  providerId: "acme",
  ...credentials,
  discoveryUrl: `${ISSUER}/.well-known/openid-configuration`,
  scopes: ["email"],
  ...fields,
});

/**
 * A scenario with these providers and people; members given replace these. With `acme`, which may be the options of
 * further ones, there is a provider of the plugin generic-oauth too.
 */
export const social = (name, { options, instance, idp, acme, ...rest }) => ({
  name: `social: ${name}`,
  kinds: ["memory"],
  options: { socialProviders: KNOWN, ...options },
  instance: { ...(acme && { plugins: [{ id: "generic-oauth", options: { config: acme === true ? [generic()] : acme } }] }), ...instance },
  idp: { users: USERS, ...idp },
  ...rest,
});

/** A scenario for each of the providers. `make` returns the members that depend on which. */
export const each = (name, make, providers = ["google", "github", "apple", "acme"]) =>
  providers.map((provider) => social(`${name} (${provider})`, { acme: provider === "acme", ...make(provider) }));

const capture = { url: (response) => (response.text === "" ? undefined : response.json().url) };

/** Asks for an authorization URL; `fields` are further members of the body. */
export const start = (actor, provider, fields = {}) =>
  post("/sign-in/social", { provider, callbackURL: "/home", ...fields }, { as: actor, capture });

/** The same, to link an account to the one that is signed in. */
export const startLink = (actor, provider, fields = {}) =>
  post("/link-social", { provider, callbackURL: "/settings", ...fields }, { as: actor, capture });

/**
 * The request with which a browser comes back from the provider. `change` may alter its parameters, URLSearchParams;
 * `path` goes to another callback. A form comes from the provider's page, hence without cookies.
 */
export const comeBack = (actor, { change = () => {}, path, headers } = {}) =>
  ({ back }) => {
      const url = new URL(back.url);
      const params = back.form ? new URLSearchParams(Object.entries(back.form).map(([key, [value]]) => [key, value])) : url.searchParams;
      change(params);
      const target = path ? `/api/auth${path}` : url.pathname;
      if (!back.form) return get("", { target: `${target}?${params}`, as: actor, headers, note: `${actor ?? "nobody"} comes back` });
      return {
        kind: "request",
        method: "POST",
        target,
        headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://appleid.apple.com", ...headers },
        body: params.toString(),
        capture: { location: (response) => response.header("location") },
        note: `${actor} comes back with a form`,
      };
  };

/** The request that follows a form: the cookies are there now. */
export const follow = (actor) => ({ captured }) => {
  const { pathname, search } = new URL(captured.location, BASE_URL);
  return get("", { target: pathname + search, as: actor, note: `${actor} follows` });
};

/** The whole way: to the provider, whose `user` approves, and back. */
export const signInWith = (actor, provider, user, fields = {}) => [start(actor, provider, fields), visit(user), ...returning(actor, provider)];

/** The same to link. */
export const linkWith = (actor, provider, user, fields = {}) => [startLink(actor, provider, fields), visit(user), ...returning(actor, provider)];

const returning = (actor, provider) => (provider === "apple" ? [comeBack(actor), follow(actor)] : [comeBack(actor)]);

/** The accounts of who is signed in; their row ids are kept as `accounts`, by provider. */
export const listAccounts = (actor) =>
  get("/list-accounts", {
    as: actor,
    capture: { accounts: (response) => Object.fromEntries(response.json().map(({ providerId, id }) => [providerId, id])) },
  });

/** Signs in with an ID token of a provider's own SDK: { issuer, user, nonce, fault }; `fields` are further ones of the body. */
export const signInNatively = (actor, provider, token, { idToken, ...fields } = {}) => [
  atProvider(`an app gets an ID token: ${JSON.stringify(token)}`, async (idp, state) => (state.token = await idp.idToken(token))),
  ({ token: value }) =>
    post(
      "/sign-in/social",
      { provider, idToken: { token: value, ...(token.nonce && { nonce: token.nonce }), ...idToken }, ...fields },
      { as: actor, note: `${actor} signs in with it` },
    ),
];

/** The same to link. */
export const linkNatively = (actor, provider, token, { idToken, ...fields } = {}) => {
  const [get, signIn] = signInNatively(actor, provider, token, { idToken, ...fields });
  return [get, (state) => ({ ...signIn(state), target: "/api/auth/link-social", note: `${actor} links with it` })];
};

export const GOOGLE = "https://accounts.google.com";
export const APPLE = "https://appleid.apple.com";

/** The ways in which ID tokens are spoiled, as conformance/idp names them; "opaque" ones are no JWTs at all. */
export const ID_TOKEN_FAULTS = [
  "wrong-issuer", "wrong-audience", "more-audiences", "foreign-azp", "expired", "not-yet-valid", "from-tomorrow", "old",
  "no-issuer", "no-audience", "no-exp", "no-iat", "no-sub", "empty-sub", "no-nonce", "wrong-nonce",
  "other-key", "unknown-kid", "no-kid", "embedded-key", "key-url", "alg-none", "hs256-public-key", "hs256-secret", "hs256-empty",
  "access-token", "tampered", "no-signature", "opaque",
];

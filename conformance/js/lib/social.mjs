// Signing in with identity providers, for scenarios: the servers' options, and the way there and back.
import { after, before } from "node:test";
import { CLIENT, IdentityProviders } from "./idp.mjs";
import { Jar } from "./jar.mjs";

export const ANN = { sub: "ann", name: "Ann Lee", email: "ann@example.com", emailVerified: true, id: 1001 };
export const EVE = { sub: "eve", name: "Eve Poe", email: "eve@example.com", emailVerified: true, id: 1002 };

const credentials = { clientId: CLIENT.id, clientSecret: CLIENT.secret };

/** Starts the process that hosts providers, and stops it after the file's tests; returns a function that opens one for a test. */
export function useProviders() {
  let providers;
  before(async () => (providers = await IdentityProviders.start()));
  after(() => providers?.stop());
  return async (t, description) => {
    const idp = await providers.open({ users: [ANN, EVE], ...description });
    t.after(() => idp.close());
    return idp;
  };
}

/** The members of a description whose instance knows the provider as Google, GitHub and Apple. */
export const withKnown = (idp, { options, ...rest } = {}) => ({
  outbound: idp.url,
  ...rest,
  options: { socialProviders: { google: credentials, github: credentials, apple: credentials }, ...options },
});

/** The members of a description whose instance knows it as "acme" by its discovery document; `fields` are the plugin's for it. */
export const withGeneric = (idp, { fields, ...rest } = {}) => ({
  outbound: idp.url,
  ...rest,
  plugins: [
    {
      id: "generic-oauth",
      options: {
        config: [{ providerId: "acme", ...credentials, discoveryUrl: `${idp.issuer}/.well-known/openid-configuration`, scopes: ["email"], ...fields }],
      },
    },
  ],
});

/** The members of a description whose instance knows the provider by this name. */
export const withProvider = (idp, provider, rest) => (provider === "acme" ? withGeneric(idp, rest) : withKnown(idp, rest));

/** A browser without a page: cookies, and requests that follow no redirects. */
export class Browser {
  #instance;

  constructor(instance, jar = new Jar()) {
    this.#instance = instance;
    this.jar = jar;
  }

  async #request(method, path, { headers, ...options } = {}) {
    const cookie = this.jar.header;
    const response = await this.#instance.request(method, path, { headers: { ...headers, ...(cookie && { cookie }) }, ...options });
    this.jar.store(response.all("set-cookie"));
    return response;
  }

  /** A POST of JSON from a page of the instance's own. */
  post(path, json) {
    return this.#request("POST", `/api/auth${path}`, { json, headers: { origin: this.#instance.url } });
  }

  get(path) {
    return this.#request("GET", `/api/auth${path}`);
  }

  /** The authorization URL for signing in, or for linking with `path`. */
  async start(provider, { path = "/sign-in/social", ...fields } = {}) {
    const response = await this.post(path, { provider, callbackURL: "/home", errorCallbackURL: "/sorry", ...fields });
    if (response.status !== 200) throw new Error(`${path} answers ${response.status} ${response.text}`);
    return response.json().url;
  }

  /** Goes to where the provider sends it, { url, form }, and says where it ends: the Location. `change` alters the parameters. */
  async comeBack({ url, form }, change = () => {}) {
    const at = new URL(url);
    if (form) {
      // The page that posts is the provider's: no cookies of ours go with it.
      const body = new URLSearchParams(Object.entries(form).map(([name, [value]]) => [name, value]));
      change(body);
      const response = await this.#instance.request("POST", at.pathname, {
        headers: { "content-type": "application/x-www-form-urlencoded", origin: "https://appleid.apple.com" },
        body: body.toString(),
      });
      const next = new URL(response.header("location"), this.#instance.url);
      return (await this.#request("GET", next.pathname + next.search)).header("location");
    }
    change(at.searchParams);
    return (await this.#request("GET", at.pathname + at.search)).header("location");
  }

  /** The whole way, as a person of the provider: where it ends. */
  async signIn(idp, provider, user, fields) {
    return this.comeBack(await idp.visit(await this.start(provider, fields), { user }));
  }

  /** Whose session it has: the user, or null. */
  async user() {
    return (await this.get("/get-session")).json()?.user ?? null;
  }
}

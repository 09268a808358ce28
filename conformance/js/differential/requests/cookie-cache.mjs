// Sessions that are read from their own cookie.
import { DAY, HOUR, PASSWORD, SECOND, advance, call, getSession, post, send, signIn, signUp } from "../steps.mjs";

const MINUTE = 60 * SECOND;
const DATA = "better-auth.session_data";

const me = (as) => send("GET", "", { target: "/me", as, compare: "status" });
const copy = (from, to) => (state) => {
  for (const name of state.jar(from).names) state.jar(to).set(name, state.jar(from).get(name).value);
  return advance(0);
};
/** Gives an actor's cache cookie another value. */
const spoil = (as, change, name = DATA) => (state) => {
  state.jar(as).set(name, change(state.jar(as).get(name).value));
  return advance(0);
};
const drop = (as, name) => (state) => {
  state.jar(as).delete(name);
  return advance(0);
};

const cached = (strategy, more = {}) => ({ session: { cookieCache: { enabled: true, strategy, ...more } } });

const everyStrategy = ["compact", "jwt", "jwe"].flatMap((strategy) => [
  {
    name: `cookie cache: ${strategy}, from sign-up to sign-out`,
    exact: true,
    options: cached(strategy),
    steps: [
      signUp("Ann", { headers: { "user-agent": "UA/1.0", "x-forwarded-for": "203.0.113.7" } }),
      getSession("Ann"),
      advance(4 * MINUTE),
      getSession("Ann"),
      getSession("Ann", "?disableCookieCache=true"),
      advance(2 * MINUTE),
      getSession("Ann"),
      advance(5 * MINUTE - 1),
      getSession("Ann"),
      advance(1),
      getSession("Ann"),
      advance(1),
      getSession("Ann"),
      me("Ann"),
      call("getSession", {}, { as: "Ann" }),
      signIn("Ann"),
      getSession("Ann"),
      post("/sign-out", {}, { as: "Ann" }),
      getSession("Ann"),
    ],
  },
  {
    name: `cookie cache: ${strategy}, not remembered`,
    exact: true,
    options: cached(strategy),
    steps: [
      signUp("Ann", { fields: { rememberMe: false } }),
      getSession("Ann"),
      advance(6 * MINUTE),
      getSession("Ann"),
      getSession("Ann", "?disableCookieCache=true"),
      advance(DAY),
      getSession("Ann"),
      getSession("Ann"),
    ],
  },
  {
    name: `cookie cache: ${strategy}, a session that ended elsewhere`,
    exact: true,
    options: cached(strategy),
    steps: [
      signUp("Ann"),
      copy("Ann", "Thief"),
      post("/sign-out", {}, { as: "Ann" }),
      getSession("Thief"),
      getSession("Thief", "?disableCookieCache=true"),
      getSession("Thief"),
    ],
  },
  {
    name: `cookie cache: ${strategy}, past its time`,
    exact: true,
    options: cached(strategy),
    steps: [
      signUp("Ann"),
      copy("Ann", "Thief"),
      post("/sign-out", {}, { as: "Ann" }),
      advance(5 * MINUTE + 20 * SECOND),
      getSession("Thief"),
    ],
  },
  {
    name: `cookie cache: ${strategy}, cookies that are no cache`,
    exact: true,
    options: cached(strategy),
    steps: [
      signUp("Ann"),
      spoil("Ann", () => "rubbish"),
      getSession("Ann"),
      getSession("Ann"),
      spoil("Ann", (value) => value.slice(0, -4) + (value.endsWith("AAAA") ? "BBBB" : "AAAA")),
      getSession("Ann"),
      spoil("Ann", () => ""),
      getSession("Ann"),
      drop("Ann", DATA),
      getSession("Ann"),
      drop("Ann", "better-auth.session_token"),
      getSession("Ann"),
      signUp("Bob"),
      // Bob's cache beside Ann's session.
      (state) => {
        state.jar("Ann").set("better-auth.session_token", state.jar("Bob").get("better-auth.session_token").value);
        return getSession("Ann");
      },
    ],
  },
  {
    name: `cookie cache: ${strategy}, prolonging a session`,
    exact: true,
    options: {
      session: { expiresIn: 3600, updateAge: 600, cookieCache: { enabled: true, strategy, maxAge: 60 } },
    },
    steps: [
      signUp("Ann"),
      advance(59 * SECOND),
      getSession("Ann"),
      advance(10 * MINUTE),
      getSession("Ann"),
      getSession("Ann"),
      advance(30 * SECOND),
      getSession("Ann", "?disableRefresh=true"),
      advance(40 * SECOND),
      getSession("Ann", "?disableRefresh=true"),
      advance(2 * HOUR),
      getSession("Ann"),
    ],
  },
  {
    name: `cookie cache: ${strategy}, versions`,
    exact: true,
    options: cached(strategy, { version: "7" }),
    steps: [signUp("Ann"), getSession("Ann"), getSession("Ann", "?disableCookieCache=true")],
  },
  {
    name: `cookie cache: ${strategy}, other names and places`,
    exact: true,
    options: {
      baseURL: "https://app.example.com",
      ...cached(strategy, { maxAge: 30 }),
      advanced: {
        cookiePrefix: "my-app",
        crossSubDomainCookies: { enabled: true },
        cookies: { session_data: { name: "cache", attributes: { sameSite: "strict", path: "/app" } } },
      },
    },
    steps: [
      signUp("Ann", { headers: { origin: "https://app.example.com" } }),
      getSession("Ann"),
      advance(31 * SECOND),
      getSession("Ann"),
      post("/sign-out", {}, { as: "Ann", headers: { origin: "https://app.example.com" } }),
    ],
  },
  {
    name: `cookie cache: ${strategy}, too large for one cookie`,
    exact: true,
    options: {
      ...cached(strategy),
      user: { additionalFields: { bio: { type: "string", required: false } } },
    },
    steps: [
      signUp("Ann", { fields: { bio: "lorem ipsum ".repeat(400) } }),
      getSession("Ann"),
      advance(6 * MINUTE),
      getSession("Ann"),
      spoil("Ann", () => "rubbish", `${DATA}.1`),
      getSession("Ann"),
      drop("Ann", `${DATA}.0`),
      getSession("Ann"),
      post("/sign-out", {}, { as: "Ann" }),
      getSession("Ann"),
    ],
  },
  {
    name: `cookie cache: ${strategy}, deferred refresh`,
    exact: true,
    options: {
      session: { expiresIn: 3600, updateAge: 600, deferSessionRefresh: true, cookieCache: { enabled: true, strategy, maxAge: 60 } },
    },
    steps: [
      signUp("Ann"),
      getSession("Ann"),
      advance(11 * MINUTE),
      getSession("Ann"),
      getSession("Ann"),
      post("/get-session", {}, { as: "Ann" }),
      getSession("Ann"),
    ],
  },
]);

const scenarios = [
  ...everyStrategy,
  {
    name: "cookie cache: off by name",
    options: { session: { cookieCache: { enabled: false, maxAge: 60 } } },
    steps: [signUp("Ann"), getSession("Ann"), post("/sign-out", {}, { as: "Ann" })],
  },
  {
    name: "cookie cache: the default strategy",
    exact: true,
    options: { session: { cookieCache: { enabled: true } } },
    steps: [signUp("Ann"), getSession("Ann")],
  },
  {
    name: "cookie cache: longer than the session",
    exact: true,
    options: { session: { expiresIn: 60, cookieCache: { enabled: true, maxAge: 600 } } },
    steps: [signUp("Ann"), getSession("Ann"), advance(59 * SECOND), getSession("Ann", "?disableRefresh=true"), advance(2 * SECOND), getSession("Ann"), me("Ann")],
  },
  {
    name: "cookie cache: endpoints that look at the store",
    exact: true,
    options: cached("compact"),
    steps: [
      signUp("Ann"),
      copy("Ann", "Thief"),
      post("/sign-out", {}, { as: "Ann" }),
      getSession("Thief"),
      post("/change-password", { currentPassword: PASSWORD, newPassword: "password12345" }, { as: "Thief" }),
      post("/revoke-sessions", {}, { as: "Thief" }),
    ],
  },
  {
    name: "cookie cache: revoking",
    exact: true,
    options: cached("compact"),
    steps: [
      signUp("Ann"),
      signIn("Ann"),
      copy("Ann", "Other"),
      signIn("Ann"),
      post("/revoke-other-sessions", {}, { as: "Ann" }),
      getSession("Other"),
      getSession("Other", "?disableCookieCache=true"),
      post("/revoke-sessions", {}, { as: "Ann" }),
      getSession("Ann"),
    ],
  },
  {
    name: "cookie cache: what update-user and update-session leave in it",
    exact: true,
    options: {
      ...cached("compact"),
      session: { additionalFields: { device: { type: "string", required: false } }, cookieCache: { enabled: true } },
    },
    needs: ["POST /update-user", "POST /update-session"],
    anyOrder: true, // better-auth writes back what it has read from the old copy, in that copy's order
    steps: [
      signUp("Ann"),
      advance(SECOND),
      post("/update-user", { name: "Ann B" }, { as: "Ann" }),
      getSession("Ann"),
      advance(SECOND),
      post("/update-session", { device: "phone" }, { as: "Ann" }),
      getSession("Ann"),
    ],
  },
];

export default scenarios.map((scenario) => ({ kinds: ["memory"], ...scenario }));

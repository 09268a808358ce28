// Options of sessions, origins and paths that no other file is about.
import {
  BASE_URL, DAY, HOUR, PASSWORD, SECOND, advance, asked, asks, call, get, getSession, outbox, post, signIn, signUp,
} from "../steps.mjs";

const from = (origin) => ({ headers: { origin } });
const revoke = (as, rest) => post("/revoke-other-sessions", {}, { as, ...rest });

const scenarios = [
  {
    name: "settings: deferred refresh",
    exact: true,
    options: { session: { deferSessionRefresh: true, expiresIn: 1000, updateAge: 100 } },
    steps: [
      signUp("Ann"),
      getSession("Ann"),
      post("/get-session", {}, { as: "Ann" }),
      advance(100 * SECOND - 1),
      getSession("Ann"),
      advance(1),
      getSession("Ann"),
      advance(1),
      getSession("Ann"),
      getSession("Ann", "?disableRefresh=true"),
      call("getSession", {}, { as: "Ann" }),
      post("/get-session", {}, { as: "Ann" }),
      getSession("Ann"),
      post("/get-session", {}, { as: "Ann" }),
      signUp("Bob", { fields: { rememberMe: false } }),
      advance(200 * SECOND),
      getSession("Bob"),
      post("/get-session", {}, { as: "Bob" }),
      post("/get-session", {}),
      post("/get-session", {}, { as: "Ann", headers: { origin: "https://evil.example" } }),
      post("/get-session?disableRefresh=true", {}, { as: "Ann" }),
      advance(2 * HOUR),
      getSession("Ann"),
      post("/get-session", {}, { as: "Bob" }),
    ],
  },
  {
    name: "settings: deferred refresh without refreshing",
    exact: true,
    options: { session: { deferSessionRefresh: true, disableSessionRefresh: true } },
    steps: [signUp("Ann"), advance(2 * DAY), getSession("Ann"), post("/get-session", {}, { as: "Ann" })],
  },
  {
    name: "settings: freshAge to the millisecond",
    exact: true,
    options: { session: { freshAge: 60 } },
    steps: [
      signUp("Ann"),
      signIn("Ann", { as: "Phone" }),
      advance(60 * SECOND - 1),
      get("/list-sessions", { as: "Ann" }),
      revoke("Ann"),
      advance(1),
      get("/list-sessions", { as: "Ann" }),
      advance(1),
      get("/list-sessions", { as: "Ann" }),
      revoke("Ann"),
      get("/list-accounts", { as: "Ann" }),
      post("/change-password", { currentPassword: PASSWORD, newPassword: "password12345" }, { as: "Ann" }),
      getSession("Ann"),
    ],
  },
  {
    name: "settings: freshAge 0",
    exact: true,
    options: { session: { freshAge: 0 } },
    steps: [signUp("Ann"), advance(6 * DAY), get("/list-sessions", { as: "Ann" })],
  },
  {
    name: "settings: prolonging does not make fresh",
    exact: true,
    options: { session: { freshAge: 3600, updateAge: 60 } },
    steps: [signUp("Ann"), advance(2 * HOUR), getSession("Ann"), get("/list-sessions", { as: "Ann" })],
  },
  {
    name: "settings: when a session is prolonged",
    exact: true,
    options: { session: { expiresIn: 1000, updateAge: 400 } },
    steps: [
      signUp("Ann"),
      ...[399_999, 1, 1, 399_998, 1, 1].flatMap((ms) => [advance(ms), getSession("Ann")]),
      advance(999_999),
      getSession("Ann"),
      advance(1_000_000),
      getSession("Ann"),
    ],
  },
  {
    name: "settings: updateAge beyond expiresIn",
    exact: true,
    options: { session: { expiresIn: 100, updateAge: 200 } },
    steps: [signUp("Ann"), advance(SECOND), getSession("Ann"), advance(98 * SECOND), getSession("Ann"), advance(10 * SECOND), getSession("Ann")],
  },
  {
    name: "settings: paths that are off",
    options: { disabledPaths: ["/get-session", "/sign-out", "/list-sessions"] },
    steps: [
      signUp("Ann"),
      getSession("Ann"),
      post("/sign-out", {}, { as: "Ann" }),
      get("/list-sessions", { as: "Ann" }),
      get("/list-sessions/", { as: "Ann" }),
      call("listSessions", {}, { as: "Ann" }),
    ],
  },
  {
    name: "settings: trusted origins from a function",
    options: { trustedOrigins: asks("origins") },
    answers: {
      origins: (request) => (request?.headers?.["x-tenant"] ? [`https://${request.headers["x-tenant"]}.example`] : ["https://always.example"]),
    },
    steps: [
      signUp("Ann"),
      revoke("Ann", from(BASE_URL)),
      revoke("Ann", from("https://always.example")),
      revoke("Ann", from("https://evil.example")),
      revoke("Ann", { headers: { origin: "https://one.example", "x-tenant": "one" } }),
      revoke("Ann", { headers: { origin: "https://one.example", "x-tenant": "two" } }),
      signIn("Ann", { fields: { callbackURL: "https://always.example/x" } }),
      signIn("Ann", { fields: { callbackURL: "https://evil.example/x" } }),
    ],
  },
  {
    name: "settings: trusted origins from a function that has none",
    options: { trustedOrigins: { $const: [] } },
    steps: [signUp("Ann"), revoke("Ann"), revoke("Ann", from("https://evil.example"))],
  },
  {
    name: "settings: cookies for a domain of its own",
    options: {
      baseURL: "https://auth.example.com",
      advanced: { crossSubDomainCookies: { enabled: true, domain: ".example.com" } },
    },
    steps: [
      signUp("Ann", { ...from("https://auth.example.com"), fields: { rememberMe: false } }),
      getSession("Ann"),
      post("/sign-out", {}, { as: "Ann", ...from("https://auth.example.com") }),
    ],
  },
  ...["plain", "hashed", { default: "plain", overrides: { "reset-password:": "hashed" } }].map((storeIdentifier) => ({
    name: `settings: identifiers of verification values ${JSON.stringify(storeIdentifier)}`,
    exact: true,
    options: { emailAndPassword: { sendResetPassword: { $record: true } }, verification: { storeIdentifier }, databaseHooks: { verification: { create: { after: asks("created") }, delete: { after: asks("deleted") } } } },
    answers: { created: () => undefined, deleted: () => undefined },
    needs: ["POST /request-password-reset", "POST /reset-password"],
    steps: [
      signUp("Ann"),
      post("/request-password-reset", { email: "ann@example.com", redirectTo: "/reset" }),
      asked(),
      outbox({ capture: { token: (messages) => messages.at(-1).args[0].token } }),
      ({ captured }) => get(`/reset-password/${captured.token}?callbackURL=/reset`, { note: "the link" }),
      ({ captured }) => post("/reset-password", { token: captured.token, newPassword: "password12345" }),
      asked(),
      ({ captured }) => post("/reset-password", { token: captured.token, newPassword: "password12345" }),
      signIn("Ann", { fields: { password: "password12345" } }),
    ],
  })),
];

export default scenarios.map((scenario) => ({ kinds: ["memory"], ...scenario }));

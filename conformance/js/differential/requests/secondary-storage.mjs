// Sessions and verification values in secondary storage: what is answered, and what lies there under which key, for how long.
import {
  DAY, HOUR, PASSWORD, SECOND, advance, call, get, getSession, outbox, post, send, signIn, signUp, stored,
} from "../steps.mjs";

const me = (as) => send("GET", "", { target: "/me", as, compare: "status" });
const keep = (as, name = as) => (state) => {
  state.captured[name] = state.jar(as).header;
  return advance(0);
};
const withKept = (name, path = "/get-session") => ({ captured }) =>
  get(path, { headers: { cookie: captured[name] }, note: `GET ${path} with ${name}'s cookies` });
const tokenOf = (response) => response.json().token;

const modes = [
  ["storage alone", {}],
  ["storage and database", { storeSessionInDatabase: true }],
  ["storage and database, rows stay", { storeSessionInDatabase: true, preserveSessionInDatabase: true }],
];

const everyMode = modes.flatMap(([mode, session]) => [
  {
    name: `secondary storage: ${mode}, sessions from sign-up to sign-out`,
    exact: true,
    storage: "full",
    options: { session },
    steps: [
      signUp("Ann", { headers: { "user-agent": "UA/1.0", "x-forwarded-for": "203.0.113.7" } }),
      stored(),
      getSession("Ann"),
      me("Ann"),
      advance(HOUR),
      signIn("Ann", { as: "Phone" }),
      stored(),
      get("/list-sessions", { as: "Ann" }),
      advance(2 * DAY),
      getSession("Ann"),
      stored(),
      keep("Ann"),
      post("/sign-out", {}, { as: "Ann" }),
      stored(),
      withKept("Ann"),
      get("/list-sessions", { as: "Phone" }),
      post("/sign-out", {}, { as: "Phone" }),
      stored(),
    ],
  },
  {
    name: `secondary storage: ${mode}, not remembered`,
    exact: true,
    storage: "full",
    options: { session },
    steps: [
      signUp("Ann", { fields: { rememberMe: false } }),
      stored(),
      advance(DAY - 10 * SECOND),
      getSession("Ann"),
      stored(),
      advance(20 * SECOND),
      getSession("Ann"),
      stored(),
    ],
  },
  {
    name: `secondary storage: ${mode}, expiry`,
    exact: true,
    storage: "full",
    options: { session: { ...session, expiresIn: 60, disableSessionRefresh: true } },
    steps: [
      signUp("Ann"),
      advance(30 * SECOND),
      signIn("Ann", { as: "Phone" }),
      stored(),
      advance(29 * SECOND),
      getSession("Ann"),
      advance(2 * SECOND),
      getSession("Ann"),
      stored(),
      get("/list-sessions", { as: "Phone" }),
      signIn("Ann", { as: "Desk" }),
      stored(),
      advance(61 * SECOND),
      me("Phone"),
      stored(),
    ],
  },
  {
    name: `secondary storage: ${mode}, revoking one`,
    exact: true,
    storage: "full",
    options: { session },
    steps: [
      signUp("Ann"),
      signIn("Ann", { as: "Phone", capture: { phone: tokenOf } }),
      signIn("Ann", { as: "Desk" }),
      signUp("Bob", { capture: { bob: tokenOf } }),
      ({ captured }) => post("/revoke-session", { token: captured.phone }, { as: "Ann" }),
      stored(),
      ({ captured }) => post("/revoke-session", { token: captured.bob }, { as: "Ann" }),
      getSession("Bob"),
      getSession("Phone"),
      get("/list-sessions", { as: "Ann" }),
    ],
  },
  {
    name: `secondary storage: ${mode}, revoking the others and all`,
    exact: true,
    storage: "full",
    options: { session },
    steps: [
      signUp("Ann"),
      signIn("Ann", { as: "Phone" }), // one: of more, better-auth removes all at once, and the list keeps one by chance
      post("/revoke-other-sessions", {}, { as: "Ann" }),
      stored(),
      getSession("Phone"),
      getSession("Ann"),
      signIn("Ann", { as: "Phone" }),
      post("/revoke-sessions", {}, { as: "Ann" }),
      stored(),
      getSession("Phone"),
      getSession("Ann"),
    ],
  },
  {
    name: `secondary storage: ${mode}, a new password`,
    exact: true,
    storage: "full",
    options: { session },
    steps: [
      signUp("Ann"),
      signIn("Ann", { as: "Phone" }),
      post("/change-password", { currentPassword: PASSWORD, newPassword: "password12345", revokeOtherSessions: true }, { as: "Ann" }),
      stored(),
      getSession("Phone"),
      getSession("Ann"),
    ],
  },
  {
    name: `secondary storage: ${mode}, another name`,
    exact: true,
    storage: "full",
    options: { session },
    needs: ["POST /update-user"],
    steps: [
      signUp("Ann"),
      signIn("Ann", { as: "Phone" }),
      advance(SECOND),
      post("/update-user", { name: "Ann B", image: "https://img.example/a.png" }, { as: "Ann" }),
      stored(),
      getSession("Phone"),
    ],
  },
  {
    name: `secondary storage: ${mode}, fields of the session`,
    exact: true,
    storage: "full",
    options: { session: { ...session, additionalFields: { device: { type: "string", required: false } } } },
    needs: ["POST /update-session"],
    steps: [
      signUp("Ann"),
      advance(SECOND),
      post("/update-session", { device: "phone" }, { as: "Ann" }),
      stored(),
      getSession("Ann"),
    ],
  },
  {
    name: `secondary storage: ${mode}, without atomic operations`,
    exact: true,
    storage: "simple",
    options: { session },
    steps: [
      signUp("Ann"),
      signIn("Ann", { as: "Phone" }),
      advance(2 * DAY),
      getSession("Ann"),
      stored(),
      get("/list-sessions", { as: "Ann" }),
      post("/revoke-sessions", {}, { as: "Ann" }),
      stored(),
    ],
  },
  {
    name: `secondary storage: ${mode}, with a cookie cache and deferred refresh`,
    exact: true,
    storage: "full",
    options: { session: { ...session, deferSessionRefresh: true, cookieCache: { enabled: true } } },
    steps: [
      signUp("Ann"),
      advance(2 * DAY),
      getSession("Ann"),
      stored(),
      post("/get-session", {}, { as: "Ann" }),
      stored(),
      post("/sign-out", {}, { as: "Ann" }),
      stored(),
    ],
  },
]);

const resetToken = (messages) => messages.at(-1).args[0].token;
const mails = { emailAndPassword: { sendResetPassword: { $record: true } } };
const resets = ["POST /request-password-reset", "POST /reset-password"];

const scenarios = [
  ...everyMode,
  {
    name: "secondary storage: tokens to reset a password",
    exact: true,
    storage: "full",
    options: mails,
    needs: resets,
    steps: [
      signUp("Ann"),
      post("/request-password-reset", { email: "ann@example.com", redirectTo: "/reset" }),
      outbox({ capture: { token: resetToken } }),
      stored(),
      ({ captured }) => post("/reset-password", { token: captured.token, newPassword: "password12345" }),
      stored(),
      ({ captured }) => post("/reset-password", { token: captured.token, newPassword: "password12345" }),
      post("/request-password-reset", { email: "ann@example.com", redirectTo: "/reset" }),
      advance(HOUR + SECOND),
      stored(),
    ],
  },
  {
    name: "secondary storage: verification values in the database, too",
    exact: true,
    storage: "full",
    options: { ...mails, verification: { storeInDatabase: true } },
    needs: resets,
    steps: [
      signUp("Ann"),
      post("/request-password-reset", { email: "ann@example.com", redirectTo: "/reset" }),
      outbox({ capture: { token: resetToken } }),
      stored(),
      ({ captured }) => post("/reset-password", { token: captured.token, newPassword: "password12345" }),
      stored(),
      ({ captured }) => post("/reset-password", { token: captured.token, newPassword: "password12345" }),
    ],
  },
  {
    name: "secondary storage: hashed identifiers",
    exact: true,
    storage: "full",
    options: { ...mails, verification: { storeIdentifier: "hashed" } },
    needs: resets,
    steps: [
      signUp("Ann"),
      post("/request-password-reset", { email: "ann@example.com", redirectTo: "/reset" }),
      outbox({ capture: { token: resetToken } }),
      stored(),
      ({ captured }) => post("/reset-password", { token: captured.token, newPassword: "password12345" }),
      stored(),
    ],
  },
  {
    name: "secondary storage: rate limits",
    exact: true,
    storage: "full",
    options: { rateLimit: { enabled: true, window: 10, max: 2, storage: "secondary-storage" } },
    steps: [
      ...[1, 2, 3].map(() => get("/ok", { headers: { "x-forwarded-for": "203.0.113.9" } })),
      stored(),
      advance(10 * SECOND),
      get("/ok", { headers: { "x-forwarded-for": "203.0.113.9" } }),
      stored(),
    ],
  },
  {
    name: "secondary storage: in process",
    exact: true,
    storage: "full",
    steps: [
      call("signUpEmail", { body: { name: "Ann", email: "ann@example.com", password: PASSWORD } }, { as: "Ann" }),
      call("getSession", {}, { as: "Ann" }),
      call("listSessions", {}, { as: "Ann" }),
      call("signOut", {}, { as: "Ann" }),
      stored(),
    ],
  },
];

export default scenarios.map((scenario) => ({ kinds: ["memory"], anyOrder: true, ...scenario }));

// Hooks of the app around what is written to the database. What becomes of an update or a deletion that is refused is in
// ../../scenarios/stricter.test.mjs.
import { DAY, PASSWORD, advance, asked, asks, get, getSession, outbox, post, signIn, signUp } from "../steps.mjs";

const hooks = (model, operation, moments = ["before", "after"]) => ({
  [model]: { [operation]: Object.fromEntries(moments.map((moment) => [moment, asks(`${model}.${operation}.${moment}`)])) },
});
const answers = (...entries) => Object.fromEntries(entries.map(([name, result]) => [name, () => result]));
const merge = (...all) => {
  const merged = {};
  for (const one of all) for (const [model, operations] of Object.entries(one)) merged[model] = { ...merged[model], ...operations };
  return merged;
};

const everything = merge(
  ...["user", "session", "account", "verification"].flatMap((model) =>
    ["create", "update", "delete"].map((operation) => hooks(model, operation)),
  ),
);
const silent = answers(
  ...["user", "session", "account", "verification"].flatMap((model) =>
    ["create", "update", "delete"].flatMap((operation) => ["before", "after"].map((moment) => [`${model}.${operation}.${moment}`])),
  ),
);

const scenarios = [
  {
    name: "database hooks: what they are told",
    exact: true,
    options: { databaseHooks: everything },
    answers: silent,
    steps: [
      signUp("Ann", { headers: { "user-agent": "UA/1.0", "x-forwarded-for": "203.0.113.7" } }),
      asked(),
      getSession("Ann"),
      asked(),
      advance(2 * DAY),
      getSession("Ann"),
      asked(),
      signIn("Ann"),
      asked(),
      post("/change-password", { currentPassword: PASSWORD, newPassword: "password12345", revokeOtherSessions: true }, { as: "Ann" }),
      asked(),
      post("/sign-out", {}, { as: "Ann" }),
      asked(),
      post("/sign-in/email", { email: "ann@example.com", password: "wrong-password" }),
      asked(),
    ],
  },
  {
    name: "database hooks: revoking",
    exact: true,
    options: { databaseHooks: merge(hooks("session", "delete")) },
    answers: silent,
    steps: [
      signUp("Ann"),
      signIn("Ann", { as: "Phone", capture: { phone: (response) => response.json().token } }),
      signIn("Ann", { as: "Desk" }),
      ({ captured }) => post("/revoke-session", { token: captured.phone }, { as: "Ann" }),
      asked(),
      post("/revoke-other-sessions", {}, { as: "Ann" }),
      asked(),
      post("/revoke-sessions", {}, { as: "Ann" }),
      asked(),
    ],
  },
  {
    name: "database hooks: a user is changed before it is made",
    exact: true,
    options: { databaseHooks: hooks("user", "create") },
    answers: answers(["user.create.before", { data: { name: "Changed", image: "https://img.example/x.png" } }], ["user.create.after"]),
    steps: [signUp("Ann"), asked(), getSession("Ann"), signIn("Ann")],
  },
  {
    name: "database hooks: a user is refused",
    exact: true,
    options: { databaseHooks: hooks("user", "create") },
    answers: answers(["user.create.before", false], ["user.create.after"]),
    steps: [signUp("Ann"), asked(), signIn("Ann")],
  },
  {
    name: "database hooks: a user is refused with an error",
    exact: true,
    options: { databaseHooks: hooks("user", "create") },
    answers: answers(
      ["user.create.before", { $error: { status: "FORBIDDEN", code: "NOT_HERE", message: "Not here" } }],
      ["user.create.after"],
    ),
    steps: [signUp("Ann"), asked(), signIn("Ann")],
  },
  {
    name: "database hooks: an error after a user was made",
    exact: true,
    options: { databaseHooks: hooks("user", "create", ["after"]) },
    answers: answers(["user.create.after", { $error: { status: "BAD_REQUEST", code: "TOO_LATE", message: "Too late" } }]),
    steps: [signUp("Ann"), asked(), signIn("Ann")],
  },
  {
    name: "database hooks: a session is refused",
    exact: true,
    options: { databaseHooks: hooks("session", "create", ["before"]) },
    answers: answers(["session.create.before", false]),
    steps: [signUp("Ann"), asked(), signIn("Ann"), asked()],
  },
  {
    name: "database hooks: a session is changed before it is made",
    exact: true,
    options: { databaseHooks: hooks("session", "create", ["before"]) },
    answers: answers(["session.create.before", { data: { userAgent: "changed" } }]),
    steps: [signUp("Ann"), getSession("Ann"), asked()],
  },
  {
    name: "database hooks: with sessions in secondary storage",
    exact: true,
    storage: "full",
    anyOrder: true,
    // Not about deletions: better-auth has no hooks for those of sessions that are in storage alone.
    options: { databaseHooks: merge(hooks("session", "create"), hooks("session", "update")) },
    answers: silent,
    steps: [
      signUp("Ann"),
      asked(),
      advance(2 * DAY),
      getSession("Ann"),
      asked(),
      post("/sign-out", {}, { as: "Ann" }),
      asked(),
    ],
  },
  {
    name: "database hooks: updating a user",
    exact: true,
    options: { databaseHooks: hooks("user", "update") },
    answers: answers(["user.update.before", { data: { name: "Changed" } }], ["user.update.after"]),
    needs: ["POST /update-user"],
    steps: [signUp("Ann"), post("/update-user", { image: "https://img.example/a.png" }, { as: "Ann" }), asked(), getSession("Ann")],
  },
  {
    name: "database hooks: deleting a user",
    exact: true,
    options: {
      user: { deleteUser: { enabled: true } },
      databaseHooks: merge(hooks("user", "delete"), hooks("session", "delete"), hooks("account", "delete")),
    },
    answers: silent,
    steps: [signUp("Ann"), signIn("Ann", { as: "Phone" }), post("/delete-user", {}, { as: "Ann" }), asked(), getSession("Phone"), signIn("Ann")],
  },
  {
    name: "database hooks: resetting a password",
    exact: true,
    // Not about accounts: better-auth tells how many it has updated, Cardea which.
    options: {
      emailAndPassword: { sendResetPassword: { $record: true } },
      databaseHooks: merge(...["create", "update", "delete"].flatMap((operation) => ["user", "session", "verification"].map((model) => hooks(model, operation)))),
    },
    answers: silent,
    needs: ["POST /request-password-reset", "POST /reset-password"],
    steps: [
      signUp("Ann"),
      asked(),
      post("/request-password-reset", { email: "ann@example.com", redirectTo: "/reset" }),
      asked(),
      outbox({ capture: { token: (messages) => messages.at(-1).args[0].token } }),
      ({ captured }) => post("/reset-password", { token: captured.token, newPassword: "password12345" }),
      asked(),
    ],
  },
];

export default scenarios.map((scenario) => ({ kinds: ["memory"], ...scenario }));

// Columns of the app's own, other names in the database, other ids.
import { get, getSession, post, send, signIn, signUp } from "../steps.mjs";

const VALUES = [null, true, false, 0, 7, "", "text", "12", [], ["x"], {}, { a: 1 }];

let taken = 0;
const signUpWith = (fields) => ({
  ...signUp(`ann${taken++}`, { fields }),
  note: `sign-up with ${JSON.stringify(fields).slice(0, 100)}`,
});

const issue = (message) => ({ "~standard": { validate: { $const: { issues: [{ message }] } } } });
const passes = (value) => ({ "~standard": { validate: { $const: { value } } } });

const optional = (type, more = {}) => ({ type, required: false, ...more });

const everyKind = {
  text: optional("string"),
  flag: optional("boolean"),
  count: optional("number"),
  at: optional("date"),
  tags: optional("string[]"),
  scores: optional("number[]"),
  role: optional(["user", "admin"]),
  hidden: optional("string", { returned: false }),
  free: optional("string", { defaultValue: "free" }),
  plan: optional("string", { defaultValue: "basic", input: false }),
  locked: optional("string", { input: false }),
  made: optional("string", { defaultValue: { $const: "made" } }),
};

const renamed = {
  user: { modelName: "people", fields: { email: "email_address", name: "full_name", emailVerified: "is_verified", createdAt: "created_at" } },
  session: { modelName: "logins", fields: { userId: "user_id", token: "secret", expiresAt: "expires_at", updatedAt: "updated_at" } },
  account: { modelName: "credentials", fields: { userId: "person", password: "hash", accountId: "account_id" } },
  verification: { modelName: "proofs", fields: { identifier: "what" } },
};

const life = (name) => [
  signUp(name),
  getSession(name),
  get("/list-accounts", { as: name }),
  get("/list-sessions", { as: name }),
  signIn(name),
  post("/change-password", { currentPassword: "password1234", newPassword: "password5678", revokeOtherSessions: true }, { as: name }),
  post("/sign-out", {}, { as: name }),
  getSession(name),
];

export default [
  {
    name: "fields: kinds that fit",
    options: { user: { additionalFields: everyKind } },
    steps: [
      signUpWith({}),
      signUpWith({ text: "x", flag: true, count: 5, at: "2026-01-02T03:04:05.678Z", tags: ["a", "b"], scores: [1, 2.5] }),
      signUpWith({ text: "", flag: false, count: 0, tags: [], scores: [] }),
      signUpWith({ text: null, flag: null, count: null, at: null, tags: null, scores: null, role: null, free: null }),
      signUpWith({ role: "admin", hidden: "h", free: "paid", made: "given" }),
      signUpWith({ role: "none of them" }),
      signUpWith({ count: "12" }),
      ...VALUES.map((plan) => signUpWith({ plan })),
      ...VALUES.map((locked) => signUpWith({ locked })),
      ...["id", "emailVerified", "createdAt", "updatedAt", "unknown", "__proto__"].map((name) => signUpWith({ [name]: "x" })),
    ],
  },
  {
    name: "fields: what is required",
    options: {
      user: {
        additionalFields: {
          must: { type: "string", required: true },
          mustOr: { type: "string", required: true, defaultValue: "default" },
        },
      },
    },
    steps: [
      signUpWith({}),
      signUpWith({ must: "x" }),
      signUpWith({ must: "" }),
      signUpWith({ must: null }),
      signUpWith({ must: "x", mustOr: null }),
      signUpWith({ must: "x", mustOr: "given" }),
    ],
  },
  {
    name: "fields: required without a word",
    options: { user: { additionalFields: { silent: { type: "string" }, second: { type: "number" } } } },
    steps: [signUpWith({}), signUpWith({ silent: "x" }), signUpWith({ silent: "x", second: 1 })],
  },
  {
    name: "fields: validators and transforms",
    options: {
      user: {
        additionalFields: {
          refused: optional("string", { validator: { input: issue("Not this one") } }),
          replaced: optional("string", { validator: { input: passes("valid") } }),
          changed: optional("string", { transform: { input: { $const: "changed" } } }),
          shown: optional("string", { transform: { output: { $const: "shown" } } }),
        },
      },
    },
    steps: [
      signUpWith({}),
      signUpWith({ refused: "x" }),
      signUpWith({ refused: null }),
      signUpWith({ replaced: "x", changed: "x", shown: "x" }),
      signUpWith({ replaced: 5 }),
    ],
  },
  {
    name: "fields: unique ones",
    options: { user: { additionalFields: { code: optional("string", { unique: true, fieldName: "the_code" }) } } },
    steps: [signUpWith({ code: "a" }), signUpWith({ code: "b" }), signUpWith({}), signUpWith({})],
  },
  {
    name: "fields: of sessions and accounts",
    options: {
      session: { additionalFields: { theme: optional("string", { defaultValue: "light" }), secret: optional("string", { returned: false }) } },
      account: { additionalFields: { note: optional("string", { defaultValue: "n" }), hidden: optional("string", { defaultValue: "h", returned: false }) } },
      verification: { additionalFields: { why: { type: "string", required: true, defaultValue: "w" } } },
    },
    steps: life("Ann"),
  },
  { name: "fields: other names in the database", options: renamed, steps: life("Ann") },
  { name: "fields: serial ids", options: { advanced: { database: { generateId: "serial" } } }, steps: [...life("Ann"), signUp("Bob")] },
  { name: "fields: uuids", options: { advanced: { database: { generateId: "uuid" } } }, steps: [...life("Ann"), ...life("Bob")] },
  {
    name: "fields: serial ids under other names",
    options: { ...renamed, advanced: { database: { generateId: "serial" } } },
    steps: [...life("Ann"), send("GET", "/ok")],
  },
];

// Sign-in's input, field by field.
import { PASSWORD, getSession, post, signIn, signUp } from "../steps.mjs";

const VALUES = [null, true, false, 0, 7, "", [], ["x"], {}];
const ann = { email: "ann@example.com", password: PASSWORD };
const signInWith = (fields, note) => ({
  ...post("/sign-in/email", { ...ann, ...fields }),
  note: `sign-in with ${note ?? JSON.stringify(fields).slice(0, 100)}`,
});

export default [
  {
    name: "sign-in: types of every field",
    steps: [
      signUp("Ann"),
      ...["email", "password", "callbackURL", "rememberMe"].flatMap((field) =>
        VALUES.map((value) => signInWith({ [field]: value })),
      ),
      post("/sign-in/email", {}),
      post("/sign-in/email", { rememberMe: 1, callbackURL: "/x", password: 2, email: 3 }),
    ],
  },
  {
    name: "sign-in: addresses",
    steps: [
      signUp("Ann"),
      ...[
        "ANN@EXAMPLE.COM",
        "ann@example.com ",
        " ann@example.com",
        "ann@example.com\u0000",
        "ann",
        "ann@",
        "@example.com",
        "ann@example",
        "ann@example.com@example.com",
        "ann%40example.com",
        "ann@example.com' or '1'='1",
        "an_@example.com",
        "%@example.com",
        "*",
        "ａnn@example.com",
        "ann@exa\u200bmple.com",
        "a".repeat(300) + "@example.com",
      ].map((email) => signInWith({ email }, `the address ${JSON.stringify(email).slice(0, 60)}`)),
    ],
  },
  {
    name: "sign-in: passwords",
    steps: [
      signUp("Ann"),
      ...[
        "",
        " ",
        PASSWORD.toUpperCase(),
        PASSWORD + " ",
        " " + PASSWORD,
        PASSWORD.slice(1),
        "x",
        "x".repeat(128),
        "x".repeat(129),
        "x".repeat(5_000),
      ].map((password) => signInWith({ password }, `the password ${JSON.stringify(password).slice(0, 30)}`)),
      signUp("Nfkc", { fields: { password: "pässwörd-ﬁ" } }),
      signIn("Nfkc", { fields: { password: "pässwörd-fi" } }),
      signIn("Nfkc", { fields: { password: "pa\u0308sswo\u0308rd-ﬁ" } }),
      signIn("Nfkc", { fields: { password: "password-fi" } }),
    ],
  },
  {
    name: "sign-in: to be remembered or not",
    steps: [
      signUp("Ann"),
      signIn("Ann", { fields: { rememberMe: false } }),
      getSession("Ann"),
      signIn("Ann"),
      getSession("Ann"),
      signIn("Ann", { fields: { rememberMe: false } }),
      signIn("Ann", { fields: { rememberMe: true } }),
      getSession("Ann"),
      signUp("Bob", { fields: { rememberMe: false } }),
      signUp("Bob", { fields: { rememberMe: true, email: "bob2@example.com" } }),
      getSession("Bob"),
    ],
  },
  {
    name: "sign-in: again, and as somebody else",
    steps: [
      signUp("Ann"),
      signIn("Ann"),
      getSession("Ann"),
      signUp("Bob"),
      post("/sign-in/email", { email: "bob@example.com", password: PASSWORD }, { as: "Ann" }),
      getSession("Ann"),
      post("/sign-in/email", { email: "bob@example.com", password: "wrong-password" }, { as: "Ann" }),
      getSession("Ann"),
    ],
  },
  {
    name: "sign-in: where it leads",
    steps: [
      signUp("Ann"),
      ...["/home", "/home?a=b#c", "http://localhost:3000/home"].map((callbackURL) =>
        signIn("Ann", { fields: { callbackURL } }),
      ),
      signIn("Ann", { fields: { callbackURL: "/home", password: "wrong-password" } }),
      signIn("Ann", { fields: { redirect: true, url: "/x", token: "x" } }),
    ],
  },
  {
    name: "sign-in: without a base URL",
    options: { baseURL: undefined },
    steps: [
      ({ url }) => signUp("Ann", { headers: { origin: url } }),
      ({ url }) => signIn("Ann", { headers: { origin: url }, fields: { callbackURL: `${url}/home` } }),
      getSession("Ann"),
      signIn("Ann", { note: "from another origin" }),
      ({ url }) => signIn("Ann", { headers: { origin: url, host: "evil.example" }, note: "with another Host" }),
      signIn("Ann", {
        headers: { origin: "http://evil.example", host: "evil.example" },
        note: "with an origin that is the Host",
      }),
      signIn("Ann", {
        headers: { origin: "https://evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
        note: "with an origin that is the forwarded host",
      }),
      ({ url }) => post("/sign-out", {}, { as: "Ann", headers: { origin: url } }),
    ],
  },
];

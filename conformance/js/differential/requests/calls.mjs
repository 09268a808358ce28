// Endpoints called in process.
import { DAY, PASSWORD, advance, call, getSession, person, post, signUp } from "../steps.mjs";

const ann = person("Ann");

export default [
  {
    name: "calls: the round trip",
    steps: [
      call("signUpEmail", { body: ann }, { as: "Ann" }),
      call("getSession", {}, { as: "Ann" }),
      getSession("Ann"),
      call("getSession", { query: { disableRefresh: true } }, { as: "Ann" }),
      call("getSession", { query: { disableCookieCache: "true" } }, { as: "Ann" }),
      advance(2 * DAY),
      call("getSession", { query: { disableRefresh: true } }, { as: "Ann" }),
      call("getSession", {}, { as: "Ann" }),
      call("signOut", {}, { as: "Ann" }),
      call("getSession", {}, { as: "Ann" }),
      call("signInEmail", { body: { email: ann.email, password: PASSWORD } }, { as: "Ann" }),
      call("signInEmail", { body: { email: ann.email, password: PASSWORD, rememberMe: false } }, { as: "Ann" }),
      call("getSession", {}, { as: "Ann" }),
      post("/sign-out", {}, { as: "Ann" }),
      call("ok"),
    ],
  },
  {
    name: "calls: bad input",
    steps: [
      call("signUpEmail"),
      call("signUpEmail", { body: null }),
      call("signUpEmail", { body: [] }),
      call("signUpEmail", { body: "x" }),
      call("signUpEmail", { body: {} }),
      call("signUpEmail", { body: { ...ann, name: 5, rememberMe: "x" } }),
      call("signUpEmail", { body: { ...ann, email: "nope" } }),
      call("signUpEmail", { body: { ...ann, password: "short" } }),
      call("signUpEmail", { body: { ...ann, password: "x".repeat(129) } }),
      call("signUpEmail", { body: ann }),
      call("signUpEmail", { body: ann }),
      call("signInEmail"),
      call("signInEmail", { body: {} }),
      call("signInEmail", { body: { email: 1, password: PASSWORD } }),
      call("signInEmail", { body: { email: "x", password: PASSWORD } }),
      call("signInEmail", { body: { email: ann.email, password: "wrong-password" } }),
      call("signInEmail", { body: { email: "ghost@example.com", password: PASSWORD } }),
      call("signInEmail", { body: { email: ann.email, password: PASSWORD, rememberMe: null } }),
      call("getSession"),
      call("getSession", { headers: {} }),
      call("getSession", { headers: {}, query: { disableRefresh: "false", x: [1] } }),
      call("getSession", { headers: { cookie: "better-auth.session_token=bad" } }),
      call("signOut"),
      call("signOut", { headers: {} }),
      call("signOut", { headers: {}, body: {} }),
      call("signOut", { headers: {}, body: { x: 1 } }),
      call("noSuchOperation"),
    ],
  },
  {
    name: "calls: origins are for HTTP",
    steps: [
      signUp("Ann"),
      call("signInEmail", { body: { email: ann.email, password: PASSWORD, callbackURL: "/home" } }),
      call("signInEmail", { body: { email: ann.email, password: PASSWORD }, headers: { cookie: "x=1" } }),
      call("signInEmail", {
        body: { email: ann.email, password: PASSWORD },
        headers: { cookie: "x=1", origin: "https://evil.example" },
      }),
      call("signOut", { headers: { cookie: "x=1", origin: "https://evil.example" } }),
    ],
  },
  {
    name: "calls: where the session comes from",
    steps: [
      call(
        "signUpEmail",
        { body: ann, headers: { "user-agent": "UA/1.0", "x-forwarded-for": "203.0.113.7" } },
        { as: "Ann" },
      ),
      call("getSession", {}, { as: "Ann" }),
      call("signInEmail", { body: { email: ann.email, password: PASSWORD } }, { as: "Bare" }),
      call("getSession", {}, { as: "Bare" }),
    ],
  },
  {
    name: "calls: disabled paths are for HTTP",
    options: { disabledPaths: ["/sign-in/email", "/get-session"] },
    steps: [
      call("signUpEmail", { body: ann }, { as: "Ann" }),
      call("signInEmail", { body: { email: ann.email, password: PASSWORD } }),
      call("getSession", {}, { as: "Ann" }),
      getSession("Ann"),
    ],
  },
];

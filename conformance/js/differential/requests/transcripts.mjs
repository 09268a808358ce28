// The recorded cases of the contract (transcripts.json) for these endpoints, under their names there.
import { DAY, SECOND, advance, call, get, getSession, person, post, postRaw, send, signIn, signUp } from "../steps.mjs";

const ann = person("Ann");
const noted = (note, step) => ({ ...step, note });

export default [
  {
    name: "transcripts: *",
    steps: [
      noted("ok", get("/ok")),
      noted("html error page", get("/error")),
      noted("html error page with code", get("/error?error=invalid_code")),
      noted("unknown path", get("/nope")),
      noted("wrong method on known path", get("/sign-in/email")),
      noted("wrong method POST on GET route", post("/list-sessions", {})),
      noted("trailing slash", get("/ok/")),
      noted("double slash", get("//ok")),
      noted("base path itself", get("")),
      noted("OPTIONS request", send("OPTIONS", "/sign-in/email", { headers: { origin: "http://localhost:3000" } })),
      noted("HEAD request", send("HEAD", "/ok", { headers: { origin: "http://localhost:3000" } })),
      noted("invalid JSON body", postRaw("/sign-in/email", '{"email":')),
      noted("wrong content-type text/plain", postRaw("/sign-in/email", '{"email":"a@b.co"}', "text/plain")),
      noted("wrong content-type multipart", postRaw("/sign-up/email", "x", "multipart/form-data; boundary=x")),
      noted(
        "json content-type with charset",
        postRaw("/sign-in/email", '{"email":"a@b.co"}', "application/json; charset=utf-8"),
      ),
      noted(
        "form content-type accepted",
        postRaw("/sign-in/email", "email=nobody%40example.com&password=x", "application/x-www-form-urlencoded"),
      ),
      noted("no body at all", postRaw("/sign-in/email", undefined, null)),
      noted("body is JSON array", postRaw("/sign-in/email", "[]")),
      noted("body is JSON null", postRaw("/sign-in/email", "null")),
      noted("content-type application/scim+json", postRaw("/sign-in/email", "{}", "application/vnd.x+json")),
    ],
  },
  {
    name: "transcripts: /sign-up/email",
    steps: [
      noted("missing all fields", post("/sign-up/email", {})),
      noted("missing name", post("/sign-up/email", { ...ann, name: undefined })),
      noted("name wrong type", post("/sign-up/email", { ...ann, name: 5 })),
      noted("invalid email", post("/sign-up/email", { ...ann, email: "nope" })),
      noted("password too short", post("/sign-up/email", { ...ann, password: "short" })),
      noted("password too long", post("/sign-up/email", { ...ann, password: "x".repeat(129) })),
      noted(
        "untrusted origin without cookies",
        post("/sign-up/email", ann, { headers: { origin: "https://evil.example" } }),
      ),
      noted(
        "no origin header, no cookies",
        post("/sign-up/email", person("NoOrigin"), { headers: { origin: undefined } }),
      ),
      noted("untrusted callbackURL", post("/sign-up/email", { ...ann, callbackURL: "https://evil.example/x" })),
      noted(
        "success",
        post("/sign-up/email", ann, {
          as: "Ann",
          headers: { "user-agent": "UA/1.0", "x-forwarded-for": "203.0.113.7" },
        }),
      ),
      noted(
        "success with image, rememberMe false, uppercase email",
        post(
          "/sign-up/email",
          { ...person("Bob"), email: "BOB@Example.com", image: "https://img.example/b.png", rememberMe: false },
          { as: "Bob" },
        ),
      ),
      noted("duplicate email", post("/sign-up/email", ann)),
      noted(
        "unknown extra field ignored",
        post("/sign-up/email", { ...ann, email: "extra@example.com", foo: 1, emailVerified: true }, { as: "Extra" }),
      ),
      getSession("Ann"),
      getSession("Bob"),
      getSession("Extra"),
    ],
  },
  {
    name: "transcripts: /sign-in/email",
    steps: [
      signUp("Ann"),
      noted("missing password", post("/sign-in/email", { email: ann.email })),
      noted("email wrong type", post("/sign-in/email", { email: 1, password: "x" })),
      noted("malformed email", post("/sign-in/email", { email: "x", password: ann.password })),
      noted("unknown user", post("/sign-in/email", { ...ann, email: "ghost@example.com" })),
      noted("wrong password", post("/sign-in/email", { ...ann, password: "wrongwrong" })),
      noted("success", post("/sign-in/email", ann)),
      noted("success with rememberMe false", post("/sign-in/email", { ...ann, rememberMe: false })),
      noted("success with callbackURL", post("/sign-in/email", { ...ann, callbackURL: "/dash" })),
      noted("untrusted callbackURL", post("/sign-in/email", { ...ann, callbackURL: "https://evil.example" })),
      noted("callbackURL not a string", post("/sign-in/email", { ...ann, callbackURL: 3 })),
      noted(
        "cross-site navigation",
        post("/sign-in/email", ann, {
          headers: { "sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site" },
        }),
      ),
      noted(
        "sec-fetch headers without origin",
        post("/sign-in/email", ann, {
          headers: {
            origin: undefined,
            "sec-fetch-dest": "empty",
            "sec-fetch-mode": "cors",
            "sec-fetch-site": "same-origin",
          },
        }),
      ),
      noted("origin null", post("/sign-in/email", ann, { headers: { origin: "null" } })),
    ],
  },
  {
    name: "transcripts: /get-session and /sign-out",
    steps: [
      noted("no session", get("/get-session")),
      signUp("Ann", { headers: { "user-agent": "UA/1.0", "x-forwarded-for": "203.0.113.7" } }),
      signUp("Bob", { fields: { rememberMe: false } }),
      noted("success", getSession("Ann")),
      noted("rememberMe false session", getSession("Bob")),
      noted("tampered cookie", get("/get-session", { headers: { cookie: "better-auth.session_token=abc.def" } })),
      noted(
        "unknown but unsigned",
        get("/get-session", { headers: { cookie: `better-auth.session_token=${"a".repeat(32)}` } }),
      ),
      noted("POST without deferSessionRefresh", post("/get-session", {}, { as: "Ann" })),
      noted("query flags", getSession("Ann", "?disableCookieCache=true&disableRefresh=true")),
      noted("invalid query flag value", getSession("Ann", "?disableCookieCache=maybe")),
      (state) => {
        state.captured.old = state.jar("Ann").header;
        return noted("success (sign-out)", post("/sign-out", {}, { as: "Ann" }));
      },
      ({ captured }) => noted("revoked session", get("/get-session", { headers: { cookie: captured.old } })),
      noted("after revoke", getSession("Ann")),
      noted("no session (sign-out)", post("/sign-out", {})),
      noted("no body (sign-out)", postRaw("/sign-out", undefined, null)),
    ],
  },
  {
    name: "transcripts: autoSignIn false",
    options: { emailAndPassword: { autoSignIn: false } },
    steps: [
      signUp("Ann"),
      getSession("Ann"),
      noted("a duplicate looks like a success", signUp("Ann")),
      signIn("Ann"),
      getSession("Ann"),
      post("/sign-up/email", { ...ann, name: "Other Ann", image: "https://img.example/o.png" }),
      call("signUpEmail", { body: person("Bob") }),
    ],
  },
  {
    name: "transcripts: email/password disabled",
    options: { emailAndPassword: { enabled: false } },
    steps: [
      signUp("Ann"),
      signIn("Ann"),
      post("/sign-up/email", {}),
      post("/sign-in/email", {}),
      get("/get-session"),
      post("/sign-out", {}),
      call("signUpEmail", { body: ann }),
      call("signInEmail", { body: ann }),
    ],
  },
  {
    name: "transcripts: sign up disabled",
    options: { emailAndPassword: { disableSignUp: true } },
    steps: [signUp("Ann"), post("/sign-up/email", {}), signIn("Ann"), call("signUpEmail", { body: ann })],
  },
  {
    name: "transcripts: disabled path",
    options: { disabledPaths: ["/sign-up/email"] },
    steps: [signUp("Ann"), call("signUpEmail", { body: ann }), signIn("Ann")],
  },
  {
    name: "transcripts: refresh sets cookie again",
    options: { session: { updateAge: 0 } },
    steps: [signUp("Ann"), advance(5 * SECOND), getSession("Ann"), advance(DAY), getSession("Ann")],
  },
  {
    name: "transcripts: secure cookie prefix on https",
    options: { baseURL: "https://app.example.com" },
    steps: [
      signUp("Ann", { headers: { origin: "https://app.example.com" } }),
      getSession("Ann"),
      post("/sign-out", {}, { as: "Ann", headers: { origin: "https://app.example.com" } }),
      getSession("Ann"),
    ],
  },
  {
    name: "transcripts: cookie attributes",
    options: {
      baseURL: "https://app.example.com",
      advanced: {
        crossSubDomainCookies: { enabled: true, domain: "example.com" },
        cookiePrefix: "myapp",
        defaultCookieAttributes: { sameSite: "none", partitioned: true },
      },
    },
    steps: [
      signUp("Ann", { headers: { origin: "https://app.example.com" } }),
      signUp("Bob", { fields: { rememberMe: false }, headers: { origin: "https://app.example.com" } }),
      getSession("Ann"),
      post("/sign-out", {}, { as: "Ann", headers: { origin: "https://app.example.com" } }),
    ],
  },
  {
    name: "transcripts: expired session clears cookies",
    options: { session: { expiresIn: 1 } },
    steps: [signUp("Ann"), advance(2 * SECOND), getSession("Ann"), getSession("Ann")],
  },
];

// Session cookies that aren't as they were set.
import { sign } from "../cookies.mjs";
import { advance, call, DAY, get, getSession, post, send, signIn, signUp } from "../steps.mjs";

const NAME = "better-auth.session_token";
const signed = (state, value, secret = state.secret) => encodeURIComponent(`${value}.${sign(value, secret)}`);

/** A get-session with the Cookie header that `make` builds from the state. */
const withCookie = (note, make) => (state) => get("/get-session", { note, headers: { cookie: make(state) } });
const valueOf = (state) => state.jar("Ann").get(NAME).value;
const tokenOf = (state) => decodeURIComponent(valueOf(state)).split(".")[0];

const flip = (letter) => (letter === "A" ? "Q" : "A");

export default [
  {
    name: "cookies: tampered values",
    steps: [
      signUp("Ann"),
      withCookie("as it was set", (s) => `${NAME}=${valueOf(s)}`),
      withCookie("not percent-encoded", (s) => `${NAME}=${decodeURIComponent(valueOf(s))}`),
      withCookie(
        "all percent-encoded",
        (s) => `${NAME}=${[...Buffer.from(decodeURIComponent(valueOf(s)))].map((b) => `%${b.toString(16)}`).join("")}`,
      ),
      withCookie("in quotes", (s) => `${NAME}="${valueOf(s)}"`),
      withCookie("encoded twice", (s) => `${NAME}=${encodeURIComponent(valueOf(s))}`),
      withCookie("a broken escape", (s) => `${NAME}=${valueOf(s)}%zz`),
      withCookie("the bare token", (s) => `${NAME}=${tokenOf(s)}`),
      withCookie("a token and a dot", (s) => `${NAME}=${tokenOf(s)}.`),
      withCookie("a dot and a signature", (s) => `${NAME}=.${decodeURIComponent(valueOf(s)).split(".")[1]}`),
      withCookie("another first letter", (s) => `${NAME}=${flip(valueOf(s)[0])}${valueOf(s).slice(1)}`),
      withCookie("another signature", (s) => `${NAME}=${tokenOf(s)}.${"A".repeat(43)}%3D`),
      withCookie("a signature without padding", (s) => `${NAME}=${valueOf(s).replace("%3D", "")}`),
      // One signature in four has none of the letters that differ: of these twenty sessions one has.
      ...Array.from({ length: 20 }, (_, i) => signIn("Ann", { as: `Ann ${i}` })),
      withCookie("a URL-safe signature", (s) => {
        const values = Array.from({ length: 20 }, (_, i) => decodeURIComponent(s.jar(`Ann ${i}`).get(NAME).value));
        const value = values.find((text) => /[+/]/.test(text));
        return `${NAME}=${value.replaceAll("+", "-").replaceAll("/", "_")}`;
      }),
      withCookie("signed with another secret", (s) => `${NAME}=${signed(s, tokenOf(s), "another secret")}`),
      withCookie("a signed unknown token", (s) => `${NAME}=${signed(s, "x".repeat(32))}`),
      withCookie("a signed empty token", (s) => `${NAME}=${signed(s, "")}`),
      withCookie("a signed token with a dot", (s) => `${NAME}=${signed(s, `${tokenOf(s)}.x`)}`),
      withCookie("a signed token with a wildcard", (s) => `${NAME}=${signed(s, "%")}`),
      withCookie("a signed long token", (s) => `${NAME}=${signed(s, "x".repeat(3_000))}`),
      withCookie("a signed token that is not ASCII", (s) => `${NAME}=${signed(s, "tökén")}`),
      withCookie("empty", () => `${NAME}=`),
      withCookie("no equals sign", () => NAME),
      withCookie("only an equals sign", () => "="),
    ],
  },
  {
    name: "cookies: names and repetitions",
    steps: [
      signUp("Ann"),
      withCookie("another prefix", (s) => `session_token=${valueOf(s)}`),
      withCookie("the secure prefix", (s) => `__Secure-${NAME}=${valueOf(s)}`),
      withCookie("the host prefix", (s) => `__Host-${NAME}=${valueOf(s)}`),
      withCookie("a dash for the dot", (s) => `better-auth-session_token=${valueOf(s)}`),
      withCookie("another case", (s) => `${NAME.toUpperCase()}=${valueOf(s)}`),
      withCookie("a space before the name", (s) => ` ${NAME}=${valueOf(s)}`),
      withCookie("a space before the value", (s) => `${NAME}= ${valueOf(s)}`),
      withCookie("a space before the equals sign", (s) => `${NAME} =${valueOf(s)}`),
      withCookie("good, then bad", (s) => `${NAME}=${valueOf(s)}; ${NAME}=bad`),
      withCookie("bad, then good", (s) => `${NAME}=bad; ${NAME}=${valueOf(s)}`),
      withCookie("empty, then good", (s) => `${NAME}=; ${NAME}=${valueOf(s)}`),
      withCookie("good twice", (s) => `${NAME}=${valueOf(s)}; ${NAME}=${valueOf(s)}`),
      withCookie("among others", (s) => `a=b; c; =d; ;; e="f g"; ${NAME}=${valueOf(s)}; h=ü`),
      withCookie("without spaces", (s) => `a=b;${NAME}=${valueOf(s)};c=d`),
      withCookie("behind a comma", (s) => `a=b, ${NAME}=${valueOf(s)}`),
      withCookie(
        "many others",
        (s) => `${Array.from({ length: 200 }, (_, i) => `c${i}=${i}`).join("; ")}; ${NAME}=${valueOf(s)}`,
      ),
      (s) =>
        send("GET", "/get-session", {
          note: "two Cookie headers",
          headers: { cookie: ["a=b", `${NAME}=${valueOf(s)}`] },
        }),
      (s) =>
        send("GET", "/get-session", {
          note: "a bearer token is no session",
          headers: { authorization: `Bearer ${tokenOf(s)}` },
        }),
    ],
  },
  {
    name: "cookies: the mark of a session that isn't remembered",
    steps: [
      signUp("Ann"),
      advance(2 * DAY),
      withCookie("forged", (s) => `${NAME}=${valueOf(s)}; better-auth.dont_remember=true`),
      advance(2 * DAY),
      withCookie("signed", (s) => `${NAME}=${valueOf(s)}; better-auth.dont_remember=${signed(s, "true")}`),
      withCookie("signed, but false", (s) => `${NAME}=${valueOf(s)}; better-auth.dont_remember=${signed(s, "false")}`),
      withCookie("alone", (s) => `better-auth.dont_remember=${signed(s, "true")}`),
      getSession("Ann"),
      (s) =>
        post(
          "/sign-in/email",
          { email: "ann@example.com", password: "password1234" },
          {
            note: "at a sign-in that says nothing",
            headers: { cookie: `better-auth.dont_remember=${signed(s, "true")}` },
          },
        ),
      (s) =>
        post(
          "/sign-up/email",
          { name: "B", email: "b@example.com", password: "password1234" },
          {
            note: "at a sign-up that says nothing",
            headers: { cookie: `better-auth.dont_remember=${signed(s, "true")}` },
          },
        ),
    ],
  },
  {
    name: "cookies: the app's own route",
    steps: [
      send("GET", "", { target: "/me", compare: "status" }),
      signUp("Ann"),
      send("GET", "", { target: "/me", as: "Ann" }),
      (s) =>
        send("GET", "", {
          target: "/me",
          compare: "status",
          note: "/me with a bare token",
          headers: { cookie: `${NAME}=${tokenOf(s)}` },
        }),
      (s) =>
        send("GET", "", {
          target: "/me",
          compare: "status",
          note: "/me with an unknown token",
          headers: { cookie: `${NAME}=${signed(s, "x".repeat(32))}` },
        }),
      advance(8 * DAY),
      send("GET", "", { target: "/me", compare: "status", as: "Ann" }),
      send("GET", "", { target: "/ping", compare: "status" }),
    ],
  },
  {
    name: "cookies: other names and attributes",
    options: {
      advanced: {
        cookies: { session_token: { name: "sid", attributes: { sameSite: "strict", path: "/app", maxAge: 60 } } },
        defaultCookieAttributes: { httpOnly: false, path: "/x" },
      },
    },
    steps: [
      signUp("Ann"),
      signUp("Bob", { fields: { rememberMe: false } }),
      getSession("Ann"),
      post("/sign-out", {}, { as: "Ann" }),
    ],
  },
  {
    name: "cookies: secure by option",
    options: { advanced: { useSecureCookies: true } },
    steps: [signUp("Ann"), getSession("Ann"), post("/sign-out", {}, { as: "Ann" })],
  },
  {
    name: "cookies: not secure by option",
    options: { baseURL: "https://app.example.com", advanced: { useSecureCookies: false } },
    steps: [signUp("Ann", { headers: { origin: "https://app.example.com" } }), getSession("Ann")],
  },
  {
    name: "cookies: for all subdomains of the base URL",
    options: { baseURL: "https://app.example.com", advanced: { crossSubDomainCookies: { enabled: true } } },
    steps: [signUp("Ann", { headers: { origin: "https://app.example.com" } }), call("getSession", {}, { as: "Ann" })],
  },
  {
    name: "cookies: another prefix",
    options: { advanced: { cookiePrefix: "my-app" } },
    steps: [signUp("Ann", { fields: { rememberMe: false } }), getSession("Ann"), post("/sign-out", {}, { as: "Ann" })],
  },
];

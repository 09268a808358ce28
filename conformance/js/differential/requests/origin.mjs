// The origin and CSRF checks (contract: vectors.json, originChecks). Its cases for
// endpoints that are not covered here yet come with those endpoints.
import { get, getSession, post, send, signUp } from "../steps.mjs";

const AUTH = "https://auth.example.com";
const APP = "https://app.example.com";
const EVIL = "https://evil.example";

const options = { baseURL: AUTH, trustedOrigins: [APP, "https://*.tenant.example"] };
const credentials = { email: "a@b.co", password: "password-1" };
const withUser = send("POST", "/sign-up/email", { json: { name: "A", ...credentials } });

const signIn = (note, headers, fields = {}, query = "") =>
  send("POST", `/sign-in/email${query}`, { note: `sign-in: ${note}`, headers, json: { ...credentials, ...fields } });

const cookie = "x=1";

export default [
  {
    name: "origin: headers of a sign-in",
    options,
    steps: [
      withUser,
      signIn("no cookie, no origin", {}),
      signIn("cookie, no origin", { cookie }),
      signIn("cookie, trusted origin", { cookie, origin: APP }),
      signIn("cookie, base origin", { cookie, origin: AUTH }),
      signIn("cookie, wildcard origin", { cookie, origin: "https://t1.tenant.example" }),
      signIn("cookie, the wildcard's bare domain", { cookie, origin: "https://tenant.example" }),
      signIn("cookie, wildcard with another scheme", { cookie, origin: "http://t1.tenant.example" }),
      signIn("cookie, two labels for the wildcard", { cookie, origin: "https://a.b.tenant.example" }),
      signIn("cookie, evil origin", { cookie, origin: EVIL }),
      signIn("cookie, origin that starts like a trusted one", { cookie, origin: `${APP}.evil.example` }),
      signIn("cookie, trusted origin with a port", { cookie, origin: `${APP}:8443` }),
      signIn("cookie, trusted origin with its default port", { cookie, origin: `${APP}:443` }),
      signIn("cookie, trusted origin with a slash", { cookie, origin: `${APP}/` }),
      signIn("cookie, trusted origin in capitals", { cookie, origin: "HTTPS://APP.EXAMPLE.COM" }),
      signIn("cookie, origin that is no URL", { cookie, origin: "app.example.com" }),
      signIn("cookie, empty origin", { cookie, origin: "" }),
      signIn("cookie, referer only trusted", { cookie, referer: `${APP}/login?x=1` }),
      signIn("cookie, referer only evil", { cookie, referer: `${EVIL}/x` }),
      signIn("cookie, evil origin and trusted referer", { cookie, origin: EVIL, referer: `${APP}/login` }),
      signIn("cookie, trusted origin and evil referer", { cookie, origin: APP, referer: `${EVIL}/x` }),
      signIn("cookie, null origin", { cookie, origin: "null" }),
      signIn("cookie, null origin, same-origin fetch metadata", {
        cookie,
        origin: "null",
        "sec-fetch-site": "same-origin",
      }),
      signIn("cookie, null origin, cross-site fetch metadata", {
        cookie,
        origin: "null",
        "sec-fetch-site": "cross-site",
      }),
      signIn("no cookie, evil origin", { origin: EVIL }),
      signIn("no cookie, evil referer", { referer: `${EVIL}/x` }),
      signIn("no cookie, referer trusted", { referer: `${APP}/x` }),
      signIn("no cookie, null origin", { origin: "null" }),
      signIn("no cookie, cross-site navigate", {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
        origin: APP,
      }),
      signIn("no cookie, cross-site navigate without origin", {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
      }),
      signIn("no cookie, same-site navigate", {
        "sec-fetch-site": "same-site",
        "sec-fetch-mode": "navigate",
        origin: APP,
      }),
      signIn("no cookie, fetch metadata without origin", { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" }),
      signIn("no cookie, only sec-fetch-mode", { "sec-fetch-mode": "cors" }),
      signIn("no cookie, only sec-fetch-dest", { "sec-fetch-dest": "empty" }),
      signIn("no cookie, fetch metadata trusted origin", {
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "cors",
        origin: APP,
      }),
      signIn("cookie, cross-site navigate, trusted origin", {
        cookie,
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        origin: APP,
      }),
    ],
  },
  {
    name: "origin: callback URLs of a sign-in",
    options,
    steps: [
      withUser,
      ...[
        EVIL + "/x",
        "/home",
        "/",
        "/home?a=b&c=d#e",
        "home",
        "",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2Fevil.example",
        "/%5cevil.example",
        "/a//b",
        "/a b",
        "/a\tb",
        "/ü",
        "/a%20b",
        "/a@b",
        "/a:b",
        "/a'b",
        '/a"b',
        "/a<b",
        "?x=1",
        "#x",
        APP,
        APP + "/x",
        APP + ":8443/x",
        AUTH + "/x",
        "https://t9.tenant.example/x",
        "HTTPS://APP.EXAMPLE.COM/x",
        "http://app.example.com/x",
        "https://app.example.com@evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp://callback",
      ].map((url) => signIn(`callbackURL ${JSON.stringify(url)}`, {}, { callbackURL: url })),
      ...[["/x"], { url: "/x" }, 3, true, null].map((url) =>
        signIn(`callbackURL ${JSON.stringify(url)}`, {}, { callbackURL: url }),
      ),
      signIn("callbackURL in the query", {}, {}, `?callbackURL=${encodeURIComponent(EVIL)}`),
      signIn("callbackURL in the query, trusted", {}, {}, "?callbackURL=%2Fhome"),
      signIn("callbackURL twice in the query", {}, {}, "?callbackURL=%2Fhome&callbackURL=%2Fx"),
      signIn("redirectTo untrusted", {}, { redirectTo: EVIL }),
      signIn("errorCallbackURL untrusted", {}, { errorCallbackURL: EVIL }),
      signIn("newUserCallbackURL untrusted", {}, { newUserCallbackURL: EVIL }),
      signIn("currentURL untrusted", {}, { currentURL: EVIL }),
      signIn("callbackURL untrusted, origin evil", { cookie, origin: EVIL }, { callbackURL: EVIL }),
      signIn("callbackURL untrusted, body invalid", {}, { callbackURL: EVIL, email: 3 }),
    ],
  },
  {
    name: "origin: other endpoints",
    options,
    steps: [
      get("/get-session", { note: "GET with cookie and evil origin", headers: { cookie, origin: EVIL } }),
      get("/get-session", {
        note: "GET as a cross-site navigation",
        headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
      }),
      get(`/get-session?callbackURL=${encodeURIComponent(EVIL)}`),
      get(`/ok?callbackURL=${encodeURIComponent(EVIL)}`),
      get(`/nope?callbackURL=${encodeURIComponent(EVIL)}`),
      ...["/sign-out", "/sign-up/email"].flatMap((path) =>
        [
          {},
          { cookie },
          { cookie, origin: APP },
          { cookie, origin: EVIL },
          { cookie, origin: "null" },
          { origin: EVIL },
          { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", origin: APP },
          { "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" },
        ].map((headers) => send("POST", path, { note: `POST ${path} ${JSON.stringify(headers)}`, headers, json: {} })),
      ),
      send("POST", "/sign-out", { headers: {}, json: { callbackURL: EVIL } }),
      send("POST", "/sign-out", { headers: { cookie, origin: APP }, json: { callbackURL: EVIL } }),
      send("POST", "/sign-up/email", {
        json: { name: "B", email: "b@b.co", password: "password-1", callbackURL: "/welcome" },
      }),
    ],
  },
  {
    name: "origin: disableCSRFCheck",
    options: { ...options, advanced: { disableCSRFCheck: true } },
    steps: [
      signIn("cookie, evil origin", { cookie, origin: EVIL }),
      signIn("no cookie, cross-site navigate", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }),
      signIn("untrusted callbackURL still checked", {}, { callbackURL: EVIL }),
    ],
  },
  {
    name: "origin: disableOriginCheck",
    options: { ...options, advanced: { disableOriginCheck: true } },
    steps: [
      signIn("cookie, evil origin", { cookie, origin: EVIL }),
      signIn("untrusted callbackURL", {}, { callbackURL: EVIL }),
      signIn("callbackURL not a string", {}, { callbackURL: 3 }),
      signIn("no cookie, cross-site navigate", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" }),
    ],
  },
  {
    name: "origin: disableOriginCheck for a path",
    options: { ...options, advanced: { disableOriginCheck: ["/sign-in"] } },
    steps: [
      signIn("cookie, evil origin", { cookie, origin: EVIL }),
      signIn("untrusted callbackURL", {}, { callbackURL: EVIL }),
      send("POST", "/sign-out", { headers: { cookie, origin: EVIL }, json: {} }),
    ],
  },
  {
    name: "origin: no trusted origins but one's own",
    steps: [
      signUp("Ann"),
      getSession("Ann"),
      ...[
        "http://localhost:3000",
        "http://localhost:3001",
        "http://127.0.0.1:3000",
        "https://localhost:3000",
        "http://LOCALHOST:3000",
      ].map((origin) => post("/sign-out", {}, { headers: { origin, cookie }, note: `sign-out from ${origin}` })),
    ],
  },
  {
    name: "origin: a base URL with a path",
    options: { baseURL: "http://localhost:3000/custom/auth" },
    steps: [
      get("/ok"),
      send("GET", "", { target: "/custom/auth/ok" }),
      send("POST", "", {
        target: "/custom/auth/sign-out",
        json: {},
        headers: { cookie, origin: "http://localhost:3000" },
      }),
      send("POST", "", { target: "/custom/auth/sign-out", json: {}, headers: { cookie, origin: EVIL } }),
    ],
  },
];

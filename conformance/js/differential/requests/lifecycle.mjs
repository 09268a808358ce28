// Sessions under the clock.
import { DAY, HOUR, SECOND, advance, call, get, getSession, post, postRaw, send, signIn, signUp } from "../steps.mjs";

const me = (as) => send("GET", "", { target: "/me", as, compare: "status" });

/** Keeps an actor's cookies as they are now; withKept() presents them later. */
const keep = (as) => (state) => {
  state.captured[as] = state.jar(as).header;
  return advance(0);
};
const withKept =
  (as, path = "/get-session") =>
  ({ captured }) =>
    get(path, { headers: { cookie: captured[as] }, note: `GET ${path} with ${as}'s old cookies` });

export default [
  {
    name: "lifecycle: a session from the first day to its last",
    steps: [
      signUp("Ann"),
      getSession("Ann"),
      advance(DAY - 10 * SECOND),
      getSession("Ann"),
      advance(20 * SECOND),
      getSession("Ann"),
      getSession("Ann"),
      advance(DAY + 10 * SECOND),
      getSession("Ann", "?disableRefresh=true"),
      getSession("Ann"),
      advance(7 * DAY - 10 * SECOND),
      getSession("Ann", "?disableRefresh=true"),
      advance(20 * SECOND),
      keep("Ann"),
      getSession("Ann"),
      getSession("Ann"),
      withKept("Ann"),
    ],
  },
  {
    name: "lifecycle: expiry to the millisecond",
    exact: true,
    options: { session: { expiresIn: 60 } },
    steps: [
      signUp("Ann"),
      signUp("Bob"),
      signUp("Cleo"),
      advance(60 * SECOND - 1),
      getSession("Ann", "?disableRefresh=true"),
      me("Bob"),
      advance(1),
      getSession("Ann", "?disableRefresh=true"),
      getSession("Bob", "?disableRefresh=true"),
      me("Cleo"),
      advance(1),
      getSession("Ann"),
      me("Bob"),
      call("getSession", {}, { as: "Cleo" }),
    ],
  },
  {
    name: "lifecycle: prolonging to the millisecond",
    exact: true,
    options: { session: { expiresIn: 100, updateAge: 10 } },
    steps: [
      signUp("Ann"),
      advance(10 * SECOND - 1),
      getSession("Ann"),
      advance(1),
      getSession("Ann"),
      advance(1),
      getSession("Ann"),
      advance(10 * SECOND - 1),
      getSession("Ann"),
    ],
  },
  {
    name: "lifecycle: a session that isn't remembered",
    steps: [
      signUp("Ann", { fields: { rememberMe: false } }),
      getSession("Ann"),
      advance(DAY - 10 * SECOND),
      getSession("Ann"),
      advance(20 * SECOND),
      getSession("Ann"),
      getSession("Ann"),
    ],
  },
  {
    name: "lifecycle: a short expiresIn and sessions that aren't remembered",
    options: { session: { expiresIn: 3600, updateAge: 60 } },
    steps: [
      signUp("Ann", { fields: { rememberMe: false } }),
      signUp("Bob"),
      advance(2 * HOUR),
      getSession("Ann"),
      getSession("Bob"),
    ],
  },
  {
    name: "lifecycle: updateAge 0",
    options: { session: { updateAge: 0 } },
    steps: [
      signUp("Ann"),
      getSession("Ann"),
      advance(5 * SECOND),
      getSession("Ann"),
      getSession("Ann", "?disableRefresh=1"),
      me("Ann"),
    ],
  },
  {
    name: "lifecycle: refreshing is off",
    options: { session: { disableSessionRefresh: true } },
    steps: [signUp("Ann"), advance(2 * DAY), getSession("Ann"), advance(6 * DAY), getSession("Ann")],
  },
  {
    name: "lifecycle: spellings of disableRefresh",
    steps: ["true", "false", "0", "1", "", " ", "null"]
      .map((value) => `?disableRefresh=${encodeURIComponent(value)}`)
      .concat(
        "?disableRefresh",
        "?disablerefresh=true",
        "?disableRefresh=&disableRefresh=",
        "?disableRefresh[]=",
        "?disableRefresh=true&x=1",
        "?disableCookieCache=true",
      )
      .flatMap((query, i) => [signUp(`P${i}`), advance(2 * DAY), getSession(`P${i}`, query)]),
  },
  {
    name: "lifecycle: sign-out",
    steps: [
      postRaw("/sign-out", undefined, null),
      signUp("Ann"),
      keep("Ann"),
      post("/sign-out", {}, { as: "Ann" }),
      post("/sign-out", {}, { as: "Ann" }),
      getSession("Ann"),
      withKept("Ann"),
      ({ captured }) =>
        post("/sign-out", {}, { headers: { cookie: captured.Ann }, note: "POST /sign-out with the old cookies" }),
      signUp("Bob", { fields: { rememberMe: false } }),
      post("/sign-out", {}, { as: "Bob" }),
      signUp("Cleo"),
      send("POST", "/sign-out", { as: "Cleo", note: "sign-out without an origin" }),
      getSession("Cleo"),
      send("POST", "/sign-out", {
        headers: { cookie: "better-auth.session_token=bad", origin: "http://localhost:3000" },
        note: "sign-out with a bad cookie",
      }),
    ],
  },
  {
    name: "lifecycle: signing out of one of two sessions",
    steps: [
      signUp("Ann"),
      keep("Ann"),
      signIn("Ann"),
      post("/sign-out", {}, { as: "Ann" }),
      withKept("Ann"),
      signIn("Ann"),
      getSession("Ann"),
    ],
  },
  {
    name: "lifecycle: an expired session at sign-out and sign-in",
    options: { session: { expiresIn: 60 } },
    steps: [
      signUp("Ann"),
      advance(2 * HOUR),
      post("/sign-out", {}, { as: "Ann" }),
      signIn("Ann"),
      advance(2 * HOUR),
      signIn("Ann"),
      getSession("Ann"),
    ],
  },
  {
    name: "lifecycle: the longest cookie",
    options: { session: { expiresIn: 400 * 86_400 } },
    steps: [signUp("Ann"), getSession("Ann")],
  },
  {
    name: "lifecycle: longer than a cookie may live",
    options: { session: { expiresIn: 400 * 86_400 + 1 } },
    steps: [signUp("Ann"), signIn("Ann"), signIn("Ann", { fields: { rememberMe: false } })],
  },
  {
    name: "lifecycle: fractions of seconds",
    options: { session: { expiresIn: 100.75, updateAge: 0.5 } },
    steps: [signUp("Ann"), getSession("Ann"), advance(10 * SECOND), getSession("Ann")],
  },
];

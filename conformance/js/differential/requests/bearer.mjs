// The session in the Authorization header.
import { advance, DAY, call, get, getSession, post, signIn, signUp } from "../steps.mjs";

const bearer = (options = {}) => ({ plugins: [{ id: "bearer", options }] });
const noted = (note, step) => (state) => ({ ...(typeof step === "function" ? step(state) : step), note });
const authorization = (make) => (state) => ({ authorization: make(state.captured.token ?? "") });
const keep = { capture: { token: (response) => response.header("set-auth-token") } };
const show = (note, make, as) => noted(note, (state) => get("/get-session", { headers: authorization(make)(state), as }));
const bare = (token) => token.split(".")[0];

const forms = [
  ["as it came", (token) => `Bearer ${token}`],
  ["lower case", (token) => `bearer ${token}`],
  ["upper case, spaces", (token) => `BEARER   ${token}  `],
  ["escaped", (token) => `Bearer ${encodeURIComponent(token)}`],
  ["escaped in part", (token) => `Bearer ${token.replace("=", "%3D")}`],
  ["wrongly escaped", (token) => `Bearer ${token}%zz`],
  ["bare", (token) => `Bearer ${bare(token)}`],
  ["bare, unknown", () => "Bearer nope"],
  ["another token's signature", (token) => `Bearer x${token}`],
  ["a signature too many", (token) => `Bearer ${token}.${token.split(".")[1]}`],
  ["half a signature", (token) => `Bearer ${token.slice(0, -10)}`],
  ["no signature", (token) => `Bearer ${bare(token)}.`],
  ["no token", (token) => `Bearer .${token.split(".")[1]}`],
  ["nothing", () => "Bearer "],
  ["Basic", (token) => `Basic ${token}`],
  ["no space", (token) => `Bearer${token}`],
];

// Malformed ones of these take the session of a cookie away at better-auth, depending on the signature.
const malformed = ["wrongly escaped", "a signature too many"];
const besideCookies = forms.filter(([note]) => !malformed.includes(note));

export default [
  ...[{}, { requireSignature: true }, { requireSignature: false }].map((options) => ({
    name: `bearer: tokens, ${JSON.stringify(options)}`,
    kinds: ["memory"],
    instance: bearer(options),
    steps: [signUp("Ann", keep), ...forms.map(([note, make]) => show(note, make)), ...besideCookies.map(([note, make]) => show(`with a cookie: ${note}`, make, "Ann"))],
  })),
  {
    name: "bearer: what a token does",
    instance: bearer(),
    steps: [
      signUp("Ann", keep),
      noted("a change without an origin", (state) => post("/update-user", { name: "B" }, { headers: { origin: undefined, ...authorization((t) => `Bearer ${t}`)(state) } })),
      noted("a change from elsewhere", (state) => post("/update-user", { name: "B" }, { headers: { origin: "https://evil.example", ...authorization((t) => `Bearer ${t}`)(state) } })),
      noted("with somebody else's cookie", (state) => post("/update-user", { name: "C" }, { headers: authorization((t) => `Bearer ${t}`)(state), as: "Bob" })),
      signUp("Bob"),
      noted("with somebody else's cookie", (state) => post("/update-user", { name: "C" }, { headers: authorization((t) => `Bearer ${t}`)(state), as: "Bob" })),
      getSession("Bob"),
      signIn("Ann", { fields: { rememberMe: false } }),
      signIn("Nobody"),
      noted("in process", (state) => call("getSession", { headers: authorization((t) => `Bearer ${t}`)(state) })),
      noted("in process, a change", (state) => call("updateUser", { headers: authorization((t) => `Bearer ${t}`)(state), body: { name: "D" } })),
      advance(2 * DAY),
      show("prolonged", (t) => `Bearer ${t}`),
      noted("signed out", (state) => post("/sign-out", {}, { headers: authorization((t) => `Bearer ${t}`)(state) })),
      show("ended", (t) => `Bearer ${t}`),
    ],
  },
  {
    name: "bearer: before a second factor",
    kinds: ["memory"],
    // In the other order better-auth sends a token, of a session that is gone.
    instance: { plugins: [{ id: "two-factor", options: { skipVerificationOnEnable: true } }, { id: "bearer" }] },
    steps: [signUp("Ann"), post("/two-factor/enable", { password: "password1234" }, { as: "Ann" }), signIn("Ann")],
  },
];

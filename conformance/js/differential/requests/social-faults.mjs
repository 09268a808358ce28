// Identity providers that misbehave: every failure ends at the error page, and nothing is left of it.
import { APPLE, GOOGLE, ID_TOKEN_FAULTS, comeBack, each, follow, generic, listAccounts, signInNatively, signInWith, social, start } from "../social.mjs";
import { SECOND, advance, atProvider, fault, getSession, visit } from "../steps.mjs";

// better-auth answers 500 to what these providers then call an ID token. social-attacks.test.mjs has it.
const CRASHES = ["opaque"];

// What docs/differences.md has: tokens from the future, and the code for a token without a subject.
const STRICTER = ["from-tomorrow", "empty-sub"];

/** A sign-in for each fault, by a browser of its own. */
const afterEach = (provider, faults, user = "ann") =>
  faults.flatMap((description, i) => {
    const actor = `${provider} ${description.idToken ?? i}`;
    return [
      fault(description),
      ...signInWith(actor, provider, user, { errorCallbackURL: "/sorry" }),
      getSession(actor),
      atProvider("it is well again", (idp) => idp.clearFaults()),
    ];
  });

const TRANSPORT = [
  { status: 500 },
  { status: 503, body: '{"error":"temporarily_unavailable"}' },
  { status: 404 },
  { status: 204 },
  { body: "<html>" },
  { body: "[]" },
  { body: "null" },
  { body: '"text"' },
  { redirect: "https://elsewhere.example/somewhere" },
  { redirect: "/token" },
  { set: { extra: "x".repeat(100) } },
];

// better-auth answers 500 where GitHub's answer is no JSON object, or none at all; we end at the error page, or go on without
// the list of addresses.
const crashes = (provider, { status, body }) => provider === "github" && (status === 204 || (body !== undefined && body !== "[]" && !status));

export default [
  ...each(
    "faults: ID tokens that come with a code",
    (provider) => ({
      steps: [
        ...afterEach(
          provider,
          ID_TOKEN_FAULTS.filter((name) => !STRICTER.includes(name) && (provider === "acme" || !CRASHES.includes(name))).map((idToken) => ({ endpoint: "token", idToken })),
        ),
        ...signInWith("Ann", provider, "ann"),
        listAccounts("Ann"),
      ],
    }),
    ["google", "apple", "acme"],
  ),
  ...[
    ["google", GOOGLE],
    ["apple", APPLE],
    ["acme", undefined],
  ].map(([provider, issuer]) =>
    social(`faults: ID tokens that apps bring (${provider})`, {
      acme: provider === "acme",
      steps: [
        ...ID_TOKEN_FAULTS.filter((name) => !STRICTER.includes(name)).flatMap((idToken) => signInNatively(idToken, provider, { issuer, user: "ann", nonce: "n", fault: { idToken } })),
        ...signInNatively("Ann", provider, { issuer, user: "ann", nonce: "n" }),
      ],
    }),
  ),
  ...each(
    "faults: at the token endpoint",
    (provider) => ({
      steps: afterEach(provider, [
        // No tokens at all: which of two codes the error page gets is in docs/differences.md.
        ...TRANSPORT.filter(({ body }) => body !== (provider === "github" ? "[]" : "null")).map((description) => ({ endpoint: "token", ...description })),
        { endpoint: "token", error: "invalid_grant", description: "expired" },
        { endpoint: "token", error: "invalid_client", status: 401 },
        { endpoint: "token", error: "server_error", status: 500 },
        { endpoint: "token", set: { access_token: null } },
        { endpoint: "token", set: { id_token: null } },
        { endpoint: "token", set: { access_token: null, id_token: null } },
        { endpoint: "token", set: { token_type: null, expires_in: null, scope: null, refresh_token: null } },
      ]),
    }),
    ["google", "github", "acme"],
  ),
  ...each(
    "faults: at the userinfo endpoint",
    (provider) => ({
    idp: { clients: [{ id: "app", secret: "the-secret-of-the-application-0123456789", thinIDToken: true }] },
    steps: [
      ...signInWith("Ann", provider, "ann"),
      ...afterEach(provider, [
        ...TRANSPORT.filter((description) => !crashes(provider, description)).map((description) => ({ endpoint: "userinfo", ...description })),
        { endpoint: "userinfo", error: "invalid_token" },
        { endpoint: "userinfo", set: { sub: "bob" } },
        { endpoint: "userinfo", set: { sub: null } },
        { endpoint: "userinfo", set: { sub: 7 } },
        { endpoint: "userinfo", set: { email: null } },
        { endpoint: "userinfo", set: { email: "" } },
        { endpoint: "userinfo", set: { email: "not an address" } },
        { endpoint: "userinfo", set: { name: null } },
        { endpoint: "userinfo", set: { id: null } },
        { endpoint: "userinfo", set: { id: "" } },
        { endpoint: "userinfo", set: { id: "undefined" } },
        ...(provider === "github" ? TRANSPORT.filter((description) => !crashes(provider, description)).map((description) => ({ endpoint: "emails", ...description })) : []),
      ]),
    ],
    }),
    ["github", "acme"],
  ),
  // Where a profile is fetched better-auth answers 500 to this. social-attacks.test.mjs has it.
  ...each("faults: connections that break", (provider) => ({ steps: afterEach(provider, [{ endpoint: "token", times: 0, drop: true }]) })),
  social("faults: keys", {
    acme: true,
    steps: [
      ...[{ status: 500 }, { body: "<html>" }, { set: { keys: [] } }, { redirect: "https://elsewhere.example/jwks" }, { drop: true }].flatMap((description) => [
        ...afterEach("acme", [{ endpoint: "jwks", times: 0, ...description }]),
        advance(31 * SECOND), // keys are not asked for more often
      ]),
      ...signInWith("Ann", "acme", "ann"),
      atProvider("the provider takes a new key", (idp) => idp.rotate()),
      advance(31 * SECOND),
      ...signInWith("Ann", "acme", "ann"),
      atProvider("the provider takes a new key and forgets the others", (idp) => idp.rotate({ retire: true })),
      advance(31 * SECOND),
      ...signInWith("Ann", "acme", "ann"),
      fault({ endpoint: "token", idToken: "unknown-kid" }),
      ...signInWith("Ann", "acme", "ann"),
    ],
  }),
  social("faults: Google's keys", {
    steps: [
      ...[{ status: 500 }, { body: "<html>" }, { set: { keys: [] } }, { redirect: "https://elsewhere.example/jwks" }, { drop: true }].flatMap((description) => [
        atProvider(`the keys' fault: ${JSON.stringify(description)}`, (idp) => idp.fault({ endpoint: "jwks", ...description })),
        ...signInNatively("Bob", "google", { issuer: GOOGLE, user: "bob" }),
        atProvider("it is well again", (idp) => idp.clearFaults()),
        advance(31 * SECOND),
      ]),
      ...signInNatively("Bob", "google", { issuer: GOOGLE, user: "bob" }),
      atProvider("the provider takes a new key", (idp) => idp.rotate()),
      advance(31 * SECOND),
      ...signInNatively("Bob", "google", { issuer: GOOGLE, user: "bob" }),
      atProvider("the provider takes a new key and forgets the others", (idp) => idp.rotate({ retire: true })),
      advance(31 * SECOND),
      ...signInNatively("Bob", "google", { issuer: GOOGLE, user: "bob" }),
    ],
  }),
  ...["ES256", "EdDSA"].map((algorithm) =>
    social(`faults: none, but ID tokens of ${algorithm}`, {
      acme: true,
      idp: { clients: [{ id: "app", secret: "the-secret-of-the-application-0123456789", algorithm }] },
      steps: [...signInWith("Ann", "acme", "ann"), getSession("Ann"), ...signInWith("Ann", "google", "ann"), ...signInNatively("Bob", "google", { issuer: GOOGLE, user: "bob" })],
    }),
  ),
  ...each("faults: in the answer that the browser brings", (provider) => ({
    steps: [
        { set: { iss: "https://evil.example" } },
        { set: { iss: null } },
        { set: { iss: "https://idp.example/" } },
        { set: { code: null } },
        { set: { code: "code-of-mine" } },
        { set: { code: "" } },
        { set: { error: "access_denied" } },
        { error: "access_denied" },
        { error: "server_error", description: "Sorry & <b>goodbye</b> é" },
        { error: "interaction_required" },
        { error: "temporarily unavailable" },
      ].flatMap((description, i) => [
        fault({ endpoint: "authorize", ...description }),
        ...signInWith(`Ann ${i}`, provider, "ann", { errorCallbackURL: "/sorry?x=1" }),
      ]),
  })),
  social("faults: Apple's", {
    steps: [
      ...[{ set: { user: { name: "text" } } }, { set: { user: [] } }, { set: { id_token: null } }, { idToken: "wrong-audience" }, { error: "user_cancelled_authorize" }].flatMap(
        (description, i) => [fault({ endpoint: "authorize", ...description }), ...signInWith(`Ann ${i}`, "apple", "ann"), getSession(`Ann ${i}`)],
      ),
      start("Bob", "apple"),
      visit("bob"),
      comeBack("Bob", { change: (params) => params.append("code", "another") }),
      follow("Bob"),
    ],
  }),
  social("faults: no discovery when the server starts", {
    acme: true,
    idp: { faults: [{ endpoint: "discovery", status: 503 }] },
    steps: [
      start("Ann", "acme"),
      start("Ann", "google"),
      atProvider("it is well again", (idp) => idp.clearFaults()),
      ...signInWith("Ann", "acme", "ann"),
    ],
  }),
  ...[
    ["without an issuer", { issuer: null }],
    ["with an issuer that is no URL", { issuer: "acme" }],
    ["with somebody else's issuer", { issuer: "https://evil.example" }],
    ["without keys", { jwks_uri: null }],
    ["with keys that are nowhere", { jwks_uri: "https://" }],
    ["with keys at a relative address", { jwks_uri: "/jwks" }],
    ["without an authorization endpoint", { authorization_endpoint: null }],
    ["without a token endpoint", { token_endpoint: null }],
    ["without algorithms", { id_token_signing_alg_values_supported: null }],
    ["with the algorithm HS256 alone", { id_token_signing_alg_values_supported: ["HS256"] }],
    ["with the algorithm none", { id_token_signing_alg_values_supported: ["none", "RS256"] }],
    ["without userinfo", { userinfo_endpoint: null }],
  ].map(([name, set]) =>
    social(`faults: discovery ${name}`, {
      acme: true,
      idp: { faults: [{ endpoint: "discovery", set }] },
      steps: [
        ...["alg-none", "hs256-secret", "hs256-public-key"].flatMap((idToken) => [fault({ endpoint: "token", idToken }), start("Eve", "acme"), ({ captured }) => (captured.url ? visit("ann") : getSession("Eve")), (state) => (state.back ? comeBack("Eve")(state) : getSession("Eve"))]),
        atProvider("it is well again", (idp) => idp.clearFaults()),
        start("Ann", "acme"),
        ({ captured }) => (captured.url ? visit("ann") : getSession("Ann")),
        (state) => (state.back ? comeBack("Ann")(state) : getSession("Ann")),
        getSession("Ann"),
      ],
    }),
  ),
];

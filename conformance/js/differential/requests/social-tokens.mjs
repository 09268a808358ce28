// The tokens of identity providers: reading them, renewing them, and asking with them.
import { GOOGLE, KNOWN, each, generic, listAccounts, signInNatively, signInWith, social } from "../social.mjs";
import { HOUR, SECOND, advance, askedOfProvider, atProvider, call, fault, get, post, signUp } from "../steps.mjs";

const onAccount = (path) => (actor, provider, fields = {}) => ({ captured }) =>
  post(path, { accountId: captured.accounts[provider] ?? provider, ...fields }, { as: actor, note: `${path} of ${provider} as ${actor}` });
const accessToken = onAccount("/get-access-token");
const refreshToken = onAccount("/refresh-token");
const accountInfo = (actor, provider) => ({ captured }) =>
  get(`/account-info?accountId=${captured.accounts[provider] ?? provider}`, { as: actor, note: `/account-info of ${provider} as ${actor}` });

export default [
  ...each("tokens: reading, renewing, asking", (provider) => ({
    steps: [
      ...signInWith("Ann", provider, "ann"),
      listAccounts("Ann"),
      askedOfProvider(),
      accessToken("Ann", provider),
      askedOfProvider(),
      refreshToken("Ann", provider),
      askedOfProvider(),
      accountInfo("Ann", provider),
      askedOfProvider(),
    ],
  })),
  ...each(
    "tokens: near their end",
    (provider) => ({
      exact: true,
      steps: [
        ...signInWith("Ann", provider, "ann"),
        listAccounts("Ann"),
        advance(HOUR - 5 * SECOND - 1),
        accessToken("Ann", provider),
        advance(1),
        accessToken("Ann", provider),
        askedOfProvider(),
        accountInfo("Ann", provider),
        advance(HOUR),
        accountInfo("Ann", provider),
        askedOfProvider(),
      ],
    }),
    ["google", "acme"],
  ),
  ...each(
    "tokens: no refresh tokens",
    (provider) => ({
      idp: { clients: [{ id: "app", secret: KNOWN.google.clientSecret, refreshTokens: "none" }] },
      steps: [
        ...signInWith("Ann", provider, "ann"),
        listAccounts("Ann"),
        accessToken("Ann", provider),
        refreshToken("Ann", provider),
        advance(2 * HOUR),
        accessToken("Ann", provider),
        refreshToken("Ann", provider),
        askedOfProvider(),
      ],
    }),
    ["google", "acme"],
  ),
  social("tokens: refresh tokens that last, and a life that the provider does not tell", {
    idp: { clients: [{ id: "app", secret: KNOWN.google.clientSecret, refreshTokens: "keep", expiresIn: 60 }] },
    acme: [generic({ accessTokenExpiresIn: 30 })],
    steps: [
      fault({ endpoint: "token", set: { expires_in: null } }),
      ...signInWith("Ann", "acme", "ann"),
      listAccounts("Ann"),
      accessToken("Ann", "acme"),
      advance(26 * SECOND),
      accessToken("Ann", "acme"),
      advance(2 * HOUR),
      accessToken("Ann", "acme"),
      refreshToken("Ann", "acme"),
      askedOfProvider(),
    ],
  }),
  social("tokens: a provider that gives less than it should", {
    idp: { clients: [{ id: "app", secret: KNOWN.google.clientSecret, refreshTokens: "keep" }] },
    steps: [
      ...signInWith("Ann", "google", "ann"),
      listAccounts("Ann"),
      ...[
        { set: { refresh_token: null, expires_in: null, id_token: null, scope: null } },
        { set: { expires_in: "120" } },
        { set: { expires_in: -1 } },
        { set: { scope: "a b  c", token_type: "mac" } },
        { set: { scope: ["a", "b"] } },
        { set: { refresh_token_expires_in: 600, access_token: "with spaces and é" } },
        { set: { access_token: null } },
        { set: { access_token: 7 } },
        { set: { error: "odd", access_token: null } },
        { error: "invalid_grant", description: "The refresh token was revoked" },
        { error: "temporarily_unavailable", status: 503 },
        { status: 500, body: "<html>" },
        { body: "access_token=at&token_type=bearer" },
        { body: "[]" },
        { body: "null" },
        { status: 204 },
        { redirect: "https://elsewhere.example/" },
      ].flatMap((description) => [fault({ endpoint: "token", ...description }), refreshToken("Ann", "google"), accessToken("Ann", "google")]),
      askedOfProvider(),
    ],
  }),
  ...each(
    "tokens: a provider that is not well when asked who it is",
    (provider) => ({
      steps: [
        ...signInWith("Ann", provider, "ann"),
        listAccounts("Ann"),
        ...[
          // Another person's profile, or nobody's: GitHub's better-auth shows all the same.
          ...(provider === "github" ? [] : [{ set: { sub: "bob", id: 1002 } }, { set: { sub: null, id: null, email: null } }]),
          { error: "invalid_token" },
          { status: 500 },
          ...(provider === "github" ? [] : [{ body: "<html>" }]), // better-auth answers 500
          { redirect: "https://elsewhere.example/" },
        ].flatMap((description) => [fault({ endpoint: "userinfo", ...description }), accountInfo("Ann", provider)]),
      ],
    }),
    ["github", "acme"],
  ),
  social("tokens: encrypted", {
    options: { account: { encryptOAuthTokens: true } },
    steps: [
      ...signInWith("Ann", "google", "ann"),
      listAccounts("Ann"),
      accessToken("Ann", "google"),
      refreshToken("Ann", "google"),
      accessToken("Ann", "google"),
      accountInfo("Ann", "google"),
      ...signInWith("Ann", "google", "ann"),
      accessToken("Ann", "google"),
      ...signInNatively("Bob", "google", { issuer: GOOGLE, user: "bob" }, { idToken: { accessToken: "at", refreshToken: "rt" } }),
      listAccounts("Bob"),
      accessToken("Bob", "google"),
    ],
  }),
  social("tokens: left as they were at the first sign-in", {
    options: { account: { updateAccountOnSignIn: false } },
    steps: [
      ...signInWith("Ann", "google", "ann"),
      listAccounts("Ann"),
      accessToken("Ann", "google"),
      ...signInWith("Ann", "google", "ann"),
      accessToken("Ann", "google"),
    ],
  }),
  social("tokens: the account in a cookie", {
    options: { account: { storeAccountCookie: true } },
    steps: [
      ...signInWith("Ann", "google", "ann"),
      listAccounts("Ann"),
      post("/get-access-token", { useAccountCookie: true }, { as: "Ann" }),
      post("/refresh-token", { useAccountCookie: true }, { as: "Ann" }),
      post("/get-access-token", { useAccountCookie: true }, { as: "Ann" }),
      get("/account-info?useAccountCookie=true", { as: "Ann" }),
      get("/account-info", { as: "Ann" }),
      refreshToken("Ann", "google"),
      advance(2 * HOUR),
      post("/get-access-token", { useAccountCookie: true }, { as: "Ann" }),
      post("/sign-out", {}, { as: "Ann" }),
      post("/get-access-token", { useAccountCookie: true }, { as: "Ann" }),
    ],
  }),
  social("tokens: nobody else's", {
    steps: [
      ...signInWith("Ann", "google", "ann"),
      listAccounts("Ann"),
      ...signInWith("Bob", "google", "bob"),
      ...[accessToken, refreshToken].flatMap((ask) => [
        ask("Bob", "google"),
        ask("nobody", "google"),
        ask("Bob", "google", { userId: "x" }),
        ask("nobody", "google", { userId: "x" }),
        ask("Ann", "ann"),
        ask("Ann", "nobody"),
      ]),
      accountInfo("Bob", "google"),
      accountInfo("nobody", "google"),
      accountInfo("Ann", "ann"),
      get("/account-info?accountId=", { as: "Ann" }),
      get("/account-info?accountId=a&accountId=b", { as: "Ann" }),
      ...["/get-access-token", "/refresh-token"].flatMap((path) => [
        post(path, {}, { as: "Ann" }),
        post(path, { providerId: "google" }, { as: "Ann" }),
        post(path, { useAccountCookie: false }, { as: "Ann" }),
        post(path, { useAccountCookie: true, accountId: "x" }, { as: "Ann" }),
        post(path, { accountId: 1 }, { as: "Ann" }),
      ]),
    ],
  }),
  social("tokens: an account without any, and one with a password", {
    steps: [
      signUp("Ann"),
      listAccounts("Ann"),
      accessToken("Ann", "credential"),
      refreshToken("Ann", "credential"),
      accountInfo("Ann", "credential"),
      ...signInNatively("Bob", "google", { issuer: GOOGLE, user: "bob" }),
      listAccounts("Bob"),
      accessToken("Bob", "google"),
      refreshToken("Bob", "google"),
      accountInfo("Bob", "google"),
    ],
  }),
  social("tokens: on behalf of a user, in process", {
    steps: [
      ...signInWith("Ann", "google", "ann"),
      listAccounts("Ann"),
      get("/get-session", { as: "Ann", capture: { user: (response) => response.json().user.id } }),
      ({ captured }) => call("getAccessToken", { body: { accountId: captured.accounts.google, userId: captured.user } }, { note: "with the user's id" }),
      ({ captured }) => call("refreshToken", { body: { accountId: captured.accounts.google, userId: captured.user } }, { note: "with the user's id" }),
      ({ captured }) => call("getAccessToken", { body: { accountId: captured.accounts.google, userId: "nobody" } }, { note: "with another id" }),
      ({ captured }) => call("getAccessToken", { body: { accountId: captured.accounts.google } }, { note: "with none" }),
    ],
  }),
  social("tokens: the refresh token was used elsewhere", {
    steps: [
      ...signInWith("Ann", "google", "ann"),
      listAccounts("Ann"),
      atProvider("an old refresh token is answered as the specification says", (idp) => idp.fault({ endpoint: "token", times: 1, error: "invalid_grant" })),
      refreshToken("Ann", "google"),
      refreshToken("Ann", "google"),
      refreshToken("Ann", "google"),
      askedOfProvider(),
    ],
  }),
];

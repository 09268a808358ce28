// Signing in with an identity provider: the way there, the way back, and who it is then.
import { APPLE, GOOGLE, KNOWN, comeBack, each, follow, generic, listAccounts, signInNatively, signInWith, social, start } from "../social.mjs";
import { SECOND, advance, askedOfProvider, atProvider, call, get, getSession, post, postRaw, signUp, visit } from "../steps.mjs";

export default [
  ...each("a first sign-in, and another", (provider) => ({
    kinds: ["memory", "postgres", "mysql", "sqlite"],
    steps: [
      ...signInWith("Ann", provider, "ann"),
      getSession("Ann"),
      askedOfProvider(),
      ...signInWith("Ann", provider, "ann"),
      askedOfProvider(),
      listAccounts("Ann"),
    ],
  })),
  ...each("what the way there can carry", (provider) => ({
    steps: [
      start("Ann", provider, {
        callbackURL: "/home?a=1#top",
        errorCallbackURL: "/sorry",
        newUserCallbackURL: "/welcome",
        scopes: ["extra", "email"],
        loginHint: "ann@example.com",
        additionalParams: { prompt: "consent", "odd key": "odd & value" },
        additionalData: { plan: "gold", nested: { a: [1, null, "é"] } },
      }),
      start("Ann", provider, { disableRedirect: true, callbackURL: undefined }),
    ],
  })),
  social("what the way there must not carry", {
    steps: [
      ...["state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "nonce", "scope"].map(
        (name) => start("Ann", "google", { additionalParams: { [name]: "mine" } }),
      ),
      start("Ann", "google", { additionalParams: { prompt: 1 } }),
      start("Ann", "google", { additionalData: "text" }),
      start("Ann", "google", { additionalData: { callbackURL: "https://evil.example/", link: { userId: "x" }, codeVerifier: "v", oauthState: "s" } }),
      visit("ann"),
      comeBack("Ann"),
      start("Ann", "google", { scopes: "email" }),
      start("Ann", "google", { callbackURL: 1 }),
      start("Ann", "nobody"),
      start("Ann", undefined),
      start("Ann", ""),
      start("Ann", "__proto__"),
      post("/sign-in/social", undefined),
      postRaw("/sign-in/social", "provider=google", "application/x-www-form-urlencoded"),
      get("/sign-in/social?provider=google"),
    ],
  }),
  social("where it ends", {
    options: { trustedOrigins: ["https://app.example", "myapp://"] },
    steps: [
      undefined, "/", "/home?a=1&b=%20x#top", "http://localhost:3000/abs", "https://app.example/elsewhere?x=1", "myapp://done",
    ].flatMap((callbackURL, i) => [
      ...signInWith(`a${i}`, "google", "ann", { callbackURL }),
      ...signInWith(`n${i}`, "google", "ann", { callbackURL, newUserCallbackURL: "/welcome" }),
      start(`e${i}`, "google", { callbackURL, errorCallbackURL: callbackURL }),
      visit(undefined),
      comeBack(`e${i}`),
    ]),
  }),
  ...each("a new user is welcomed elsewhere, once", (provider) => ({
    steps: [
      ...signInWith("Ann", provider, "ann", { newUserCallbackURL: "/welcome?from=provider" }),
      ...signInWith("Ann", provider, "ann", { newUserCallbackURL: "/welcome?from=provider" }),
    ],
  })),
  social("where it must not end", {
    steps: [
      "myapp://evil", "https://evil.example/", "//evil.example", "/\\evil.example", "/%2fevil.example", "/\tevil", "javascript:alert(1)",
      "http://localhost:3000.evil.example/", "http://localhost:3000@evil.example/", "http:evil.example", "evil.example", "",
    ].flatMap((target) =>
      ["callbackURL", "errorCallbackURL", "newUserCallbackURL"].flatMap((field) => [
        start(undefined, "google", { [field]: target }),
        start("Ann", "google", { [field]: target }),
      ]),
    ),
  }),
  ...each("people whom the provider knows less of", (provider) => ({
    steps: [...signInWith("Dora", provider, "dora"), ...signInWith("Carl", provider, "carl"), getSession("Carl")],
  })),
  social("addresses at GitHub", {
    steps: [
      atProvider("Eve hides her address, which is her second one", (idp) =>
        idp.user({
          sub: "eve",
          email: "eve@example.com",
          hideEmail: true,
          id: 7,
          emails: [
            { email: "old@example.com", primary: false, verified: true },
            { email: "Eve@Example.com", primary: true, verified: true },
          ],
        }),
      ),
      ...signInWith("Eve", "github", "eve"),
      getSession("Eve"),
      atProvider("Finn has none that is verified", (idp) =>
        idp.user({ sub: "finn", email: "finn@example.com", id: 8, emails: [{ email: "finn@example.com", primary: true, verified: false }] }),
      ),
      ...signInWith("Finn", "github", "finn"),
      getSession("Finn"),
      atProvider("Gus shows one that is not on his list", (idp) =>
        idp.user({ sub: "gus", email: "gus@example.com", id: 9, emails: [{ email: "other@example.com", primary: true, verified: true }] }),
      ),
      ...signInWith("Gus", "github", "gus"),
      getSession("Gus"),
    ],
  }),
  ...each(
    "what counts as a verified address",
    (provider) => ({
      steps: [true, false, "true", "false", "yes", 1, 0, null].flatMap((emailVerified, i) => [
        atProvider(`the provider says ${JSON.stringify(emailVerified)}`, (idp) =>
          idp.user({ sub: `g${i}`, name: "G", email: `g${i}@example.com`, emailVerified }),
        ),
        ...signInWith(`G ${i}`, provider, `g${i}`),
        getSession(`G ${i}`),
      ]),
    }),
    ["google", "apple", "acme"],
  ),
  social("a changed profile, with and without overriding", {
    options: { socialProviders: { ...KNOWN, google: { ...KNOWN.google, overrideUserInfoOnSignIn: true } } },
    steps: [
      ...signInWith("Ann", "google", "ann"),
      ...signInWith("Bob", "github", "bob"),
      atProvider("both get other names", async (idp) => {
        await idp.user({ sub: "ann", name: "Ann Poe", email: "ANN@example.com", emailVerified: false, picture: "https://img.example/new.png" });
        await idp.user({ sub: "bob", name: "Bob Poe", email: "other@example.com", emailVerified: true, id: 1002 });
      }),
      ...signInWith("Ann", "google", "ann"),
      getSession("Ann"),
      ...signInWith("Bob", "github", "bob"),
      getSession("Bob"),
    ],
  }),
  ...[{ disableSignUp: true }, { disableImplicitSignUp: true }].flatMap((closed) =>
    each(
      `who may sign up with ${Object.keys(closed)[0]}`,
      (provider) => ({
        options: { socialProviders: { ...KNOWN, google: { ...KNOWN.google, ...closed } } },
        ...(provider === "acme" && { acme: [generic(closed)] }),
        steps: [
          ...signInWith("Ann", provider, "ann", { errorCallbackURL: "/sorry" }),
          ...signInWith("Ann", provider, "ann", { requestSignUp: true }),
          ...signInWith("Ann", provider, "ann"),
          ...signInNatively("Bob", provider, { issuer: provider === "google" ? GOOGLE : undefined, user: "bob" }),
          ...signInNatively("Bob", provider, { issuer: provider === "google" ? GOOGLE : undefined, user: "bob" }, { requestSignUp: true }),
        ],
      }),
      ["google", "acme"],
    ),
  ),
  social("who has to prove an address first", {
    options: { emailAndPassword: { requireEmailVerification: true } },
    acme: [generic({ requireEmailVerification: true })],
    steps: [...signInWith("Carl", "acme", "carl"), ...signInWith("Ann", "acme", "ann"), getSession("Carl"), getSession("Ann")],
  }),
  ...each("state in a cookie", (provider) => ({
    options: { account: { storeStateStrategy: "cookie" } },
    steps: [...signInWith("Ann", provider, "ann", { errorCallbackURL: "/sorry", newUserCallbackURL: "/welcome" }), getSession("Ann")],
  })),
  social("state in a cookie, and who has it", {
    options: { account: { storeStateStrategy: "cookie" } },
    steps: [
      start("Ann", "google"),
      visit("ann"),
      comeBack("somebody else"),
      comeBack("Ann"),
      comeBack("Ann"),
      start("Bob", "google"),
      advance(600 * SECOND),
      visit("bob"),
      comeBack("Bob"),
    ],
  }),
  social("state without its cookie, where that is allowed", {
    options: { account: { skipStateCookieCheck: true } },
    steps: [start("Ann", "google"), visit("ann"), comeBack("another browser"), comeBack("Ann")],
  }),
  social("the way there takes its time", {
    steps: [
      start("Ann", "google"),
      advance(600 * SECOND - 1),
      visit("ann"),
      comeBack("Ann"),
      start("Bob", "google"),
      advance(600 * SECOND),
      visit("bob"),
      comeBack("Bob"),
    ],
    exact: true,
  }),
  social("an app on a phone", {
    steps: [
      ...signInNatively("Ann", "google", { issuer: GOOGLE, user: "ann" }),
      getSession("Ann"),
      listAccounts("Ann"),
      ...signInNatively("Ann", "google", { issuer: GOOGLE, user: "ann", nonce: "n-1" }, { idToken: { accessToken: "at", refreshToken: "rt" } }),
      ...signInNatively("Ann", "google", { issuer: GOOGLE, user: "ann", nonce: "n-1" }, { idToken: { nonce: "n-2" } }),
      ...signInNatively("Ann", "google", { issuer: GOOGLE, user: "ann" }, { idToken: { nonce: "n-2" } }),
      ...signInNatively("Bob", "apple", { issuer: APPLE, user: "bob" }, { idToken: { user: { name: { firstName: "Bob", lastName: "Ray" }, email: "spoofed@example.com" } } }),
      getSession("Bob"),
      ...signInNatively("Dora", "google", { issuer: GOOGLE, user: "dora" }),
      ...signInNatively("Ann", "github", { issuer: GOOGLE, user: "ann" }),
      ...signInNatively("Ann", "google", { issuer: APPLE, user: "ann" }),
      ...signInNatively("Ann", "apple", { issuer: GOOGLE, user: "ann" }),
      post("/sign-in/social", { provider: "google", idToken: { token: "nonsense" } }),
      post("/sign-in/social", { provider: "google", idToken: { token: "" } }),
      post("/sign-in/social", { provider: "google", idToken: {} }),
      post("/sign-in/social", { provider: "google", idToken: "text" }),
    ],
  }),
  social("an app on a phone, and a provider of the plugin", {
    acme: true,
    steps: [
      ...signInNatively("Bob", "acme", { user: "bob", nonce: "n-3" }),
      getSession("Bob"),
      ...signInNatively("Carl", "acme", { user: "carl" }),
      ...signInNatively("Ann", "acme", { issuer: GOOGLE, user: "ann" }),
    ],
  }),
  social("other requests to the callback", {
    options: { onAPIError: { errorURL: "https://app.example/error?from=auth" } },
    steps: [
      get("/callback/google"),
      get("/callback/google?code=x"),
      get("/callback/google?state=x"),
      get("/callback/google?state=x&code=x"),
      get("/callback/google?error=access_denied&error_description=No%20thanks"),
      get("/callback/google?error=access_denied&state=x"),
      get("/callback/nobody?code=x&state=x"),
      get("/callback/google?code=x&code=y&state=x"),
      get("/callback/google/"),
      get("/callback/"),
      postRaw("/callback/google", "code=x&state=y", "application/x-www-form-urlencoded"),
      postRaw("/callback/google?code=q", "code=b&state=b&user=%7B%7D&extra=1", "application/x-www-form-urlencoded"),
      post("/callback/google", { code: "x", state: "y" }),
      postRaw("/callback/google", "x", "text/plain"),
      postRaw("/callback/google", undefined, null),
      start("Ann", "google", { errorCallbackURL: "/sorry?a=1#b" }),
      visit("ann"),
      comeBack("Ann", { change: (params) => params.delete("code") }),
      start("Ann", "google", { errorCallbackURL: "http://localhost:3000" }),
      visit(undefined),
      comeBack("Ann"),
      start("Ann", "google"),
      visit(undefined),
      comeBack("Ann", { change: (params) => params.set("error", "<script>alert(1)</script>") }),
      start("Ann", "google"),
      visit("ann"),
      comeBack("Ann", { path: "/callback/nobody" }),
    ],
  }),
  social("the form that Apple posts", {
    steps: [
      start("Ann", "apple"),
      visit("ann"),
      comeBack("Ann", { headers: { cookie: "better-auth.state=something" } }),
      comeBack("Ann", { headers: { origin: "null" } }),
      comeBack("Ann"),
      follow("another browser"),
      follow("Ann"),
      follow("Ann"),
      getSession("Ann"),
      start("Bob", "apple"),
      visit("bob"),
      comeBack("Bob", { change: (params) => params.set("user", "not JSON") }),
      follow("Bob"),
      start("Carl", "apple"),
      visit("carl"),
      comeBack("Carl", { change: (params) => params.set("user", '{"name":{"firstName":"<b>","lastName":"7"},"email":"other@example.com"}') }),
      follow("Carl"),
      getSession("Carl"),
      start("Bob", "apple"),
      visit(undefined),
      comeBack("Bob"),
      follow("Bob"),
    ],
  }),
  ...[
    ["acme", "with credentials in a header", { authentication: "basic" }],
    ["plain", "without discovery", { discoveryUrl: undefined, authorizationUrl: "https://idp.example/authorize", tokenUrl: "https://idp.example/token", userInfoUrl: "https://idp.example/userinfo", scopes: ["openid"], pkce: false }],
    ["loose", "without a nonce, but with parameters", { disableIdTokenNonceBinding: true, prompt: "consent", accessType: "offline", responseMode: "query", authorizationUrlParams: { audience: "api" }, tokenUrlParams: { resource: "api" } }],
    ["public", "without a secret", { clientId: "public", clientSecret: undefined }],
    ["posting", "that posts a form", { responseMode: "form_post" }],
  ].map(([providerId, name, fields]) =>
    social(`a provider of the plugin ${name}`, {
      acme: [generic({ providerId, ...fields })],
      idp: { clients: [{ id: "app", secret: KNOWN.google.clientSecret }, { id: "public" }] },
      steps: [
        start("Ann", providerId),
        visit("ann"),
        comeBack("Ann"),
        ...(providerId === "posting" ? [follow("Ann")] : []),
        askedOfProvider(),
        listAccounts("Ann"),
        getSession("Ann"),
      ],
    }),
  ),
  social("a sign-in that begins at the provider, where that is allowed", {
    acme: [generic({ allowIdpInitiated: true })],
    steps: ["acme", "google"].flatMap((provider) => [
      start("Ann", provider),
      visit("ann", { change: (url) => url.replace(/&(state|nonce|code_challenge|code_challenge_method)=[^&]*/g, "") }),
      comeBack("somebody else"),
      comeBack("somebody else", { change: (params) => params.set("iss", "https://evil.example") }),
    ]),
  }),
  social("in process", {
    steps: [
      call("signInSocial", { body: { provider: "google", callbackURL: "/home" } }),
      call("signInSocial", { body: { provider: "nobody" } }),
      call("callbackOAuth", { params: { id: "google" }, query: { code: "x", state: "y" } }),
      signUp("Ann"),
      call("linkSocialAccount", { body: { provider: "google" } }, { as: "Ann" }),
      call("listUserAccounts", {}, { as: "Ann" }),
      call("getAccessToken", { body: { accountId: "nobody" } }, { as: "Ann" }),
    ],
  }),
];

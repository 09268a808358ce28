// Accounts of identity providers and users: which belongs to whom, and who says so.
import { GOOGLE, KNOWN, comeBack, generic, linkNatively, linkWith, listAccounts, signInNatively, signInWith, social, startLink } from "../social.mjs";
import { asks, asked, atProvider, get, getSession, post, signIn, signUp, visit } from "../steps.mjs";

const unlink = (actor, provider) => ({ captured }) =>
  post("/unlink-account", { accountId: captured.accounts[provider] ?? provider }, { as: actor, note: `${actor} unlinks ${provider}` });

const verified = (name) => ({ emailVerified: true, sub: name.toLowerCase(), name, email: `${name.toLowerCase()}@example.com` });

/** Every combination of the decision table: first there is a user with the address, then somebody comes with it from a provider. */
const table = (name, options) =>
  social(`link: ${name}`, {
    options,
    steps: [true, false].flatMap((known) =>
      [true, false].flatMap((vouched) =>
        ["google", "apple"].flatMap((provider, i) => {
          const sub = `${known ? "known" : "new"}-${vouched ? "vouched" : "claimed"}-${i}`;
          const user = { ...verified(sub), emailVerified: vouched };
          return [
            atProvider(`${sub} is at the provider`, (idp) => idp.user(user)),
            ...(known
              ? [
                  atProvider(`GitHub vouches for ${sub}`, (idp) => idp.user({ ...user, emailVerified: true })),
                  ...signInWith(sub, "github", sub),
                  atProvider("the other one does as it does", (idp) => idp.user(user)),
                ]
              : [signUp(sub, { fields: { email: user.email } })]),
            ...signInWith(`${sub} again`, provider, sub),
            getSession(`${sub} again`),
            listAccounts(sub),
          ];
        }),
      ),
    ),
  });

export default [
  social("link: a provider of the plugin", {
    acme: true,
    steps: [
      signUp("Ann"),
      ...linkWith("Ann", "acme", "ann"),
      ...linkWith("Ann", "acme", "bob"),
      ...linkNatively("Ann", "acme", { user: "ann" }),
      listAccounts("Ann"),
      signUp("Carl"),
      ...linkWith("Carl", "acme", "carl"),
      ...linkNatively("Carl", "acme", { user: "carl" }),
      ...signInWith("Carl again", "acme", "carl"),
      unlink("Ann", "acme"),
    ],
  }),
  table("somebody comes with the address of a user", {}),
  table("the same with trusted providers", { account: { accountLinking: { trustedProviders: ["google"] } } }),
  table("the same without local verification", { account: { accountLinking: { requireLocalEmailVerified: false } } }),
  table("the same without implicit linking", { account: { accountLinking: { disableImplicitLinking: true } } }),
  table("the same without linking", { account: { accountLinking: { enabled: false } } }),
  social("link: trusted providers from a function", {
    options: { account: { accountLinking: { trustedProviders: asks("trusted"), requireLocalEmailVerified: false } } },
    answers: { trusted: () => ["github"] },
    steps: [signUp("Carl"), ...signInWith("Carl again", "google", "carl"), ...signInWith("Carl again", "github", "carl")],
  }),
  social("link: accounts one after the other, and off again", {
    steps: [
      signUp("Ann"),
      listAccounts("Ann"),
      unlink("Ann", "credential"),
      ...["google", "github", "apple"].flatMap((provider) => [...linkWith("Ann", provider, "ann"), listAccounts("Ann")]),
      getSession("Ann"),
      ...linkWith("Ann", "google", "ann", { scopes: ["calendar", "email"] }),
      listAccounts("Ann"),
      unlink("Ann", "google"),
      unlink("Ann", "google"),
      unlink("Ann", "nobody"),
      unlink("somebody else", "github"),
      signUp("Bob"),
      unlink("Bob", "github"),
      unlink("Ann", "github"),
      unlink("Ann", "credential"),
      listAccounts("Ann"),
      unlink("Ann", "apple"),
      post("/unlink-account", {}, { as: "Ann" }),
      post("/unlink-account", { accountId: 1 }, { as: "Ann" }),
      post("/unlink-account", { accountId: "x", providerId: "google" }, { as: "Ann" }),
    ],
  }),
  social("link: the last account goes too, where that is allowed", {
    options: { account: { accountLinking: { allowUnlinkingAll: true } } },
    steps: [...signInWith("Ann", "google", "ann"), listAccounts("Ann"), unlink("Ann", "google"), listAccounts("Ann"), getSession("Ann")],
  }),
  social("link: a session that is not fresh", {
    options: { session: { freshAge: 1 } },
    steps: [
      ...signInWith("Ann", "google", "ann"),
      listAccounts("Ann"),
      { kind: "clock", advanceMs: 2000 },
      startLink("Ann", "github"),
      unlink("Ann", "google"),
    ],
  }),
  social("link: what belongs to somebody else", {
    options: { account: { accountLinking: { allowDifferentEmails: true } } },
    steps: [
      ...signInWith("Ann", "google", "ann"),
      signUp("Bob"),
      ...linkWith("Bob", "google", "ann", { errorCallbackURL: "/settings?tab=accounts" }),
      ...linkWith("Bob", "apple", "ann"),
      listAccounts("Bob"),
      ...linkWith("Bob", "github", "dora"),
      listAccounts("Bob"),
      ...linkWith("Bob", "google", "carl"),
      listAccounts("Bob"),
    ],
  }),
  social("link: other addresses", {
    steps: [
      signUp("Ann"),
      ...linkWith("Ann", "google", "bob"),
      atProvider("Ann writes hers in capitals there", (idp) => idp.user({ ...verified("ann"), email: "ANN@EXAMPLE.COM" })),
      ...linkWith("Ann", "google", "ann"),
      getSession("Ann"),
      listAccounts("Ann"),
      ...linkWith("Ann", "github", "dora"),
    ],
  }),
  social("link: the profile is taken over, where that is wanted", {
    options: { account: { accountLinking: { updateUserInfoOnLink: true } } },
    steps: [signUp("Ann"), ...linkWith("Ann", "google", "ann"), getSession("Ann")],
  }),
  social("link: nobody is signed in any more", {
    steps: [
      startLink("nobody", "google"),
      signUp("Ann"),
      startLink("Ann", "google"),
      visit("ann"),
      post("/sign-out", {}, { as: "Ann" }),
      comeBack("Ann"),
      signIn("Ann"),
      listAccounts("Ann"),
      startLink("Ann", "google"),
      visit("ann"),
      post("/sign-out", {}, { as: "Ann" }),
      signUp("Bob"),
      (state) => ({
        ...comeBack("Ann")(state),
        headers: { cookie: `${state.jar("Ann").header}; ${state.jar("Bob").header}` },
        as: undefined,
        note: "Bob's session comes back instead",
      }),
      listAccounts("Bob"),
      startLink("Bob", "nobody"),
      startLink("Bob", "google", { additionalParams: { state: "x" } }),
      startLink("Bob", "google", { callbackURL: "https://evil.example/" }),
      startLink("Bob", "google", { errorCallbackURL: "https://evil.example/" }),
      startLink("Bob", "google", { disableRedirect: true, loginHint: "bob@example.com" }),
    ],
  }),
  social("link: an app on a phone", {
    options: { account: { accountLinking: { trustedProviders: ["apple"] } } },
    steps: [
      ...linkNatively("nobody", "google", { issuer: GOOGLE, user: "ann" }),
      signUp("Ann"),
      ...linkNatively("Ann", "google", { issuer: GOOGLE, user: "bob" }),
      ...linkNatively("Ann", "google", { issuer: GOOGLE, user: "dora" }),
      ...linkNatively("Ann", "google", { issuer: GOOGLE, user: "ann", nonce: "n" }, { idToken: { nonce: "other" } }),
      ...linkNatively("Ann", "google", { issuer: GOOGLE, user: "ann", nonce: "n" }, { idToken: { accessToken: "at", refreshToken: "rt" } }),
      ...linkNatively("Ann", "google", { issuer: GOOGLE, user: "ann" }),
      ...linkNatively("Ann", "github", { issuer: GOOGLE, user: "ann" }),
      ...linkNatively("Ann", "google", { issuer: GOOGLE, user: "ann", fault: { idToken: "wrong-audience" } }),
      listAccounts("Ann"),
      signUp("Carl"),
      ...linkNatively("Carl", "google", { issuer: GOOGLE, user: "carl" }),
      ...linkNatively("Carl", "google", { issuer: GOOGLE, user: "ann" }),
      ...linkNatively("Carl", "apple", { issuer: "https://appleid.apple.com", user: "carl" }),
      listAccounts("Carl"),
      getSession("Carl"),
    ],
  }),
  social("link: whom the app itself refuses", {
    options: { user: { validateUserInfo: asks("validate") } },
    answers: { validate: ({ user } = {}) => (user?.email === "bob@example.com" ? { error: "not_invited", errorDescription: "Ask for an invitation" } : undefined) },
    steps: [...signInWith("Ann", "google", "ann"), ...signInWith("Bob", "google", "bob"), asked()],
  }),
  social("link: additional fields from the profile", {
    options: {
      user: { additionalFields: { locale: { type: "string", required: false }, role: { type: "string", required: false, input: false } } },
      socialProviders: { google: { ...KNOWN.google, mapProfileToUser: asks("map") } },
    },
    acme: [generic({ mapProfileToUser: asks("map") })],
    answers: { map: ({ sub }) => ({ name: `Mapped ${sub}`, locale: "de", role: "admin", unknown: "x" }) },
    steps: [
      ...signInWith("Ann", "google", "ann"),
      getSession("Ann"),
      ...signInWith("Bob", "acme", "bob"),
      getSession("Bob"),
      ...signInNatively("Carl", "google", { issuer: GOOGLE, user: "carl" }),
      asked(),
    ],
  }),
  social("link: somebody already here with no way back", {
    steps: [
      signUp("Ann"),
      ...signInWith("a stranger", "google", "ann"),
      get("/get-session", { as: "a stranger" }),
      ...signInWith("a stranger", "github", "ann", { errorCallbackURL: "/sorry" }),
      signIn("Ann"),
      listAccounts("Ann"),
    ],
  }),
];

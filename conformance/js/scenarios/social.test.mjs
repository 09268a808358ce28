// The client's methods for signing in with identity providers and for the accounts there.
import assert from "node:assert/strict";
import { test as nodeTest } from "node:test";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix, waits } from "../lib/matrix.mjs";
import { ANN, Browser, EVE, useProviders, withKnown, withProvider } from "../lib/social.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));
const openProvider = useProviders();

matrix((open) => {
  for (const [provider, options] of [
    ["google"],
    ["github"],
    ["apple"],
    ["acme"],
    ["google", { account: { storeStateStrategy: "cookie", encryptOAuthTokens: true } }],
  ]) {
    test(`${provider}: signs up, in again, and knows the account${options ? ", with state in a cookie and tokens encrypted" : ""}`, async (t) => {
      const idp = await openProvider(t);
      const instance = await open(t, withProvider(idp, provider, { options }));
      const browser = new Browser(instance);
      const { client } = clientOf(instance, { jar: browser.jar });
      const enter = async () => {
        const { url, redirect } = ok(
          await client.signIn.social({ provider, callbackURL: "/home", newUserCallbackURL: "/welcome", disableRedirect: true }),
        );
        assert.equal(redirect, false);
        return browser.comeBack(await idp.visit(url, { user: "ann" }));
      };
      assert.equal(await enter(), "/welcome");
      const { user, session } = ok(await client.getSession());
      assert.deepEqual([user.name, user.email, user.emailVerified], [ANN.name, ANN.email, true]);
      assert.equal(await enter(), "/home");
      const again = ok(await client.getSession());
      assert.equal(again.user.id, user.id);
      assert.notEqual(again.session.token, session.token);

      const [account, ...others] = ok(await client.listAccounts());
      assert.deepEqual(others, []);
      assert.equal(account.providerId, provider);
      assert.equal(account.accountId, provider === "github" ? String(ANN.id) : ANN.sub);
      const { accessToken } = ok(await client.getAccessToken({ accountId: account.id }));
      assert.match(accessToken, /^at-/);
      const refreshed = ok(await client.refreshToken({ accountId: account.id }));
      assert.notEqual(refreshed.accessToken, accessToken);
      assert.equal(ok(await client.getAccessToken({ accountId: account.id })).accessToken, refreshed.accessToken);
      const info = ok(await client.accountInfo({ query: { accountId: account.id } }));
      assert.equal(info.user.email, ANN.email);
      const last = await client.unlinkAccount({ accountId: account.id });
      assert.equal(last.error?.code, "FAILED_TO_UNLINK_LAST_ACCOUNT");
    });
  }

  test("links another account, signs in with it, and unlinks it", async (t) => {
    const idp = await openProvider(t);
    const instance = await open(t, withKnown(idp, { options: { account: { accountLinking: { allowDifferentEmails: true } } } }));
    const browser = new Browser(instance);
    const { client } = clientOf(instance, { jar: browser.jar });
    const me = person();
    const { user } = ok(await client.signUp.email(me));
    const { url } = ok(await client.linkSocial({ provider: "github", callbackURL: "/settings", disableRedirect: true }));
    assert.equal(await browser.comeBack(await idp.visit(url, { user: "eve" })), "/settings");
    const linked = ok(await client.listAccounts()).find(({ providerId }) => providerId === "github");
    assert.equal(linked.accountId, String(EVE.id));

    const elsewhere = new Browser(instance);
    assert.equal(await elsewhere.signIn(idp, "github", "eve"), "/home");
    assert.equal((await elsewhere.user()).id, user.id);
    ok(await client.unlinkAccount({ accountId: linked.id }));
    assert.deepEqual(ok(await client.listAccounts()).map(({ providerId }) => providerId), ["credential"]);
    const stranger = new Browser(instance);
    assert.equal(await stranger.signIn(idp, "github", "eve"), "/home");
    assert.notEqual((await stranger.user()).id, user.id);
  });

  test("signs in with an ID token of a native app, nonce included", async (t) => {
    const idp = await openProvider(t);
    const instance = await open(t, withKnown(idp));
    const { client } = clientOf(instance);
    const token = await idp.idToken({ issuer: "https://accounts.google.com", user: "ann", nonce: "n-1" });
    const { user } = ok(await client.signIn.social({ provider: "google", idToken: { token, nonce: "n-1" } }));
    assert.equal(user.email, ANN.email);
    assert.equal(ok(await client.getSession()).user.id, user.id);
    const other = await clientOf(instance).client.signIn.social({ provider: "google", idToken: { token, nonce: "n-2" } });
    assert.deepEqual([other.error?.status, other.error?.code], [401, "INVALID_TOKEN"]);
  });

  test("a person who cancels ends at the error URL, and may try again", async (t) => {
    const idp = await openProvider(t);
    const browser = new Browser(await open(t, withKnown(idp)));
    for (const provider of ["google", "github", "apple"]) {
      const back = await idp.visit(await browser.start(provider), { approve: false });
      assert.equal(new URL(await browser.comeBack(back), "http://x").searchParams.get("error"), "access_denied");
      assert.equal(await browser.user(), null);
    }
    assert.equal(await browser.signIn(idp, "google", "ann"), "/home");
  });

  test("a slow provider keeps nobody else waiting", async (t) => {
    const idp = await openProvider(t);
    const instance = await open(t, withKnown(idp));
    await idp.fault({ endpoint: "token", times: 1, hold: true });
    const [slow, quick] = [new Browser(instance), new Browser(instance)];
    const held = slow.signIn(idp, "google", "ann");
    while ((await idp.requests({ endpoints: ["token"] })).length === 0);
    assert.equal(await quick.signIn(idp, "google", "eve"), "/home");
    assert.equal(await slow.user(), null);
    await idp.release();
    assert.equal(await held, "/home");
    assert.equal((await slow.user()).email, ANN.email);
  });

  const counts = { google: ["token"], apple: ["token"], github: ["token", "userinfo", "emails"], acme: ["token"] };
  for (const [provider, endpoints] of Object.entries(counts)) {
    test(`${provider}: a callback asks no more than it must`, async (t) => {
      const idp = await openProvider(t);
      const instance = await open(t, withProvider(idp, provider));
      let after = 0;
      for (const location of ["/welcome", "/home"]) {
        assert.equal(await new Browser(instance).signIn(idp, provider, "ann", { newUserCallbackURL: "/welcome" }), location);
        const requests = await idp.requests({ after });
        after = requests.at(-1).seq;
        const asked = requests.map(({ endpoint }) => endpoint).filter((endpoint) => !["discovery", "jwks", "authorize"].includes(endpoint));
        assert.deepEqual(asked, endpoints);
      }
    });
  }
});

// What an attacker may try with social sign-in, against Cardea's two modes; the reference ignores the mode. Each attempt
// ends without a session for the wrong person.
import assert from "node:assert/strict";
import { test as nodeTest } from "node:test";
import { clientOf, ok, person } from "../lib/client.mjs";
import { DATABASES, matrix, waits } from "../lib/matrix.mjs";
import { ANN, Browser, EVE, useProviders, withGeneric, withKnown, withProvider } from "../lib/social.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));
const openProvider = useProviders();
const GOOGLE = "https://accounts.google.com";

/** The error that a Location tells, or undefined. */
const errorOf = (location) => new URL(location, "http://origin.example").searchParams.get("error") ?? undefined;

// What every provider may do, and what those whose profile is elsewhere, or is the ID token, may do besides.
const ANYWHERE = [{ status: 500 }, { status: 204 }, { body: "<html>" }, { body: "null" }, { body: "[]" }, { drop: true }];
const AT_TOKEN = [...ANYWHERE, { error: "invalid_grant" }, { set: { access_token: null, id_token: null } }].map((fault) => ({ endpoint: "token", ...fault }));
const AT_USERINFO = [...ANYWHERE, { error: "invalid_token" }, { set: { sub: null, id: null } }].map((fault) => ({ endpoint: "userinfo", ...fault }));
const ID_TOKENS = [{ idToken: "opaque" }, { set: { id_token: 7 } }].map((fault) => ({ endpoint: "token", ...fault }));
const SPOILED = {
  google: [...AT_TOKEN, ...ID_TOKENS],
  apple: [...AT_TOKEN, ...ID_TOKENS],
  github: [...AT_TOKEN, ...AT_USERINFO],
  acme: [...AT_TOKEN, ...AT_USERINFO, { endpoint: "token", idToken: "opaque" }],
};

// The ways to spoil an ID token (conformance/idp) that have to end the sign-in, and those that do in addition where
// Cardea is stricter than better-auth (docs/differences.md).
const REFUSED = [
  "wrong-issuer", "wrong-audience", "expired", "not-yet-valid", "no-issuer", "no-audience", "no-exp", "no-iat", "no-sub",
  "no-nonce", "wrong-nonce", "other-key", "unknown-kid", "embedded-key", "key-url", "alg-none", "hs256-public-key",
  "hs256-secret", "hs256-empty", "tampered", "no-signature", "opaque",
];
const REFUSED_IF_HARDENED = ["foreign-azp", "access-token"];

matrix((open, { kind, testbed }) => {
  if (kind !== DATABASES[0]) return; // none of it is about the database

  for (const compat of ["exact", "hardened"]) {
    const attempt = (name, fn) => test(`${compat}: ${name}`, fn);
    const hardened = async () => compat === "hardened" && (await testbed().capabilities()).implementation === "cardea";
    const known = async (t, description, provider) => {
      const idp = await openProvider(t, provider);
      const instance = await open(t, withKnown(idp, { compat, ...description }));
      return { idp, instance, ann: new Browser(instance), eve: new Browser(instance) };
    };
    const generic = async (t, description, provider) => {
      const idp = await openProvider(t, provider);
      const instance = await open(t, withGeneric(idp, { compat, ...description }));
      return { idp, instance, ann: new Browser(instance), eve: new Browser(instance) };
    };
    const tokenRequests = async (idp) => (await idp.requests({ endpoints: ["token"] })).length;

    for (const storeStateStrategy of ["database", "cookie"]) {
      const options = { account: { storeStateStrategy } };

      attempt(`a state in the ${storeStateStrategy} is good once`, async (t) => {
        const { idp, ann } = await known(t, { options });
        const back = await idp.visit(await ann.start("google"), { user: "ann" });
        assert.equal(await ann.comeBack(back), "/home");
        const session = ann.jar.get("better-auth.session_token").value;
        assert.equal(errorOf(await ann.comeBack(back)), "state_mismatch");
        assert.equal(ann.jar.get("better-auth.session_token").value, session, "no other session");
        assert.equal(await tokenRequests(idp), 1, "the code went to the provider once");
      });

      attempt(`a state in the ${storeStateStrategy} is spent by an error too`, async (t) => {
        const { idp, ann } = await known(t, { options });
        const url = await ann.start("google");
        assert.equal(errorOf(await ann.comeBack(await idp.visit(url, { approve: false }))), "access_denied");
        assert.equal(errorOf(await ann.comeBack(await idp.visit(url, { user: "ann" }))), "state_mismatch");
        assert.equal(await ann.user(), null);
        assert.equal(await tokenRequests(idp), 0);
      });

      attempt(`an attacker's callback signs nobody else in to the attacker's account (state in the ${storeStateStrategy})`, async (t) => {
        const { idp, ann, eve } = await known(t, { options });
        const back = await idp.visit(await eve.start("google"), { user: "eve" });
        assert.equal(errorOf(await ann.comeBack(back)), "state_mismatch", "a browser that began nothing");
        await ann.start("google");
        assert.equal(errorOf(await ann.comeBack(back)), "state_mismatch", "a browser that began something else");
        assert.equal(await ann.user(), null);
        assert.equal(await tokenRequests(idp), 0);
      });

      attempt(`an attacker's account is not linked to somebody else's session (state in the ${storeStateStrategy})`, async (t) => {
        const { idp, ann, eve } = await known(t, { options });
        assert.equal(await ann.signIn(idp, "google", "ann"), "/home");
        assert.equal(await eve.signIn(idp, "google", "eve"), "/home");
        const back = await idp.visit(await eve.start("github", { path: "/link-social" }), { user: "eve" });
        assert.equal(errorOf(await ann.comeBack(back)), "state_mismatch");
        assert.deepEqual((await ann.get("/list-accounts")).json().map(({ providerId }) => providerId), ["google"]);
      });
    }

    attempt("one of many callbacks at once is let in", async (t) => {
      const { idp, instance, ann } = await known(t);
      const back = await idp.visit(await ann.start("google"), { user: "ann" });
      const browsers = Array.from({ length: 50 }, () => new Browser(instance, ann.jar.clone()));
      const locations = await Promise.all(browsers.map((browser) => browser.comeBack(back)));
      assert.deepEqual(locations.filter((location) => errorOf(location) === undefined), ["/home"]);
      // better-auth reads the state before it deletes it: what comes in between fails with the spent code.
      const ours = (await testbed().capabilities()).implementation === "cardea";
      const errors = new Set(locations.map(errorOf).filter(Boolean));
      if (!ours) errors.delete("invalid_code");
      assert.deepEqual([...errors], ["state_mismatch"]);
      if (ours) assert.equal(await tokenRequests(idp), 1);
    });

    attempt("a code without a state is refused", async (t) => {
      const { idp, ann, eve } = await known(t);
      const back = await idp.visit(await eve.start("google"), { user: "eve" });
      assert.equal(errorOf(await ann.comeBack(back, (params) => params.delete("state"))), "state_not_found");
      assert.equal(errorOf(await ann.comeBack(back, (params) => params.set("state", ""))), "state_not_found");
      assert.equal(errorOf(await ann.comeBack(back, (params) => params.set("state", "guess"))), "state_mismatch");
      assert.equal(await ann.user(), null);
      assert.equal(await tokenRequests(idp), 0);
    });

    attempt("an injected code does not fit the verifier", async (t) => {
      const { idp, ann, eve } = await known(t);
      const hers = await idp.visit(await ann.start("google"), { user: "ann" });
      const injected = new URL((await idp.visit(await eve.start("google"), { user: "eve" })).url).searchParams.get("code");
      assert.equal(errorOf(await ann.comeBack(hers, (params) => params.set("code", injected))), "invalid_code");
      assert.equal(await ann.user(), null);
    });

    attempt("PKCE cannot be taken out of the authorization request", async (t) => {
      const { idp, ann } = await known(t);
      const url = new URL(await ann.start("google"));
      assert.equal(url.searchParams.get("code_challenge_method"), "S256");
      url.searchParams.delete("code_challenge");
      url.searchParams.delete("code_challenge_method");
      const back = await idp.visit(url.href, { user: "eve" });
      assert.equal(errorOf(await ann.comeBack(back)), "invalid_code", "the verifier is sent whatever came");
      assert.equal(await ann.user(), null);
      const [{ body }] = await idp.requests({ endpoints: ["token"] });
      assert.match(new URLSearchParams(body).get("code_verifier"), /^[\w.~-]{43,128}$/);
    });

    attempt("the verifier never leaves the server", async (t) => {
      const { idp, ann } = await known(t);
      const seen = [];
      const url = await ann.start("google");
      seen.push(url, ann.jar.header);
      seen.push(await ann.comeBack(await idp.visit(url, { user: "ann" })), ann.jar.header);
      const [{ body }] = await idp.requests({ endpoints: ["token"] });
      const verifier = new URLSearchParams(body).get("code_verifier");
      assert.ok(seen.every((text) => !text.includes(verifier)));
    });

    attempt("an answer that another issuer claims is refused before its code is spent", async (t) => {
      const { idp, ann } = await generic(t);
      for (const iss of ["https://evil.example", `${idp.issuer}/`]) {
        const back = await idp.visit(await ann.start("acme"), { user: "eve" });
        const location = await ann.comeBack(back, (params) => params.set("iss", iss));
        assert.equal(errorOf(location), "issuer_mismatch", iss);
      }
      assert.equal(await ann.user(), null);
      assert.equal(await tokenRequests(idp), 0);
    });

    attempt("a state of one provider is none of another's", async (t) => {
      const { idp, ann } = await known(t);
      const back = await idp.visit(await ann.start("google"), { user: "eve" });
      const { pathname, search } = new URL(back.url);
      const response = await ann.get(pathname.replace("/api/auth", "").replace("google", "github") + search);
      assert.notEqual(errorOf(response.header("location")), undefined);
      assert.equal(await ann.user(), null);
      // Bound to the provider, the state is refused before the other provider learns the code.
      if (await hardened()) assert.equal(await tokenRequests(idp), 0);
    });

    attempt("ID tokens that were not issued for this sign-in are refused", async (t) => {
      const { idp, instance } = await generic(t);
      const faults = [...REFUSED, ...((await hardened()) ? REFUSED_IF_HARDENED : [])];
      for (const idToken of faults) {
        await idp.fault({ endpoint: "token", times: 1, idToken });
        const browser = new Browser(instance);
        assert.equal(errorOf(await browser.signIn(idp, "acme", "ann")), "unable_to_get_user_info", idToken);
        assert.equal(await browser.user(), null, idToken);
      }
      const browser = new Browser(instance);
      assert.equal(await browser.signIn(idp, "acme", "ann", { newUserCallbackURL: "/welcome" }), "/welcome", "nothing of them is left");
    });

    attempt("an ID token of an earlier sign-in is refused", async (t) => {
      const { idp, ann, eve } = await generic(t);
      assert.equal(await ann.signIn(idp, "acme", "ann"), "/home");
      const [{ id: accountId }] = (await ann.get("/list-accounts")).json();
      const { idToken } = (await ann.post("/get-access-token", { accountId })).json();
      await idp.fault({ endpoint: "token", times: 1, set: { id_token: idToken } });
      assert.equal(errorOf(await eve.signIn(idp, "acme", "eve")), "unable_to_get_user_info", "its nonce is another's");
      assert.equal(await eve.user(), null);
    });

    attempt("Google's ID tokens are verified wherever they come from", async (t) => {
      const { idp, instance } = await known(t);
      const faults = [...REFUSED, ...((await hardened()) ? REFUSED_IF_HARDENED : [])];
      for (const idToken of faults) {
        const token = await idp.idToken({ issuer: GOOGLE, user: "ann", nonce: "n", fault: { idToken } });
        const { error } = await clientOf(instance).client.signIn.social({ provider: "google", idToken: { token, nonce: "n" } });
        assert.deepEqual([error?.status, error?.code], [401, "INVALID_TOKEN"], idToken);
      }
      if (!(await hardened())) return; // better-auth takes the token endpoint's word for it
      for (const idToken of faults.filter((name) => !name.includes("nonce"))) {
        await idp.fault({ endpoint: "token", times: 1, idToken });
        const browser = new Browser(instance);
        assert.notEqual(errorOf(await browser.signIn(idp, "google", "ann")), undefined, idToken);
        assert.equal(await browser.user(), null, idToken);
      }
    });

    attempt("an ID token of one provider is none of another's, nor of another client", async (t) => {
      const clients = [
        { id: "app", secret: "the-secret-of-the-application-0123456789" },
        { id: "another app", secret: "another-secret-of-more-than-32-characters" },
      ];
      const { idp, instance } = await known(t, undefined, { clients });
      const { client } = clientOf(instance);
      for (const [provider, wanted] of [
        ["google", { issuer: "https://appleid.apple.com" }],
        ["apple", { issuer: GOOGLE }],
        ["google", { issuer: idp.issuer }],
        ["google", { issuer: GOOGLE, client: "another app" }],
      ]) {
        const token = await idp.idToken({ user: "ann", ...wanted });
        const { error } = await client.signIn.social({ provider, idToken: { token } });
        assert.deepEqual([error?.status, error?.code], [401, "INVALID_TOKEN"], JSON.stringify(wanted));
      }
    });

    attempt("userinfo about somebody else than the ID token's subject is refused", async (t) => {
      const { idp, ann } = await generic(t, undefined, {
        clients: [{ id: "app", secret: "the-secret-of-the-application-0123456789", thinIDToken: true }],
      });
      await idp.fault({ endpoint: "userinfo", times: 1, set: { sub: "eve", email: EVE.email } });
      assert.equal(errorOf(await ann.signIn(idp, "acme", "ann")), "unable_to_get_user_info");
      assert.equal(await ann.user(), null);
    });

    attempt("a caller's access token does not say who it is", async (t) => {
      const { idp, instance } = await known(t);
      // Eve's ID token, and an access token of Ann's that Eve has got hold of.
      const ann = new Browser(instance);
      assert.equal(await ann.signIn(idp, "google", "ann"), "/home");
      const [{ id }] = (await ann.get("/list-accounts")).json();
      const { accessToken } = (await ann.post("/get-access-token", { accountId: id })).json();
      const token = await idp.idToken({ issuer: GOOGLE, user: "eve" });
      const { user } = ok(await clientOf(instance).client.signIn.social({ provider: "google", idToken: { token, accessToken } }));
      assert.equal(user.email, EVE.email);
    });

    attempt("it never ends at a foreign origin", async (t) => {
      const { idp, instance, ann } = await known(t);
      const foreign = [
        "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "/%5cevil.example", "javascript:alert(1)",
        "data:text/html,x", "http://evil.example@localhost/", "/\t/evil.example",
      ];
      for (const field of ["callbackURL", "errorCallbackURL", "newUserCallbackURL"]) {
        for (const target of [...foreign, `${instance.url}.evil.example/`]) {
          const { status, text } = await ann.post("/sign-in/social", { provider: "google", callbackURL: "/home", [field]: target });
          assert.ok(status === 403 || status === 400, `${field}=${target}: ${status} ${text}`);
        }
      }
      // Data that an app may send along does not become the flow's own.
      const additionalData = Object.fromEntries(["callbackURL", "errorURL", "newUserURL"].map((name) => [name, "https://evil.example/"]));
      assert.equal(await ann.signIn(idp, "google", "ann", { additionalData, newUserCallbackURL: "/welcome" }), "/welcome");
      assert.equal(await ann.signIn(idp, "google", "ann", { additionalData }), "/home");
      const cancelled = await idp.visit(await ann.start("google", { additionalData }), { approve: false });
      assert.match(await ann.comeBack(cancelled), /^\/sorry\?/);
    });

    attempt("data that is sent along links nothing and lets nobody in", async (t) => {
      const { idp, ann, eve } = await known(t);
      assert.equal(await ann.signIn(idp, "google", "ann"), "/home");
      const { id, email } = await ann.user();
      const additionalData = { link: { userId: id, email }, codeVerifier: "x", oauthState: "x", expiresAt: 4e12, requestSignUp: true, idTokenNonce: "x" };
      assert.equal(await eve.signIn(idp, "github", "eve", { additionalData }), "/home");
      assert.notEqual((await eve.user()).id, id);
      assert.equal((await ann.get("/list-accounts")).json().length, 1);
    });

    attempt("an address that the provider does not vouch for takes no account over", async (t) => {
      const { idp, instance, ann } = await known(t);
      assert.equal(await ann.signIn(idp, "google", "ann"), "/home");
      for (const emailVerified of [false, "false", "yes", 1, null]) {
        await idp.user({ sub: "thief", id: 666, name: "Thief", email: ANN.email, emailVerified });
        for (const provider of ["github", "apple"]) {
          const thief = new Browser(instance);
          assert.equal(errorOf(await thief.signIn(idp, provider, "thief")), "account_not_linked", `${provider}: ${emailVerified}`);
          assert.equal(await thief.user(), null);
        }
      }
    });

    attempt("an account that was made in advance does not get the owner's sign-in", async (t) => {
      const { idp, instance, ann } = await known(t);
      ok(await clientOf(instance).client.signUp.email(person({ email: ANN.email, password: "the thief's password" })));
      assert.equal(errorOf(await ann.signIn(idp, "google", "ann")), "account_not_linked");
      assert.equal(await ann.user(), null);
    });

    attempt("a link needs the session it began with, until its end", async (t) => {
      const { idp, ann, eve } = await known(t);
      assert.equal(await ann.signIn(idp, "google", "ann"), "/home");
      const back = await idp.visit(await ann.start("github", { path: "/link-social" }), { user: "ann" });
      assert.equal((await ann.post("/sign-out", {})).status, 200);
      assert.equal(errorOf(await ann.comeBack(back)), "unable_to_link_account");
      assert.equal(await ann.signIn(idp, "google", "ann"), "/home");
      assert.deepEqual((await ann.get("/list-accounts")).json().map(({ providerId }) => providerId), ["google"]);
      assert.equal((await eve.post("/link-social", { provider: "github" })).status, 401);
    });

    attempt("a session that was there before is not the one that is signed in", async (t) => {
      const { idp, ann, eve } = await known(t);
      assert.equal(await eve.signIn(idp, "google", "eve"), "/home");
      const planted = eve.jar.get("better-auth.session_token").value;
      ann.jar.set("better-auth.session_token", planted);
      assert.equal(await ann.signIn(idp, "google", "ann"), "/home");
      assert.notEqual(ann.jar.get("better-auth.session_token").value, planted);
      assert.equal((await ann.user()).email, ANN.email);
      assert.equal((await eve.user()).email, EVE.email);
    });

    attempt("tokens are given to their owner only", async (t) => {
      const { idp, ann, eve } = await known(t);
      assert.equal(await ann.signIn(idp, "google", "ann"), "/home");
      assert.equal(await eve.signIn(idp, "google", "eve"), "/home");
      const [{ id: accountId, userId }] = (await ann.get("/list-accounts")).json();
      for (const path of ["/get-access-token", "/refresh-token"]) {
        for (const body of [{ accountId }, { accountId, userId }]) {
          assert.equal((await eve.post(path, body)).status, 400, `${path} ${JSON.stringify(body)}`);
        }
      }
      assert.equal((await eve.get(`/account-info?accountId=${accountId}`)).status, 400);
      assert.equal((await eve.post("/unlink-account", { accountId })).status, 400);
      assert.equal((await ann.get("/list-accounts")).json().length, 1);
    });

    for (const [provider, spoiled] of Object.entries(SPOILED)) {
      attempt(`${provider}: whatever the provider does, it ends at the error URL`, async (t) => {
        const idp = await openProvider(t, {
          clients: [{ id: "app", secret: "the-secret-of-the-application-0123456789", thinIDToken: provider === "acme" }],
        });
        const instance = await open(t, withProvider(idp, provider, { compat }));
        const ours = (await testbed().capabilities()).implementation === "cardea";
        for (const description of spoiled) {
          await idp.fault(description);
          const browser = new Browser(instance);
          const location = await browser.signIn(idp, provider, "ann").catch((error) => error);
          await idp.clearFaults();
          assert.equal(await browser.user(), null, JSON.stringify(description));
          // better-auth answers some of them with 500.
          if (ours) assert.match(String(location), /^\/sorry\?error=\w+$/, JSON.stringify(description));
        }
        const browser = new Browser(instance);
        assert.equal(await browser.signIn(idp, provider, "ann", { newUserCallbackURL: "/welcome" }), "/welcome", "nothing of them is left");
      });
    }

    attempt("redirects of the provider's endpoints are not followed", async (t) => {
      const { idp, instance } = await known(t);
      for (const endpoint of ["token", "userinfo", "emails"]) {
        await idp.fault({ endpoint, times: 1, redirect: "https://metadata.example/latest" });
        const browser = new Browser(instance);
        const location = await browser.signIn(idp, "github", "ann");
        // The list of addresses is not needed where the profile has one.
        if (endpoint !== "emails") assert.notEqual(errorOf(location), undefined, endpoint);
      }
      assert.deepEqual(await idp.requests({ endpoints: ["elsewhere"] }), []);
    });
  }
});

// better-auth's helpers for a frontend's own server, such as Next.js middleware, which knows the secret but not the
// database: they read the server's cookies.
import assert from "node:assert/strict";
import { test as nodeTest } from "node:test";
import { getCookieCache, getSessionCookie } from "better-auth/cookies";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix, waits } from "../lib/matrix.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));

const SECRET = "a-secret-for-the-middleware-0123456789";
const MINUTE = 60_000;

/** The request that a browser with that jar sends to the frontend's server. */
const request = (jar) => new Request("http://localhost:3000/dashboard", { headers: jar.header ? { cookie: jar.header } : {} });

const cacheOf = (jar, config = {}) => getCookieCache(request(jar), { secret: SECRET, isSecure: false, ...config });

/** The same cookies with another value for one of them. */
function changed(jar, name, value) {
  const copy = jar.clone();
  copy.set(name, value);
  return copy;
}

matrix((open) => {
  test("getSessionCookie finds the session cookie", async (t) => {
    const instance = await open(t, { options: { secret: SECRET } });
    const { client, jar } = clientOf(instance);
    assert.equal(getSessionCookie(request(jar)), null);
    const { token } = ok(await client.signUp.email(person()));
    assert.equal(getSessionCookie(request(jar)).split(".")[0], token);
    ok(await client.signOut());
    assert.equal(getSessionCookie(request(jar)), null);
  });

  test("getSessionCookie finds cookies of other names", async (t) => {
    const instance = await open(t, {
      options: {
        secret: SECRET,
        advanced: { cookiePrefix: "my-app", useSecureCookies: true, cookies: { session_token: { name: "sid" } } },
      },
    });
    const { client, jar } = clientOf(instance);
    const { token } = ok(await client.signUp.email(person()));
    assert.deepEqual(jar.names, ["__Secure-sid"]);
    assert.equal(getSessionCookie(request(jar)), null);

    const prefixed = await open(t, { options: { secret: SECRET, advanced: { cookiePrefix: "my-app", useSecureCookies: true } } });
    const other = clientOf(prefixed);
    const signedUp = ok(await other.client.signUp.email(person()));
    assert.deepEqual(other.jar.names, ["__Secure-my-app.session_token"]);
    assert.equal(getSessionCookie(request(other.jar), { cookiePrefix: "my-app" }).split(".")[0], signedUp.token);
    assert.notEqual(token, signedUp.token);
  });

  for (const strategy of ["compact", "jwt", "jwe"]) {
    const cached = ({ cookieCache, ...options } = {}) => ({
      options: { secret: SECRET, ...options, session: { cookieCache: { enabled: true, strategy, ...cookieCache } } },
    });

    test(`getCookieCache reads ${strategy} cookies`, async (t) => {
      const instance = await open(t, cached());
      const { client, jar } = clientOf(instance);
      assert.equal(await cacheOf(jar, { strategy }), null);
      ok(await client.signUp.email(person({ image: "https://img.example/ä.png" })));
      const copy = await cacheOf(jar, { strategy });
      const { session, user } = ok(await client.getSession({ query: { disableCookieCache: true } }));
      assert.equal(copy.session.token, session.token);
      assert.equal(copy.session.id, session.id);
      assert.equal(copy.user.id, user.id);
      assert.equal(copy.user.email, user.email);
      assert.equal(copy.user.image, "https://img.example/ä.png");
      assert.equal(new Date(copy.session.expiresAt).getTime(), session.expiresAt.getTime());
      assert.equal(new Date(copy.user.createdAt).getTime(), user.createdAt.getTime());
      ok(await client.signOut());
      assert.equal(await cacheOf(jar, { strategy }), null);
    });

    test(`getCookieCache reads ${strategy} cookies of a session that is not remembered`, async (t) => {
      const instance = await open(t, cached());
      const { client, jar } = clientOf(instance);
      const { user } = ok(await client.signUp.email({ ...person(), rememberMe: false }));
      assert.equal((await cacheOf(jar, { strategy })).user.id, user.id);
      const attributes = jar.get("better-auth.session_data").attributes.map(([name]) => name);
      assert.ok(!attributes.includes("Max-Age"), "it goes with the browser");
    });

    test(`getCookieCache reads ${strategy} cookies in chunks`, async (t) => {
      const instance = await open(t, cached({ user: { additionalFields: { bio: { type: "string", required: false } } } }));
      const { client, jar } = clientOf(instance);
      const bio = "ünïcode 🔑 ".repeat(500);
      ok(await client.signUp.email({ ...person(), bio }));
      const chunks = jar.names.filter((name) => /\.session_data\.\d+$/.test(name));
      assert.ok(chunks.length > 1, `got the cookies ${jar.names}`);
      assert.ok(!jar.names.includes("better-auth.session_data"));
      for (const name of jar.names) assert.ok(name.length + jar.get(name).value.length <= 4096, `${name} fits a cookie`);
      assert.equal((await cacheOf(jar, { strategy })).user.bio, bio);
      assert.equal(ok(await client.getSession()).user.bio, bio);

      const broken = jar.clone();
      broken.delete(chunks[0]);
      assert.equal(await cacheOf(broken, { strategy }).catch(() => null), null);

      ok(await client.signOut());
      assert.deepEqual(jar.names, []);
    });

    test(`getCookieCache refuses ${strategy} cookies that were changed, or signed with another secret`, async (t) => {
      const instance = await open(t, cached());
      const { client, jar } = clientOf(instance);
      ok(await client.signUp.email(person()));
      const name = "better-auth.session_data";
      const { value } = jar.get(name);
      const middle = Math.floor(value.length / 2);
      const other = value[middle] === "A" ? "B" : "A";
      assert.equal(await cacheOf(changed(jar, name, value.slice(0, middle) + other + value.slice(middle + 1)), { strategy }), null);
      assert.equal(await cacheOf(jar, { strategy, secret: `${SECRET}-not` }), null);
      assert.ok(await cacheOf(jar, { strategy }));
    });

    test(`getCookieCache looks at the version of ${strategy} cookies`, async (t) => {
      const instance = await open(t, cached({ cookieCache: { version: "2" } }));
      const { client, jar } = clientOf(instance);
      ok(await client.signUp.email(person()));
      assert.ok(await cacheOf(jar, { strategy, version: "2" }));
      assert.equal(await cacheOf(jar, { strategy, version: "3" }), null);
      assert.ok(await cacheOf(jar, { strategy, version: ({ id }) => (id ? "2" : "none") }));
    });

    test(`getCookieCache reads ${strategy} cookies of other names`, async (t) => {
      const instance = await open(t, cached({ advanced: { cookiePrefix: "my-app", useSecureCookies: true } }));
      const { client, jar } = clientOf(instance);
      const { user } = ok(await client.signUp.email(person()));
      assert.equal((await cacheOf(jar, { strategy, cookiePrefix: "my-app", isSecure: true })).user.id, user.id);
    });

    test(`getCookieCache takes ${strategy} cookies for as long as the server does`, async (t) => {
      const instance = await open(t, cached({ cookieCache: { maxAge: 60 } }));
      const { client, jar } = clientOf(instance);
      ok(await client.signUp.email(person()));
      assert.ok(await cacheOf(jar, { strategy }));
      await instance.clock({ advanceMs: -2 * MINUTE }); // what is issued now is two minutes old
      ok(await client.getSession({ query: { disableCookieCache: true } }));
      assert.equal(await cacheOf(jar, { strategy }), null);
    });
  }
}, ["memory", "sqlite"]);

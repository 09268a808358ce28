// The official client with what an app can say about sessions: copies in cookies, refreshing later, fields of its own,
// limits, names and domains of cookies.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test as nodeTest } from "node:test";
import { clientOf, ok, person, until } from "../lib/client.mjs";
import { matrix, waits } from "../lib/matrix.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));

/** A client's address that no other test has: better-auth counts in memory for all of the servers in its process. */
const address = () => ({ "x-forwarded-for": `198.51.${randomInt(256)}.${randomInt(1, 255)}` });

const SECOND = 1_000;
const MINUTE = 60_000;
const DAY = 86_400_000;

matrix((open) => {
  for (const strategy of ["compact", "jwt", "jwe"]) {
    test(`a ${strategy} cookie cache may be out of date for as long as it counts`, async (t) => {
      const instance = await open(t, { options: { session: { cookieCache: { enabled: true, strategy, maxAge: 300 } } } });
      const desk = clientOf(instance);
      const { user } = ok(await desk.client.signUp.email(person()));
      const tablet = clientOf(instance, { jar: desk.jar.clone() });
      ok(await desk.client.signOut());

      assert.equal(ok(await tablet.client.getSession()).user.id, user.id, "the copy knows nothing of the sign-out");
      await instance.clock({ advanceMs: 4 * MINUTE });
      assert.equal(ok(await tablet.client.getSession()).user.id, user.id);
      await instance.clock({ advanceMs: 2 * MINUTE });
      assert.equal(ok(await tablet.client.getSession()), null);
      assert.deepEqual(tablet.jar.names, []);
    });

    test(`disableCookieCache looks past a ${strategy} cookie cache`, async (t) => {
      const instance = await open(t, { options: { session: { cookieCache: { enabled: true, strategy } } } });
      const desk = clientOf(instance);
      ok(await desk.client.signUp.email(person()));
      const tablet = clientOf(instance, { jar: desk.jar.clone() });
      ok(await desk.client.signOut());
      assert.ok(ok(await tablet.client.getSession()));
      assert.equal(ok(await tablet.client.getSession({ query: { disableCookieCache: true } })), null);
      assert.deepEqual(tablet.jar.names, []);
    });

    test(`what changes a session or its user changes the ${strategy} copy`, async (t) => {
      const instance = await open(t, {
        options: { session: { cookieCache: { enabled: true, strategy }, additionalFields: { device: { type: "string", required: false } } } },
        needs: ["POST /update-user", "POST /update-session"],
      });
      const { client } = clientOf(instance);
      ok(await client.signUp.email(person()));
      ok(await client.updateUser({ name: "Somebody Else" }));
      assert.equal(ok(await client.getSession()).user.name, "Somebody Else");
      ok(await client.$fetch("/update-session", { method: "POST", body: { device: "phone" } }));
      assert.equal(ok(await client.getSession()).session.device, "phone");
    });
  }

  test("changes of state ask the store, whatever the cookie cache says", async (t) => {
    const instance = await open(t, { options: { session: { cookieCache: { enabled: true } } }, needs: ["POST /update-user"] });
    const desk = clientOf(instance);
    const ann = person();
    ok(await desk.client.signUp.email(ann));
    const tablet = clientOf(instance, { jar: desk.jar.clone() });
    ok(await desk.client.signOut());
    assert.ok(ok(await tablet.client.getSession()));
    const { error } = await tablet.client.changePassword({ currentPassword: ann.password, newPassword: "another horse" });
    assert.equal(error?.status, 401);
  });

  test("sessions are listed and revoked one by one, the others, and all", async (t) => {
    const instance = await open(t);
    const ann = person();
    const [desk, phone, tablet] = [clientOf(instance), clientOf(instance), clientOf(instance)];
    ok(await desk.client.signUp.email(ann));
    const onPhone = ok(await phone.client.signIn.email(ann));
    ok(await tablet.client.signIn.email(ann));
    assert.equal(ok(await desk.client.listSessions()).length, 3);

    ok(await desk.client.revokeSession({ token: onPhone.token }));
    assert.equal(ok(await phone.client.getSession()), null);
    assert.equal(ok(await desk.client.listSessions()).length, 2);

    ok(await desk.client.revokeOtherSessions());
    assert.equal(ok(await tablet.client.getSession()), null);
    assert.ok(ok(await desk.client.getSession()));

    ok(await phone.client.signIn.email(ann));
    ok(await desk.client.revokeSessions());
    for (const { client } of [desk, phone]) assert.equal(ok(await client.getSession()), null);
  });

  test("a session in secondary storage lives like any other", async (t) => {
    const instance = await open(t, { secondaryStorage: { kind: "memory" }, options: { session: { expiresIn: 3600, updateAge: 600 } } });
    const { client, jar } = clientOf(instance);
    const ann = person();
    const { token } = ok(await client.signUp.email(ann));
    const before = ok(await client.getSession()).session;
    assert.equal(before.token, token);
    await instance.clock({ advanceMs: 11 * MINUTE });
    assert.ok(ok(await client.getSession()).session.expiresAt > before.expiresAt);
    await instance.clock({ advanceMs: 55 * MINUTE });
    assert.ok(ok(await client.getSession()), "it was prolonged");
    const copy = clientOf(instance, { jar: jar.clone() });
    ok(await client.signOut());
    assert.equal(ok(await copy.client.getSession()), null);
    ok(await client.signIn.email(ann));
    await instance.clock({ advanceMs: 61 * MINUTE });
    assert.equal(ok(await client.getSession()), null);
  });

  test("deferred refresh: reading says so, and changes nothing", async (t) => {
    const instance = await open(t, { options: { session: { deferSessionRefresh: true } } });
    const { client, fetch } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const fresh = ok(await client.getSession());
    assert.equal(fresh.needsRefresh, false);
    await instance.clock({ advanceMs: 2 * DAY });
    const due = ok(await client.getSession());
    assert.equal(due.needsRefresh, true);
    assert.deepEqual(due.session.expiresAt, fresh.session.expiresAt);
    assert.deepEqual(fetch.last.headers.getSetCookie(), []);

    const refreshed = ok(await client.$fetch("/get-session", { method: "POST", body: {} }));
    assert.ok(new Date(refreshed.session.expiresAt) > fresh.session.expiresAt);
    assert.equal(fetch.last.headers.getSetCookie().length, 1);
    assert.equal(ok(await client.getSession()).needsRefresh, false);
  });

  test("deferred refresh: useSession refreshes by itself", async (t) => {
    const instance = await open(t, { options: { session: { deferSessionRefresh: true } } });
    const { client } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const before = ok(await client.getSession()).session;
    await instance.clock({ advanceMs: 2 * DAY });
    t.after(client.useSession.listen(() => {}));
    client.$store.notify("$sessionSignal");
    await until(client.useSession, ({ data }) => data && new Date(data.session.expiresAt) > before.expiresAt);
  });

  test("POST /get-session is not there without deferred refresh", async (t) => {
    const instance = await open(t);
    const { client } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const { error } = await client.$fetch("/get-session", { method: "POST", body: {} });
    assert.deepEqual([error.status, error.code], [405, "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED"]);
  });

  test("update-session changes the fields of the app and no others", async (t) => {
    const instance = await open(t, {
      options: {
        session: {
          additionalFields: {
            device: { type: "string", required: false },
            trusted: { type: "boolean", required: false, defaultValue: false, input: false },
          },
        },
      },
      needs: ["POST /update-session"],
    });
    const { client } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const update = (body) => client.$fetch("/update-session", { method: "POST", body });
    const before = ok(await client.getSession()).session;
    const { session } = ok(await update({ device: "phone", token: "stolen", userId: "somebody" }));
    assert.equal(session.device, "phone");
    assert.equal(session.token, before.token);
    assert.equal((await update({ trusted: true })).error?.status, 400);
    assert.equal((await update({})).error?.status, 400);
    const after = ok(await client.getSession()).session;
    assert.equal(after.device, "phone");
    assert.equal(after.trusted, false);
    assert.equal(after.userId, before.userId);
    assert.equal((await clientOf(instance).client.$fetch("/update-session", { method: "POST", body: { device: "x" } })).error?.status, 401);
  });

  test("useSession follows updateUser", async (t) => {
    const instance = await open(t, { needs: ["POST /update-user"] });
    const { client } = clientOf(instance);
    t.after(client.useSession.listen(() => {}));
    ok(await client.signUp.email(person()));
    await until(client.useSession, ({ data, isRefetching }) => data && !isRefetching);
    ok(await client.updateUser({ name: "Somebody Else", image: "https://img.example/x.png" }));
    const { data } = await until(client.useSession, (value) => value.data?.user.name === "Somebody Else");
    assert.equal(data.user.image, "https://img.example/x.png");
    ok(await client.updateUser({ image: null }));
    await until(client.useSession, (value) => value.data?.user.image === null);
  });

  test("whoever asks too often is told when to come back", async (t) => {
    const instance = await open(t, { options: { rateLimit: { enabled: true, window: 60, max: 5 } } });
    const headers = address();
    const get = () => instance.request("GET", "/api/auth/ok", { headers });
    for (let i = 0; i < 5; i++) assert.equal((await get()).status, 200, `request ${i + 1}`);
    const refused = await get();
    assert.equal(refused.status, 429);
    const seconds = Number(refused.header("x-retry-after"));
    assert.ok(seconds > 50 && seconds <= 60, `retry after ${seconds} s`);
    assert.equal(refused.json().message, "Too many requests. Please try again later.");
    assert.equal((await instance.request("GET", "/api/auth/ok", { headers: address() })).status, 200);
    await instance.clock({ advanceMs: 61 * SECOND });
    assert.equal((await get()).status, 200);
  });

  test("the client hands the refusal to its caller", async (t) => {
    const instance = await open(t, {
      options: { rateLimit: { enabled: true, window: 60, max: 100, customRules: { "/sign-in/email": { window: 30, max: 2 } } } },
    });
    const { client, fetch } = clientOf(instance);
    const ann = { ...person(), password: "wrong horse" };
    const [headers, retries] = [address(), []];
    const signIn = () =>
      client.signIn.email(
        { email: ann.email, password: ann.password },
        { headers, onError: ({ response }) => retries.push(response.headers.get("x-retry-after")) },
      );
    for (let i = 0; i < 2; i++) assert.equal((await signIn()).error.status, 401);
    assert.equal((await signIn()).error.status, 429);
    assert.equal(fetch.last.status, 429);
    assert.deepEqual(retries.slice(0, 2), [null, null]);
    assert.ok(Number(retries[2]) > 20 && Number(retries[2]) <= 30, `retry after ${retries[2]} s`);
  });

  test("cookies for all subdomains", async (t) => {
    const instance = await open(t, {
      options: {
        baseURL: "https://auth.example.com",
        trustedOrigins: ["http://127.0.0.1:*"],
        advanced: { crossSubDomainCookies: { enabled: true, domain: "example.com" } },
        session: { cookieCache: { enabled: true } },
      },
    });
    const { client, jar } = clientOf(instance);
    ok(await client.signUp.email({ ...person(), rememberMe: false }));
    const names = ["session_token", "dont_remember", "session_data"].map((name) => `__Secure-better-auth.${name}`);
    assert.deepEqual(jar.names.toSorted(), names.toSorted());
    for (const name of jar.names) {
      const attributes = Object.fromEntries(jar.get(name).attributes);
      assert.equal(attributes.Domain, "example.com", name);
      assert.ok("Secure" in attributes && "HttpOnly" in attributes, name);
    }
    ok(await client.signOut());
    assert.deepEqual(jar.names, []);
  });

  test("every cookie by a name of its own", async (t) => {
    const names = { session_token: "sid", session_data: "sdata", dont_remember: "forget" };
    const instance = await open(t, {
      options: {
        session: { cookieCache: { enabled: true } },
        advanced: { cookies: Object.fromEntries(Object.entries(names).map(([key, name]) => [key, { name }])) },
      },
    });
    const { client, jar } = clientOf(instance);
    ok(await client.signUp.email({ ...person(), rememberMe: false }));
    assert.deepEqual(jar.names.toSorted(), Object.values(names).toSorted());
    assert.ok(ok(await client.getSession()));
    ok(await client.signOut());
    assert.deepEqual(jar.names, []);
  });
}, ["memory", "sqlite"]);

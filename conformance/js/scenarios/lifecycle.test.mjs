// A session's life under the instance's clock.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix } from "../lib/matrix.mjs";

const SECOND = 1_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

matrix((open) => {
  test("a session expires after expiresIn", async (t) => {
    const instance = await open(t, { options: { session: { expiresIn: 3600 } } });
    const { client, jar } = clientOf(instance);
    ok(await client.signUp.email(person()));
    await instance.clock({ advanceMs: HOUR - 30 * SECOND });
    assert.ok(ok(await client.getSession({ query: { disableRefresh: true } })), "half a minute before");
    await instance.clock({ advanceMs: 31 * SECOND });
    assert.equal(ok(await client.getSession()), null);
    assert.deepEqual(jar.names, [], "its cookies are taken away");
  });

  test("the row of an expired session is gone even when the clock goes back", async (t) => {
    const instance = await open(t, { options: { session: { expiresIn: 3600 } } });
    const { client, jar } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const copy = jar.clone();
    await instance.clock({ advanceMs: 2 * HOUR });
    assert.equal(ok(await client.getSession()), null);
    await instance.clock({ reset: true });
    assert.equal(ok(await clientOf(instance, { jar: copy }).client.getSession()), null);
  });

  test("a session in use is prolonged once per updateAge", async (t) => {
    const instance = await open(t);
    const { client, jar, fetch } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const before = ok(await client.getSession()).session;
    const cookie = jar.get("better-auth.session_token");

    await instance.clock({ advanceMs: DAY - HOUR });
    const same = ok(await client.getSession()).session;
    assert.deepEqual(same.expiresAt, before.expiresAt);
    assert.deepEqual(fetch.last.headers.getSetCookie(), []);

    await instance.clock({ advanceMs: 2 * HOUR });
    const after = ok(await client.getSession()).session;
    const gained = after.expiresAt - before.expiresAt;
    assert.ok(Math.abs(gained - (DAY + HOUR)) < 10 * SECOND, `gained ${gained} ms, want ${DAY + HOUR}`);
    assert.ok(after.updatedAt > before.updatedAt);
    assert.equal(after.token, before.token);
    assert.equal(fetch.last.headers.getSetCookie().length, 1);
    assert.deepEqual(jar.get("better-auth.session_token"), cookie, "the same cookie, with a new lifetime");

    // The first session would have ended by now.
    await instance.clock({ advanceMs: 6 * DAY });
    assert.ok(ok(await client.getSession()));
  });

  test("a session that isn't remembered is never prolonged", async (t) => {
    const instance = await open(t);
    const { client, fetch } = clientOf(instance);
    const ann = person();
    ok(await client.signUp.email({ ...ann, rememberMe: false }));
    const before = ok(await client.getSession()).session;
    await instance.clock({ advanceMs: DAY - HOUR });
    assert.deepEqual(ok(await client.getSession()).session.expiresAt, before.expiresAt);
    assert.deepEqual(fetch.last.headers.getSetCookie(), []);
    await instance.clock({ advanceMs: 2 * HOUR });
    assert.equal(ok(await client.getSession()), null);
  });

  test("disableRefresh looks without prolonging", async (t) => {
    const instance = await open(t);
    const { client, fetch } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const before = ok(await client.getSession()).session;
    await instance.clock({ advanceMs: 2 * DAY });
    assert.deepEqual(
      ok(await client.getSession({ query: { disableRefresh: true } })).session.expiresAt,
      before.expiresAt,
    );
    assert.deepEqual(fetch.last.headers.getSetCookie(), []);
    assert.notDeepEqual(ok(await client.getSession()).session.expiresAt, before.expiresAt);
  });

  test("updateAge 0 prolongs with every look", async (t) => {
    const instance = await open(t, { options: { session: { updateAge: 0 } } });
    const { client, fetch } = clientOf(instance);
    ok(await client.signUp.email(person()));
    for (let i = 0; i < 2; i++) {
      const before = ok(await client.getSession({ query: { disableRefresh: true } })).session;
      await instance.clock({ advanceMs: 5 * SECOND });
      assert.ok(ok(await client.getSession()).session.expiresAt > before.expiresAt);
      assert.equal(fetch.last.headers.getSetCookie().length, 1);
    }
  });
});

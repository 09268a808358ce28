// The app's own route behind the adapter's session middleware.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix } from "../lib/matrix.mjs";

matrix((open) => {
  const me = (instance, headers = {}) => instance.request("GET", "/me", { headers });

  test("lets in whoever has a session, and nobody else", async (t) => {
    const instance = await open(t);
    const { client, jar } = clientOf(instance);
    const { user } = ok(await client.signUp.email(person()));

    assert.equal((await me(instance)).status, 401);
    const response = await me(instance, { cookie: jar.header });
    assert.equal(response.status, 200);
    assert.deepEqual(response.json(), { userId: user.id });
  });

  test("shuts the door at sign-out", async (t) => {
    const instance = await open(t);
    const { client, jar } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const cookie = jar.header;
    assert.equal((await me(instance, { cookie })).status, 200);
    ok(await client.signOut());
    assert.equal((await me(instance, { cookie })).status, 401);
  });

  test("shuts the door when the session has expired", async (t) => {
    const instance = await open(t, { options: { session: { expiresIn: 60 } } });
    const { client, jar } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const cookie = jar.header;
    await instance.clock({ advanceMs: 61_000 });
    assert.equal((await me(instance, { cookie })).status, 401);
  });

  test("refuses cookies that it didn't sign", async (t) => {
    const instance = await open(t);
    const { client, jar } = clientOf(instance);
    const { token } = ok(await client.signUp.email(person()));
    const signed = decodeURIComponent(jar.get("better-auth.session_token").value);
    const other = (letter) => (letter === "A" ? "Q" : "A");
    const forgeries = {
      unsigned: token,
      "another signature": signed.slice(0, -2) + other(signed.at(-2)) + "=",
      "another token": other(signed[0]) + signed.slice(1),
      empty: "",
      "wrong name": null,
    };
    for (const [what, value] of Object.entries(forgeries)) {
      const cookie =
        value === null
          ? `session_token=${encodeURIComponent(signed)}`
          : `better-auth.session_token=${encodeURIComponent(value)}`;
      assert.equal((await me(instance, { cookie })).status, 401, what);
    }
  });

  test("leaves the app's other routes alone", async (t) => {
    const instance = await open(t);
    const response = await instance.request("GET", "/ping");
    assert.equal(response.status, 200);
    assert.equal(response.text, "pong");
  });

  test("keeps requests apart that share a connection", async (t) => {
    const instance = await open(t);
    const people = [];
    for (let i = 0; i < 4; i++) {
      const { client, jar } = clientOf(instance);
      const { user } = ok(await client.signUp.email(person()));
      people.push({ id: user.id, cookie: jar.header });
    }
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const { id, cookie } = people[i % people.length];
        const signedIn = i % 5 !== 4;
        const response = await me(instance, signedIn ? { cookie } : {});
        return signedIn ? response.json().userId === id : response.status === 401;
      }),
    );
    assert.deepEqual(
      answers,
      answers.map(() => true),
    );
  });
});

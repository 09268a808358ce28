// The official client against email and password.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix } from "../lib/matrix.mjs";

const DAY = 86_400_000;

matrix((open) => {
  test("signs up, out, and in again", async (t) => {
    const instance = await open(t);
    const { client, jar } = clientOf(instance);
    const ann = person({ image: "https://img.example/ann.png" });

    const signedUp = ok(await client.signUp.email(ann));
    assert.equal(signedUp.user.email, ann.email);
    assert.equal(signedUp.user.name, ann.name);
    assert.equal(signedUp.user.image, ann.image);
    assert.equal(signedUp.user.emailVerified, false);
    assert.ok(signedUp.user.createdAt instanceof Date, "dates come in the form that the client revives");

    const first = ok(await client.getSession());
    assert.equal(first.session.token, signedUp.token);
    assert.equal(first.session.userId, signedUp.user.id);
    assert.equal(first.user.email, ann.email);

    assert.deepEqual(ok(await client.signOut()), { success: true });
    assert.deepEqual(jar.names, []);
    assert.equal(ok(await client.getSession()), null);

    const signedIn = ok(await client.signIn.email({ email: ann.email, password: ann.password }));
    assert.equal(signedIn.redirect, false);
    assert.equal(signedIn.user.id, signedUp.user.id);
    assert.notEqual(signedIn.token, signedUp.token);
    assert.equal(ok(await client.getSession()).session.token, signedIn.token);
  });

  test("a session ends on the server with sign-out, not only in the browser", async (t) => {
    const instance = await open(t);
    const { client, jar } = clientOf(instance);
    ok(await client.signUp.email(person()));
    const thief = clientOf(instance, { jar: jar.clone() });
    assert.ok(ok(await thief.client.getSession()), "the copied cookie works while the session lives");

    ok(await client.signOut());
    assert.equal(ok(await thief.client.getSession()), null);
    assert.deepEqual(thief.jar.names, [], "the dead cookie is taken away");
  });

  test("two browsers have two sessions of one user", async (t) => {
    const instance = await open(t);
    const [desk, phone] = [clientOf(instance), clientOf(instance)];
    const ann = person();
    ok(await desk.client.signUp.email(ann));
    ok(await phone.client.signIn.email(ann));
    const [a, b] = [ok(await desk.client.getSession()), ok(await phone.client.getSession())];
    assert.equal(a.user.id, b.user.id);
    assert.notEqual(a.session.id, b.session.id);

    ok(await phone.client.signOut());
    assert.equal(ok(await phone.client.getSession()), null);
    assert.equal(ok(await desk.client.getSession()).session.id, a.session.id);
  });

  test("rememberMe decides how long the cookie and the session live", async (t) => {
    const instance = await open(t);
    const ann = person();
    const remembered = clientOf(instance);
    ok(await remembered.client.signUp.email(ann));
    assert.deepEqual(maxAge(remembered.jar, "better-auth.session_token"), "604800");
    const long = ok(await remembered.client.getSession()).session;
    near(long.expiresAt - long.createdAt, 7 * DAY);

    const forgotten = clientOf(instance);
    ok(await forgotten.client.signIn.email({ ...ann, rememberMe: false }));
    assert.deepEqual(forgotten.jar.names, ["better-auth.session_token", "better-auth.dont_remember"]);
    assert.equal(maxAge(forgotten.jar, "better-auth.session_token"), undefined);
    assert.equal(maxAge(forgotten.jar, "better-auth.dont_remember"), undefined);
    const short = ok(await forgotten.client.getSession()).session;
    near(short.expiresAt - short.createdAt, DAY);

    ok(await forgotten.client.signIn.email({ ...ann, rememberMe: true }));
    assert.deepEqual(forgotten.jar.names, ["better-auth.session_token"], "remembering again takes the mark away");
    assert.equal(maxAge(forgotten.jar, "better-auth.session_token"), "604800");
  });

  test("a wrong password and an unknown address get the same answer", async (t) => {
    const instance = await open(t);
    const ann = person();
    ok(await clientOf(instance).client.signUp.email(ann));

    const { client, jar } = clientOf(instance);
    const wrong = await client.signIn.email({ email: ann.email, password: "wrong horse" });
    const unknown = await client.signIn.email({ email: "nobody@example.com", password: "wrong horse" });
    assert.equal(wrong.data, null);
    assert.equal(wrong.error.status, 401);
    assert.equal(wrong.error.code, "INVALID_EMAIL_OR_PASSWORD");
    assert.equal(wrong.error.message, "Invalid email or password");
    assert.deepEqual(unknown.error, wrong.error);
    assert.deepEqual(jar.names, []);
  });

  test("an address can sign up once, in whatever case it is written", async (t) => {
    const instance = await open(t);
    const ann = person();
    ok(await clientOf(instance).client.signUp.email({ ...ann, email: ann.email.toUpperCase() }));

    const again = await clientOf(instance).client.signUp.email(ann);
    assert.equal(again.error.status, 422);
    assert.equal(again.error.code, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
    const { user } = ok(await clientOf(instance).client.signIn.email(ann));
    assert.equal(user.email, ann.email, "stored in lower case");
  });

  test("validation errors reach the client as errors", async (t) => {
    const instance = await open(t);
    const { client } = clientOf(instance);
    const cases = [
      [{ password: "short" }, 400, "PASSWORD_TOO_SHORT"],
      [{ password: "x".repeat(129) }, 400, "PASSWORD_TOO_LONG"],
      [{ email: "not an address" }, 400, "VALIDATION_ERROR"],
      [{ name: 7 }, 400, "VALIDATION_ERROR"],
    ];
    for (const [fields, status, code] of cases) {
      const { error } = await client.signUp.email(person(fields));
      assert.deepEqual([error?.status, error?.code], [status, code], JSON.stringify(fields));
    }
  });

  test("a sign-in with a callbackURL is sent there", async (t) => {
    const instance = await open(t);
    const ann = person();
    const { client } = clientOf(instance);
    ok(await client.signUp.email(ann));
    const data = ok(await client.signIn.email({ ...ann, callbackURL: "/dashboard" }));
    assert.equal(data.redirect, true);
    assert.equal(data.url, "/dashboard");
    const foreign = await client.signIn.email({ ...ann, callbackURL: "https://evil.example/" });
    assert.equal(foreign.error?.code, "INVALID_CALLBACK_URL");
  });

  test("names and passwords are Unicode", async (t) => {
    const instance = await open(t);
    const { client } = clientOf(instance);
    const ann = person({ name: 'Ånn 👩🏽‍🚀 "quoted" <b>&</b>\u2028', password: "pässwörd-🔑-ﬁ" });
    ok(await client.signUp.email(ann));
    assert.equal(ok(await client.getSession()).user.name, ann.name);
    // NFKC: the ligature and the letters are one password.
    ok(await client.signIn.email({ email: ann.email, password: "pässwörd-🔑-fi" }));
  });
});

function maxAge(jar, name) {
  return jar.get(name)?.attributes.find(([key]) => key === "Max-Age")?.[1];
}

// createdAt and expiresAt are taken from the clock one after the other.
function near(got, want) {
  assert.ok(Math.abs(got - want) < 1_000, `the session lives ${got} ms, want ${want}`);
}

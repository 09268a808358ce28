// The official client and links in mails: verifying and changing an address, forgetting a password, leaving.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix } from "../lib/matrix.mjs";

const record = { $record: true };

/** The first argument of the last message that an instance has sent. */
const mail = async (instance) => (await instance.outbox()).at(-1)?.args[0];

/** Follows a link as a browser without a page would, with the cookies of a jar. */
async function follow(instance, url, jar) {
  const { pathname, search } = new URL(url);
  const headers = jar?.header === undefined ? {} : { cookie: jar.header };
  const response = await instance.request("GET", pathname + search, { headers });
  jar?.store(response.all("set-cookie"));
  return response;
}

matrix((open) => {
  test("only a verified address signs in, and the link signs in", async (t) => {
    const instance = await open(t, {
      options: {
        emailAndPassword: { enabled: true, requireEmailVerification: true },
        emailVerification: { sendVerificationEmail: record, autoSignInAfterVerification: true },
      },
    });
    const { client, jar } = clientOf(instance);
    const ann = person();
    assert.equal(ok(await client.signUp.email({ ...ann, callbackURL: "/welcome" })).token, null);
    assert.equal((await client.signIn.email(ann)).error.code, "EMAIL_NOT_VERIFIED");
    assert.equal((await client.signIn.email({ ...ann, password: "wrong horse" })).error.code, "INVALID_EMAIL_OR_PASSWORD");

    const { url, user } = await mail(instance);
    assert.equal(user.email, ann.email);
    const response = await follow(instance, url, jar);
    assert.equal(response.status, 302);
    assert.equal(response.header("location"), "/welcome");
    assert.equal(ok(await client.getSession()).user.emailVerified, true);
  });

  test("a forgotten password is replaced once", async (t) => {
    const instance = await open(t, { options: { emailAndPassword: { enabled: true, sendResetPassword: record } } });
    const { client } = clientOf(instance);
    const ann = person();
    ok(await client.signUp.email(ann));
    const asked = ok(await client.requestPasswordReset({ email: ann.email, redirectTo: "/reset" }));
    assert.deepEqual(ok(await client.requestPasswordReset({ email: person().email, redirectTo: "/reset" })), asked);
    assert.equal((await instance.outbox()).length, 1);

    const { url } = await mail(instance);
    const page = new URL((await follow(instance, url)).header("location"));
    assert.equal(page.pathname, "/reset");
    const token = page.searchParams.get("token");
    const password = "a new horse";
    ok(await client.resetPassword({ newPassword: password, token }));
    assert.equal((await client.resetPassword({ newPassword: password, token })).error.code, "INVALID_TOKEN");
    assert.ok((await client.signIn.email(ann)).error);
    ok(await client.signIn.email({ ...ann, password }));
  });

  test("name, picture and address change", async (t) => {
    const instance = await open(t, {
      options: {
        emailAndPassword: { enabled: true },
        emailVerification: { sendVerificationEmail: record },
        user: { changeEmail: { enabled: true } },
      },
    });
    const { client, jar } = clientOf(instance);
    ok(await client.signUp.email(person()));
    ok(await client.updateUser({ name: "Anna", image: "https://img.example/anna.png" }));
    const { email } = person();
    ok(await client.changeEmail({ newEmail: email, callbackURL: "/account" }));
    assert.equal((await follow(instance, (await mail(instance)).url, jar)).header("location"), "/account");
    const { user } = ok(await client.getSession());
    assert.deepEqual([user.name, user.image, user.email], ["Anna", "https://img.example/anna.png", email]);
  });

  test("a user leaves by a link", async (t) => {
    const instance = await open(t, {
      options: {
        emailAndPassword: { enabled: true },
        user: { deleteUser: { enabled: true, sendDeleteAccountVerification: record } },
      },
    });
    const { client, jar } = clientOf(instance);
    const ann = person();
    ok(await client.signUp.email(ann));
    assert.equal(ok(await client.deleteUser({ callbackURL: "/bye" })).message, "Verification email sent");
    const { url } = await mail(instance);
    assert.equal((await follow(instance, url)).status, 404, "a stranger with the link deletes nobody");
    assert.equal((await follow(instance, url, jar)).header("location"), "/bye");
    assert.deepEqual(jar.names, []);
    assert.ok((await client.signIn.email(ann)).error);
  });
});

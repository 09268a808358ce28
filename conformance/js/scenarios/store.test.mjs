// The client's reactive session, which every framework's hook is made of.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientOf, ok, person, until } from "../lib/client.mjs";
import { matrix } from "../lib/matrix.mjs";

matrix((open) => {
  test("useSession follows sign-up, sign-out and sign-in", async (t) => {
    const instance = await open(t);
    const { client } = clientOf(instance);
    const ann = person();
    // Something has to listen, as a mounted component does, or the store rests.
    t.after(client.useSession.listen(() => {}));
    assert.equal(client.useSession.get().data, null);

    ok(await client.signUp.email(ann));
    const signedUp = await until(client.useSession, ({ data, isRefetching }) => data && !isRefetching);
    assert.equal(signedUp.data.user.email, ann.email);
    assert.equal(signedUp.error, null);
    assert.equal(signedUp.isPending, false);

    ok(await client.signOut());
    await until(client.useSession, ({ data, isRefetching }) => data === null && !isRefetching);

    ok(await client.signIn.email(ann));
    const signedIn = await until(client.useSession, ({ data, isRefetching }) => data && !isRefetching);
    assert.notEqual(signedIn.data.session.id, signedUp.data.session.id);
  });

  test("refetch brings what changed elsewhere", async (t) => {
    const instance = await open(t);
    const { client, jar } = clientOf(instance);
    t.after(client.useSession.listen(() => {}));
    ok(await client.signUp.email(person()));
    await until(client.useSession, ({ data }) => data);

    ok(await clientOf(instance, { jar: jar.clone() }).client.signOut());
    assert.ok(client.useSession.get().data, "nobody has told this page");
    await client.useSession.get().refetch();
    assert.equal(client.useSession.get().data, null);
  });

  test("a failed sign-in leaves the session store alone", async (t) => {
    const instance = await open(t);
    const { client } = clientOf(instance);
    const seen = [];
    t.after(client.useSession.listen((value) => seen.push(value)));
    const { error } = await client.signIn.email({ email: "nobody@example.com", password: "wrong horse" });
    assert.equal(error.status, 401);
    assert.deepEqual(seen, []);
  });

  test("$fetch speaks to endpoints by path", async (t) => {
    const instance = await open(t);
    const { client } = clientOf(instance);
    assert.deepEqual(ok(await client.$fetch("/ok")), { ok: true });
    const ann = person();
    const signedUp = ok(await client.$fetch("/sign-up/email", { method: "POST", body: ann }));
    const session = ok(await client.$fetch("/get-session"));
    assert.equal(session.session.token, signedUp.token);
    const missing = await client.$fetch("/no-such-endpoint");
    assert.equal(missing.error.status, 404);
    await assert.rejects(
      client.$fetch("/sign-in/email", { method: "POST", body: { ...ann, password: "wrong horse" }, throw: true }),
      {
        status: 401,
      },
    );
  });
});

// Every framework's entry point of the client: each loads, signs in, and shows the session its own way.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createAuthClient as createReact } from "better-auth/react";
import { createAuthClient as createSolid } from "better-auth/solid";
import { createAuthClient as createSvelte } from "better-auth/svelte";
import { createAuthClient as createVue } from "better-auth/vue";
import { createRoot } from "solid-js";
import { effectScope } from "vue";
import { clientOf, ok, person, until } from "../lib/client.mjs";
import { matrix } from "../lib/matrix.mjs";

const FRAMEWORKS = { react: createReact, vue: createVue, svelte: createSvelte, solid: createSolid };

matrix((open) => {
  for (const [name, create] of Object.entries(FRAMEWORKS)) {
    test(`${name}: signs up, reads its session, signs out`, async (t) => {
      const instance = await open(t);
      const { client } = clientOf(instance, { create });
      const ann = person();
      const { token } = ok(await client.signUp.email(ann));
      assert.equal(ok(await client.getSession()).session.token, token);
      t.after(client.$store.atoms.session.listen(() => {}));
      client.$store.notify("$sessionSignal");
      await until(client.$store.atoms.session, ({ data }) => data?.session.token === token);
      ok(await client.signOut());
      await until(client.$store.atoms.session, ({ data, isRefetching }) => data === null && !isRefetching);
    });
  }

  test("vue: useSession is a ref that follows", async (t) => {
    const instance = await open(t);
    const { client } = clientOf(instance, { create: createVue });
    const scope = effectScope();
    t.after(() => scope.stop());
    const session = scope.run(() => client.useSession());
    const ann = person();
    ok(await client.signUp.email(ann));
    await until(client.$store.atoms.session, ({ data }) => data);
    assert.equal(session.value.data.user.email, ann.email);
  });

  test("svelte: useSession is a readable store", async (t) => {
    const instance = await open(t);
    const { client } = clientOf(instance, { create: createSvelte });
    const ann = person();
    t.after(client.useSession().subscribe(() => {}));
    ok(await client.signUp.email(ann));
    const { data } = await until(client.useSession(), (value) => value.data);
    assert.equal(data.user.email, ann.email);
  });

  test("solid: useSession is an accessor", async (t) => {
    const instance = await open(t);
    const { client } = clientOf(instance, { create: createSolid });
    const session = createRoot((dispose) => {
      t.after(dispose);
      return client.useSession();
    });
    assert.equal(session().data, null);
    assert.equal(session().isPending, true);
  });
});

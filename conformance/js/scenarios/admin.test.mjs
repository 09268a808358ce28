// better-auth's adminClient looks after users.
import assert from "node:assert/strict";
import { test as nodeTest } from "node:test";
import { adminClient } from "better-auth/client/plugins";
import { createAccessControl } from "better-auth/plugins/access";
import { adminAc, defaultStatements, userAc } from "better-auth/plugins/admin/access";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix, waits } from "../lib/matrix.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** A client with the plugin; the credentials of an admin whom the app has made are signed in. */
async function adminOf(instance, options) {
  const credentials = person();
  const made = await instance.call("createUser", { body: { ...credentials, role: "admin" } });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const admin = clientOf(instance, { plugins: [adminClient(options)] });
  ok(await admin.client.signIn.email(credentials));
  return { ...admin, id: made.body.user.id, credentials };
}

async function userOf(instance) {
  const credentials = person();
  const user = clientOf(instance, { plugins: [adminClient()] });
  const { id } = ok(await user.client.signUp.email(credentials)).user;
  return { ...user, id, credentials };
}

const refused = ({ error }, code) => assert.equal(error?.code, code, JSON.stringify(error));

matrix((open) => {
  test("an admin makes, finds, changes and removes users", async (t) => {
    const instance = await open(t, { plugins: [{ id: "admin" }] });
    const { client } = await adminOf(instance);
    const { user } = ok(await client.admin.createUser({ ...person({ name: "Zoe" }), role: "user" }));
    assert.equal(user.role, "user");

    const found = ok(await client.admin.listUsers({ query: { searchValue: "Zoe", searchField: "name", limit: 10 } }));
    assert.deepEqual([found.total, found.users[0].id, found.limit], [1, user.id, 10]);
    const sorted = ok(await client.admin.listUsers({ query: { sortBy: "name", sortDirection: "desc", limit: 1 } }));
    assert.deepEqual([sorted.total, sorted.users[0].name], [2, "Zoe"]);
    const filtered = ok(await client.admin.listUsers({ query: { filterField: "role", filterOperator: "eq", filterValue: "admin" } }));
    assert.equal(filtered.total, 1);

    ok(await client.admin.updateUser({ userId: user.id, data: { name: "Zora" } }));
    ok(await client.admin.setRole({ userId: user.id, role: ["user", "admin"] }));
    const changed = ok(await client.admin.getUser({ query: { id: user.id } }));
    assert.deepEqual([changed.name, changed.role], ["Zora", "user,admin"]);
    ok(await client.admin.removeUser({ userId: user.id }));
    refused(await client.admin.getUser({ query: { id: user.id } }), "USER_NOT_FOUND");
  });

  test("a ban ends sessions and keeps its user out until it is over", async (t) => {
    const instance = await open(t, { plugins: [{ id: "admin" }] });
    const { client } = await adminOf(instance);
    const bob = await userOf(instance);
    ok(await client.admin.banUser({ userId: bob.id, banReason: "spam", banExpiresIn: 3600 }));
    assert.equal(ok(await bob.client.getSession()), null);
    refused(await bob.client.signIn.email(bob.credentials), "BANNED_USER");
    await instance.clock({ advanceMs: HOUR + MINUTE });
    ok(await bob.client.signIn.email(bob.credentials));
    assert.equal(ok(await bob.client.getSession()).user.banned, false);

    ok(await client.admin.banUser({ userId: bob.id }));
    refused(await bob.client.signIn.email(bob.credentials), "BANNED_USER");
    ok(await client.admin.unbanUser({ userId: bob.id }));
    ok(await bob.client.signIn.email(bob.credentials));
  });

  test("an admin sees the app as a user does, and comes back", async (t) => {
    const instance = await open(t, { plugins: [{ id: "admin" }] });
    const { client, id } = await adminOf(instance);
    const bob = await userOf(instance);
    const { session, user } = ok(await client.admin.impersonateUser({ userId: bob.id }));
    assert.deepEqual([user.id, session.impersonatedBy], [bob.id, id]);
    const current = ok(await client.getSession());
    assert.deepEqual([current.user.id, current.session.impersonatedBy], [bob.id, id]);
    refused(await client.admin.listUsers({ query: {} }), "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS");
    assert.equal(ok(await bob.client.listSessions()).length, 1, "the user does not see the admin's session");

    ok(await client.admin.stopImpersonating());
    assert.equal(ok(await client.getSession()).user.id, id);
    ok(await client.admin.listUsers({ query: {} }));

    ok(await client.admin.impersonateUser({ userId: bob.id }));
    await instance.clock({ advanceMs: HOUR + MINUTE });
    assert.equal(ok(await client.getSession()), null, "it ends by itself");
  });

  test("sessions are listed and ended, passwords set", async (t) => {
    const instance = await open(t, { plugins: [{ id: "admin" }] });
    const { client } = await adminOf(instance);
    const bob = await userOf(instance);
    ok(await clientOf(instance).client.signIn.email(bob.credentials));
    const { sessions } = ok(await client.admin.listUserSessions({ userId: bob.id }));
    assert.equal(sessions.length, 2);
    const { token } = ok(await bob.client.getSession()).session;
    ok(await client.admin.revokeUserSession({ sessionToken: token }));
    assert.equal(ok(await bob.client.getSession()), null);
    ok(await client.admin.revokeUserSessions({ userId: bob.id }));
    assert.deepEqual(ok(await client.admin.listUserSessions({ userId: bob.id })).sessions, []);

    ok(await client.admin.setUserPassword({ userId: bob.id, newPassword: "another horse" }));
    refused(await bob.client.signIn.email(bob.credentials), "INVALID_EMAIL_OR_PASSWORD");
    ok(await bob.client.signIn.email({ ...bob.credentials, password: "another horse" }));
  });

  test("roles of the app's own mean the same on both sides", async (t) => {
    const ac = createAccessControl({ ...defaultStatements, bill: ["pay", "send"] });
    const roles = {
      admin: ac.newRole({ ...adminAc.statements, bill: ["pay"] }),
      user: ac.newRole(userAc.statements),
      clerk: ac.newRole({ bill: ["send"] }),
    };
    const travelling = Object.fromEntries(Object.entries(roles).map(([name, { statements }]) => [name, { statements }]));
    const instance = await open(t, {
      plugins: [{ id: "admin", options: { ac: { statements: ac.statements }, roles: travelling } }],
    });
    const { client } = await adminOf(instance, { ac, roles });
    const bob = await userOf(instance);
    for (const [role, permissions] of [
      ["admin", { bill: ["pay"], user: ["ban"] }],
      ["admin", { bill: ["send"] }],
      ["admin", { user: ["impersonate-admins"] }],
    ]) {
      const here = client.admin.checkRolePermission({ role, permissions });
      const there = ok(await client.admin.hasPermission({ permissions }));
      assert.equal(there.success, here, JSON.stringify(permissions));
    }
    ok(await client.admin.setRole({ userId: bob.id, role: "clerk" }));
    assert.equal(ok(await bob.client.admin.hasPermission({ permissions: { bill: ["send"] } })).success, true);
    refused(await client.admin.setRole({ userId: bob.id, role: "ghost" }), "YOU_ARE_NOT_ALLOWED_TO_SET_NON_EXISTENT_VALUE");
    refused(await bob.client.admin.listUsers({ query: {} }), "YOU_ARE_NOT_ALLOWED_TO_LIST_USERS");
  });
});

// The official organizationClient: a company from its first member to its end.
import assert from "node:assert/strict";
import { test as nodeTest } from "node:test";
import { createAccessControl } from "better-auth/plugins/access";
import { organizationClient } from "better-auth/client/plugins";
import { defaultStatements, ownerAc } from "better-auth/plugins/organization/access";
import { clientOf, ok, person } from "../lib/client.mjs";
import { matrix, waits } from "../lib/matrix.mjs";

const test = (name, fn) => nodeTest(name, waits(fn));

const statements = { ...defaultStatements, bill: ["pay", "see"] };
const ac = createAccessControl(statements);
const roles = {
  owner: { ...ownerAc.statements, bill: ["pay", "see"] },
  admin: { ...ownerAc.statements, organization: ["update"], bill: ["see"] },
  member: { ac: ["read"], bill: ["see"] },
};

const plugin = (options = {}) => ({
  id: "organization",
  options: {
    ac: { statements },
    roles: Object.fromEntries(Object.entries(roles).map(([name, statements]) => [name, { statements }])),
    teams: { enabled: true },
    dynamicAccessControl: { enabled: true },
    sendInvitationEmail: { $record: true },
    ...options,
  },
});

const plugins = () => [
  organizationClient({
    ac,
    roles: Object.fromEntries(Object.entries(roles).map(([name, statements]) => [name, ac.newRole(statements)])),
    teams: { enabled: true },
    dynamicAccessControl: { enabled: true },
  }),
];

/** Somebody signed up, with a client of their own. */
async function someone(instance) {
  const credentials = person();
  const { client, jar } = clientOf(instance, { plugins: plugins() });
  const { user } = ok(await client.signUp.email(credentials));
  return { client, jar, user, org: client.organization };
}

/** Lets somebody join by the link in a mail. */
async function join(instance, host, guest, fields = {}) {
  const invitation = ok(await host.org.inviteMember({ email: guest.user.email, role: "member", ...fields }));
  const [mail] = (await instance.outbox()).slice(-1);
  assert.equal(mail.callback, "plugins.organization.sendInvitationEmail");
  assert.equal(mail.args[0].id, invitation.id);
  assert.equal(mail.args[0].inviter.user.email, host.user.email);
  return ok(await guest.org.acceptInvitation({ invitationId: mail.args[0].id }));
}

const refused = ({ data, error }, status, code) => {
  assert.equal(data, null);
  assert.equal(error.status, status);
  if (code) assert.equal(error.code, code);
};

matrix((open) => {
  test("a company from its first member to its end", async (t) => {
    const instance = await open(t, { plugins: [plugin()] });
    const [ann, bob, cat] = [await someone(instance), await someone(instance), await someone(instance)];

    assert.deepEqual(ok(await ann.org.checkSlug({ slug: "acme" })), { status: true });
    const acme = ok(await ann.org.create({ name: "Acme", slug: "acme", metadata: { plan: "pro" } }));
    assert.deepEqual(acme.metadata, { plan: "pro" });
    assert.equal(acme.members[0].role, "owner");
    refused(await bob.org.checkSlug({ slug: "acme" }), 400, "ORGANIZATION_SLUG_ALREADY_TAKEN");
    assert.equal(ok(await ann.client.getSession()).session.activeOrganizationId, acme.id);

    // Two colleagues.
    const { member } = await join(instance, ann, bob, { role: "admin" });
    assert.equal(member.role, "admin");
    await join(instance, bob, cat);
    refused(await cat.org.inviteMember({ email: "dan@example.com", role: "member" }), 403);
    const full = ok(await ann.org.getFullOrganization());
    assert.deepEqual(full.members.map(({ user }) => user.email), [ann, bob, cat].map(({ user }) => user.email));
    assert.equal(full.teams.length, 1);
    assert.equal(ok(await cat.org.listMembers({ query: { limit: 2 } })).total, 3);
    assert.equal(ok(await bob.org.getActiveMember()).role, "admin");
    assert.equal(ok(await bob.org.getActiveMemberRole()).role, "admin");

    // What they may do, asked of the server and of the client's own copy of the roles.
    assert.equal(ok(await bob.org.hasPermission({ permissions: { bill: ["see"] } })).success, true);
    assert.equal(ok(await bob.org.hasPermission({ permissions: { bill: ["pay"] } })).success, false);
    assert.equal(bob.org.checkRolePermission({ role: "owner", permissions: { bill: ["pay"] } }), true);

    // A role of the company's own.
    const { roleData } = ok(await ann.org.createRole({ role: "Cashier", permission: { bill: ["pay"] } }));
    assert.equal(roleData.role, "cashier");
    refused(await bob.org.createRole({ role: "mine", permission: { bill: ["pay"] } }), 403, "YOU_ARE_NOT_ALLOWED_TO_CREATE_A_ROLE");
    const catId = full.members[2].id;
    ok(await ann.org.updateMemberRole({ memberId: catId, role: ["member", "cashier"] }));
    assert.equal(ok(await cat.org.hasPermission({ permissions: { bill: ["pay"] } })).success, true);
    refused(await ann.org.deleteRole({ roleName: "cashier" }), 400, "ROLE_IS_ASSIGNED_TO_MEMBERS");
    ok(await ann.org.updateMemberRole({ memberId: catId, role: "member" }));
    ok(await ann.org.deleteRole({ roleName: "cashier" }));
    assert.deepEqual(ok(await cat.org.listRoles()), []);

    // Teams.
    const red = ok(await bob.org.createTeam({ name: "Red" }));
    ok(await bob.org.addTeamMember({ teamId: red.id, userId: cat.user.id }));
    ok(await cat.org.setActiveTeam({ teamId: red.id }));
    assert.equal(ok(await cat.client.getSession()).session.activeTeamId, red.id);
    assert.deepEqual(ok(await cat.org.listTeamMembers()).map(({ userId }) => userId), [cat.user.id]);
    assert.equal(ok(await cat.org.listUserTeams())[0].name, "Red");
    assert.equal(ok(await bob.org.updateTeam({ teamId: red.id, data: { name: "Blue" } })).name, "Blue");
    ok(await bob.org.removeTeamMember({ teamId: red.id, userId: cat.user.id }));
    ok(await bob.org.removeTeam({ teamId: red.id }));
    assert.equal(ok(await bob.org.listTeams()).length, 1);

    // Owners stay, others go.
    refused(await ann.org.leave({ organizationId: acme.id }), 400, "YOU_CANNOT_LEAVE_THE_ORGANIZATION_AS_THE_ONLY_OWNER");
    refused(await bob.org.updateMemberRole({ memberId: member.id, role: "owner" }), 403);
    ok(await ann.org.removeMember({ memberIdOrEmail: cat.user.email }));
    refused(await cat.org.getFullOrganization(), 403, "USER_IS_NOT_A_MEMBER_OF_THE_ORGANIZATION");
    assert.equal(ok(await cat.client.getSession()).session.activeOrganizationId, null);
    ok(await bob.org.leave({ organizationId: acme.id }));
    assert.deepEqual(ok(await bob.org.list()), []);
    assert.equal(ok(await ann.org.update({ data: { name: "Acme Inc" } })).name, "Acme Inc");
    assert.equal(ok(await ann.org.delete({ organizationId: acme.id })).slug, "acme");
    assert.deepEqual(ok(await ann.org.list()), []);
  });

  test("invitations are accepted once, rejected, canceled, and expire", async (t) => {
    const instance = await open(t, { plugins: [plugin({ invitationExpiresIn: 3600 })] });
    const [ann, bob] = [await someone(instance), await someone(instance)];
    ok(await ann.org.create({ name: "Acme", slug: "acme" }));
    const invite = async () => ok(await ann.org.inviteMember({ email: bob.user.email, role: "member" })).id;

    let invitationId = await invite();
    assert.equal(ok(await bob.org.getInvitation({ query: { id: invitationId } })).organizationName, "Acme");
    assert.equal(ok(await bob.org.rejectInvitation({ invitationId })).invitation.status, "rejected");
    refused(await bob.org.acceptInvitation({ invitationId }), 400, "INVITATION_NOT_FOUND");

    invitationId = await invite();
    assert.equal(ok(await ann.org.cancelInvitation({ invitationId })).status, "canceled");
    refused(await bob.org.acceptInvitation({ invitationId }), 400, "INVITATION_NOT_FOUND");

    invitationId = await invite();
    await instance.clock({ advanceMs: 3_601_000 });
    refused(await bob.org.acceptInvitation({ invitationId }), 400, "INVITATION_NOT_FOUND");

    invitationId = await invite();
    refused(await ann.org.acceptInvitation({ invitationId }), 403, "YOU_ARE_NOT_THE_RECIPIENT_OF_THE_INVITATION");
    ok(await bob.org.acceptInvitation({ invitationId }));
    refused(await bob.org.acceptInvitation({ invitationId }), 400, "INVITATION_NOT_FOUND");
    assert.deepEqual(ok(await ann.org.listInvitations()).map(({ status }) => status), ["rejected", "canceled", "pending", "accepted"]);
  });

  test("a session is at work in one organization after the other", async (t) => {
    const instance = await open(t, { plugins: [plugin()] });
    const { client, org } = await someone(instance);
    const acme = ok(await org.create({ name: "Acme", slug: "acme" }));
    const beta = ok(await org.create({ name: "Beta", slug: "beta", keepCurrentActiveOrganization: true }));
    const active = async () => ok(await client.getSession()).session.activeOrganizationId;
    assert.equal(await active(), acme.id);
    assert.equal(ok(await org.setActive({ organizationSlug: "beta" })).id, beta.id);
    assert.equal(await active(), beta.id);
    assert.equal(ok(await org.getOrganization()).name, "Beta");
    assert.equal(ok(await org.setActive({ organizationId: null })), null);
    assert.equal(await active(), null);
    assert.deepEqual(ok(await org.list()).map(({ slug }) => slug), ["acme", "beta"]);
  });
});

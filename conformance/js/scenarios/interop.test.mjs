// A Node server and the server under test over one database and one secret: whoever
// signed in at one of them is signed in at the other.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { adminClient, organizationClient, twoFactorClient } from "better-auth/client/plugins";
import { clientOf, ok, person } from "../lib/client.mjs";
import { freshDatabase } from "../lib/databases.mjs";
import { Jar } from "../lib/jar.mjs";
import { ADAPTERS, DATABASES, REFERENCE, describeInstance, startTestbed } from "../lib/matrix.mjs";
import { Testbed } from "../lib/testbed.mjs";
import { totp } from "../lib/totp.mjs";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let node;
let subject;
before(async () => ([node, subject] = await Promise.all([Testbed.start(REFERENCE), startTestbed()])));
after(() => Promise.all([node?.stop(), subject?.stop()]));

/** Somebody with an organization and its first team. */
async function founder(instance) {
  const { client, jar } = clientOf(instance, { plugins: [organizationClient({ teams: { enabled: true } })] });
  ok(await client.signUp.email(person()));
  ok(await client.organization.create({ name: "Acme", slug: "acme" }));
  return { jar, org: client.organization, team: ok(await client.organization.listTeams())[0].id };
}

for (const adapter of ADAPTERS) {
  for (const kind of DATABASES.filter((name) => name !== "memory")) {
    describe(`${adapter}/${kind}`, () => {
      for (const first of ["node", "subject"]) {
        // `first` makes the tables, so both find what the other has made.
        const pair = async (t, description = {}) => {
          const { database, drop } = await freshDatabase(kind);
          const instances = [];
          t.after(async () => {
            for (const instance of instances) await instance.close();
            await drop();
          });
          const shared = describeInstance({
            adapter,
            database,
            ...description,
            options: { secret: "one-secret-for-both-of-them-0123456789", ...description.options },
          });
          for (const testbed of first === "node" ? [node, subject] : [subject, node]) {
            instances.push(await testbed.open(shared));
          }
          return instances;
        };

        describe(`${first} first`, () => {
          test("a session is the same at both", async (t) => {
            const [here, there] = await pair(t);
            const jar = new Jar();
            ok(await clientOf(here, { jar }).client.signUp.email(person({ image: "https://img.example/a.png" })));
            const headers = { cookie: jar.header, "user-agent": "interop" };
            const answers = [
              await here.request("GET", "/api/auth/get-session", { headers }),
              await there.request("GET", "/api/auth/get-session", { headers }),
            ];
            assert.ok(answers[0].json().session, "signed in where it signed up");
            assert.equal(answers[1].text, answers[0].text);
            assert.equal((await there.request("GET", "/me", { headers })).status, 200);
          });

          test("an admin looks after users at either", async (t) => {
            const [here, there] = await pair(t, { plugins: [{ id: "admin" }] });
            const [admin, bob] = [person(), person()];
            const made = await here.call("createUser", { body: { ...admin, role: "admin" } });
            assert.equal(made.status, 200);
            const jars = { admin: new Jar(), bob: new Jar() };
            const at = (instance, who) => clientOf(instance, { jar: jars[who], plugins: [adminClient()] }).client;
            ok(await at(there, "admin").signIn.email(admin));
            const { id } = ok(await at(here, "bob").signUp.email(bob)).user;

            ok(await at(there, "admin").admin.impersonateUser({ userId: id }));
            const session = ok(await at(here, "admin").getSession());
            assert.deepEqual([session.user.id, session.session.impersonatedBy], [id, made.body.user.id]);
            ok(await at(here, "admin").admin.stopImpersonating());
            assert.equal(ok(await at(there, "admin").getSession()).user.id, made.body.user.id);

            ok(await at(here, "admin").admin.banUser({ userId: id, banExpiresIn: 3600 }));
            assert.equal(ok(await at(there, "bob").getSession()), null);
            assert.equal((await at(there, "bob").signIn.email(bob)).error?.code, "BANNED_USER");
            ok(await at(there, "admin").admin.banUser({ userId: id, banReason: "spam" }));
            assert.equal((await at(here, "bob").signIn.email(bob)).error?.code, "BANNED_USER");
            ok(await at(there, "admin").admin.unbanUser({ userId: id }));
            ok(await at(here, "bob").signIn.email(bob));
            assert.equal(ok(await at(there, "bob").getSession()).user.id, id);
          });

          for (const generateId of [undefined, "serial", "uuid"]) {
            test(`an organization with ${generateId ?? "text"} ids goes on at the other`, async (t) => {
              const [here, there] = await pair(t, {
                options: generateId && { advanced: { database: { generateId } } },
                plugins: [{ id: "organization", options: {
                  teams: { enabled: true, maximumMembersPerTeam: 2 }, requireEmailVerificationOnInvitation: false,
                } }],
              });
              const { jar, ...ann } = await founder(here);
              const annThere = clientOf(there, { jar, plugins: [organizationClient({ teams: { enabled: true } })] }).client.organization;
              const bob = clientOf(there, { plugins: [organizationClient({ teams: { enabled: true } })] });
              const guest = person();
              const { user } = ok(await bob.client.signUp.email(guest));

              const { id: invitationId } = ok(await ann.org.inviteMember({ email: guest.email, role: "admin", teamId: ann.team }));
              ok(await bob.client.organization.acceptInvitation({ invitationId }));
              assert.equal(ok(await bob.client.getSession()).session.activeTeamId, ann.team);
              const full = [ok(await ann.org.getFullOrganization()), ok(await annThere.getFullOrganization())];
              for (const { members } of full) members.sort((a, b) => a.createdAt - b.createdAt); // better-auth has no order
              assert.deepEqual(full[1], full[0]);
              assert.equal(full[0].members.length, 2);
              assert.equal(full[0].teams[0].memberCount, 2);

              // The counter of one guards the limit of the other.
              const cat = clientOf(there, { plugins: [organizationClient({ teams: { enabled: true } })] });
              const another = person();
              const { user: third } = ok(await cat.client.signUp.email(another));
              const { id } = ok(await annThere.inviteMember({ email: another.email, role: "member" }));
              ok(await cat.client.organization.acceptInvitation({ invitationId: id }));
              for (const org of [ann.org, annThere]) {
                assert.equal((await org.addTeamMember({ teamId: ann.team, userId: third.id })).error.code, "TEAM_MEMBER_LIMIT_REACHED");
              }
              ok(await ann.org.removeTeamMember({ teamId: ann.team, userId: user.id }));
              ok(await annThere.addTeamMember({ teamId: ann.team, userId: third.id }));
              ok(await annThere.removeMember({ memberIdOrEmail: guest.email }));
              assert.equal(ok(await ann.org.listMembers()).total, 2);
            });
          }

          for (const generateId of ["serial", "uuid"]) {
            test(`${generateId} ids, other names and additional fields are the same at both`, async (t) => {
              const [here, there] = await pair(t, {
                options: {
                  advanced: { database: { generateId } },
                  user: {
                    modelName: "people",
                    fields: { email: "email_address" },
                    additionalFields: {
                      plan: { type: "string", required: true, defaultValue: "free" },
                      tags: { type: "string[]", required: false },
                      seats: { type: "number", required: false },
                    },
                  },
                  session: { fields: { userId: "person_id" }, additionalFields: { theme: { type: "string", defaultValue: "light" } } },
                },
              });
              const everywhere = async (jar) => {
                const headers = { cookie: jar.header, "user-agent": "interop" };
                const answers = [];
                for (const one of [here, there]) answers.push((await one.request("GET", "/api/auth/get-session", { headers })).text);
                assert.equal(answers[1], answers[0]);
                return JSON.parse(answers[0]);
              };
              const jars = [new Jar(), new Jar()];
              ok(await clientOf(here, { jar: jars[0] }).client.signUp.email(person({ tags: ["a", "b"], seats: 3 })));
              ok(await clientOf(there, { jar: jars[1] }).client.signUp.email(person({ plan: "paid" })));
              const [first, second] = [await everywhere(jars[0]), await everywhere(jars[1])];
              assert.deepEqual([first.user.plan, first.user.tags, first.user.seats, first.session.theme], ["free", ["a", "b"], 3, "light"]);
              assert.equal(second.user.plan, "paid");
              assert.match(first.user.id, generateId === "serial" ? /^[0-9]+$/ : /^[0-9a-f-]{36}$/);
              assert.notEqual(first.user.id, second.user.id);
            });
          }

          test("a password is the same at both", async (t) => {
            const [here, there] = await pair(t);
            const ann = person({ password: "pässwörd-🔑-ﬁ" });
            const { user } = ok(await clientOf(here).client.signUp.email(ann));
            const signedIn = ok(await clientOf(there).client.signIn.email(ann));
            assert.deepEqual(signedIn.user, user);
            const wrong = await clientOf(there).client.signIn.email({ ...ann, password: "wrong horse" });
            assert.equal(wrong.error?.code, "INVALID_EMAIL_OR_PASSWORD");
          });

          test("a password hashed with scrypt is the same at both", async (t) => {
            const [here, there] = await pair(t, { passwordHasher: "scrypt" });
            const ann = person({ password: "pässwörd-🔑-ﬁ" });
            const { user } = ok(await clientOf(here).client.signUp.email(ann));
            const signedIn = ok(await clientOf(there).client.signIn.email(ann));
            assert.equal(signedIn.user.id, user.id);
          });

          test("an address taken at one is taken at the other", async (t) => {
            const [here, there] = await pair(t);
            const ann = person();
            ok(await clientOf(here).client.signUp.email(ann));
            const again = await clientOf(there).client.signUp.email(ann);
            assert.equal(again.error?.code, "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL");
          });

          test("signing out at one signs out of the other", async (t) => {
            const [here, there] = await pair(t);
            const jar = new Jar();
            ok(await clientOf(here, { jar }).client.signUp.email(person()));
            const copy = jar.clone();
            ok(await clientOf(there, { jar }).client.signOut());
            assert.deepEqual(jar.names, []);
            assert.equal(ok(await clientOf(here, { jar: copy }).client.getSession()), null);
          });

          test("a second factor is the same at both", async (t) => {
            const [here, there] = await pair(t, { plugins: [{ id: "two-factor", options: { otpOptions: { sendOTP: { $record: true } } } }] });
            const at = (instance, jar) => clientOf(instance, { jar, plugins: [twoFactorClient()] }).client;
            const ann = person();
            const jar = new Jar();
            ok(await at(here, jar).signUp.email(ann));
            const { totpURI, backupCodes } = ok(await at(here, jar).twoFactor.enable({ password: ann.password }));
            ok(await at(there, jar).twoFactor.verifyTotp({ code: totp(totpURI, Date.now()) }));
            assert.equal(ok(await at(here, jar).getSession()).user.twoFactorEnabled, true);

            // Begun at one, completed at the other; each turn with another factor.
            const pairs = [
              [here, there],
              [there, here],
            ];
            for (const [i, [begin, complete]] of pairs.entries()) {
              const device = new Jar();
              const start = async () => {
                assert.deepEqual(ok(await at(begin, device).signIn.email(ann)), { twoFactorRedirect: true, twoFactorMethods: ["totp", "otp"] });
              };
              await start();
              assert.equal((await at(begin, device).twoFactor.verifyTotp({ code: "x00000" })).error?.code, "INVALID_CODE");
              ok(await at(complete, device).twoFactor.verifyTotp({ code: totp(totpURI, Date.now()) }));
              device.delete("better-auth.session_token");
              await start();
              ok(await at(complete, device).twoFactor.verifyBackupCode({ code: backupCodes[i] }));
              device.delete("better-auth.session_token");
              await start();
              ok(await at(begin, device).twoFactor.sendOtp());
              const [{ args }] = (await begin.outbox(0)).slice(-1);
              ok(await at(complete, device).twoFactor.verifyOtp({ code: args[0].otp, trustDevice: true }));
              for (const instance of [begin, complete, begin]) {
                assert.equal(ok(await at(instance, device).signIn.email(ann)).user?.email, ann.email, "the device is trusted");
              }
            }
            const late = new Jar();
            ok(await at(here, late).signIn.email(ann));
            for (const used of [0, 1]) {
              assert.equal((await at(there, late).twoFactor.verifyBackupCode({ code: backupCodes[used] })).error?.code, "INVALID_BACKUP_CODE");
            }
          });

          test("a session prolonged at one is prolonged at the other", async (t) => {
            const [here, there] = await pair(t);
            const jar = new Jar();
            ok(await clientOf(here, { jar }).client.signUp.email(person()));
            for (const instance of [here, there]) await instance.clock({ advanceMs: 2 * DAY });
            const prolonged = ok(await clientOf(there, { jar }).client.getSession()).session;
            const seen = ok(await clientOf(here, { jar }).client.getSession()).session;
            assert.deepEqual(seen, prolonged);
            assert.ok(seen.expiresAt - seen.createdAt > 8 * DAY, "it was prolonged");
          });

          test("a session that isn't remembered isn't at the other either", async (t) => {
            const [here, there] = await pair(t);
            const jar = new Jar();
            ok(await clientOf(here, { jar }).client.signUp.email({ ...person(), rememberMe: false }));
            for (const instance of [here, there]) await instance.clock({ advanceMs: DAY - HOUR });
            const { client, fetch } = clientOf(there, { jar });
            assert.ok(ok(await client.getSession()));
            assert.deepEqual(fetch.last.headers.getSetCookie(), [], "not prolonged");
            for (const instance of [here, there]) await instance.clock({ advanceMs: 2 * HOUR });
            assert.equal(ok(await client.getSession()), null);
          });
        });
      }
    });
  }
}

if (!DATABASES.some((name) => name !== "memory")) {
  test("needs a database that two processes can share", { skip: "DATABASES names only memory" }, () => {});
}

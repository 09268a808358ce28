// Scenarios that nobody has thought of: random requests of a few people to all plugins at once.
//
// A walk follows from its seed alone. Each step draws from a generator of its own, seeded by the walk and the step's number,
// among what the answers so far have shown: both servers draw the same as long as they answer the same, and a difference
// does not change what is asked later more than it must. What a walk finds becomes a scenario in requests/; what is meant to
// differ (docs/differences.md) is not asked.
import { totp } from "../lib/totp.mjs";
import { DAY, HOUR, PASSWORD, SECOND, advance, call, get, getSession, outbox, person, post, signIn, signUp } from "./steps.mjs";

const PEOPLE = ["Ann", "Bob", "Cat", "Dan"];
const STEPS = 100;

const record = { $record: true };

/** So many walks, the first with this seed. */
export const walks = (count, seed) => Array.from({ length: count }, (_, i) => walk(seed + i));

function walk(seed) {
  const any = generator(seed, 0);
  const team = { enabled: true, ...(any.chance(0.3) && { maximumTeams: 3 }), ...(any.chance(0.3) && { maximumMembersPerTeam: 2 }) };
  const organization = {
    sendInvitationEmail: record,
    ...(any.chance(0.8) && { teams: team }),
    ...(any.chance(0.5) && { dynamicAccessControl: { enabled: true }, ac: { statements }, roles }),
    ...(any.chance(0.3) && { organizationLimit: 2 }),
    ...(any.chance(0.3) && { membershipLimit: 3 }),
    ...(any.chance(0.3) && { invitationLimit: 2 }),
    ...(any.chance(0.3) && { cancelPendingInvitationsOnReInvite: true }),
    ...(any.chance(0.2) && { requireEmailVerificationOnInvitation: true }),
    ...(any.chance(0.2) && { creatorRole: "admin" }),
    ...(any.chance(0.2) && { disableOrganizationDeletion: true }),
  };
  const admin = {
    ...(any.chance(0.3) && { impersonationSessionDuration: 600 }),
    ...(any.chance(0.3) && { allowImpersonatingAdmins: true }),
    ...(any.chance(0.3) && { bannedUserMessage: "Out." }),
    ...(any.chance(0.3) && { defaultBanExpiresIn: 3600 }),
  };
  const twoFactor = { otpOptions: { sendOTP: record }, ...(any.chance(0.3) && { skipVerificationOnEnable: true }) };
  return {
    name: `walk ${seed}`,
    exact: true,
    kinds: ["memory"], // what is not sorted comes in any order elsewhere
    options: {
      ...(any.chance(0.3) && { session: { expiresIn: 2 * 3600, updateAge: 600, freshAge: 300 } }),
      user: { changeEmail: { enabled: true }, deleteUser: { enabled: true } },
    },
    instance: {
      plugins: [
        { id: "organization", options: organization },
        { id: "admin", options: admin },
        { id: "two-factor", options: twoFactor },
        { id: "bearer", options: {} },
      ],
    },
    steps: [
      call("createUser", { body: { ...person("Ann"), role: "admin" } }),
      (state) => signIn("Ann", { capture: remembering(state) }),
      ...PEOPLE.slice(1).map((name) => (state) => signUp(name, { capture: remembering(state) })),
      ...(any.chance(0.7) ? company : []),
      ...Array.from({ length: STEPS }, (_, i) => [advance(SECOND), (state) => step(state, generator(seed, i + 1))]).flat(),
    ],
  };
}

/** An organization of Ann's with Bob and Cat in it. */
const company = [
  (state) => post("/organization/create", { name: "Acme", slug: "acme" }, { as: "Ann", capture: remembering(state) }),
  ...[
    ["Bob", "admin"],
    ["Cat", "member"],
  ].flatMap(([name, role]) => [
    (state) => post("/organization/invite-member", { email: person(name).email, role }, { as: "Ann", capture: remembering(state) }),
    (state) => post("/organization/accept-invitation", { invitationId: known(state).invitation.at(-1) }, { as: name, capture: remembering(state) }),
  ]),
];

const statements = {
  organization: ["update", "delete"],
  member: ["create", "update", "delete"],
  invitation: ["create", "cancel"],
  team: ["create", "update", "delete"],
  ac: ["create", "read", "update", "delete"],
  project: ["create", "share"],
};
const roles = {
  owner: { statements },
  admin: { statements: { ...statements, organization: ["update"] } },
  member: { statements: { ac: ["read"], project: [] } },
};

/** What answers have shown: ids by what they are of, in the order in which they came up. */
const known = (state) =>
  (state.captured.known ??= { user: [], organization: [], member: [], invitation: [], team: [], role: [], token: [], uri: [], code: [] });

/** A capture that remembers the ids in an answer. */
const remembering = (state) => ({ known: (response) => remember(known(state), response) });

function remember(pools, response) {
  const add = (kind, value) => typeof value === "string" && !pools[kind].includes(value) && pools[kind].push(value);
  const look = (value) => {
    if (value === null || typeof value !== "object") return;
    if (!Array.isArray(value)) {
      const { id } = value;
      if ("slug" in value) add("organization", id);
      else if ("inviterId" in value) add("invitation", id);
      else if ("permission" in value) add("role", id);
      else if ("role" in value && "organizationId" in value) add("member", id);
      else if ("email" in value) add("user", id);
      else if ("organizationId" in value && "name" in value) add("team", id);
      add("token", value.token);
      add("uri", value.totpURI);
      for (const code of value.backupCodes ?? []) add("code", code);
    }
    for (const item of Object.values(value)) look(item);
  };
  try {
    look(response.json());
  } catch {
    // no JSON, nothing to remember
  }
  return pools;
}

function step(state, any) {
  const pools = known(state);
  const as = any.of(PEOPLE);
  const capture = remembering(state);
  const id = (kind) => (pools[kind].length === 0 || any.chance(0.05) ? "nope" : any.of(pools[kind].slice(-8)));
  const maybe = (make, chance = 0.5) => (any.chance(chance) ? make() : undefined);
  const ask = (path, body) => post(path, body, { as, capture });
  const org = (path, body) => ask(`/organization/${path}`, body);
  const see = (path, query = {}) => {
    const text = new URLSearchParams(Object.entries(query).filter(([, v]) => v !== undefined)).toString();
    return get(`${path}${text && `?${text}`}`, { as, capture });
  };
  const look = (path, query) => see(`/organization/${path}`, query);
  const named = () => ({ organizationId: maybe(() => id("organization")), organizationSlug: maybe(() => any.of(SLUGS), 0.2) });
  const within = () => ({ organizationId: maybe(() => id("organization"), 0.3) });
  const role = () => any.of(["member", "admin", "owner", "member", ["member", "admin"], "ghost", "member,admin", "clerk", "", "user", "boss"]);
  const email = () => any.of([...PEOPLE.map((name) => person(name).email), "eve@example.com", "BOB@example.com", "nope"]);
  const permissions = () => any.of([{ project: ["create"] }, { member: ["delete"] }, { organization: ["delete"] }, { ghost: ["x"] }, { project: [] }, {}]);
  const user = () => ({ userId: id("user") });
  // A session in the place of an impersonation's is meant to differ.
  const second = (path, body) => (state.captured.impersonating?.includes(as) ? getSession(as) : ask(`/two-factor/${path}`, body));
  const steps = [
    () => org("create", { name: any.of(["Acme", "Beta"]), slug: any.of(SLUGS), ...maybe(() => ({ keepCurrentActiveOrganization: true }), 0.2) }),
    () => org("create", { name: "Gamma", slug: any.of(SLUGS), metadata: maybe(() => ({ a: 1 })), logo: maybe(() => "l.png") }),
    () => org("update", { data: any.of([{ name: "New" }, { slug: any.of(SLUGS) }, { metadata: { b: 2 } }]), ...within() }),
    () => org("delete", { organizationId: id("organization") }),
    () => org("set-active", any.of([{ organizationId: id("organization") }, { organizationSlug: any.of(SLUGS) }, { organizationId: null }, {}])),
    () => look("get-organization", named()),
    () => look("get-full-organization", { ...named(), membersLimit: maybe(() => any.of([1, 2, 50]), 0.3) }),
    () => look("list"),
    () => look("list-members", { ...named(), limit: maybe(() => any.of([1, 2, 0])), offset: maybe(() => any.of([0, 1, 9]), 0.3), sortBy: maybe(() => any.of(["role", "createdAt"]), 0.3), sortDirection: maybe(() => "desc", 0.2), ...maybe(() => ({ filterField: "role", filterValue: any.of(["member", "owner"]), filterOperator: any.of(["eq", "ne", "contains"]) }), 0.3) }),
    () => look("get-active-member"),
    () => look("get-active-member-role", { ...named(), userId: maybe(() => id("user"), 0.3) }),
    () => org("has-permission", { permissions: permissions(), ...within() }),
    ...twice(() => org("invite-member", { email: email(), role: role(), resend: maybe(() => true, 0.2), teamId: maybe(() => id("team"), 0.2), ...within() })),
    ...twice(() => org("accept-invitation", { invitationId: id("invitation") })),
    () => org("reject-invitation", { invitationId: id("invitation") }),
    () => org("cancel-invitation", { invitationId: id("invitation") }),
    () => look("get-invitation", { id: id("invitation") }),
    () => look("list-invitations", within()),
    () => look("list-user-invitations"),
    () => org("remove-member", { memberIdOrEmail: email(), ...within() }),
    () => org("update-member-role", { memberId: id("member"), role: role(), ...within() }),
    () => org("leave", { organizationId: id("organization") }),
    () => org("create-team", { name: any.of(["red", "blue"]), ...within() }),
    () => org("update-team", { teamId: id("team"), data: { name: "green", ...within() } }),
    () => org("remove-team", { teamId: id("team"), ...within() }),
    () => look("list-teams", within()),
    () => org("set-active-team", any.of([{ teamId: id("team") }, { teamId: null }, {}])),
    () => look("list-user-teams"),
    () => look("list-team-members", { teamId: maybe(() => id("team")) }),
    () => org("add-team-member", { teamId: id("team"), ...user() }),
    () => org("remove-team-member", { teamId: id("team"), ...user() }),
    () => org("create-role", { role: any.of(["clerk", "chef", "member"]), permission: permissions(), ...within() }),
    () => org("update-role", { ...any.of([{ roleId: id("role") }, { roleName: "clerk" }]), data: any.of([{ permission: permissions() }, { roleName: "cook" }]), ...within() }),
    () => org("delete-role", { ...any.of([{ roleId: id("role") }, { roleName: "clerk" }]), ...within() }),
    () => look("list-roles", within()),
    () => look("get-role", { ...any.of([{ roleId: id("role") }, { roleName: "clerk" }]), ...within() }),
    () => call("addMember", { body: { ...user(), role: role(), organizationId: id("organization"), teamId: maybe(() => id("team"), 0.2) } }),

    () => ask("/admin/set-role", { ...user(), role: role() }),
    () => see("/admin/get-user", { id: id("user") }),
    () => see("/admin/list-users", { limit: maybe(() => 2), offset: maybe(() => 1, 0.3), sortBy: maybe(() => any.of(["name", "role", "banned"]), 0.5), searchValue: maybe(() => any.of(["ann", "@"]), 0.3), ...maybe(() => ({ filterField: any.of(["role", "email"]), filterValue: any.of(["admin", "bob@example.com"]), filterOperator: any.of(["eq", "ne", "contains", "in"]) }), 0.3) }),
    () => ask("/admin/create-user", { ...person(any.of(["Eve", "Fay", "Bob"])), role: maybe(role), data: maybe(() => ({ emailVerified: true }), 0.3) }),
    () => ask("/admin/update-user", { ...user(), data: any.of([{ name: "Other" }, { role: "admin" }, { email: email() }, {}, { banned: false }]) }),
    () => ask("/admin/ban-user", { ...user(), banReason: maybe(() => "spam"), banExpiresIn: maybe(() => any.of([60, 0, -5])) }),
    () => ask("/admin/unban-user", user()),
    () => ({ ...ask("/admin/impersonate-user", user()), capture: { ...capture, impersonating: (response) => noting(state, as, response.status === 200) } }),
    ...twice(() => ({ ...ask("/admin/stop-impersonating", {}), capture: { ...capture, impersonating: () => noting(state, as, false) } })),
    () => ask("/admin/list-user-sessions", user()),
    () => ask("/admin/revoke-user-session", { sessionToken: id("token") }),
    () => ask("/admin/revoke-user-sessions", user()),
    () => ask("/admin/set-user-password", { ...user(), newPassword: any.of([PASSWORD, "short", PASSWORD]) }),
    () => ask("/admin/has-permission", { permissions: any.of([{ user: ["ban"] }, { user: ["create", "x"] }, { session: ["list"] }]), ...maybe(() => ({ role: role() }), 0.3), ...maybe(user, 0.3) }),
    () => any.chance(0.2) ? ask("/admin/remove-user", user()) : getSession(as),

    () => second("enable", { password: PASSWORD, ...maybe(() => ({ method: any.of(["totp", "otp"]) }), 0.3) }),
    ...twice(() => ({ ...second("verify-totp", { code: pools.uri.length ? totp(any.of(pools.uri), state.now) : "000000", trustDevice: maybe(() => true, 0.3) }), note: `${as} sends a code of the app` })),
    () => ({ ...second("verify-backup-code", { code: id("code") }), note: `${as} sends a backup code` }),
    () => second("send-otp", {}),
    () => ({ ...second("verify-otp", { code: state.captured.otp ?? "000000" }), note: `${as} sends the code that was sent` }),
    () => second("generate-backup-codes", { password: PASSWORD }),
    () => second("get-totp-uri", { password: PASSWORD }),
    () => second("disable", { password: PASSWORD }),

    ...twice(() => outbox({ capture: { otp: (messages) => messages.findLast(({ args }) => args[0]?.otp)?.args[0].otp ?? state.captured.otp } })),
    ...twice(() => getSession(as)),
    ...twice(() => signIn(as, { capture })),
    () => ask("/sign-out", {}),
    () => signUp(as, { capture }),
    () => see("/list-sessions"),
    () => ask("/revoke-session", { token: id("token") }),
    () => ask("/revoke-other-sessions", {}),
    () => ask("/update-user", { name: any.of(["One", "Two"]), image: maybe(() => null) }),
    () => ask("/change-password", { currentPassword: PASSWORD, newPassword: PASSWORD }),
    () => ask("/change-email", { newEmail: any.of([email(), `${as.toLowerCase()}@example.com`]) }),
    () => any.chance(0.2) ? ask("/delete-user", { password: PASSWORD }) : see("/list-accounts"),
    () => advance(any.of([SECOND, 31 * SECOND, 6 * 60 * SECOND, HOUR, DAY, 3 * DAY])),
  ];
  return any.of(steps)();
}

/** Who impersonates somebody. */
function noting({ captured }, name, now) {
  const others = (captured.impersonating ?? []).filter((other) => other !== name);
  return now ? [...others, name] : others;
}

const SLUGS = ["acme", "beta", "gamma", "acme"];

const twice = (make) => [make, make];

/** A source of choices that is the same for the same seed and number (mulberry32). */
function generator(seed, number) {
  let a = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 1, 0xc2b2ae35);
  const next = () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  next();
  return { of: (list) => list[Math.floor(next() * list.length)], chance: (p) => next() < p };
}

// Plugins by the id that instance descriptions use.
import * as builtin from "better-auth/plugins";
import { apiKey } from "@better-auth/api-key";
import { i18n } from "@better-auth/i18n";
import { passkey } from "@better-auth/passkey";
import { revive } from "./revive.mjs";
import { Unsupported } from "./unsupported.mjs";

const FACTORIES = {
  admin: (options) => builtin.admin(withAccessControl(options)),
  anonymous: builtin.anonymous,
  "api-key": apiKey,
  bearer: builtin.bearer,
  captcha: builtin.captcha,
  "custom-session": ({ fn, options }) => builtin.customSession(fn, options),
  "device-authorization": builtin.deviceAuthorization,
  "email-otp": builtin.emailOTP,
  "generic-oauth": builtin.genericOAuth,
  "have-i-been-pwned": builtin.haveIBeenPwned,
  i18n,
  jwt: builtin.jwt,
  "last-login-method": builtin.lastLoginMethod,
  "magic-link": builtin.magicLink,
  "multi-session": builtin.multiSession,
  "oauth-popup": builtin.oauthPopup,
  "oauth-proxy": builtin.oAuthProxy,
  "one-tap": builtin.oneTap,
  "one-time-token": builtin.oneTimeToken,
  "open-api": builtin.openAPI,
  organization: (options) => builtin.organization(withAccessControl(options)),
  passkey,
  "phone-number": builtin.phoneNumber,
  siwe: builtin.siwe,
  "two-factor": builtin.twoFactor,
  username: builtin.username,
};

export const PLUGINS = Object.keys(FACTORIES);

/** Builds the plugins of a description, in its order. */
export function buildPlugins(descriptions = [], record) {
  const unknown = descriptions.flatMap(({ id }, i) => (Object.hasOwn(FACTORIES, id) ? [] : [`plugins[${i}].id=${id}`]));
  if (unknown.length > 0) throw new Unsupported(unknown);
  return descriptions.map(({ id, options }) => FACTORIES[id](revive(options ?? {}, `plugins.${id}`, record)));
}

/** Access control and roles travel as plain statements; here they become better-auth's objects. */
function withAccessControl(options) {
  const ac = options.ac?.statements ? builtin.createAccessControl(options.ac.statements) : undefined;
  const makeRole = ac ? (statements) => ac.newRole(statements) : builtin.role;
  const roles = options.roles
    ? Object.fromEntries(Object.entries(options.roles).map(([name, role]) => [name, makeRole(role.statements ?? role)]))
    : undefined;
  return { ...options, ...(ac && { ac }), ...(roles && { roles }) };
}

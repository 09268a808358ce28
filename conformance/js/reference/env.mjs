// The protocol's instances run in none of NODE_ENV's named modes, and their
// secrets and base URLs come from their descriptions alone. better-auth reads
// the environment while its modules load, so this module is imported first.
for (const name of Object.keys(process.env)) {
  if (name === "NODE_ENV" || name === "TEST" || name === "BASE_URL" || /^(BETTER_)?AUTH_/.test(name)) {
    delete process.env[name];
  }
}

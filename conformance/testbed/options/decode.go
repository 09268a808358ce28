package options

import (
	"slices"

	"github.com/cardea-auth/cardea/conformance/testbed/strict"
	"github.com/cardea-auth/cardea/core"
	"github.com/cardea-auth/cardea/core/ratelimit"
)

// Decode reads the members "options" and "plugins" of root into a copy of base and returns it. What is wrong or not
// supported is then in the document's Err. functions makes the functions among the options; nil supports none.
//
// The result is exactly what better-auth would make of the options with NODE_ENV unset, so far as Config can say it: a
// duration of 0 is one, not the default.
func Decode(root strict.Object, base core.Config, functions Functions) core.Config {
	r := reader{functions: functions, known: pluginReaders, strip: "options."}
	return r.decode(root, base)
}

// reader reads options, with what does not depend on where in them it is.
type reader struct {
	functions Functions
	// known are the plugins that can be asked for.
	known map[string]pluginReader
	// strip is the beginning of paths in the document that prefix takes the place of in the names of callbacks.
	strip, prefix string
}

func (r reader) decode(root strict.Object, c core.Config) core.Config {
	c.Plugins = slices.Clone(c.Plugins)
	r.options(root.Object("options"), &c)
	c.Plugins = append(c.Plugins, r.plugins(root.Objects("plugins"))...)
	return c
}

func (r reader) options(o strict.Object, c *core.Config) {
	o.String("appName", &c.AppName)
	if o.IsObject("baseURL") {
		baseURLs(o.Object("baseURL"), &c.BaseURLs)
	} else {
		o.String("baseURL", &c.BaseURL)
	}
	o.String("basePath", &c.BasePath)
	o.String("secret", &c.Secret)
	if f := r.function(o, "trustedOrigins"); f != nil {
		c.TrustedOriginsFunc = trustedOrigins(f)
	} else {
		o.Strings("trustedOrigins", &c.TrustedOrigins)
	}
	o.Strings("disabledPaths", &c.DisabledPaths)
	c.Plugins = append(c.Plugins, r.emailAndPassword(o.Object("emailAndPassword"), &c.Password))
	c.Plugins = append(c.Plugins, r.social(o.Object("socialProviders")))
	r.account(o.Object("account"), &c.Account)
	c.User.Validate = r.validateUser(o.Object("user"))
	r.emailVerification(o.Object("emailVerification"), &c.EmailVerification)
	r.users(o.Object("user"), &c.User)
	r.session(o.Object("session"), &c.Session)
	r.verification(o.Object("verification"), &c.Verification)
	r.databaseHooks(o.Object("databaseHooks"), &c.DatabaseHooks)
	r.tables(o, c)
	advanced(o.Object("advanced"), c)
	dynamicCookies(c)
	r.rateLimit(o.Object("rateLimit"), &c.RateLimit)
	named := &core.Config{} // of no consequence without the table
	if c.RateLimit.Storage == core.RateLimitDatabase {
		named = c
	}
	names(o.Object("rateLimit"), ratelimit.TableName, named)
	r.database(o.Object("advanced").Object("database"), c)
	r.generator(o.Object("advanced"), &c.IDs) // the legacy option, which wins
	o.Object("onAPIError").String("errorURL", &c.Errors.URL)
	o.Object("onAPIError").Off("throw")
	withoutEffect(o)
}

// withoutEffect reads the options for which there is nothing to do.
func withoutEffect(o strict.Object) {
	// There is no telemetry to turn on or off.
	telemetry := o.Object("telemetry")
	telemetry.Any("enabled")
	telemetry.Any("debug")

	// What is logged is decided by Config.Logger, and clients cannot see it.
	logger := o.Object("logger")
	logger.Any("disabled")
	logger.Any("disableColors")
	logger.Any("level")
}

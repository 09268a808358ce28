package cookie

// Jar names the cookies of an installation and gives them their attributes. Its zero value has better-auth's defaults
// for plain http: better-auth.<key>, Path=/, HttpOnly, SameSite=Lax.
//
// A Jar is configuration: fill it, make the cookies once with [Jar.Cookie] and keep those. It is safe for concurrent
// use while nobody changes it.
type Jar struct {
	// Prefix stands before every key, followed by a dot. Default: better-auth.
	Prefix string
	// Secure puts __Secure- before every name and makes the cookies secure. Default: false.
	Secure bool
	// Domain shares the cookies with the subdomains of a host. Default: empty, this host alone.
	Domain string
	// Defaults change the attributes of all cookies. Default: none.
	Defaults Patch
	// Overrides change single cookies, by key. Default: none.
	Overrides map[string]Override
}

// Patch changes some attributes of a cookie; what is nil stays as it is. The zero value changes nothing.
type Patch struct {
	Path, Domain                  *string
	MaxAge                        *Age
	HttpOnly, Secure, Partitioned *bool
	SameSite                      *SameSite
}

// Override changes one cookie of a [Jar]. Name replaces <prefix>.<key>, but not __Secure-; empty keeps it.
type Override struct {
	Name string
	Patch
}

// Cookie returns the cookie of a key, such as session_token, without a value.
//
// own is what this cookie has by nature, its Max-Age for most. Of the jar's settings, Secure and Domain come first, then
// Defaults, then own, then the key's override: the later one wins.
func (j *Jar) Cookie(key string, own Patch) Cookie {
	override := j.Overrides[key]
	c := Cookie{Name: j.name(key, override.Name), Attributes: Attributes{
		Secure: j.Secure, SameSite: Lax, Path: "/", HttpOnly: true, Domain: j.Domain,
	}}
	j.Defaults.apply(&c.Attributes)
	own.apply(&c.Attributes)
	override.apply(&c.Attributes)
	return c
}

func (j *Jar) name(key, name string) string {
	if name == "" {
		prefix := j.Prefix
		if prefix == "" {
			prefix = "better-auth"
		}
		name = prefix + "." + key
	}
	if j.Secure {
		name = "__Secure-" + name
	}
	return name
}

func (p *Patch) apply(a *Attributes) {
	set(&a.Path, p.Path)
	set(&a.Domain, p.Domain)
	set(&a.MaxAge, p.MaxAge)
	set(&a.HttpOnly, p.HttpOnly)
	set(&a.Secure, p.Secure)
	set(&a.Partitioned, p.Partitioned)
	set(&a.SameSite, p.SameSite)
}

func set[T any](dst, src *T) {
	if src != nil {
		*dst = *src
	}
}

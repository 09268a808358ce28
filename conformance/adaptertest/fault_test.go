package adaptertest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"github.com/cardea-auth/cardea/conformance/adaptertest"
	"github.com/cardea-auth/cardea/core"
)

// faultVariable names the fault that TestFaulty has to show.
const faultVariable = "CARDEA_ADAPTERTEST_FAULT"

// faults are adapters that are wrong in one way, with the case that has to notice.
var faults = []struct {
	name, group, test string
	fault             fault
}{
	{"does not pass the session on", "Flow", "Life", fault{visit: func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		v.Session = nil
		visit(v, w, r, next)
	}}},
	{"sends one cookie of several", "Flow", "RememberMe", fault{response: lastCookie}},

	{"knows too few methods", "Route", "EveryMethodArrives", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		a.ServeHTTP(w, r)
	}}},
	{"answers OPTIONS itself", "Route", "CoreAnswersNotFound", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodOptions {
			w.Header().Set("Allow", "GET")
			return
		}
		a.ServeHTTP(w, r)
	}}},
	{"serves HEAD as GET", "Route", "CoreAnswersNotFound", fault{request: func(r *http.Request) {
		if r.Method == http.MethodHead {
			r.Method = http.MethodGet
		}
	}}},
	{"redirects the base path", "Route", "CoreAnswersNotFound", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == a.BasePath() {
			http.Redirect(w, r, a.BasePath()+"/", http.StatusMovedPermanently)
			return
		}
		a.ServeHTTP(w, r)
	}}},
	{"adds a page to what is not found", "Route", "CoreAnswersNotFound", fault{response: func(res *core.Response) {
		if res.Status == http.StatusNotFound {
			res.Body = []byte("404 page not found")
		}
	}}},
	{"writes methods in capitals", "Route", "StrangeMethods", fault{request: func(r *http.Request) { r.Method = strings.ToUpper(r.Method) }}},
	{"ignores case", "Route", "OneSpelling", fault{
		under:   func(base string, r *http.Request) bool { return strings.HasPrefix(strings.ToLower(r.URL.Path), base) },
		request: func(r *http.Request) { r.URL.Path = strings.ToLower(r.URL.Path) },
	}},
	{"cleans paths", "Route", "OneSpelling", fault{request: func(r *http.Request) {
		r.URL.Path = strings.ReplaceAll(r.URL.Path, "//", "/")
	}}},
	{"takes the decoded path", "Route", "OneSpelling", fault{request: func(r *http.Request) { r.URL.RawPath = "" }}},
	{"takes its neighbours' requests", "Route", "Neighbours", fault{under: func(base string, r *http.Request) bool {
		return strings.HasPrefix(r.URL.Path, base)
	}}},
	{"decodes parameters", "Route", "EscapedPath", fault{request: func(r *http.Request) { r.URL.RawPath = "" }}},
	{"decodes parameters twice", "Route", "EscapedPath", fault{request: func(r *http.Request) {
		if path, err := url.PathUnescape(r.URL.Path); err == nil {
			r.URL.Path, r.URL.RawPath = path, ""
		}
	}}},
	{"keeps one value of a repeated query", "Route", "Query", fault{request: func(r *http.Request) {
		q := r.URL.Query()
		for name := range q {
			q[name] = q[name][:1]
		}
		r.URL.RawQuery = q.Encode()
	}}},
	{"takes the target for the path", "Route", "AbsoluteTarget", fault{
		under:   func(_ string, r *http.Request) bool { return strings.Contains(r.URL.Path, "/auth") },
		request: func(r *http.Request) { r.URL.Path, r.URL.RawPath = r.RequestURI, "" },
	}},
	{"breaks at a broken query", "Route", "BrokenTarget", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		if _, err := url.ParseQuery(r.URL.RawQuery); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		a.ServeHTTP(w, r)
	}}},
	{"knows one base path only", "Route", "BasePath", fault{under: func(_ string, r *http.Request) bool { return under("/api/auth", r) }}},

	{"mounts anywhere", "Group", "WrongGroupPanics", fault{anyGroup: true}},
	{"does not mount in groups", "Group", "MountInGroup", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		r.URL.Path = strings.TrimPrefix(r.URL.Path, "/api")
		a.ServeHTTP(w, r)
	}}},
	{"does not guard groups", "Group", "RequireOnGroup", fault{visit: func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		v.Refusal = nil
		visit(v, w, r, next)
	}}},

	{"repairs invalid UTF-8", "Copy", "Headers", fault{request: eachHeader(func(_, v string) string { return strings.ToValidUTF8(v, "?") })}},
	{"makes up a content type", "Copy", "NoHeaders", fault{request: func(r *http.Request) {
		if r.Method == http.MethodPost && r.Header.Get("Content-Type") == "" {
			r.Header.Set("Content-Type", "text/plain")
		}
	}}},
	{"keeps the last line of a repeated header", "Copy", "RepeatedHeaders", fault{request: func(r *http.Request) {
		for name, values := range r.Header {
			r.Header[name] = values[len(values)-1:]
		}
	}}},
	{"keeps the first line of a repeated header", "Copy", "RepeatedHeaders", fault{request: func(r *http.Request) {
		for name, values := range r.Header {
			r.Header[name] = values[:1]
		}
	}}},
	{"keeps one line of cookies", "Copy", "RepeatedCookieLines", fault{request: func(r *http.Request) {
		r.Header["Cookie"] = r.Header["Cookie"][:min(1, len(r.Header["Cookie"]))]
	}}},
	{"parses cookies", "Copy", "CookieBytes", fault{request: func(r *http.Request) {
		cookies := r.Cookies()
		r.Header.Del("Cookie")
		for _, c := range cookies {
			r.AddCookie(c)
		}
	}}},
	{"believes a forwarded host", "Copy", "BaseURL", fault{request: func(r *http.Request) {
		if host := r.Header.Get("X-Forwarded-Host"); host != "" {
			r.Host = host
		}
	}}},
	{"makes up the address", "Response", "TooManyRequests", fault{request: func(r *http.Request) { r.RemoteAddr = r.Header.Get("X-Real-Ip") }}},
	{"loses the address", "Copy", "ClientAddress", fault{request: func(r *http.Request) { r.RemoteAddr = "" }}},
	{"believes any header for an address", "Copy", "ClientAddress", fault{request: func(r *http.Request) {
		r.RemoteAddr = r.Header.Get("X-Forwarded-For")
	}}},
	{"loses the host", "Copy", "Host", fault{request: func(r *http.Request) { r.Host = "" }}},
	{"reuses the memory of headers", "Copy", "Retention", fault{request: eachHeader(new(arena).string)}},
	{"reuses the memory of paths", "Copy", "Retention", fault{request: func() func(r *http.Request) {
		a := new(arena)
		return func(r *http.Request) { r.URL.Path = a.string("path", r.URL.Path) }
	}()}},
	{"reuses sessions", "Copy", "SessionRetention", fault{visit: func() func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		var mu sync.Mutex
		pooled := new(core.ActiveSession)
		return func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
			mu.Lock()
			defer mu.Unlock()
			if v.Session != nil {
				*pooled = *v.Session
				v.Session = pooled
			}
			visit(v, w, r, next)
		}
	}()}},

	{"loses bodies in chunks", "Body", "Arrives", fault{request: func(r *http.Request) {
		if r.ContentLength < 0 {
			r.Body, r.ContentLength = http.NoBody, 0
		}
	}}},
	{"cuts bodies", "Body", "CoreLimit", fault{request: func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(io.LimitReader(r.Body, 2000)), -1
	}}},
	{"does not understand the router's limit", "Body", "RouterLimit", fault{request: func(r *http.Request) {
		r.Body = failing{r.Body, errors.New("the router's own error")}
	}}},
	{"makes up a body", "Body", "AlreadyRead", fault{request: func(r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil && len(body) == 0 {
			body = []byte("{}")
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}}},
	{"breaks at a body that is cut short", "Body", "CutShort", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		a.ServeHTTP(w, r)
	}}},
	{"decompresses", "Body", "Encoded", fault{request: func(r *http.Request) {
		if r.Header.Get("Content-Encoding") == "gzip" {
			if unzipped, err := gzip.NewReader(r.Body); err == nil {
				r.Body = io.NopCloser(unzipped)
			}
		}
	}}},
	{"reads the body in Require", "Body", "RequireLeavesIt", fault{visit: func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		_, _ = io.CopyN(io.Discard, r.Body, 10)
		visit(v, w, r, next)
	}}},

	{"drops headers that it does not know", "Response", "AsCoreAnswers", fault{response: func(res *core.Response) { res.Header.Del("X-Probe") }}},
	{"adds headers", "Response", "AsCoreAnswers", fault{response: func(res *core.Response) { res.Header.Set("X-Powered-By", "me") }}},
	{"sends the last cookie only", "Response", "RepeatedSetCookie", fault{response: lastCookie}},
	{"sends cookies in another order", "Response", "RepeatedSetCookie", fault{response: func(res *core.Response) {
		slices.Reverse(res.Header["Set-Cookie"])
	}}},
	{"replaces the app's cookies", "Response", "AppCookieStays", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		w.Header().Del("Set-Cookie")
		a.ServeHTTP(w, r)
	}}},
	{"replaces the app's cookies in Require", "Response", "AppCookieStays", fault{visit: func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		w.Header().Del("Set-Cookie")
		visit(v, w, r, next)
	}}},
	{"gives empty bodies a type", "Response", "EmptyBodies", fault{response: func(res *core.Response) {
		if res.Header.Get("Content-Type") == "" {
			res.Header.Set("Content-Type", "text/plain")
		}
	}}},
	{"takes bodies for text", "Response", "Bytes", fault{response: func(res *core.Response) {
		res.Body = []byte(strings.ToValidUTF8(string(res.Body), "?"))
	}}},

	{"calls the handler after a refusal", "Guard", "Require", fault{visit: func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if v.Refusal != nil {
			v.Refusal.WriteTo(w)
		}
		next.ServeHTTP(w, r)
	}}},
	{"answers refusals itself", "Guard", "RedirectTo", fault{visit: ownRefusal}},
	{"needs a session in Load", "Guard", "Load", fault{visit: func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if v.Session == nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		visit(v, w, r, next)
	}}},
	{"has one answer for all guards", "Guard", "Guards", fault{visit: ownRefusal}},
	{"forgets the cookies of a session that was prolonged", "Guard", "Prolongs", fault{visit: func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		v.Header = nil
		visit(v, w, r, next)
	}}},
	{"forgets the cookies of a session that has ended", "Guard", "Expires", fault{visit: func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if v.Refusal != nil {
			h := v.Refusal.Header.Clone()
			h.Del("Set-Cookie")
			v.Refusal = &core.Response{Status: v.Refusal.Status, Header: h, Body: v.Refusal.Body}
		}
		visit(v, w, r, next)
	}}},
	{"remembers sessions by their cookie", "Guard", "Revoked", fault{visit: func() func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		var cache sync.Map
		return func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
			if v.Session != nil {
				cache.Store(r.Header.Get("Cookie"), v.Session)
			} else if s, ok := cache.Load(r.Header.Get("Cookie")); ok {
				v = core.Visit{Session: s.(*core.ActiveSession)}
			}
			visit(v, w, r, next)
		}
	}()}},
	{"lets everybody in when the store is dead", "Guard", "DeadStore", fault{visit: func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		if v.Refusal != nil && v.Refusal.Status == http.StatusInternalServerError {
			v.Refusal = nil
		}
		visit(v, w, r, next)
	}}},

	{"replaces the headers of CORS", "CORS", "FrontEnd", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		clear(w.Header())
		a.ServeHTTP(w, r)
	}}},
	{"hides the origin", "CORS", "UntrustedOrigin", fault{request: func(r *http.Request) { r.Header.Set("Origin", "http://localhost:3000") }}},

	{"has a context of its own", "Context", "Values", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		a.Serve(context.Background(), r).WriteTo(w)
	}}},
	{"does not listen to the client", "Context", "Cancelled", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		a.Serve(context.WithoutCancel(r.Context()), r).WriteTo(w)
	}}},

	{"explains what broke", "Failure", "Breakdown", fault{response: func(res *core.Response) {
		if res.Status == http.StatusInternalServerError {
			res.Body = []byte("Internal Server Error")
		}
	}}},
	{"answers what was aborted", "Failure", "Abort", fault{serve: func(a *core.Auth, w http.ResponseWriter, r *http.Request) {
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		a.ServeHTTP(w, r)
	}}},

	{"mixes the sessions of requests", "Concurrent", "NothingMixes", fault{visit: func() func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
		var shared atomic.Pointer[core.ActiveSession]
		return func(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
			shared.Store(v.Session)
			runtime.Gosched()
			v.Session = shared.Load()
			visit(v, w, r, next)
		}
	}()}},
}

func lastCookie(res *core.Response) {
	if n := len(res.Header["Set-Cookie"]); n > 0 {
		res.Header["Set-Cookie"] = res.Header["Set-Cookie"][n-1:]
	}
}

func ownRefusal(v core.Visit, w http.ResponseWriter, r *http.Request, next http.Handler) {
	if v.Refusal != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	visit(v, w, r, next)
}

func eachHeader(change func(name, value string) string) func(*http.Request) {
	return func(r *http.Request) {
		for name, values := range r.Header {
			for i, v := range values {
				values[i] = change(name, v)
			}
		}
	}
}

// arena hands out strings whose memory it uses again for the next one of that name, as a server without garbage does.
type arena struct{ blocks sync.Map }

func (a *arena) string(name, value string) string {
	block, _ := a.blocks.LoadOrStore(name, make([]byte, 1<<10))
	n := copy(block.([]byte), value)
	return unsafe.String(unsafe.SliceData(block.([]byte)), n)
}

// failing is a body whose reader fails with an error of its own.
type failing struct {
	io.ReadCloser
	err error
}

func (f failing) Read(p []byte) (int, error) {
	n, err := f.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = f.err
	}
	return n, err
}

// TestFaults makes sure that the suite can fail: each fault, alone, in a process of its own, because a failing test
// cannot be had inside of one that passes.
func TestFaults(t *testing.T) {
	t.Parallel()
	if os.Getenv(faultVariable) != "" {
		t.Skip("this process shows one fault")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestFaulty$/^"+f.group+"$/^"+f.test+"$")
			cmd.Env = append(os.Environ(), faultVariable+"="+f.name)
			out, err := cmd.CombinedOutput()
			want := "--- FAIL: TestFaulty/" + f.group + "/" + f.test
			if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || !strings.Contains(string(out), want) {
				t.Errorf("an adapter that %s: got %v and\n%s\nwant the suite to fail with %q", f.name, err, out, want)
			}
		})
	}
}

// TestFaulty is what TestFaults runs.
func TestFaulty(t *testing.T) {
	fault := os.Getenv(faultVariable)
	for _, f := range faults {
		if f.name == fault {
			adaptertest.Run(t, adaptertest.Options{Serve: func(t testing.TB, app adaptertest.App) string { return serve(t, app, f.fault) }})
			return
		}
	}
	t.Skipf("%s names no fault: TestFaults runs this", faultVariable)
}

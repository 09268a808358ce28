// Which requests reach an endpoint at all.
import { BASE_URL, get, send } from "../steps.mjs";

const at = (target) => send("GET", "", { target });

/** Outside of the base path it's the app's own framework that answers: only its status is compared. */
const outside = (target) => send("GET", "", { target, compare: "status" });

export default [
  {
    name: "routing: the health check and the error page",
    steps: [
      get("/ok"),
      get("/ok?x=1&x=2"),
      get("/ok?"),
      get("/error"),
      get("/error?error=invalid_code"),
      get("/error?error="),
      get("/error?error=a&error=b"),
      get("/error?error=%3Cscript%3E"),
      get("/error?error=x&error_description=some%20text"),
      get("/error?error=%ff"),
    ],
  },
  {
    name: "routing: where the error page goes elsewhere",
    options: { onAPIError: { errorURL: "/my-errors?from=auth" } },
    steps: [
      get("/error"),
      get("/error?error=invalid_code"),
      get("/error?error=%3Cscript%3E&error_description=some%20text%26more"),
    ],
  },
  {
    name: "routing: unknown paths",
    steps: [
      get("/nope"),
      get("/sign-in"),
      get("/sign-in/email/more"),
      get("/openapi"),
      at("/api/auth"),
      at("/api/auth/"),
      at("/api/auth?x=1"),
      outside("/api"),
      outside("/api/authx/ok"),
      outside("/API/AUTH/ok"),
      outside("/api/auth/../ok"),
      outside("/other"),
    ],
  },
  {
    name: "routing: methods",
    steps: [
      get("/sign-in/email"),
      get("/sign-up/email"),
      get("/sign-out"),
      ...["POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((method) => send(method, "/ok")),
      ...["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((method) => send(method, "/get-session")),
      ...["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"].map((method) => send(method, "/sign-out")),
      send("POST", "/error"),
      send("OPTIONS", "/sign-in/email", {
        headers: {
          origin: BASE_URL,
          "access-control-request-method": "POST",
          "access-control-request-headers": "content-type",
        },
      }),
    ],
  },
  {
    name: "routing: spellings of a path",
    steps: [
      get("/ok/"),
      get("/ok//"),
      get("//ok"),
      get("/%6Fk"),
      get("/o%6B"),
      get("%2Fok"),
      get("/OK"),
      get("/Ok"),
      get("/ok;x=1"),
      get("/ok%20"),
      get("/ok%00"),
      get("/ok%3Fx"),
      get("/get-session/"),
      get("/get_session"),
      get("/Get-Session"),
      get("/sign-in//email"),
      outside("//api/auth/ok"),
      outside("/api//auth/ok"),
      outside("/%61pi/auth/ok"),
      outside("/api%2Fauth/ok"),
    ],
  },
  {
    name: "routing: another base path",
    options: { basePath: "/v1/login" },
    steps: [at("/v1/login/ok"), at("/v1/login/"), at("/v1/login/get-session"), at("/v1/login/nope")],
  },
  {
    name: "routing: disabled paths",
    options: { disabledPaths: ["/sign-up/email", "/ok"] },
    steps: [
      get("/ok"),
      get("/ok/"),
      send("POST", "/sign-up/email", { json: {} }),
      send("POST", "/sign-up/email/", { json: {} }),
      send("GET", "/sign-up/email"),
      send("POST", "/sign-in/email", { json: {} }),
      get("/get-session"),
    ],
  },
  {
    name: "routing: trailing slashes are skipped where asked",
    options: { advanced: { skipTrailingSlashes: true } },
    steps: [get("/ok/"), get("/ok"), get("/get-session/"), get("/ok//"), get("/nope/")],
  },
];

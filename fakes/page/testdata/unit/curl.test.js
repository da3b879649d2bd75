import { curlOf, quote } from "/js/curl.js";
import { same } from "./check.js";

export const tests = {
  quoting() {
    same(["POST", "a b", "it's", "a$b`c", "", "http://x/?a=1&b"].map(quote), ["POST", "'a b'", "'it'\\''s'", "'a$b`c'", "''", "'http://x/?a=1&b'"]);
    same([quote("a\u001b[31m'\nb"), quote("\u0085")], ["$'a\\x1b[31m\\'\\x0ab'", "$'\\u0085'"], "nothing that a terminal obeys");
  },
  "a request with a body"() {
    const whole = { method: "POST", bodySize: 3, header: { "Content-Type": ["a/b"], "Content-Length": ["3"], "X-A": ["1", "it's"] } };
    same(curlOf(whole, "http://127.0.0.1:9009/push", "http://127.0.0.1:9990/body"),
      "curl -sS http://127.0.0.1:9990/body |\n  curl -sS -X POST \\\n  -H 'Content-Type: a/b' \\\n  -H 'X-A: 1' \\\n  -H 'X-A: it'\\''s' \\\n  --data-binary @- \\\n  http://127.0.0.1:9009/push");
  },
  "the authority of a fake that speaks TLS"() {
    same(curlOf({ method: "GET", bodySize: 0, header: {} }, "https://x/", "", "http://y/ca.pem"), "curl -sS --cacert <(curl -sS http://y/ca.pem) -X GET \\\n  https://x/");
  },
  "secrets are left out, and named"() {
    same(curlOf({ method: "GET", bodySize: 0, header: { Authorization: ["(redacted)"] } }, "http://x/", ""),
      "# without Authorization, which held a secret\ncurl -sS -X GET \\\n  http://x/");
  },
};

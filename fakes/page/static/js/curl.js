// A request as a line for a shell. All functions are pure.

// What curl sets by itself, or what belongs to the connection of the one who sent it.
const own = new Set(["accept-encoding", "connection", "content-length", "host", "proxy-connection", "te", "transfer-encoding"]);

// curlOf makes lines that send a request again: to is where, whole is the request as the API tells of it, body is where its bytes can be fetched, and
// authority, if there is one, where the certificate that is to be trusted can. Secrets are left out, and named in a comment.
export function curlOf(whole, to, body, authority) {
  const headers = [], left = [];
  for (const [name, values] of Object.entries(whole.header ?? {})) {
    for (const value of own.has(name.toLowerCase()) ? [] : values) {
      if (value === "(redacted)") left.push(name);
      else headers.push(`-H ${quote(`${name}: ${value}`)}`);
    }
  }
  const sends = whole.bodySize > 0;
  const trust = authority ? ` --cacert <(curl -sS ${quote(authority)})` : "";
  const parts = [`curl -sS${trust} -X ${quote(whole.method)}`, ...headers, ...(sends ? ["--data-binary @-"] : []), quote(to)];
  const line = `${sends ? `curl -sS ${quote(body)} |\n  ` : ""}${parts.join(" \\\n  ")}`;
  return left.length > 0 ? `# without ${left.map(plain).join(", ")}, which held a secret\n${line}` : line;
}

// quote makes one word for a shell of any text. What a terminal could obey is written as its number.
export function quote(text) {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  if (!/[\u0000-\u001f\u007f-\u009f]/.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const escaped = text.replace(/[\\']/g, "\\$&").replace(/[\u0000-\u001f\u007f]/g, (c) => `\\x${c.codePointAt(0).toString(16).padStart(2, "0")}`);
  return `$'${escaped.replace(/[\u0080-\u009f]/g, (c) => `\\u00${c.codePointAt(0).toString(16)}`)}'`;
}

const plain = (name) => name.replace(/[^\w-]/g, "?");

// The control API, as the page uses it. Paths are relative to the page, so that it also works behind a prefix.

const root = "api/v1";

// Failure is an answer that is not 2xx, or none at all (status 0). Its message is the server's sentence.
class Failure extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function ask(method, path, { body, signal, accept } = {}) {
  const headers = accept ? { Accept: accept } : {};
  if (body !== undefined) headers["Content-Type"] = "text/plain; charset=utf-8";
  let answer;
  try {
    answer = await fetch(`${root}/${path}`, { method, body, signal, headers, cache: "no-store" });
  } catch (cause) {
    if (cause.name === "AbortError") throw cause;
    throw new Failure(0, "The process that runs the fakes does not answer.");
  }
  if (!answer.ok) throw new Failure(answer.status, await sentence(answer));
  return answer;
}

async function sentence(answer) {
  const text = await answer.text();
  try {
    return JSON.parse(text).error || text;
  } catch {
    return text || `${answer.status} ${answer.statusText}`;
  }
}

const json = async (method, path, options) => (await ask(method, path, options)).json();

const fakePath = (fake) => `fakes/${encodeURIComponent(fake)}`;
const requestPath = (fake, seq) => `${fakePath(fake)}/requests/${seq}`;

export const sessions = async () => (await json("GET", "sessions")).sessions ?? [];

export async function fakes(session) {
  const query = session ? `?${new URLSearchParams({ session })}` : "";
  return (await json("GET", `fakes${query}`)).fakes ?? [];
}

// requests lists a part of a fake's requests as entries: {entries, next, more}.
export async function requests(fake, { after = 0, limit = 1000, search, signal } = {}) {
  const query = new URLSearchParams({ after, limit });
  if (search) query.set("search", search);
  const page = await json("GET", `${fakePath(fake)}/requests?${query}`, { signal });
  return { entries: (page.requests ?? []).map(entry), next: page.next, more: page.more };
}

export const request = (fake, seq, { limit, signal } = {}) =>
  json("GET", `${requestPath(fake, seq)}${limit === undefined ? "" : `?limit=${limit}`}`, { signal });

export async function connection(fake, seq) {
  const page = await json("GET", `${fakePath(fake)}/connections?after=${seq - 1}&limit=1`);
  return (page.connections ?? []).find((c) => c.seq === seq) ?? null;
}

// connections lists the newest connections of a fake, at most so many, when it has seen this many in all.
export async function connections(fake, total, most) {
  return (await json("GET", `${fakePath(fake)}/connections?after=${Math.max(0, total - most)}&limit=${most}`)).connections ?? [];
}

export const bodyURL = (fake, seq) => `${root}/${requestPath(fake, seq)}/body`;
export const replyURL = (fake, seq) => `${root}/${requestPath(fake, seq)}/reply`;
export const profileURL = (fake, seq, index) => `${root}/${requestPath(fake, seq)}/profiles/${index}`;
export const journalURL = (fake) => `${root}/${fakePath(fake)}/journal`;

// absolute makes an address of one of those above that can be used elsewhere.
export const absolute = (url) => new URL(url, document.baseURI).href;
export const authorityURL = (fake) => absolute(`${root}/${fakePath(fake)}/ca.pem`);

// bytes fetches one of the addresses above.
export async function bytes(url, signal) {
  const path = url.slice(root.length + 1);
  return (await ask("GET", path, { signal })).arrayBuffer();
}

export const script = (fake) => json("GET", `${fakePath(fake)}/script`);
export const replaceScript = (fake, text) => json("PUT", `${fakePath(fake)}/script`, { body: text });
export const appendScript = (fake, text) => json("POST", `${fakePath(fake)}/script`, { body: text });
export const clearScript = (fake) => json("DELETE", `${fakePath(fake)}/script`);

// held is of what time the data of a mimir or pyroscope is, and which profiles there are.
export const held = (fake, signal) => json("GET", `${fakePath(fake)}/held`, { signal });

// mergedURL is where a pyroscope's profiles are merged; from and until are milliseconds since 1970, or nothing.
export function mergedURL(fake, { selector, type, from, until }) {
  const moment = (ms) => (ms ? new Date(ms).toISOString() : "");
  const query = Object.entries({ selector, type, from: moment(from), until: moment(until) }).filter(([, value]) => value);
  return `${root}/${fakePath(fake)}/profile?${new URLSearchParams(query)}`;
}

// prometheus asks one of Prometheus' calls of a mimir: {data, warnings}. Parameters are [name, value] pairs.
export async function prometheus(fake, call, parameters, signal) {
  const { data, warnings = [], infos = [] } = await json("GET", `${fakePath(fake)}/prometheus/api/v1/${call}?${new URLSearchParams(parameters)}`, { signal });
  return { data, warnings: [...warnings, ...infos] };
}

// command tells a fake to go down, up, or to restart, forget or reset.
export const command = (fake, verb) => ask("POST", `${fakePath(fake)}/${verb}`);

// eventsURL is the stream of what happens in one session, or in all.
export function eventsURL(session) {
  return `${root}/events${session ? `?${new URLSearchParams({ session })}` : ""}`;
}

// entry makes of a summary of the API what the page keeps. Times become milliseconds, 0 for those that have not come.
export function entry(s) {
  return {
    fake: s.fake, seq: s.seq, conn: s.conn, kind: s.kind, method: s.method, path: s.path, query: s.query ?? "",
    tenant: s.tenant ?? "", remote: s.remote ?? "", agent: s.userAgent ?? "", size: s.bodySize ?? 0, status: s.status ?? 0,
    outcome: s.outcome ?? "", example: s.summary ?? "", error: s.problem ?? "",
    arrived: time(s.arrived), read: time(s.read), replied: time(s.replied),
  };
}

// time reads a moment with all digits of its second, which Date would cut off.
function time(text) {
  const [, seconds, fraction, zone] = /^(.*?)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text ?? "") ?? [];
  const ms = Date.parse(`${seconds}${zone}`);
  return Number.isNaN(ms) ? 0 : ms + Number(fraction ?? 0) * 1000;
}

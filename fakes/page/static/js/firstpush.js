// The first thing to send to a mimir: a remote-write request with one sample, made here because no shell can. All functions are pure.

// firstPush is a line for a shell that writes one sample of up{job="try"}, taken at a moment in milliseconds.
export function firstPush(url, now) {
  return `echo ${base64(snappy(writeRequest({ __name__: "up", job: "try" }, 1, now)))} | base64 -d |\n  curl -sS --data-binary @- -H 'Content-Encoding: snappy' \\\n  -H 'Content-Type: application/x-protobuf' '${url}'`;
}

// writeRequest is a prometheus.WriteRequest with one sample.
export function writeRequest(labels, value, now) {
  const pairs = Object.entries(labels).flatMap(([name, text]) => field(1, [...field(1, utf8(name)), ...field(2, utf8(text))]));
  const sample = [0x09, ...new Uint8Array(new Float64Array([value]).buffer), 0x10, ...varint(now)];
  return field(1, [...pairs, ...field(2, sample)]);
}

// snappy packs bytes without making them smaller: their number, and one literal of at most 256.
export function snappy(bytes) {
  return [...varint(bytes.length), ...(bytes.length <= 60 ? [(bytes.length - 1) << 2] : [60 << 2, bytes.length - 1]), ...bytes];
}

const utf8 = (text) => [...new TextEncoder().encode(text)];
const field = (number, bytes) => [(number << 3) | 2, ...varint(bytes.length), ...bytes];
const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

function varint(n) {
  const bytes = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return [...bytes, n];
}

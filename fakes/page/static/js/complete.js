// What could be written next in a PromQL expression. All functions are pure.

// words are PromQL's own, offered beside the metrics.
export const words = [
  "abs", "absent", "absent_over_time", "and", "avg", "avg_over_time", "bottomk", "by", "ceil", "changes", "clamp", "clamp_max", "clamp_min", "count",
  "count_over_time", "count_values", "day_of_week", "delta", "deriv", "exp", "floor", "group", "group_left", "group_right", "histogram_avg",
  "histogram_count", "histogram_fraction", "histogram_quantile", "histogram_sum", "idelta", "ignoring", "increase", "irate", "label_join",
  "label_replace", "last_over_time", "ln", "max", "max_over_time", "min", "min_over_time", "minute", "offset", "on", "or", "predict_linear",
  "present_over_time", "quantile", "quantile_over_time", "rate", "resets", "round", "scalar", "sort", "sort_desc", "stddev", "stddev_over_time",
  "sum", "sum_over_time", "time", "timestamp", "topk", "unless", "vector", "without",
];

// spot tells what is being written at a place of an expression: {want, prefix, from, metric, label}. want is "name" (a metric or a word), "label",
// "value" (of label, within quotes), or "" where nothing can be offered; prefix is what of it stands there from the place from on; metric is the
// one that the braces belong to, if it has a name.
export function spot(text, caret) {
  const state = scan(text.slice(0, caret));
  const word = /[\w:.]*$/.exec(text.slice(0, caret))[0];
  if (state.quote >= 0) {
    const inBraces = state.braces !== null && state.label !== "";
    return { want: inBraces ? "value" : "", prefix: text.slice(state.quote + 1, caret), from: state.quote + 1, metric: state.braces ?? "", label: state.label };
  }
  const from = caret - word.length;
  if (state.braces !== null) return { want: /[{,]\s*$/.test(text.slice(0, from)) ? "label" : "", prefix: word, from, metric: state.braces, label: "" };
  if (state.grouping) return { want: "label", prefix: word, from, metric: "", label: "" };
  return { want: state.range || /^\d/.test(word) ? "" : "name", prefix: word, from, metric: "", label: "" };
}

// scan reads an expression up to its end: in which braces, quotes, ranges and lists of labels that is.
function scan(text) {
  const state = { quote: -1, braces: null, label: "", range: false, grouping: false };
  let name = "", quoted = "";
  for (const m of text.matchAll(/"(?:[^"\\]|\\.)*("?)|'(?:[^'\\]|\\.)*('?)|[\w:.]+|[^\s]/g)) {
    const [token] = m;
    if (token[0] === '"' || token[0] === "'") {
      quoted = token.length > 1 && (m[1] || m[2]) ? "" : token;
      if (quoted) return { ...state, quote: m.index };
      continue;
    }
    step(state, token, name);
    name = /^[A-Za-z_:]/.test(token) ? token : "";
    if (state.braces !== null && name) state.label = name;
  }
  return state;
}

function step(state, token, before) {
  switch (token) {
    case "{": state.braces = before; state.label = ""; break;
    case "}": state.braces = null; break;
    case ",": state.label = ""; break;
    case "[": state.range = true; break;
    case "]": state.range = false; break;
    case "(": state.grouping = ["by", "without", "on", "ignoring", "group_left", "group_right"].includes(before); break;
    case ")": state.grouping = false; break;
  }
}

// written is a metric's name as it stands in an expression: one of other letters than Prometheus' own goes into quotes.
export function written(name) {
  return /^[A-Za-z_:][\w:]*$/.test(name) ? name : `{${JSON.stringify(name)}}`;
}

// rank chooses from candidates those that contain the prefix, at most so many: the prefix itself first, then those that begin with it.
export function rank(candidates, prefix, most = 12) {
  const wanted = prefix.toLowerCase();
  const begins = [], contains = [];
  for (const c of candidates) {
    const at = c.toLowerCase().indexOf(wanted);
    if (c === prefix) begins.unshift(c);
    else if (at === 0) begins.push(c);
    else if (at > 0) contains.push(c);
  }
  const all = [...begins, ...contains];
  return all.length === 1 && all[0] === prefix ? [] : all.slice(0, most);
}

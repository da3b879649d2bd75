import { placeInQuery, placeInScript } from "/js/mistake.js";
import { same } from "./check.js";

const marked = (p, text) => p && text.slice(p.from, p.to);

export const tests = {
  scripts() {
    const at = (sentence, text) => marked(placeInScript(sentence, text), text);
    same(at('reply script, line 1 column 5: "5o3": no such word', "503 5o3 200"), "5o3");
    same(at('put script: line 2 column 10: "reste": no', '200\nbody="ü reste'), "reste", "columns count bytes");
    same(at('reply script, line 9 column 9: "x": no', "200"), "", "a place that is not there");
    same(placeInScript("no place in it", "503"), null);
  },
  queries() {
    const at = (sentence, text) => marked(placeInQuery(sentence, text), text);
    same(at('invalid parameter "query": 1:5: parse error: unexpected identifier "foo"', "sum foo"), "foo");
    same(at("2:1: parse error: unexpected <)>", "a\n) b"), ")");
    same(at("1:6: parse error: unexpected end of input", "sum(a"), "", "behind the end");
    same(placeInQuery("query timed out", "up"), null);
  },
};

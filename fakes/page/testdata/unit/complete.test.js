import { rank, spot, written } from "/js/complete.js";
import { same } from "./check.js";

// at tells what is wanted where | stands.
const at = (text) => {
  const s = spot(text.replace("|", ""), text.indexOf("|"));
  return [s.want, s.prefix, s.metric, s.label];
};

export const tests = {
  names() {
    same([at("htt|"), at("sum(rate(htt|"), at("a + b|"), at("sum by (job) (u|")], [["name", "htt", "", ""], ["name", "htt", "", ""], ["name", "b", "", ""], ["name", "u", "", ""]]);
  },
  labels() {
    same([at("up{|"), at("up{j|}"), at('up{job="a", in|'), at("{|"), at("sum by (jo|"), at("a * on(b, c|")], [
      ["label", "", "up", ""], ["label", "j", "up", ""], ["label", "in", "up", ""], ["label", "", "", ""], ["label", "jo", "", ""], ["label", "c", "", ""]]);
  },
  values() {
    same([at('up{job="a|'), at('up{job="a",zone=~"|"}'), at("up{job='x|")], [["value", "a", "up", "job"], ["value", "", "up", "zone"], ["value", "x", "up", "job"]]);
    same(spot('up{job="abc', 11).from, 8);
  },
  "where nothing is offered"() {
    same([at("rate(up[5|"), at("up{job=|"), at('up{job="a"|'), at("12|"), at('label_replace(up, "a|')].map(([want]) => want), ["", "", "", "", ""]);
    same(at('up{a="}"} + b|'), ["name", "b", "", ""], "braces in quotes are none");
  },
  ranking() {
    same(rank(["UP", "up", "go_up", "upper", "x"], "up"), ["up", "UP", "upper", "go_up"]);
    same([rank(["up"], "up"), rank(["a", "b", "c"], "", 2)], [[], ["a", "b"]], "what stands there already is no offer");
    same([written("a:b"), written('x.y"')], ["a:b", '{"x.y\\""}']);
  },
};

import { ago, amount, clock, count, duration, labels, moment, percent, plural, short, size, stamp } from "/js/format.js";
import { same } from "./check.js";

export const tests = {
  sizes() {
    same([0, 812, 1024, 1500, 12 << 20, 2 ** 41].map(size), ["0 B", "812 B", "1 KiB", "1.5 KiB", "12 MiB", "2 TiB"]);
  },
  counts() {
    same([0, 999, 1000, 1234567].map(count), ["0", "999", "1\u2009000", "1\u2009234\u2009567"]);
    same([7, 999, 1200, 35_400, 4_100_000].map(short), ["7", "999", "1.2k", "35k", "4.1M"]);
    same([plural(1, "profile"), plural(2, "profile"), plural(1, "series"), plural(3, "series")], ["1 profile", "2 profiles", "1 series", "3 series"]);
  },
  durations() {
    same([0, 0.444, 12.4, 999, 1250, 200_000, 7_500_000].map(duration), ["0 ms", "0.44 ms", "12 ms", "999 ms", "1.25 s", "3 min 20 s", "2 h 5 min"]);
  },
  times() {
    const t = new Date(2026, 2, 1, 15, 4, 5, 7).getTime();
    same([clock(t), moment(t)], ["15:04:05.007", "2026-03-01 15:04:05.007"]);
    same(moment(9e18), "9000000000000000000", "a time that no calendar has");
    same([0, 5, 200, 7300, 200_000].map((s) => ago(t - s * 1000, t)), ["now", "5 s ago", "3 min ago", "2 h ago", "2 d ago"]);
    same(ago(t + 5000, t), "now", "a clock that is ahead");
    same([stamp(t, t + 1000), stamp(t, t + 86_400_000)], ["15:04:05.007", "2026-03-01 15:04:05.007"]);
  },
  shares() {
    same([percent(1, 8), percent(1, 3000), percent(1, 0), percent(0, 5), percent(5, 5)], ["12.5 %", "0.03 %", "0 %", "0 %", "100 %"]);
  },
  amounts() {
    same([amount(1.2e9, "nanoseconds"), amount(4096, "bytes"), amount(12000, "count"), amount(0, "nanoseconds")], ["1.2 s", "4 KiB", "12\u2009000", "0"]);
  },
  labels() {
    same(labels([{ name: "__name__", value: "up" }, { name: "job", value: 'a"b' }]), 'up{job="a\\"b"}');
    same([labels([{ name: "__name__", value: "up" }]), labels([]), labels([{ name: "a", value: "b" }])], ["up", "{}", '{a="b"}']);
  },
};

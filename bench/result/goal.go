package result

// Goal is one row of the project's performance goals: a ratio that shall be at least, or at most, so much.
type Goal struct {
	ID   string `json:"id"` // as in issues and documents, for example H1
	What string `json:"what"`
	// Must is the level that has to be reached, Ambitious the next one.
	Must      float64 `json:"must"`
	Ambitious float64 `json:"ambitious"`
	// AtMost is whether less is better.
	AtMost  bool `json:"atMost,omitempty"`
	measure func(*Report) (Spread, bool)
}

// Verdict is what came out for one goal.
type Verdict struct {
	Goal
	Found Spread `json:"found"`
}

// Level is the highest level that was reached: ambitious, must or none.
func (v Verdict) Level() string {
	reaches := func(level float64) bool {
		if v.AtMost {
			return v.Found.Median <= level
		}
		return v.Found.Median >= level
	}
	switch {
	case reaches(v.Ambitious):
		return "ambitious"
	case reaches(v.Must):
		return "must"
	}
	return "none"
}

// The rows that goals look at.
var (
	one    = Row{Shards: 1, Batch: 2000}
	small  = Row{Shards: 1, Batch: 500}
	four   = Row{Shards: 4, Batch: 2000}
	fifty  = Row{Shards: 50, Batch: 2000}
	churny = Row{Shards: 1, Batch: 2000, Churn: 5}
)

// Rows are all rows that goals look at.
func Rows() []Row { return []Row{one, small, four, fifty, churny} }

// goals are those that this benchmark can tell.
var goals = []Goal{
	{ID: "H1", What: "throughput, 1 shard, 2000 a request, of the peer's", Must: 3, Ambitious: 10, measure: throughput(one)},
	{ID: "H2", What: "CPU, the same: the peer's of ours", Must: 3.5, Ambitious: 12, measure: cpu(one)},
	{ID: "H3", What: "throughput, 1 shard, 500 a request, of the peer's", Must: 4, Ambitious: 15, measure: throughput(small)},
	{ID: "H4", What: "throughput, 4 shards, of the peer's", Must: 3, Ambitious: 12, measure: throughput(four)},
	{ID: "H5", What: "our throughput, 50 shards of 4", Must: 0.95, Ambitious: 1, measure: scaling},
	{ID: "H8", What: "memory a shard: the peer's of ours", Must: 10, Ambitious: 40, measure: memory},
	{ID: "H15", What: "bytes a sample on the wire, of the peer's", Must: 1.02, Ambitious: 0.98, AtMost: true, measure: wire},
	{ID: "H16", What: "throughput, 5 % of the series new each round, of the peer's", Must: 2.5, Ambitious: 4, measure: throughput(churny)},
}

// judge compares with the goals whose rows were measured.
func (r *Report) judge() (all []Verdict) {
	for _, g := range goals {
		if found, ok := g.measure(r); ok {
			all = append(all, Verdict{g, found})
		}
	}
	return all
}

func throughput(row Row) func(*Report) (Spread, bool) {
	return func(r *Report) (Spread, bool) { return r.compare(row, Ours, row, Peer, Run.rate) }
}

func cpu(row Row) func(*Report) (Spread, bool) {
	return func(r *Report) (Spread, bool) { return r.compare(row, Peer, row, Ours, Run.cpu) }
}

func scaling(r *Report) (Spread, bool) { return r.compare(fifty, Ours, four, Ours, Run.rate) }

func wire(r *Report) (Spread, bool) { return r.compare(one, Ours, one, Peer, Run.wire) }

func (r *Report) compare(row Row, side string, other Row, otherSide string, figure func(Run) float64) (Spread, bool) {
	a, b := each(r.of(row, side), figure), each(r.of(other, otherSide), figure)
	return Ratio(a, b), len(a) > 0 && len(b) > 0
}

// memory compares what each shard beyond the first adds to the peak.
func memory(r *Report) (Spread, bool) {
	ours, ok := r.perShard(Ours)
	peer, too := r.perShard(Peer)
	return Ratio(peer, ours), ok && too
}

func (r *Report) perShard(side string) (bytes []float64, ok bool) {
	many, single := each(r.of(fifty, side), Run.rss), each(r.of(one, side), Run.rss)
	for i := range min(len(many), len(single)) {
		bytes = append(bytes, (many[i]-single[i])/float64(fifty.Shards-one.Shards))
	}
	return bytes, len(bytes) > 0
}

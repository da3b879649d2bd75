package remotewrite

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestReloadDeliversWhatTheOldDestinationDidNotTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		wrong, right := w.serve("wrong:80", 200), w.serve("right:80", 200)
		a := w.run(t.TempDir(), `endpoint { url = "http://wrong:80/" }`)
		l := layout(400)
		a.append(l, 1)
		time.Sleep(10 * time.Second)
		wrong.set(503)
		for range 30 {
			a.append(l, 2)
			time.Sleep(10 * time.Second)
		}
		a.reload(`endpoint { url = "http://right:80/" }`)
		a.append(l, 3)
		time.Sleep(10 * time.Second)
		if n := wrong.count(); n != 400 {
			t.Errorf("the old destination took %d samples, want 400", n)
		}
		if n := right.count(); n != 31*400 {
			t.Errorf("the new destination took %d samples, want %d", n, 31*400)
		}
		a.stop()
	})
}

func TestReloadOfAnEndpointNeitherLosesNorRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		mimir := w.serve("mimir:9009", 200)
		a := w.run(t.TempDir(), one)
		l := layout(100)
		for i, deadline := range []string{"1s", "7s", "3s", "20s"} {
			a.append(l, float64(i))
			time.Sleep(2 * time.Second)
			a.reload(strings.Replace(one, "push\"", "push\"\n queue_config { batch_send_deadline = \""+deadline+"\" }", 1))
			a.append(l, float64(i)+.5)
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
		if n := mimir.count(); n != 800 {
			t.Errorf("%d samples arrived, want 800", n)
		}
		var last sample
		for _, s := range mimir.accepted("__name__=m,i=7") {
			if s.t < last.t {
				t.Errorf("sample %v came after %v", s, last)
			}
			last = s
		}
		a.stop()
	})
}

func TestReloadLeavesUnchangedEndpointsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve("mimir:9009", 200)
		added := w.serve("added:80", 200)
		a := w.run(t.TempDir(), one)
		_, before := a.snapshot()
		a.append(layout(5), 1)
		time.Sleep(10 * time.Second)
		a.reload(one + "\nendpoint { url = \"http://added:80/\" }\nwal { truncate_frequency = \"1m\" }")
		synctest.Wait()
		_, after := a.snapshot()
		if len(after) != 2 || after[0] != before[0] {
			t.Error("the unchanged endpoint was exchanged")
		}
		a.append(layout(5), 2)
		time.Sleep(10 * time.Second)
		if n := added.count(); n != 5 {
			t.Errorf("the added endpoint got %d samples, want the 5 since it was added", n)
		}
		a.reload("external_labels = {a = \"b\"}\n" + one)
		synctest.Wait()
		if _, now := a.snapshot(); now[0] == before[0] {
			t.Error("new external labels left the endpoint as it was")
		}
		if got := len(a.log.Positions()); got != 1 {
			t.Errorf("%d positions are stored for one endpoint", got)
		}
		a.stop()
	})
}

func TestDiscardedReloadChangesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		mimir := w.serve("mimir:9009", 200)
		a := w.run(t.TempDir(), one)
		change, err := a.Prepare(mustArguments(t, `endpoint { url = "http://other:80/" }`))
		if err != nil {
			t.Fatal(err)
		}
		change.Discard()
		_, err = a.Prepare(mustArguments(t, "endpoint {\n url = \"https://h/\"\n tls_config { ca_file = \"/nowhere/ca.pem\" }\n}"))
		if err == nil || !strings.Contains(err.Error(), "/nowhere/ca.pem") {
			t.Errorf("a CA file that does not exist gives %v", err)
		}
		a.append(layout(5), 1)
		time.Sleep(10 * time.Second)
		if mimir.count() != 5 {
			t.Errorf("%d samples arrived, want 5", mimir.count())
		}
		a.stop()
	})
}

// TestRestartWithAnotherURL edits the configuration while the agent is stopped.
func TestRestartWithAnotherURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve("wrong:80", 503)
		right := w.serve("right:80", 200)
		dir := t.TempDir()
		a := w.run(dir, `endpoint { url = "http://wrong:80/" }`)
		a.append(layout(9), 1)
		a.stop()
		a = w.run(dir, `endpoint { url = "http://right:80/" }`)
		time.Sleep(10 * time.Second)
		if n := right.count(); n != 9 {
			t.Errorf("%d samples arrived, want 9", n)
		}
		a.stop()
	})
}

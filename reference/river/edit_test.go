package river

import (
	"strings"
	"testing"
)

func TestEdit(t *testing.T) {
	file, err := Parse("f", []byte(`prometheus.remote_write "m" {
  // where
  endpoint {
    url = "http://a" // here

    basic_auth {
      username = "u"
    }
  }
  endpoint { url = "http://b" }
}
`))
	if err != nil {
		t.Fatal(err)
	}
	original := string(file.Bytes())
	edited := file.Clone()
	for i, endpoint := range edited.Body.Select("prometheus.remote_write", "endpoint") {
		endpoint.Body.Set("url", NewString("http://c"))
		endpoint.Body.Set("enable_http2", &Literal{Text: "false", Value: false})
		endpoint.Body.Rename("enable_http2", "enable_http_2")
		endpoint.Body.RemoveBlocks("basic_auth")
		if i == 1 {
			endpoint.Body.Add(NewBlock("queue_config", "", NewAttribute("capacity", newInt(5))))
		}
	}
	want := `prometheus.remote_write "m" {
  // where
  endpoint {
    url           = "http://c" // here
    enable_http_2 = false
  }
  endpoint {
    url           = "http://c"
    enable_http_2 = false
    queue_config {
      capacity = 5
    }
  }
}
`
	if got := string(edited.Bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := string(file.Bytes()); got != original {
		t.Errorf("editing the clone changed the original:\n%s", got)
	}
	if len(edited.Body.Select("*", "*", "queue_config")) != 1 || len(edited.Body.Select()) != 0 {
		t.Error("select by stars did not find the one queue_config")
	}
	first := edited.Body.Blocks()[0].Body.Blocks()[0]
	if !edited.Body.Blocks()[0].Body.Remove(first) || edited.Body.Blocks()[0].Body.Remove(first) {
		t.Error("remove did not take the statement out exactly once")
	}
	if first.Body.RemoveAttribute("nothing") || !first.Body.RemoveAttribute("url") || first.Body.Rename("nothing", "x") {
		t.Error("remove or rename found what is not there, or not what is")
	}
}

func TestWalkAndReferences(t *testing.T) {
	file, err := Parse("f", []byte("a \"x\" {\n b {\n  c = [env(\"X\"), p.q.r[s.t], u.v + 1]\n }\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	var path, refs []string
	file.Body.Walk(func(around []*Block, s Statement) bool {
		if a, ok := s.(*Attribute); ok {
			for _, b := range around {
				path = append(path, b.ID())
			}
			path = append(path, a.Name.Text)
		}
		return true
	})
	for _, r := range file.Body.References() {
		refs = append(refs, r.Start().String()+"="+r.String())
	}
	if got := strings.Join(path, " "); got != "a.x b c" {
		t.Errorf("walk: got %s", got)
	}
	if got, want := strings.Join(refs, " "), "f:3:8=env f:3:18=p.q.r f:3:24=s.t f:3:30=u.v"; got != want {
		t.Errorf("references: got %s, want %s", got, want)
	}
}

func TestObjectEdit(t *testing.T) {
	e, err := ParseExpr(`{a = 1, "b" = 2}`)
	if err != nil {
		t.Fatal(err)
	}
	o := e.(*Object)
	o.Set("a", newInt(3))
	o.Set("c d", NewString("x"))
	if !o.Remove("b") || o.Remove("b") || o.Get("b") != nil {
		t.Error("remove did not take the field out exactly once")
	}
	if got, want := ExprString(o), `{a = 3, "c d" = "x"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"url", "name", "remote_timeout"}
	for word, want := range map[string]string{"ulr": "url", "remotetimeout": "remote_timeout", "capacity": "", "naem": "name", "": ""} {
		if got := Nearest(word, names); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
}

package river

import "testing"

func TestCredentialsAreHidden(t *testing.T) {
	for in, want := range map[string]string{
		`"http://user:hunter2@host/path"`:      `"http://(secret)@host/path"`,
		`"http://host/path?token=hunter2&a=b"`: `"http://host/path?token=(secret)&a=b"`,
		`"http://user:hun ter2@host"`:          `"(secret)@host"`,
		`"http://user:hun\"ter2@host"`:         `"(secret)@host"`,
		`"http://user:hunter2@%zz"`:            `"(secret)@%zz"`,
		"`http://user:hun\nter2@host`":         "`(secret)@host`",
		`user:hun@ter2@host`:                   `(secret)@host`,
		`"15"`:                                 `"15"`,
	} {
		if got := hideCredentials(in); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

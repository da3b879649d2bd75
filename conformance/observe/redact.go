package observe

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Redactor takes secrets out of texts before they are kept or shown. In their place stands a digest with a salt of its own, so that equal
// secrets can still be told from different ones and evidence can be judged again. It is safe for concurrent use.
//
// A digest keeps no secret that is short enough to be guessed.
type Redactor struct {
	salt string
	// secrets are replaced wherever they stand, the longest first.
	secrets []string
}

// shortest is the length from which on a secret is replaced wherever it stands. A shorter one is part of too many other words; it is taken
// out only where its name stands before it.
const shortest = 6

// NewRedactor makes a redactor with a salt of its own; with the salt of an older one, equal secrets get equal digests.
func NewRedactor(salt string, secrets ...string) *Redactor {
	if salt == "" {
		salt = rand.Text()
	}
	r := &Redactor{salt: salt}
	for _, secret := range secrets {
		r.add(secret)
	}
	slices.SortFunc(r.secrets, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	r.secrets = slices.Compact(r.secrets)
	return r
}

// add learns a secret as it is and as it looks in a URL and in a quoted text.
func (r *Redactor) add(secret string) {
	quoted := strconv.Quote(secret)
	for _, form := range []string{strings.TrimSpace(secret), url.QueryEscape(secret), quoted[1 : len(quoted)-1]} {
		if len(form) >= shortest && !strings.HasPrefix(form, redacted) {
			r.secrets = append(r.secrets, form)
		}
	}
}

// redacted begins what stands in the place of a secret.
const redacted = "<secret:"

// digest is what stands in the place of a secret. One that stands there already stays.
func (r *Redactor) digest(secret string) string {
	if secret == "" || strings.HasPrefix(secret, redacted) {
		return secret
	}
	sum := sha256.Sum256([]byte(r.salt + "\x00" + secret))
	return redacted + hex.EncodeToString(sum[:8]) + ">"
}

// Header redacts the value of a header that carries credentials; the word for the kind of credentials stays. Other headers are texts.
func (r *Redactor) Header(name, value string) string {
	if !Credential(name) {
		return r.Text(value)
	}
	scheme, rest, found := strings.Cut(value, " ")
	if !found || strings.HasPrefix(value, redacted) {
		return r.digest(value)
	}
	return scheme + " " + r.digest(rest)
}

// Credential tells whether a header is there to carry a secret.
func Credential(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie", "X-Api-Key", "X-Auth-Token":
		return true
	}
	return false
}

var (
	// named are settings that hold secrets, in the spelling of any configuration, with the value behind them.
	named = regexp.MustCompile(`(?im)(["']?\b(?:password|bearer_token|bearertoken|credentials|client_secret|clientsecret|secret|authorization|` +
		`proxy-authorization|cookie|x-api-key|x-auth-token)\b["']?[ \t]*(?:=|:[ \t])[ \t]*)` +
		"(\"(?:[^\"\\\\\n]|\\\\.)*\"|'[^'\n]*'|`[^`]*`|[^\\s{\"'`<][^\\s]*)")
	// keys are private keys as text, also with line ends written out.
	keys = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]|\\n|\\r)*-----END [A-Z ]*PRIVATE KEY-----`)
	// logins are the passwords in URLs.
	logins = regexp.MustCompile(`(://[^/\s:@"']*:)([^/\s@"']+)(@)`)
)

// Named lists the secrets that a text holds in the place of a setting for one: passwords, tokens, keys.
func Named(text string) []string {
	var found []string
	for _, m := range named.FindAllStringSubmatch(text, -1) {
		value := unquoted(m[2])
		found = append(found, value)
		if _, rest, ok := strings.Cut(value, " "); ok && strings.Contains(strings.ToLower(m[1]), "authorization") {
			found = append(found, rest)
		}
	}
	for _, m := range logins.FindAllStringSubmatch(text, -1) {
		found = append(found, m[2])
	}
	return append(found, keys.FindAllString(text, -1)...)
}

func unquoted(value string) string {
	if plain, err := strconv.Unquote(value); err == nil {
		return plain
	}
	return strings.Trim(value, "'\"`")
}

// Text redacts whatever in a text is known to be a secret or stands in the place of one.
func (r *Redactor) Text(text string) string {
	if text == "" {
		return text
	}
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, r.digest(secret))
	}
	text = keys.ReplaceAllStringFunc(text, r.digest)
	text = logins.ReplaceAllStringFunc(text, func(found string) string {
		m := logins.FindStringSubmatch(found)
		return m[1] + r.digest(m[2]) + m[3]
	})
	return named.ReplaceAllStringFunc(text, func(found string) string {
		m := named.FindStringSubmatch(found)
		value := unquoted(m[2])
		if strings.Contains(value, redacted) {
			return found
		}
		quote := ""
		if strings.ContainsAny(m[2][:1], "\"'`") {
			quote = m[2][:1]
		}
		return m[1] + quote + r.digest(value) + quote
	})
}

// Bytes redacts the secrets that are known in data of any kind, text or not.
func (r *Redactor) Bytes(data []byte) []byte {
	for _, secret := range r.secrets {
		data = bytes.ReplaceAll(data, []byte(secret), []byte(r.digest(secret)))
	}
	return data
}

// Observation redacts everything in o, in place, and notes the salt.
func (r *Redactor) Observation(o *Observation) {
	r.walk(reflect.ValueOf(o).Elem())
	o.Salt = r.salt
}

// walk redacts every text and every byte slice below v.
func (r *Redactor) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			r.walk(v.Elem())
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString(r.Text(v.String()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				r.walk(v.Field(i))
			}
		}
	case reflect.Slice:
		r.list(v)
	case reflect.Map:
		r.table(v)
	}
}

func (r *Redactor) list(v reflect.Value) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		if v.CanSet() && v.Len() > 0 {
			v.SetBytes(r.Bytes(v.Bytes()))
		}
		return
	}
	for i := range v.Len() {
		r.walk(v.Index(i))
	}
}

func (r *Redactor) table(v reflect.Value) {
	if header, ok := v.Interface().(http.Header); ok {
		for name, values := range header {
			for i := range values {
				values[i] = r.Header(name, values[i])
			}
		}
		return
	}
	for _, key := range v.MapKeys() {
		copied := reflect.New(v.Type().Elem()).Elem()
		copied.Set(v.MapIndex(key))
		r.walk(copied)
		v.SetMapIndex(key, copied)
	}
}

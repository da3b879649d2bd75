package httpclient

import (
	"errors"
	"strings"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// BasicAuth is the block basic_auth. Without a username an empty one is sent, and likewise without a password.
type BasicAuth struct {
	Username string       `river:"username,attr,optional"`
	Password river.Secret `river:"password,attr,optional"`
	// PasswordFile is read again for every request; white space around its content is cut off.
	PasswordFile string `river:"password_file,attr,optional"`
}

// Validate refuses password together with password_file.
func (b *BasicAuth) Validate() error {
	if b.Password != "" && b.PasswordFile != "" {
		return river.Fieldf("password_file", "password_file cannot be combined with password: give at most one of them")
	}
	return nil
}

// Authorization is the block authorization: "Authorization: <type> <credentials>".
type Authorization struct {
	// Type is "Bearer" by default.
	Type        string       `river:"type,attr,optional"`
	Credentials river.Secret `river:"credentials,attr,optional"`
	// CredentialsFile is read again for every request; white space around its content is cut off.
	CredentialsFile string `river:"credentials_file,attr,optional"`
}

// SetDefaults sets the type "Bearer".
func (a *Authorization) SetDefaults() { *a = Authorization{Type: "Bearer"} }

// Validate refuses credentials together with credentials_file, the type "basic", which has a block of its own, and what no
// header can carry.
func (a *Authorization) Validate() error {
	all := []error{checkCredential("type", a.Type), checkCredential("credentials", string(a.Credentials))}
	if a.Credentials != "" && a.CredentialsFile != "" {
		all = append(all, river.Fieldf("credentials_file", "credentials_file cannot be combined with credentials: give at most one of them"))
	}
	if strings.EqualFold(strings.TrimSpace(a.Type), "basic") {
		all = append(all, river.Fieldf("type", "type cannot be %q: use the block basic_auth instead", a.Type))
	}
	return errors.Join(all...)
}

// scheme is the first word of the header.
func (a *Authorization) scheme() string {
	if t := strings.TrimSpace(a.Type); t != "" {
		return t
	}
	return "Bearer"
}

package httpclient

import (
	"crypto/tls"
	"errors"
	"fmt"

	"github.com/prometheus/common/config"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// TLS is the block tls_config. Files are read when the client is made and again for every request, so a certificate can
// be exchanged without a reload.
type TLS struct {
	// CAPEM and CAFile replace the authorities of the system; at most one of them.
	CAPEM  string `river:"ca_pem,attr,optional"`
	CAFile string `river:"ca_file,attr,optional"`
	// CertPEM or CertFile and KeyPEM or KeyFile are the client's certificate and its key: both or neither.
	CertPEM  string       `river:"cert_pem,attr,optional"`
	CertFile string       `river:"cert_file,attr,optional"`
	KeyPEM   river.Secret `river:"key_pem,attr,optional"`
	KeyFile  string       `river:"key_file,attr,optional"`
	// ServerName is sent as SNI and is the name that the server's certificate must carry.
	ServerName string `river:"server_name,attr,optional"`
	// InsecureSkipVerify accepts any certificate of the server.
	InsecureSkipVerify bool `river:"insecure_skip_verify,attr,optional"`
	// MinVersion is the lowest version spoken; TLS 1.2 when it is not given.
	MinVersion TLSVersion `river:"min_version,attr,optional"`
}

// Validate refuses two forms of one thing, and half a client certificate.
func (t *TLS) Validate() error {
	pairs := []struct {
		name     string
		pem      string
		fileName string
		file     string
	}{
		{"ca_pem", t.CAPEM, "ca_file", t.CAFile},
		{"cert_pem", t.CertPEM, "cert_file", t.CertFile},
		{"key_pem", string(t.KeyPEM), "key_file", t.KeyFile},
	}
	all := []error{t.checkPair()}
	for _, p := range pairs {
		if p.pem != "" && p.file != "" {
			all = append(all, river.Fieldf(p.fileName, "%s cannot be combined with %s: give at most one of them", p.fileName, p.name))
		}
	}
	return errors.Join(all...)
}

func (t *TLS) checkPair() error {
	cert, key := firstSet("cert_pem", t.CertPEM, "cert_file", t.CertFile), firstSet("key_pem", string(t.KeyPEM), "key_file", t.KeyFile)
	switch {
	case cert != "" && key == "":
		return river.Fieldf(cert, "%s needs a key: give exactly one of key_pem and key_file", cert)
	case key != "" && cert == "":
		return river.Fieldf(key, "%s needs a certificate: give exactly one of cert_pem and cert_file", key)
	}
	return nil
}

// firstSet returns the name of the first value that is not empty.
func firstSet(name, value, otherName, otherValue string) string {
	if value != "" {
		return name
	}
	if otherValue != "" {
		return otherName
	}
	return ""
}

// common translates to the type of the library that reads the files.
func (t *TLS) common() *config.TLSConfig {
	if t == nil {
		return &config.TLSConfig{}
	}
	return &config.TLSConfig{
		CA: t.CAPEM, CAFile: t.CAFile,
		Cert: t.CertPEM, CertFile: t.CertFile,
		Key: config.Secret(t.KeyPEM), KeyFile: t.KeyFile,
		ServerName:         t.ServerName,
		InsecureSkipVerify: t.InsecureSkipVerify,
		MinVersion:         config.TLSVersion(t.MinVersion.number),
	}
}

// TLSVersion is a minimum version of TLS, written "TLS10", "TLS11", "TLS12" or "TLS13". The zero value is the default of
// the standard library, TLS 1.2.
type TLSVersion struct {
	number uint16
}

// UnmarshalText accepts exactly the four documented strings.
func (v *TLSVersion) UnmarshalText(text []byte) error {
	switch string(text) {
	case "TLS10":
		v.number = tls.VersionTLS10
	case "TLS11":
		v.number = tls.VersionTLS11
	case "TLS12":
		v.number = tls.VersionTLS12
	case "TLS13":
		v.number = tls.VersionTLS13
	default:
		return fmt.Errorf("unknown TLS version %q: use TLS10, TLS11, TLS12 or TLS13", text)
	}
	return nil
}

// MarshalText writes the version as a configuration has it, and nothing for the default.
func (v TLSVersion) MarshalText() ([]byte, error) {
	if v.number == 0 {
		return nil, nil
	}
	return fmt.Appendf(nil, "TLS1%d", v.number-tls.VersionTLS10), nil
}

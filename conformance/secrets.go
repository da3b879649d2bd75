package conformance

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/touchstone-telemetry/touchstone/conformance/observe"
	"github.com/touchstone-telemetry/touchstone/conformance/report"
	"github.com/touchstone-telemetry/touchstone/conformance/scenario"
)

// redactor knows the secrets of a case: those that its files hold and write down, and the credentials that arrived when it was played.
// Seen is nil when nothing was.
func redactor(c scenario.Case, seen *observe.Observation) *observe.Redactor {
	var secrets []string
	for _, f := range c.Scenario.Files {
		secrets = append(secrets, observe.Named(f.Text)...)
	}
	for _, step := range c.Steps {
		if w, ok := step.(*scenario.Write); ok && w.File != nil && !strings.Contains(w.File.Text, "BEGIN CERTIFICATE") {
			secrets = append(secrets, strings.TrimSpace(w.File.Text))
		}
	}
	for _, chk := range c.Checks {
		if carriesCredentials(chk.Expect) {
			secrets = append(secrets, chk.Values...)
			secrets = append(secrets, behindScheme(chk.Values)...)
		}
	}
	if seen == nil {
		return observe.NewRedactor("", secrets...)
	}
	for _, run := range slices.Concat(seen.Runs, seen.Controls) {
		secrets = append(secrets, observe.Named(run.Config)...)
	}
	for _, fake := range seen.Fakes {
		for _, r := range fake.Requests {
			secrets = append(secrets, behindScheme(r.Header["Authorization"])...)
			secrets = append(secrets, behindScheme(r.Header["Proxy-Authorization"])...)
		}
	}
	return observe.NewRedactor(seen.Salt, secrets...)
}

// carriesCredentials tells whether what is expected is a secret.
func carriesCredentials(e scenario.Expect) bool {
	return e.Subject == "credentials" || e.Subject == "header" && observe.Credential(e.Argument)
}

// behindScheme are the credentials in values like Bearer TOKEN.
func behindScheme(values []string) []string {
	var found []string
	for _, value := range values {
		if _, credentials, ok := strings.Cut(value, " "); ok {
			found = append(found, credentials)
		}
	}
	return found
}

// hide takes the secrets out of everything in a case that is shown.
func hide(r *observe.Redactor, c *report.Case) {
	c.Reason = r.Text(c.Reason)
	for i := range c.Checks {
		c.Checks[i].Text = r.Text(c.Checks[i].Text)
		c.Checks[i].Detail = r.Text(c.Checks[i].Detail)
	}
}

// hidden is the case as it has to be judged on evidence from which secrets were taken out: what it expects is taken out too. Package check
// does that itself where the whole value is a credential.
func hidden(r *observe.Redactor, c scenario.Case) scenario.Case {
	c.Checks = slices.Clone(c.Checks)
	for i := range c.Checks {
		if carriesCredentials(c.Checks[i].Expect) {
			continue
		}
		values := slices.Clone(c.Checks[i].Values)
		for j := range values {
			values[j] = r.Text(values[j])
		}
		c.Checks[i].Values = values
	}
	return c
}

// mostEvidence is the size from which on a file of the evidence is not kept: it could not be searched for secrets.
const mostEvidence = 64 << 20

// hideFiles takes the secrets out of the files of a case: configurations, keys, what the agent stored.
func hideFiles(r *observe.Redactor, folder string) error {
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Size() > mostEvidence {
			return os.Remove(path)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		clean := r.Bytes(data)
		if text := string(clean); !strings.Contains(text, "\x00") {
			clean = []byte(r.Text(text))
		}
		if string(clean) == string(data) {
			return nil
		}
		return os.WriteFile(path, clean, info.Mode().Perm())
	})
}

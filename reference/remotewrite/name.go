package remotewrite

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/touchstone-telemetry/touchstone/reference/river"
)

// names of an endpoint.
type names struct {
	// shown is the label remote_name: the configured name, or one made from the settings.
	shown string
	// position is what the delivered position is stored under. It survives changes of everything but the destination.
	position string
}

// nameAll names the endpoints of one configuration. No two have the same shown name or position.
func nameAll(endpoints []Endpoint) []names {
	all := make([]names, len(endpoints))
	shown, positions := map[string]bool{}, map[string]bool{}
	for i, e := range endpoints {
		if e.Name != "" {
			all[i] = names{shown: e.Name, position: "name " + e.Name}
			shown[e.Name] = true
		}
	}
	for i := range endpoints {
		if all[i].shown == "" {
			all[i].shown = unique(shown, settingsHash(&endpoints[i]))
			all[i].position = unique(positions, destinationHash(&endpoints[i]))
		}
	}
	return all
}

// unique returns the name, or the name with a number if it is taken, and takes it.
func unique(taken map[string]bool, name string) string {
	free := name
	for n := 2; taken[free]; n++ {
		free = fmt.Sprintf("%s-%d", name, n)
	}
	taken[free] = true
	return free
}

// settingsHash makes a name of six digits from all settings of an endpoint. Secrets have no part in it: so short a hash of a
// password could be tried out.
func settingsHash(e *Endpoint) string {
	return hash(river.Describe(e, opaque))[:6]
}

// destinationHash identifies where an endpoint sends, as whom: by URL, headers and user, secrets aside.
func destinationHash(e *Endpoint) string {
	settings := river.Describe(e, opaque)
	user := ""
	if e.HTTP.BasicAuth != nil {
		user = e.HTTP.BasicAuth.Username
	}
	return "to " + hash([]any{settings["url"], settings["headers"], user})[:16]
}

func opaque(any) string { return "" }

func hash(settings any) string {
	text, err := json.Marshal(settings)
	if err != nil {
		panic(fmt.Sprintf("settings of an endpoint as JSON: %v", err)) // strings, numbers and lists only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

package sabotage

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
)

// forgetTokens lets the agent believe that every token ends at once, so that it asks for a new one each time.
func forgetTokens() wireEdit {
	return func(a *Act, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			given := &sealed{header: w.Header()}
			deliverTo(next, given, r)
			body := given.body.Bytes()
			var fields map[string]any
			decoder := json.NewDecoder(bytes.NewReader(body))
			decoder.UseNumber()
			if decoder.Decode(&fields) == nil && fields["expires_in"] != nil {
				a.touch()
				fields["expires_in"] = 1
				body, _ = json.Marshal(fields) // of what was JSON before
			}
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			w.WriteHeader(max(given.status, http.StatusOK))
			_, _ = w.Write(body)
		})
	}
}

package reply

// connectCodes gives the HTTP status of each error code of the Connect protocol, for unary calls.
var connectCodes = map[string]int{
	"canceled":            499,
	"unknown":             500,
	"invalid_argument":    400,
	"deadline_exceeded":   504,
	"not_found":           404,
	"already_exists":      409,
	"permission_denied":   403,
	"resource_exhausted":  429,
	"failed_precondition": 400,
	"aborted":             409,
	"out_of_range":        400,
	"unimplemented":       501,
	"internal":            500,
	"unavailable":         503,
	"data_loss":           500,
	"unauthenticated":     401,
}

// ConnectStatus is the HTTP status that the Connect protocol gives an error code, 500 for a code it does not know.
func ConnectStatus(code string) int {
	if status, ok := connectCodes[code]; ok {
		return status
	}
	return 500
}

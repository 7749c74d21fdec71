package credential

import "time"

// How long before its expiry a token is renewed, and how often that is tried.
const (
	renewalLead    = time.Minute // or a third of what is left, if that is less
	renewalTries   = 6           // within the lead
	minRenewalWait = 100 * time.Millisecond
)

// Schedule is when to ask for the next token.
type Schedule struct {
	// First is how long to wait before the first try.
	First time.Duration
	// Again is how long to wait after a try that failed.
	Again time.Duration
}

// ScheduleFor plans the renewal of a token that expires after left.
func ScheduleFor(left time.Duration) Schedule {
	lead := min(renewalLead, left/3)
	return Schedule{
		First: max(left-lead, minRenewalWait),
		Again: max(lead/renewalTries, minRenewalWait),
	}
}

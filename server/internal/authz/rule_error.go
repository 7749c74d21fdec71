package authz

import (
	"errors"
	"fmt"

	"github.com/fastpubsub/fastpubsub/server/internal/channel"
)

// The kinds of rules.
const (
	KindPublish   = "publish"
	KindSubscribe = "subscribe"
)

// RuleError says which rule of which grant is invalid and why (AZ-6). The
// catalogue's reason is RULE_INVALID.
type RuleError struct {
	Grant   int    // which grant, from 0
	Kind    string // in which of its lists: KindPublish or KindSubscribe
	Rule    string // the rule, quoted and cut like the Name of channel.NameError
	Problem string // what is wrong, where, and what is accepted
}

// Error names the grant by its place in the request.
func (e *RuleError) Error() string {
	return fmt.Sprintf("tenant_grants[%d]: %s rule %s: %s", e.Grant, e.Kind, e.Rule, e.Problem)
}

// newRuleError takes what the parser of rules said.
func newRuleError(grant int, kind string, err error) *RuleError {
	e := &RuleError{Grant: grant, Kind: kind}
	var name *channel.NameError
	if errors.As(err, &name) {
		e.Rule, e.Problem = name.Name, name.Problem
	}
	return e
}

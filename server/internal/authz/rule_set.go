package authz

import "github.com/fastpubsub/fastpubsub/server/internal/channel"

// ruleSet is a union of rules. Literal rules, of which a token may have
// thousands, are found by their text; only the others are tried one by one.
type ruleSet struct {
	literals map[string]struct{}
	others   []channel.Rule
}

// newRuleSet joins lists of rules and drops repetitions.
func newRuleSet(lists ...[]channel.Rule) ruleSet {
	set := ruleSet{literals: make(map[string]struct{})}
	others := make(map[string]struct{})
	for _, rules := range lists {
		for _, rule := range rules {
			seen := others
			if rule.Literal() {
				seen = set.literals
			}
			if _, repeated := seen[rule.String()]; repeated {
				continue
			}
			seen[rule.String()] = struct{}{}
			if !rule.Literal() {
				set.others = append(set.others, rule)
			}
		}
	}
	return set
}

func (s *ruleSet) matches(name string) bool {
	if _, found := s.literals[name]; found {
		return true
	}
	for i := range s.others {
		if s.others[i].Matches(name) {
			return true
		}
	}
	return false
}

func (s *ruleSet) contains(p channel.Pattern) bool {
	if p.Literal() {
		if _, found := s.literals[p.String()]; found {
			return true
		}
	}
	for i := range s.others {
		if s.others[i].Contains(p) {
			return true
		}
	}
	return false
}

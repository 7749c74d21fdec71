package suites

import (
	"fmt"
	"strings"

	"github.com/fastpubsub/fastpubsub/conformance/internal/scenario"
	"github.com/fastpubsub/fastpubsub/conformance/vectors"
)

// matching is a pattern and what it matches and does not.
type matching struct {
	rules   []string
	pattern string
	yes, no string // channels, separated by spaces
}

var matchings = []matching{
	{[]string{"PT-1", "CH-4"}, "a.b", "a.b", "a a.b.c a.B A.b ab a.bc b"},
	{[]string{"PT-2"}, "a.*.c", "a.x.c a.bb.c a.c.c", "a.c a.x.y.c a.x.d a.x.c.c b.x.c"},
	{[]string{"PT-2"}, "*", "a bb a-b", "a.b a.b.c"},
	{[]string{"PT-3"}, "a.b*", "a.b a.b1 a.bb", "a a.c a.b1.x a.b.x a.B"},
	{[]string{"PT-3"}, "a*.c", "a.c a1.c", "a c a.b.c b.c"},
	{[]string{"PT-4"}, "a.>", "a.b a.b.c a.b.c.d", "a ab b.a"},
	{[]string{"PT-5"}, "a.#", "a a.b a.b.c", "ab b ab.c"},
	{[]string{"PT-6"}, "a.b#", "a.b a.b1 a.b1.x.y a.b.x", "a a.c a.c.b"},
	{[]string{"PT-7"}, "a.b>", "a.b.x a.b1.x.y a.b1.x", "a.b a.b1 a a.c.x"},
	{[]string{"PT-8"}, "#", "a a.b a.b.c", ""},
	{[]string{"PT-8"}, ">", "a a.b a.b.c", ""},
}

// patterns are what a pattern matches, live.
var patterns = append(matchingCases(), scenario.Case{
	Name:  "patterns/the vectors match",
	Rules: []string{"PT-1", "PT-2", "PT-3", "PT-4", "PT-5", "PT-6", "PT-7", "PT-8", "CH-4", "CH-7"},
	Run: func(s *scenario.S) {
		cases, err := vectors.Matches()
		s.Must(err)
		channels := map[string]struct{ yes, no []string }{}
		for _, c := range cases {
			of := channels[c.Pattern]
			if c.Matches {
				of.yes = append(of.yes, c.Channel)
			} else {
				of.no = append(of.no, c.Channel)
			}
			channels[c.Pattern] = of
		}
		tenant := s.Unique("vectors")
		c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Everything(tenant)).Text})
		for pattern, of := range channels {
			checkMatching(s, c, tenant, pattern, of.yes, of.no)
		}
	},
})

func matchingCases() (cases []scenario.Case) {
	for _, m := range matchings {
		cases = append(cases, scenario.Case{
			Name:  fmt.Sprintf("patterns/%s %s", m.rules[0], m.pattern),
			Rules: m.rules,
			Run: func(s *scenario.S) {
				tenant := s.Unique("pattern")
				c := s.Open(scenario.Opening{Token: s.Node().Token(scenario.Everything(tenant)).Text})
				checkMatching(s, c, tenant, m.pattern, strings.Fields(m.yes), strings.Fields(m.no))
			},
		})
	}
	return cases
}

// checkMatching publishes what must not come before what must.
func checkMatching(s *scenario.S, c *scenario.Client, tenant, pattern string, yes, no []string) {
	sub := c.Subscribe(tenant, pattern)
	for _, channel := range no {
		c.Publish(tenant, channel, "not for "+pattern)
	}
	for _, channel := range yes {
		c.Publish(tenant, channel, "for "+pattern)
	}
	for _, channel := range yes {
		s.Equal("a channel that "+pattern+" matches", channel, sub.Expect("for "+pattern).GetChannel())
	}
	sub.Unsubscribe()
	sub.ExpectEnd("") // and nothing else before it
}

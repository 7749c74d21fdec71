package vectors

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// ruleID is how the contract names its rules.
var ruleID = regexp.MustCompile(`^(CH|PT|TK|AZ|DL|SDK|SF|ER)-[1-9][0-9]?$`)

func TestEveryFileLoadsAndIsConsistent(t *testing.T) {
	t.Run("tenants", func(t *testing.T) {
		cases := checked(t, Tenants, func(c TenantCase) Case { return c.Case })
		for _, c := range cases {
			checkOutcome(t, c.Name, c.Valid, c.Reason, "TENANT_INVALID")
		}
	})
	t.Run("channels", func(t *testing.T) {
		cases := checked(t, Channels, func(c ChannelCase) Case { return c.Case })
		for _, c := range cases {
			checkOutcome(t, c.Name, c.Valid, c.Reason, "CHANNEL_INVALID")
		}
	})
	t.Run("patterns", func(t *testing.T) {
		cases := checked(t, Patterns, func(c PatternCase) Case { return c.Case })
		for _, c := range cases {
			checkOutcome(t, c.Name, c.Valid, c.Reason, "PATTERN_INVALID")
			assert.Equal(t, c.Valid, len(c.Matchers) > 0, c.Name)
		}
	})
	t.Run("rules", func(t *testing.T) {
		cases := checked(t, Rules, func(c RuleCase) Case { return c.Case })
		for _, c := range cases {
			checkOutcome(t, c.Name, c.Valid, c.Reason, "RULE_INVALID")
			assert.Contains(t, []string{"publish", "subscribe"}, c.Kind, c.Name)
		}
	})
	t.Run("match", func(t *testing.T) { checked(t, Matches, func(c MatchCase) Case { return c.Case }) })
	t.Run("containment", func(t *testing.T) {
		checked(t, Containments, func(c ContainmentCase) Case { return c.Case })
	})
}

// checked loads a file and checks what every case has.
func checked[C any](t *testing.T, load func() ([]C, error), of func(C) Case) []C {
	t.Helper()
	cases, err := load()
	require.NoError(t, err)
	names := make(map[string]bool)
	for _, c := range cases {
		base := of(c)
		assert.NotEmpty(t, base.Name)
		assert.False(t, names[base.Name], "two cases are named %q", base.Name)
		names[base.Name] = true
		assert.NotEmpty(t, base.Rules, base.Name)
		for _, id := range base.Rules {
			assert.Regexp(t, ruleID, id, base.Name)
		}
	}
	return cases
}

func checkOutcome(t *testing.T, name string, valid bool, reason string, accepted ...string) {
	t.Helper()
	if valid {
		assert.Empty(t, reason, name)
		return
	}
	assert.Contains(t, accepted, reason, name)
}

func TestCitedNamesTheCasesOfEachRule(t *testing.T) {
	cited, err := Cited()
	require.NoError(t, err)
	assert.Contains(t, cited["PT-5"], "match.json: a.# matches a")
	ids := "CH-1 CH-2 CH-3 CH-4 CH-5 CH-7 CH-8 CH-9 " +
		"PT-1 PT-2 PT-3 PT-4 PT-5 PT-6 PT-7 PT-8 AZ-1 AZ-2 AZ-3 AZ-4 AZ-5 AZ-6"
	for id := range strings.FieldsSeq(ids) {
		assert.NotEmpty(t, cited[id], id)
	}
}

func TestLoadRefusesWhatItDoesNotKnow(t *testing.T) {
	fsys := fstest.MapFS{
		"unknown.json": {Data: []byte(`{"description":"","cases":[{"name":"a","rules":[],"tenant":"t","more":1}]}`)},
		"empty.json":   {Data: []byte(`{"description":"","cases":[]}`)},
		"broken.json":  {Data: []byte(`{"description":"","cases":[{"name":1}]}`)},
	}
	for name, want := range map[string]string{
		"unknown.json": `unknown field "more"`,
		"empty.json":   "empty.json: no cases",
		"broken.json":  "broken.json: json: cannot unmarshal",
		"missing.json": "file does not exist",
	} {
		_, err := load[TenantCase](fsys, name)
		assert.ErrorContains(t, err, want)
	}
	_, err := cited(fsys)
	assert.Error(t, err)
}

func TestBytesAreJoinedFromParts(t *testing.T) {
	for text, want := range map[string]Bytes{
		`[]`:                {},
		`[{"hex":"00 ff"}]`: {0x00, 0xff},
		`[{"hex":"00"},{"hex":"6162","times":2}]`:    {0x00, 'a', 'b', 'a', 'b'},
		`[{"hex":"00","times":0},{"hex":"01 0203"}]`: {1, 2, 3},
	} {
		var got Bytes
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		assert.Equal(t, want, got, text)
	}
	for _, text := range []string{`[{"hex":"0"}]`, `[{"hex":"xx"}]`, `"00"`, `{}`} {
		var got Bytes
		assert.Error(t, json.Unmarshal([]byte(text), &got), text)
	}
}

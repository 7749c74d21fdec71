package rpc

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBearer(t *testing.T) {
	for name, test := range map[string]struct {
		headers []string
		want    string
	}{
		"none":                 {nil, ""},
		"empty":                {[]string{""}, ""},
		"plain":                {[]string{"Bearer AT_1_2"}, "AT_1_2"},
		"any case":             {[]string{"bEARER AT_1_2"}, "AT_1_2"},
		"spaces around":        {[]string{"  Bearer   AT_1_2  "}, "AT_1_2"},
		"spaces inside":        {[]string{"Bearer a master token"}, "a master token"},
		"another scheme":       {[]string{"Basic AT_1_2"}, ""},
		"no scheme":            {[]string{"AT_1_2"}, ""},
		"a scheme alone":       {[]string{"Bearer"}, ""},
		"another scheme first": {[]string{"Basic abc", "Bearer AT_1_2"}, "AT_1_2"},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, test.want, Bearer(test.headers)) })
	}
}

package config

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server"
)

// samples is for each setting of serve two values that differ from its default,
// and one that it refuses ("" where it takes everything that is one line).
var samples = map[string]struct {
	one, other []string
	wrong      string
}{
	"config":                    {},
	"dev":                       {one: []string{"true"}, other: []string{"false"}, wrong: "maybe"},
	"ready-file":                {one: []string{"/run/a.json"}, other: []string{"b.json"}, wrong: "a\tb"},
	"data-dir":                  {one: []string{"/var/lib/a"}, other: []string{"./b"}, wrong: "a\x01b"},
	"node-name":                 {one: []string{"n1"}, other: []string{"n2"}, wrong: "a\tb"},
	"region":                    {one: []string{"eu-1"}, other: []string{"us"}, wrong: "a\tb"},
	"drain-timeout":             {one: []string{"1m30s"}, other: []string{"5s"}, wrong: "-1s"},
	"http-addr":                 {one: []string{"127.0.0.1:1"}, other: []string{"[::1]:0"}, wrong: "localhost"},
	"grpc-addr":                 {one: []string{"127.0.0.1:2"}, other: []string{"localhost:3"}, wrong: "a:65536"},
	"metrics-addr":              {one: []string{"127.0.0.1:9"}, other: []string{":10"}, wrong: "9"},
	"trusted-proxy":             {one: []string{"10.0.0.0/8", "::1"}, other: []string{"192.168.1.7"}, wrong: "10.0.0.0/33"},
	"public-host":               {one: []string{"a.example:443", "b.example:443"}, other: []string{"c:1"}, wrong: "c:0"},
	"reflection":                {one: []string{"false"}, other: []string{"true"}, wrong: "on"},
	"tls-cert-file":             {one: []string{"a.pem"}, other: []string{"b.pem"}, wrong: "a\tb"},
	"tls-key-file":              {one: []string{"a.key"}, other: []string{"b.key"}, wrong: "a\tb"},
	"tls-client-ca-file":        {one: []string{"ca.pem"}, other: []string{"cb.pem"}, wrong: "a\tb"},
	"master-token":              {one: []string{"0123456789abcdef", "a-second-master-token"}, other: []string{"ein-schlüssel-text"}, wrong: "hunter2"},
	"master-token-file":         {one: []string{"/run/a", "/run/b"}, other: []string{"c"}, wrong: "a\tb"},
	"max-token-ttl":             {one: []string{"1h"}, other: []string{"48h"}, wrong: "24"},
	"keep-expired-connections":  {one: []string{"true"}, other: []string{"false"}, wrong: "2"},
	"auth-timeout":              {one: []string{"3s"}, other: []string{"20s"}, wrong: "0s"},
	"keep-alive-interval":       {one: []string{"30s"}, other: []string{"1m"}, wrong: "10ms"},
	"overflow-policy":           {one: []string{"drop-oldest"}, other: []string{"disconnect"}, wrong: "drop-newest"},
	"max-queue-bytes":           {one: []string{"1MiB"}, other: []string{"64KiB"}, wrong: "8MB"},
	"max-queue-messages":        {one: []string{"10"}, other: []string{"20"}, wrong: "0"},
	"max-tenant-bytes":          {one: []string{"64"}, other: []string{"1KiB"}, wrong: "0"},
	"max-channel-bytes":         {one: []string{"512"}, other: []string{"1KiB"}, wrong: "65536"},
	"max-payload-bytes":         {one: []string{"1MiB"}, other: []string{"100"}, wrong: "17MiB"},
	"max-subscriptions":         {one: []string{"0"}, other: []string{"5"}, wrong: "-1"},
	"max-connections":           {one: []string{"10000"}, other: []string{"5"}, wrong: "many"},
	"max-connections-per-token": {one: []string{"2"}, other: []string{"5"}, wrong: "1.5"},
	"max-publishes-per-second":  {one: []string{"100"}, other: []string{"5"}, wrong: "1e3"},
	"log-level":                 {one: []string{"debug"}, other: []string{"warn"}, wrong: "trace"},
	"log-format":                {one: []string{"json"}, other: []string{"text"}, wrong: "xml"},
}

func TestEverySettingHasASample(t *testing.T) {
	table := ServeTable(DefaultServe())
	assert.Len(t, samples, len(table))
	for _, setting := range table {
		assert.Contains(t, samples, setting.Name)
	}
}

func TestRowsAreComplete(t *testing.T) {
	seen := map[string]bool{}
	for _, setting := range ServeTable(DefaultServe()) {
		assert.False(t, seen[setting.Name], "%s stands twice", setting.Name)
		seen[setting.Name] = true
		assert.NotEmpty(t, setting.Group, setting.Name)
		assert.NotEmpty(t, setting.Meaning, setting.Name)
		assert.NotEmpty(t, setting.Value.Kind(), setting.Name)
		assert.NotEmpty(t, setting.Value.Accepts(), setting.Name)
		assert.Equal(t, strings.Contains(setting.Value.Kind(), "secret"), setting.Secret, setting.Name)
		if !setting.Value.List() {
			assert.NoError(t, setting.Value.Set(setting.Value.Texts()), "the default of %s", setting.Name)
		}
		if setting.DevDefault != nil {
			assert.NoError(t, setting.Value.Set(setting.DevDefault), "the dev default of %s", setting.Name)
		}
	}
}

// All of server.Config can be reached: each field has a setting, and the setting
// fills that field and no other.
func TestEveryFieldOfTheServerHasASetting(t *testing.T) {
	for _, field := range leaves(reflect.TypeFor[server.Config](), "") {
		if field == "Logger" { // made of log-level and log-format
			continue
		}
		serve := DefaultServe()
		setting := ServeTable(serve).ByField(field)
		if !assert.NotNil(t, setting, "no setting fills server.Config.%s", field) {
			continue
		}
		require.NoError(t, setting.Value.Set(samples[setting.Name].one))
		for _, other := range leaves(reflect.TypeFor[server.Config](), "") {
			before, after := valueAt(server.DefaultConfig(), other), valueAt(serve.Server, other)
			assert.Equal(t, other != field, reflect.DeepEqual(before, after), "%s after setting %s", other, setting.Name)
		}
	}
}

func leaves(structure reflect.Type, path string) []string {
	var paths []string
	for i := range structure.NumField() {
		field := structure.Field(i)
		if field.Type == reflect.TypeFor[server.TLS]() || field.Type == reflect.TypeFor[server.Limits]() {
			paths = append(paths, leaves(field.Type, path+field.Name+".")...)
			continue
		}
		paths = append(paths, path+field.Name)
	}
	return paths
}

func valueAt(config server.Config, path string) any {
	value := reflect.ValueOf(config)
	for name := range strings.SplitSeq(path, ".") {
		value = value.FieldByName(name)
	}
	return value.Interface()
}

package scenario

import (
	"encoding/pem"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestASecretKeyIsFound however it is printed, and its certificate is no secret.
func TestASecretKeyIsFound(t *testing.T) {
	pair := (&S{}).NewAuthority().Issue()
	block, _ := pem.Decode([]byte(pair.Key))
	for _, printed := range []string{
		pair.Key,
		strings.ReplaceAll(pair.Key, "\n", `\n`),
		fmt.Sprint(block.Bytes),
		fmt.Sprintf("%x", block.Bytes),
		strings.ReplaceAll(fmt.Sprint(block.Bytes), " ", ", "),
	} {
		k := new(secrets)
		k.addKey(pair.Key)
		k.addKey("nonsense")
		k.check("a public text", pair.Certificate)
		assert.Empty(t, k.leaked())
		k.check("a text", "Client(key: "+printed+")")
		assert.Equal(t, "a text", k.leaked())
	}
}

package secret_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/sdk-go/internal/secret"
)

// SDK-19: whatever prints a secret, or a value that holds one, prints no secret.
func TestNoWayToPrintASecret(t *testing.T) {
	type holder struct {
		Public  secret.Text
		private secret.Text
	}
	text := secret.New("hush-hush")
	held := holder{text, text}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "text", text, "held", held, "pointer", &held)
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "text", text, "held", held, "pointer", &held)
	encoded, err := json.Marshal(held)
	require.NoError(t, err)
	printed := log.String() + string(encoded)
	for _, value := range []any{text, &text, held, &held, []secret.Text{text}, map[string]holder{"k": held}} {
		for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
			printed += fmt.Sprintf(format, value)
		}
	}
	assert.NotContains(t, printed, "hush")
	assert.Equal(t, "hush-hush", text.Reveal())
	assert.Empty(t, secret.Text{}.Reveal())
}

package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var someMessage = received{
	tenant: "my-tenant", channel: "news.today", payload: []byte("<héllo>"), patterns: []string{"news.#", "#"},
	id: "1-2", publishedAt: time.Date(2026, 1, 2, 3, 4, 5, 6, time.FixedZone("x", 3600)),
}

func TestForms(t *testing.T) {
	binary := someMessage
	binary.payload = []byte{0xff, 0x00}
	tests := []struct {
		form    form
		message received
		want    string
	}{
		{payloadLine, someMessage, "<héllo>\n"},
		{payloadOnly, someMessage, "<héllo>"},
		{jsonLine, someMessage, `{"tenant":"my-tenant","channel":"news.today","payload":"<héllo>","patterns":["news.#","#"],` +
			`"message_id":"1-2","published_at":"2026-01-02T02:04:05.000000006Z"}` + "\n"},
		{jsonLine, binary, `{"tenant":"my-tenant","channel":"news.today","payload":"/wA=","encoding":"base64","patterns":["news.#","#"],` +
			`"message_id":"1-2","published_at":"2026-01-02T02:04:05.000000006Z"}` + "\n"},
	}
	for _, test := range tests {
		var out bytes.Buffer
		require.NoError(t, newPrinter(&out, test.form, 0).print(test.message))
		assert.Equal(t, test.want, out.String())
	}
}

func TestJSONLinesStayLines(t *testing.T) {
	message := someMessage
	message.payload = []byte("a\nb\u2028c\"")
	var out bytes.Buffer
	require.NoError(t, newPrinter(&out, jsonLine, 0).print(message))
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	var read receivedJSON
	require.NoError(t, json.Unmarshal(out.Bytes(), &read))
	assert.Equal(t, "a\nb\u2028c\"", read.Payload)
}

func TestPrinterStopsAtItsLimit(t *testing.T) {
	var out bytes.Buffer
	printer := newPrinter(&out, payloadOnly, 2)
	for range 3 {
		select {
		case <-printer.full:
			assert.Equal(t, 2, strings.Count(out.String(), "héllo"))
		default:
		}
		require.NoError(t, printer.print(someMessage))
	}
	<-printer.full
	assert.Equal(t, 2, strings.Count(out.String(), "héllo"))
}

func TestPrinterFailsWithItsOutput(t *testing.T) {
	assert.ErrorIs(t, newPrinter(failing{}, payloadOnly, 0).print(someMessage), errNoSpace)
}

var errNoSpace = iotest.ErrTimeout

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errNoSpace }

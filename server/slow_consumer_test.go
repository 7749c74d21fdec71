package server_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/fastpubsub/fastpubsub/server"
)

const floodSize = 32 << 10 // bytes of a payload

// flood publishes numbered payloads, far more than sockets and queues hold, to
// t/a; the healthy listener takes each before the next is published.
func flood(t *testing.T, publisher wire, healthy *websocket.Conn, messages int) {
	healthy.SetReadLimit(1 << 20)
	payload := make([]byte, floodSize)
	for i := range messages {
		binary.BigEndian.PutUint64(payload, uint64(i))
		require.Empty(t, publisher.publish(t, "t", "a", payload))
		_, frame, err := healthy.Read(t.Context())
		require.NoError(t, err)
		require.True(t, bytes.Contains(frame, payload[:8]), "message %d", i)
	}
}

func slowConfig(policy server.OverflowPolicy) server.Config {
	c := testConfig()
	c.Limits.QueueBytes, c.Limits.QueueMessages, c.Overflow = 8*floodSize, 100, policy
	return c
}

// TestSlowConsumerIsDisconnected closes a client that never reads, and nobody
// else loses anything or waits for it (DL-8, LM-8).
func TestSlowConsumerIsDisconnected(t *testing.T) {
	s, _ := start(t, slowConfig(server.OverflowDisconnect))
	token := createToken(t, s, grant("t", "#", "#"))
	slow := llpsText{dialWebSocket(t, s, token, "llps.v1")}
	healthy := llpsText{dialWebSocket(t, s, token, "llps.v1")}
	require.Empty(t, slow.subscribe(t, "t", "a"))
	require.Empty(t, healthy.subscribe(t, "t", "a"))
	publisher := newSessionWire(t, dialGRPCSession(t, s, token))
	flood(t, publisher, healthy.Conn, 600)
	_, body := get(t, "http://"+s.HTTPAddr()+"/metrics")
	assert.Contains(t, body, `fastpubsub_connections{wire="llps"} `)
	slow.SetReadLimit(1 << 20)
	for {
		if _, _, err := slow.Read(t.Context()); err != nil {
			break // the rest of what was under way, then the end
		}
	}
	// The client sees the end before it is counted.
	require.Eventually(t, func() bool {
		_, body := get(t, "http://"+s.HTTPAddr()+"/metrics")
		return strings.Contains(body, `fastpubsub_disconnections_total{reason="SLOW_CONSUMER"} 1`)
	}, time.Minute, time.Millisecond)
}

// TestSlowConsumerDropsOldest keeps the connection, delivers the newest, and
// says exactly how many are lost (DL-8, LP-22, SF-16).
func TestSlowConsumerDropsOldest(t *testing.T) {
	s, _ := start(t, slowConfig(server.OverflowDropOldest))
	token := createToken(t, s, grant("t", "#", "#"))
	slow := llpsText{dialWebSocket(t, s, token, "llps.v1")}
	healthy := llpsText{dialWebSocket(t, s, token, "llps.v1")}
	require.Empty(t, slow.subscribe(t, "t", "a"))
	require.Empty(t, healthy.subscribe(t, "t", "a"))
	const messages = 600
	flood(t, newSessionWire(t, dialGRPCSession(t, s, token)), healthy.Conn, messages)
	slow.SetReadLimit(1 << 20)
	next, lost := uint64(0), uint64(0)
	for next < messages {
		kind, frame, err := slow.Read(t.Context())
		require.NoError(t, err)
		if kind == websocket.MessageText {
			n, err := strconv.ParseUint(strings.TrimPrefix(string(frame), "ERR:slow_consumer:"), 10, 64)
			require.NoError(t, err, "%s", frame)
			lost += n
			next += n
			continue
		}
		const before = 1 + 2 + 1 + 2 + 1 + 4 // of the payload in a deliver frame
		require.Equal(t, next, binary.BigEndian.Uint64(frame[before:]), "what is not told as lost arrives in order")
		next++
	}
	assert.Positive(t, lost)
	assert.Empty(t, slow.subscribe(t, "t", "b"), "the connection is still of use")
	_, body := get(t, "http://"+s.HTTPAddr()+"/metrics")
	assert.Contains(t, body, fmt.Sprintf("fastpubsub_lost_messages_total %d\n", lost))
}

package sdkbench

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
	"google.golang.org/protobuf/proto"

	fastpubsubv1 "github.com/fastpubsub/fastpubsub/proto/gen/go/fastpubsub/v1"
)

// How the writer keeps the server's queue filled and never full.
const (
	// frameMessages is how many messages share a frame, so that publishing costs
	// little.
	frameMessages = 256
	// checkedMessages is after how many messages the server's queues are looked at.
	checkedMessages = 32 * frameMessages
	// fullQueue is with how many queued messages the writer waits.
	fullQueue = 32_768
	// lookInterval is how long it waits before it looks again.
	lookInterval = time.Millisecond
)

// ServerFlags are flags of "serve" with which nothing that the measures do reaches
// a limit.
var ServerFlags = []string{
	"--max-queue-messages", "1000000", "--max-queue-bytes", "1GiB", "--max-subscriptions", "1000000", "--log-level", "error",
}

// tenant is that of all measures.
const tenant = "~"

// Feed publishes messages to a channel, numbered from 0 in their first 8 bytes,
// without acknowledgements, as fast as they are taken from the server's queues. http is the
// server's address.
func Feed(ctx context.Context, http, token, channel string, messages int) error {
	w, err := dial(ctx, http, token)
	if err != nil {
		return err
	}
	defer w.close()
	for next := 0; next < messages; {
		count := min(frameMessages, messages-next)
		if err := w.publish(ctx, channel, next, count); err != nil {
			return errors.Join(err, w.problem())
		}
		next += count
		if next%checkedMessages == 0 {
			if err := awaitRoom(ctx, http); err != nil {
				return err
			}
		}
	}
	return w.finish(ctx)
}

// writer is a session that only publishes.
type writer struct {
	socket *websocket.Conn
	done   chan struct{} // closed when the server has said everything

	mu  sync.Mutex
	err error // what the server refused
}

func dial(ctx context.Context, address, token string) (*writer, error) {
	socket, _, err := websocket.Dial(ctx, "ws://"+address+"/ws", &websocket.DialOptions{
		Subprotocols: []string{"fastpubsub.v1"}, HTTPHeader: http.Header{"Authorization": {"Bearer " + token}},
	})
	if err != nil {
		return nil, err
	}
	w := &writer{socket: socket, done: make(chan struct{})}
	go w.listen(ctx)
	return w, nil
}

// listen keeps what the server refuses, and answers its pings.
func (w *writer) listen(ctx context.Context) {
	defer close(w.done)
	for {
		_, data, err := w.socket.Read(ctx)
		if err != nil {
			return
		}
		var response fastpubsubv1.SessionResponse
		err = proto.Unmarshal(data, &response)
		if failure := response.GetFailure(); failure != nil {
			err = fmt.Errorf("the server refuses: %s: %s", failure.GetReason(), failure.GetMessage())
		}
		if err == nil && response.GetSuccess() != nil {
			return // of the ping that finish has sent
		}
		w.mu.Lock()
		w.err = errors.Join(w.err, err)
		w.mu.Unlock()
	}
}

func (w *writer) problem() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

func (w *writer) publish(ctx context.Context, channel string, first, count int) error {
	messages := make([]*fastpubsubv1.OutgoingMessage, count)
	payloads := make([]byte, count*payloadBytes)
	for i := range messages {
		payload := payloads[i*payloadBytes : (i+1)*payloadBytes]
		binary.BigEndian.PutUint64(payload, uint64(first+i)) //nolint:gosec // a count
		messages[i] = &fastpubsubv1.OutgoingMessage{Tenant: tenant, Channel: channel, Payload: payload}
	}
	return w.send(ctx, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Publish{
		Publish: &fastpubsubv1.PublishCommand{Messages: messages},
	}})
}

func (w *writer) send(ctx context.Context, request *fastpubsubv1.SessionRequest) error {
	frame, err := proto.Marshal(request)
	if err != nil {
		return err
	}
	return w.socket.Write(ctx, websocket.MessageBinary, frame)
}

// finish waits until the server has taken everything.
func (w *writer) finish(ctx context.Context) error {
	err := w.send(ctx, &fastpubsubv1.SessionRequest{Command: &fastpubsubv1.SessionRequest_Ping{Ping: &fastpubsubv1.PingCommand{RequestId: 1}}})
	if err == nil {
		<-w.done
	}
	return errors.Join(err, w.problem(), ctx.Err())
}

func (w *writer) close() {
	_ = w.socket.CloseNow() // nothing more is expected of it
	<-w.done
}
